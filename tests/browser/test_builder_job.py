"""A plan of six exercises for somebody with two conditions, from a template to the second version; counted.

Bridge is not for somebody whose abdomen was operated on lately, Pelvic tilt needs care (exercises/library).
"""

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from accounts.models import Patient
from exercises.models import Condition
from plans.models import PlanVersion
from tests.browser import keys, people
from tests.browser.clinician_steps import changed, exercise, names
from tests.browser.conftest import WIDE, SignIn, Visitor
from tests.browser.counting import Counter
from tests.browser.stack import Stack

TEMPLATE = "Chronic low back pain: a beginning"
FROM_TEMPLATE = ["Belly breathing", "Pelvic tilt", "Bridge", "Walking on level ground"]
CONDITIONS = ("chronic-low-back-pain", "recent-abdominal-surgery")
REASON = "Eleven weeks on, the surgeon has agreed."


def patient_in_care(name: str) -> Patient:
    """Somebody with two conditions whose readiness nobody has checked yet."""
    people.new_patient(name)
    patient = Patient.objects.get(full_name=name)
    patient.profile.conditions.set(Condition.objects.filter(pk__in=CONDITIONS))
    assert patient.profile.conditions.count() == len(CONDITIONS)
    return patient


def test_with_the_mouse(in_stack: Stack, sign_in: SignIn):
    patient = patient_in_care("Petra Lindqvist")
    clinician = sign_in("clinician", width=WIDE)
    page, counter = clinician.page, Counter(clinician.page)
    clinician.go(f"/patients/{patient.pk}/")
    begun = counter.so_far()

    page.get_by_role("link", name="Start a plan").click()
    offer = page.locator("details").filter(has_text=TEMPLATE)
    expect(offer).to_contain_text("1 exercise is not for Petra")
    offer.locator("summary").click()
    offer.get_by_role("checkbox", name="Leave out what is not for Petra").uncheck()
    offer.get_by_role("button", name="Use this template").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan v1, draft")
    assert names(page) == FROM_TEMPLATE
    for more in ("Sit to stand", "Knee rolls"):
        page.get_by_role("searchbox").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(more.lower())
        expect(page.locator("#shelf-list li").first).to_contain_text(more)
        changed(page, page.get_by_role("button", name=f"Add {more}", exact=True).click)
    assert len(names(page)) == 6

    sees_what_was_checked(clinician)
    page.get_by_role("link", name="Activate v1").click()
    page.get_by_role("button", name="Activate v1").click()
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("Bridge")
    expect(refused).to_contain_text("screening")
    assert [said for said in clinician.complaints if "422" not in said] == []
    clinician.complaints.clear()
    refused.get_by_role("link", name="Back to the plan").click()

    reason = exercise(page, "Bridge").get_by_role("textbox", name="Why")
    reason.click()
    page.keyboard.type(REASON)
    changed(page, lambda: page.keyboard.press("Tab"))
    more_times = exercise(page, "Sit to stand").get_by_role("button", name="More: Times")
    changed(page, more_times.click)
    swapped = swap_name(page, "Sit to stand")
    changed(page, exercise(page, "Sit to stand").locator(".pp-swaps button").first.click)
    expect(exercise(page, swapped)).to_be_visible()
    changed(page, page.get_by_role("button", name="Take out Knee rolls").click)
    assert len(names(page)) == 5
    changed(page, page.locator("#undo-button").click)
    expect(exercise(page, "Knee rolls")).to_be_visible()
    before = names(page)
    changed(page, lambda: drag_up(page, "Knee rolls", above=swapped))
    assert names(page) == moved_above(before, "Knee rolls", swapped)
    clinician.at_ease()

    page.get_by_role("link", name="Save and close").click()
    screen(clinician)
    page.get_by_role("link", name="Continue draft v1").click()
    page.get_by_role("link", name="Activate v1").click()
    expect(page.get_by_label("Why")).to_have_value(re.compile("^First plan: .*Bridge"))
    page.get_by_role("button", name="Activate v1").click()
    expect(page.get_by_role("heading", name="Plan v1")).to_be_visible()
    built = counter.so_far()

    page.get_by_role("button", name="Revise plan").click()
    changed(page, exercise(page, "Pelvic tilt").get_by_role("button", name="More: Times").click)
    page.get_by_role("link", name="Activate v2").click()
    expect(page.get_by_label("Why")).to_have_value(re.compile(r"^Pelvic tilt: .* \(was .*\)\.$"))
    page.get_by_role("button", name="Activate v2").click()
    page.get_by_role("link", name="Compare versions").click()
    reads_the_difference(clinician)
    revised = counter.so_far()

    is_kept(patient, swapped)
    print(f"\nmouse, record to v1: {built - begun}\nmouse, v1 to v2 and the difference: {revised - built}")
    assert (built - begun).clicks <= 30
    assert (built - begun).requests <= 40
    assert (revised - built).clicks <= 6
    assert (revised - built).requests <= 12


