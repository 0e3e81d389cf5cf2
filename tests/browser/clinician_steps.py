"""What a clinician does, step by step, with the words that stand on the pages. The form's own buttons, no shortcuts."""

import re
import time
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.looking import settled

FLAG_SECONDS = 60  # usually one or two; a loaded machine may take its time
DECISION_NOTE = "Three heavy days in the garden. The plan stays, we talk about pacing."
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def add_patient(clinician: Visitor, name: str) -> None:
    clinician.go("/patients/")
    page = clinician.page
    page.get_by_role("link", name="Add a patient").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Date of birth").fill("1958-03-02")
    page.get_by_label("Main place that hurts").fill("Lower back")
    page.get_by_label("Second place").fill("Right knee")
    page.get_by_role("checkbox", name="Long-lasting low back pain").check()
    page.get_by_role("button", name="Add patient", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    about = page.get_by_role("region", name=f"About {name.split()[0]}")
    expect(about).to_contain_text("Long-lasting low back pain")
    expect(page.get_by_role("link", name="Right knee")).to_be_visible()
    clinician.at_ease()


def record_screening(clinician: Visitor) -> None:
    page = clinician.page
    page.get_by_label("How readiness was checked").fill("Clinic form")
    page.get_by_role("button", name="Record screening").click()
    expect(page.get_by_role("region", name="Readiness screening")).to_contain_text("Clinic form, ")
    clinician.at_ease()


def build_plan(clinician: Visitor, today: date) -> None:
    """Three exercises by search, one dosed, one moved up, all of them on two days of which one is today."""
    page = clinician.page
    page.get_by_role("link", name="Start a plan").click()
    page.get_by_role("button", name="Start from nothing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan v1, draft")
    for name in ("Pelvic tilt", "Sit to stand", "Knee rolls"):
        page.get_by_role("searchbox").fill(name.lower())
        expect(page.locator("#shelf-list li").first).to_contain_text(name)
        changed(page, page.get_by_role("button", name=f"Add {name}", exact=True).click)
        expect(exercise(page, name)).to_be_visible()
    times = exercise(page, "Sit to stand").get_by_role("spinbutton", name="Times")
    before = int(times.input_value())
    changed(page, exercise(page, "Sit to stand").get_by_role("button", name="More: Times").click)
    expect(times).to_have_value(str(before + 1))
    order = names(page)
    changed(page, page.get_by_role("button", name=f"Move {order[-1]} up").click)
    expect(page.locator("#main li.pp-ex h3").nth(len(order) - 2)).to_contain_text(order[-1])
    days = page.locator("#days")
    for day in {today, today + timedelta(days=3)}:
        box = days.get_by_role("checkbox", name=WEEKDAYS[day.weekday()])
        if not box.is_checked():
            changed(page, box.check)
    clinician.at_ease()
    page.reload()
    assert names(page) == [*order[:-2], order[-1], order[-2]], "the order was not kept"
    expect(times).to_have_value(str(before + 1))
    expect(days.get_by_role("checkbox", name=WEEKDAYS[today.weekday()])).to_be_checked()


def activate_plan(clinician: Visitor) -> None:
    page = clinician.page
    page.get_by_role("link", name="Activate v1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Activate v1")
    page.get_by_label("Why").fill("A gentle start.")
    clinician.at_ease()
    page.get_by_role("button", name="Activate v1").click()


def sees_reevaluation_on(clinician: Visitor, day: date) -> None:
    """The record names the day in its strip of facts."""
    strip = clinician.page.locator(".pp-strip")
    expect(strip).to_contain_text("Re-evaluation")
    expect(strip).to_contain_text(f"{day.day} {day:%b}")


def in_inbox(clinician: Visitor, name: str) -> Locator:
    clinician.go("/inbox/")
    return clinician.page.locator("a.pp-flag").filter(has_text=name)


def wait_for_flag(clinician: Visitor, name: str) -> float:
    """Open the inbox again and again, as a person would, until the flag is there; returns the seconds it took."""
    begun = time.monotonic()
    while not in_inbox(clinician, name).count():
        assert time.monotonic() - begun < FLAG_SECONDS, f"no flag of {name} within {FLAG_SECONDS} s"
    return time.monotonic() - begun


def read_flag(clinician: Visitor, name: str, sentence: str) -> None:
    in_inbox(clinician, name).click()
    panel = clinician.page.locator("[data-panel]")
    expect(panel.get_by_role("heading", name=name)).to_be_visible()
    expect(panel).to_contain_text(sentence)
    expect(panel).to_contain_text("Single bad days cannot raise this flag.")
    expect(panel.get_by_role("img").first).to_be_visible()
    clinician.at_ease()


def acknowledge(clinician: Visitor) -> None:
    panel = clinician.page.locator("[data-panel]")
    panel.get_by_role("button", name="Acknowledge").click()
    expect(panel).to_contain_text("Seen by Tom Brennan")
    clinician.at_ease()


def complete_reevaluation(clinician: Visitor, today: date) -> None:
    """From the panel: decide, say why, choose the next day; the record then names that day."""
    page, following = clinician.page, today + timedelta(days=21)
    page.locator("[data-panel]").get_by_role("link", name="Start re-evaluation").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Re-evaluation")
    clinician.at_ease()
    page.get_by_role("radio", name=re.compile("^Continue")).check()
    page.get_by_label("Note").fill(DECISION_NOTE)
    page.get_by_label("Next re-evaluation", exact=True).fill(following.isoformat())
    page.get_by_role("button", name="Complete re-evaluation").click()
    expect(page.get_by_role("status").filter(has_text="Re-evaluation done. The next one is due")).to_be_visible()
    sees_reevaluation_on(clinician, following)
    expect(page.get_by_role("region", name="Flags so far")).to_contain_text("resolved by Tom Brennan")
    expect(page.get_by_role("region", name="Flags so far")).to_contain_text(DECISION_NOTE)
    clinician.at_ease()


def exercise(page: Page, name: str) -> Locator:
    heading = page.get_by_role("heading", name=re.compile(f"^{name}"))
    return page.locator("#main li.pp-ex").filter(has=heading)


def names(page: Page) -> list[str]:
    """The exercises of the draft from top to bottom."""
    texts = page.locator("#main li.pp-ex h3").all_inner_texts()
    return [text.removesuffix("New").strip() for text in texts]


def changed(page: Page, change: Callable[[], None]) -> None:
    """Make a change in the builder and wait until it is saved."""
    lock = page.locator("#saved").get_attribute("data-lock")
    change()
    expect(page.locator("#saved")).not_to_have_attribute("data-lock", str(lock))
    settled(page)
