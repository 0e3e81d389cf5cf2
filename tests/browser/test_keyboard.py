"""Signing in and logging pain with the keys alone: Tab, Space, Enter and arrows, with a focus that can be seen."""

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
from plans.models import Session
from tests.browser import people
from tests.browser.conftest import NARROW, PASSWORD, WIDE, SignIn
from tests.browser.keys import focused, tab_to
from tests.browser.stack import Stack


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_sign_in_and_log_pain_with_the_keys_alone(width: int, in_stack: Stack, visit: SignIn):
    name = f"Kay Fenwick {width}"
    email = people.new_patient(name, sites=("Lower back", "Right knee"))
    visitor = visit(width=width)
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go("/sign-in/")
    tab_to(page, "E-mail")
    keys.type(email)
    tab_to(page, "Password")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/today/")

    tab_to(page, "Skip to the main part")
    keys.press("Enter")
    tab_to(page, "Log my pain")
    keys.press("Enter")
    page.wait_for_url("**/pain/")

    tab_to(page, "Lower back", type="radio")
    keys.press("ArrowRight")
    assert focused(page)["name"] == "Right knee"
    tab_to(page, "0", type="radio")
    assert page.locator("input[name=pain]:checked").count() == 0
    keys.press("Space")
    for _step in range(6):
        keys.press("ArrowRight")
    assert focused(page)["value"] == "6"
    tab_to(page, "For another day")
    keys.press("Space")
    tab_to(page, "Which day?")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    tab_to(page, "Save")
    keys.press("Enter")
    page.wait_for_url("**/today/")
    expect(page.get_by_role("status").filter(has_text="6")).to_be_visible()

    score = Patient.objects.get(full_name=name).scores.get()
    days = (people.today() - score.local_date).days
    assert (score.value, score.site.name, days) == (6, "Right knee", 2)
    visitor.at_ease()


def test_a_patients_day_with_the_keys_alone(in_stack: Stack, sign_in: SignIn):
    """The session player to its end, and the chart and its table on Progress."""
    name = "Delphine Ashgrove"
    email = people.new_patient(name, plan=True, exercises=("bridge", "knee-rolls"))
    people.log_until(Patient.objects.get(full_name=name), people.QUIET_WEEK * 2, days_ago=1)
    visitor = sign_in(email, width=NARROW)
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go("/session/play/")
    tab_to(page, "None of these", press=True)
    expect(page.get_by_role("group", name="How much pain do you have right now?")).to_be_visible()
    tab_to(page, "0", type="radio")
    keys.press("Space")
    for _step in range(4):
        keys.press("ArrowRight")
    tab_to(page, "Go on", press=True)
    page.wait_for_url("**/exercise/**")
    tab_to(page, "Start", press=True)
    tab_to(page, "Done, next exercise", press=True)
    expect(page.get_by_role("img", name="Exercise 2 of 2")).to_be_visible()
    tab_to(page, "Not all of it", press=True)
    tab_to(page, "No time", press=True)
    page.wait_for_url("**/after/")
    tab_to(page, "0", type="radio")
    keys.press("Space")
    keys.press("ArrowRight")
    tab_to(page, "Finish", press=True)
    page.wait_for_url("**/done/")
    session = Session.objects.get(patient__full_name=name)
    assert session.state == "done"
    assert sorted(session.scores.values_list("moment", "value")) == [("after", 1), ("before", 4)]

    visitor.go("/progress/")
    tab_to(page, "Chart of daily pain")
    keys.press("End")
    expect(page.locator(".pp-readout").first).not_to_be_empty()
    tab_to(page, "Show as a table", press=True)
    expect(page.get_by_role("table", name="Pain, day by day")).to_be_visible()
    visitor.at_ease()