def test_with_the_keys_alone(in_stack: Stack, sign_in: SignIn):
    patient = patient_in_care("Konrad Veltman")
    clinician = sign_in("clinician", width=WIDE)
    page, hands, counter = clinician.page, clinician.page.keyboard, Counter(clinician.page)
    clinician.go(f"/patients/{patient.pk}/")
    begun = counter.so_far()

    keys.tab_to(page, "Start a plan", press=True)
    page.wait_for_url("**/plan/start/")
    keys.tab_to(page, "Search templates")
    hands.type("a beginning")
    hands.press("Enter")
    page.wait_for_url("**q=a+beginning**")
    keys.tab_to(page, "Leave out what is not for Konrad", key="Space")
    keys.tab_to(page, "Use this template", press=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan v1, draft")
    page.wait_for_load_state()  # the words are there before the scripts that listen for keys
    for more in ("Sit to stand", "Knee rolls"):
        expect(page.locator("#builder")).not_to_have_attribute("inert", "")
        hands.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        hands.type(more.lower())
        expect(page.locator("#shelf-list li").first).to_contain_text(more)
        changed(page, lambda more=more: keys.tab_to(page, f"Add {more}", press=True))
    assert len(names(page)) == 6

    sees_what_was_checked(clinician)
    keys.tab_to(page, "Why", back=True)
    hands.type(REASON)
    changed(page, lambda: hands.press("Tab"))
    keys.tab_to(page, "Times, Sit to stand")
    changed(page, lambda: hands.press("ArrowUp"))
    swapped = swap_name(page, "Sit to stand")
    changed(page, lambda: keys.tab_to(page, "Easier:", press=True))
    expect(exercise(page, swapped)).to_be_visible()
    changed(page, lambda: keys.tab_to(page, "Take out Knee rolls", press=True))
    assert len(names(page)) == 5
    changed(page, lambda: hands.press("Control+z"))
    expect(exercise(page, "Knee rolls")).to_be_visible()
    before = names(page)
    changed(page, lambda: keys.tab_to(page, "Move Knee rolls up", press=True))
    assert names(page) == moved_above(before, "Knee rolls", swapped)
    clinician.at_ease()

    keys.tab_to(page, "Save and close", press=True)
    page.wait_for_url("**/patients/**")
    keys.tab_to(page, "How readiness was checked")
    hands.type("Clinic form")
    hands.press("Enter")
    expect(page.get_by_role("region", name="Readiness screening")).to_contain_text(
        re.compile(r"Valid until \d")  # the form has these words too
    )
    keys.tab_to(page, "Continue draft v1", press=True)
    page.wait_for_url("**/plans/**")
    keys.tab_to(page, "Activate v1", press=True, back=True)
    page.wait_for_url("**/activate/")
    keys.tab_to(page, "Activate v1", press=True)
    expect(page.get_by_role("heading", name="Plan v1")).to_be_visible()
    built = counter.so_far()

    keys.tab_to(page, "Revise plan", press=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan v2, draft")
    keys.tab_to(page, "Times, Pelvic tilt")
    changed(page, lambda: hands.press("ArrowUp"))
    keys.tab_to(page, "Activate v2", press=True)
    page.wait_for_url("**/activate/")
    keys.tab_to(page, "Activate v2", press=True)
    expect(page.get_by_role("heading", name="Plan v2")).to_be_visible()
    keys.tab_to(page, "Compare versions", press=True)
    reads_the_difference(clinician)
    revised = counter.so_far()

    is_kept(patient, swapped)
    print(f"\nkeys, record to v1: {built - begun}\nkeys, v1 to v2 and the difference: {revised - built}")
    assert (revised - begun).clicks == 0
    assert (built - begun).keys <= 600
    assert (built - begun).requests <= 40


def sees_what_was_checked(clinician: Visitor) -> None:
    """A hard stop and a caution, beside the exercise each is about and in the list of checks."""
    page = clinician.page
    expect(exercise(page, "Bridge").locator(".pp-note-red")).to_contain_text("Abdominal operation")
    expect(exercise(page, "Pelvic tilt").locator(".pp-note-amber").first).to_be_visible()
    checks = page.get_by_role("complementary", name="Checks and totals")
    expect(checks.locator(".w-stop").first).to_be_visible()
    expect(checks.locator(".w-warning").first).to_be_visible()
    clinician.at_ease()


def swap_name(page: Page, name: str) -> str:
    """What the first button to change this exercise for another one offers."""
    words = exercise(page, name).locator(".pp-swaps button").first.inner_text()
    return words.partition(":")[2].partition(",")[0].strip()


def moved_above(order: list[str], moved: str, target: str) -> list[str]:
    rest = [each for each in order if each != moved]
    return [*rest[: rest.index(target)], moved, *rest[rest.index(target) :]]


def drag_up(page: Page, name: str, above: str) -> None:
    """Take an exercise by its grip and let it go over the upper half of the one above it."""
    upper = exercise(page, above)
    upper.evaluate("row => row.scrollIntoView({block: 'start'})")
    start, end = exercise(page, name).locator(".pp-ex-grip").bounding_box(), upper.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 12, start["y"] - 12, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 4, steps=12)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 5, steps=4)
    page.mouse.up()


