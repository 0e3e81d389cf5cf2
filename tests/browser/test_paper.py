"""What comes out of a printer: dark words on white, as wide as the paper, with nothing to press or to fill in."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from plans.models import Reevaluation
from tests.browser.conftest import SignIn
from tests.browser.looking import sideways
from tests.browser.stack import Stack

SHEET = {"width": 688, "height": 1016}  # A4 less its margins of 14 mm, in CSS px
# The filter that is on stays: it says what the list holds.
TO_PRESS = """() => [...document.querySelectorAll("button, input, select, textarea, summary, nav a")]
    .filter((each) => !each.matches("[aria-current]"))
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length)
    .map((each) => `${each.tagName} ${each.textContent.trim().slice(0, 30)}`)"""


def paper(page: Page) -> list[str]:
    """What does not belong on the printed page, in words."""
    found: list[str] = page.evaluate(TO_PRESS)
    found += sideways(page)
    colours = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    return found if colours == ["rgb(255, 255, 255)", "rgb(29, 43, 47)"] else [*found, f"coloured {colours}"]


@pytest.fixture
def due(in_stack: Stack) -> Reevaluation:
    found = Reevaluation.objects.open().filter(plan__patient__clinic__slug="demo", plan__active_version__isnull=False)
    return found.select_related("plan")[0]


def test_what_a_clinician_prints(due: Reevaluation, sign_in: SignIn):
    visitor = sign_in("clinician", dark=True)
    page, plan = visitor.page, due.plan
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    for path in (
        reverse("patient", args=[plan.patient_id]),
        reverse("reevaluation", args=[due.pk]),
        reverse("plan_builder", args=[plan.active_version_id]),
        reverse("plan_print", args=[plan.active_version_id]),
        reverse("caseload"),
        reverse("inbox_print"),
    ):
        visitor.go(path)
        assert paper(page) == [], path
        # Longer than a sheet, it would leave the first one empty.
        longest = page.locator(".pp-doc")
        assert all(each.evaluate("e => getComputedStyle(e).breakInside") == "auto" for each in longest.all())
