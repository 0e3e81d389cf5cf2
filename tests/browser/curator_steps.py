"""What a curator does, step by step, with the words that stand on the pages. The form's own buttons, no shortcuts."""

import json
import re
from itertools import product

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import Visitor

MAKERS = ["Amber", "Brisk", "Cobalt", "Drowsy", "Elder", "Fallow", "Gentle", "Hollow", "Ivory", "Jolly", "Kind"]
THINGS = ["kettle", "lantern", "meadow", "napkin", "orchard", "pebble", "quilt", "ribbon", "saddle", "thimble"]
STEPS = ["Lie on your back.", "Lift one knee a little.", "Lower it again."]
ALIKE = ("Wardrobe reach sideways", "Wardrobe reaches sideways")
NEW, KNOWN, UNCLEAR, UNREADABLE = len(MAKERS) * len(THINGS) + len(ALIKE), 3, 12, 3


def _row(name: str, **changes: object) -> dict[str, object]:
    return {
        "name": name, "force": "static", "level": "beginner", "mechanic": None, "equipment": "body only",
        "primaryMuscles": ["hamstrings"], "secondaryMuscles": ["glutes"], "instructions": STEPS,
        "category": "stretching", "images": ["a/0.jpg"], "id": name.replace(" ", "_"),
    } | changes  # fmt: skip


def gym_file() -> FilePayload:
    """A file of our own in the shape of free-exercise-db, with rows of every kind: 130 of them."""
    rows = [_row(f"{maker} {thing} loosening") for maker, thing in product(MAKERS, THINGS)]
    rows += [_row(name) for name in ALIKE]
    rows += [_row(name, category="strength") for name in ("Sit to Stand", "Heel Slide", "Wall pushup")]
    rows += [_row(f"Lift of {number} plates", equipment="barbell") for number in range(100, 100 + UNCLEAR)]
    rows += [_row(""), _row("Torn", instructions="Lie down."), _row("Worn", primaryMuscles=[3])]
    return {"name": "gym.json", "mimeType": "application/json", "buffer": json.dumps(rows).encode()}


def checks_file(curator: Visitor, file: FilePayload, *, source: str) -> None:
    """Hand a file in for the shared library and wait for its report."""
    page = curator.page
    curator.go("/library/review/")
    page.get_by_role("link", name="Import and export").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Library").first.select_option("shared")
    page.get_by_label("Where").fill(source)
    page.get_by_label("Licence").fill("The Unlicense")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("button", name=re.compile("^Apply"))).to_be_visible()
    expect(page.locator("#import-line")).to_contain_text("rows checked")


def kind(page: Page, words: str) -> Locator:
    return page.locator("#import-kinds li").filter(has_text=words)


def decides_about_import(curator: Visitor) -> None:
    """Ours are kept for the duplicates but one, which becomes another name; what is unclear stays out."""
    page = curator.page
    for words, count in (
        ("New", NEW), ("Need your decision", KNOWN + UNCLEAR), ("Likely duplicates", KNOWN),
        ("Something is missing", UNCLEAR), ("Cannot be read", UNREADABLE),
    ):  # fmt: skip
        expect(kind(page, words).first).to_contain_text(str(count))
    curator.at_ease()
    kind(page, "Cannot be read").get_by_role("link").click()
    expect(page.locator("#main")).to_contain_text("It has no name.")
    expect(page.locator("#main")).to_contain_text("is not written as free-exercise-db writes it.")
    kind(page, "Need your decision").get_by_role("link").first.click()
    page.get_by_label(re.compile("^Decision for row .* Sit to Stand$")).select_option("keep")
    expect(page.locator("#import-line")).to_contain_text("need nothing: 1")
    page.get_by_role("button", name=f"Leave the {UNCLEAR} with something missing out").click()
    page.get_by_role("button", name="Keep ours for the 2 likely duplicates").click()
    expect(page.locator("#import-line")).to_contain_text(f"Ready: {NEW},")


def applies_import(curator: Visitor) -> None:
    """More rows than a request writes: the page shows how far it is and then what came of it."""
    page = curator.page
    page.get_by_role("button", name=f"Apply {NEW} rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import: applied")
    expect(page.locator("#import-line")).to_contain_text(f"Applied as drafts: {NEW}, ")
    curator.at_ease()


def merges_and_undoes(curator: Visitor) -> None:
    page, (kept, merged) = curator.page, ALIKE
    curator.go("/library/duplicates/?library=shared&goal=mobility")
    pair = page.locator(".pp-pairs li").filter(has_text=merged)
    curator.at_ease()
    pair.get_by_role("link", name=re.compile("^Compare")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these the same?")
    curator.at_ease()
    page.get_by_role("radio", name=re.compile(f"^Keep this one ?: {kept}$")).check()
    page.get_by_role("button", name="Merge into the one to keep").click()
    expect(page.get_by_text(f"Merged into “{kept}”")).to_be_visible()
    of_late = page.locator(".pp-recent li").first
    expect(of_late).to_contain_text(kept)
    expect(page.locator(".pp-pairs li").filter(has_text=merged)).to_have_count(0)
    of_late.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_text("Merge undone")).to_be_visible()
    expect(page.locator(".pp-pairs li").filter(has_text=merged)).to_be_visible()
    curator.at_ease()