def screen(clinician: Visitor) -> None:
    page = clinician.page
    page.get_by_label("How readiness was checked").click()
    page.keyboard.type("Clinic form")
    page.get_by_role("button", name="Record screening").click()
    expect(page.get_by_role("region", name="Readiness screening")).to_contain_text(
        re.compile(r"Valid until \d")  # the form has these words too
    )


def reads_the_difference(clinician: Visitor) -> None:
    page = clinician.page
    expect(page.get_by_role("heading", name="From v1 to v2")).to_be_visible()
    expect(page.get_by_role("region", name="From v1 to v2")).to_contain_text("Pelvic tilt")
    row = page.get_by_role("row").filter(has_text="Pelvic tilt")
    expect(row).to_contain_text("Changed")
    assert row.locator("mark").count() == 2, "the dose that changed is marked in both versions"
    clinician.at_ease()


def is_kept(patient: Patient, swapped: str) -> None:
    """Two versions are stored; in both the hard stop has its reason."""
    versions = list(PlanVersion.objects.filter(plan__patient=patient).order_by("number"))
    assert [version.number for version in versions] == [1, 2]
    for version in versions:
        rows = {row.exercise_version.name: row for row in version.prescriptions.select_related("exercise_version")}
        assert len(rows) == 6
        assert swapped in rows
        assert rows["Bridge"].override_reason == REASON
        assert all(row.sets > Decimal(0) for row in rows.values())
