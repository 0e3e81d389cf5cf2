"""Signing in and logging pain with the keys alone: Tab, Space, Enter and arrows, with a focus that can be seen."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Patient
from tests.browser import people
from tests.browser.conftest import NARROW, PASSWORD, WIDE, SignIn
from tests.browser.stack import Stack

MOST_TABS = 30
# How the focused control looks, together with the labels and boxes around it that may carry its ring. The main part,
# where "Skip" leads, is no control.
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element.matches("body, main")) return null;
    const name = element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText || "";
    const carriers = [element, element.closest("label"), element.closest("[data-stepper]")].filter(Boolean);
    const box = carriers.at(-1).getBoundingClientRect();
    const ring = carriers.some((carrier) => {
        const style = getComputedStyle(carrier);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const covered = !carriers.some((carrier) => carrier.contains(middle));
    return {tag: element.tagName.toLowerCase(), type: element.type || "", value: element.value || "",
        name: name.trim(), ring, covered};
}"""


def focused(page: Page) -> dict:
    """The control that has the focus; it has a ring, and nothing lies over it."""
    found = page.evaluate(FOCUSED)
    assert found is not None, "the focus is lost"
    assert found["ring"], f"no focus to be seen on {found}"
    assert not found["covered"], f"something lies over {found}"
    return found


def tab_to(page: Page, name: str, **wanted: str) -> None:
    """Press Tab until a control with this name (its beginning) has the focus; it may have it already."""
    passed = []
    for _press in range(MOST_TABS):
        if page.evaluate(FOCUSED) is not None:
            found = focused(page)
            if found["name"].startswith(name) and all(found[key] == value for key, value in wanted.items()):
                return
            passed.append(f"{found['tag']} {found['name'][:30]!r}")
        page.keyboard.press("Tab")
    raise AssertionError(f"no {name!r} {wanted} after {MOST_TABS} tabs: {passed}")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_sign_in_and_log_pain_with_the_keys_alone(width: int, in_stack: Stack, visit: SignIn):
    name = f"Kay Fenwick {width}"
    email = people.new_patient(name, email=f"kay{width}@example.org", sites=("Lower back", "Right knee"))
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