def writes(curator: Visitor, name: str, steps: list[str]) -> str:
    """A new exercise in the editor: seen beside it, kept by itself, refused while something is missing, then sent.

    Returns the address of its draft.
    """
    page, preview = curator.page, curator.page.locator("#preview")
    curator.go("/library/review/")
    page.get_by_role("link", name="New exercise").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("radio", name="The shared library").check()
    page.get_by_role("button", name="Start writing").click()
    expect(preview.get_by_role("heading", name=name)).to_be_visible()
    lines(page, "Step", steps)
    expect(preview.locator("ol li")).to_have_text(steps)
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_role("textbox", name=f"Step {len(steps)}")).to_have_value(steps[-1])
    page.get_by_role("button", name="Send to review").click()
    missing = page.get_by_role("alert")
    expect(missing).to_contain_text("Saved, but not sent")
    expect(missing).to_contain_text("Stop if")
    # The browser notes every answer that is no 200; this one is meant.
    assert all("422" in said for said in curator.complaints)
    curator.complaints.clear()
    curator.at_ease()
    fills_the_rest(page)
    expect(preview).to_contain_text("5 times")
    expect(page.locator("#todo")).to_contain_text("Everything a review needs is there.")
    address = page.url
    curator.at_ease()
    page.get_by_role("button", name="Send to review").click()
    page.wait_for_url(lambda url: url != address)
    return address


def lines(page: Page, one: str, texts: list[str]) -> None:
    """Type a list, a row for each sentence."""
    page.get_by_role("textbox", name=f"{one} 1", exact=True).click()
    for place, text in enumerate(texts):
        if place:
            page.keyboard.press("Enter")
        page.keyboard.type(text)


def fills_the_rest(page: Page) -> None:
    for label, value in (
        ("Goal", "mobility"), ("Position", "lying-back"), ("Impact", "none"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).select_option(value)
    page.get_by_role("checkbox", name="Knee", exact=True).check(force=True)
    for box, number in (
        ("Sets, start with", 1), ("Sets, least", 1), ("Sets, most", 3), ("Repetitions, start with", 5),
        ("Repetitions, least", 5), ("Repetitions, most", 12),
    ):  # fmt: skip
        page.get_by_label(box).fill(str(number))
    page.locator("#id_effort_min").fill("1")
    page.locator("#id_effort_max").fill("3")
    lines(page, "Hint", ["Keep the heel on the bed.", "Breathe as you like."])
    lines(page, "Mistake", ["Lifting the heel: keep it down.", "Going fast: count to three."])
    page.locator("#id_should_feel").fill("A light stretch over the knee.")
    lines(page, "Sign", ["The calf is swollen and hot.", "The knee locks."])
    adds_condition(page, "knee-osteoarthritis", "caution", "Stay in the easy part.")


def adds_condition(page: Page, condition: str, kind: str, reason: str) -> None:
    page.get_by_role("button", name="Add a condition").click()
    row = page.locator(".pp-rowset-caution").last
    row.get_by_role("combobox", name="Condition").select_option(condition)
    row.get_by_role("combobox", name="How grave").select_option(kind)
    row.get_by_role("textbox", name="Reason, and what to do instead").fill(reason)


def publishes(curator: Visitor, name: str, number: int) -> None:
    """The second person: reads it, says so, publishes."""
    page = curator.page
    curator.go("/library/review/?list=waiting")
    page.get_by_role("link", name=re.compile(f"^{name}")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    curator.at_ease()
    for box in page.locator("#publish input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name=f"Publish version {number}").click()
    expect(page.get_by_text(f"{name}, version {number}, is published.")).to_be_visible()


def makes_it_unsafe(curator: Visitor, address: str, condition: str) -> None:
    """The next version, with a condition that it is not for."""
    page = curator.page
    curator.go(address)
    page.get_by_role("button", name="New version").click()
    adds_condition(page, condition, "contraindicated", "The joint is not ready; slide on a towel instead.")
    page.get_by_label("What changed and why").fill("A trial was stopped early.")
    expect(page.locator("#todo")).to_contain_text("Everything a review needs is there.")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#main")).to_contain_text("Take it back to change it")


def retires(curator: Visitor, address: str, clinician: str) -> None:
    page = curator.page
    curator.go(address)
    page.get_by_role("link", name="History and use").click()
    page.get_by_role("link", name="Retire…").click()
    expect(page.get_by_role("region", name=re.compile("^1 plan uses it now"))).to_contain_text(clinician)
    curator.at_ease()
    page.get_by_label("Why").fill("Its source has been withdrawn.")
    page.get_by_role("button", name="Retire it").click()
    expect(page.get_by_text(re.compile("^Retired on"))).to_be_visible()
