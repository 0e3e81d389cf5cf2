"""Signing in and logging pain with the keys alone: Tab, Space, Enter and arrows, with a focus that can be seen."""

import pytest
from playwright.sync_api import expect

from accounts.models import Patient
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
