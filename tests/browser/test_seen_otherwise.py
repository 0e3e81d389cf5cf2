"""Pages for people who see them otherwise: in forced colours, and at twice the size (WCAG 1.4.4, 1.4.10, 1.4.11).

`make test` opens each main page in one of the two, in turn; with PAINPLAN_FULL=1 (`make test-full`) in both.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from accounts.models import Patient
from plans.models import Plan
from tests.browser.conftest import NARROW, WIDE, SignIn, Visitor
from tests.browser.looking import faults
from tests.browser.stack import Stack

FULL = os.environ.get("PAINPLAN_FULL") == "1"
# A desk screen of 1280 x 900 at 200 %; the narrowest phone that has to do without scrolling sideways.
ZOOMED = {"clinician": {"width": WIDE // 2, "height": 450}, "patient": {"width": 320, "height": 640}}
WAYS = ("forced colours", "twice the size")
# What tells the chosen one from the others must outlive the page's own colours.
CHOSEN = {
    ".pp-navlink": "[aria-current]",
    ".pp-tab": "[aria-current]",
    "a.pp-chip": "[aria-current]",
    "label.pp-chip": ":has(:checked)",
    ".pp-bottombar a": "[aria-current]",
    ".pp-nrs-grid label": ":has(:checked)",
    ".pp-daybtn": ":has(:checked)",
    ".pp-choice": ":has(:checked)",
    "a.pp-flag": "[aria-current]",
    ".pp-caseload .pp-name": "[aria-current]",
}
ALIKE = """([all, chosen]) => {
    const seen = [...document.querySelectorAll(all)].filter((each) => each.getClientRects().length);
    const looks = (each) => {
        const style = getComputedStyle(each);
        return [style.outlineStyle, style.outlineWidth, style.borderWidth, style.textDecorationLine].join();
    };
    const other = seen.find((each) => !each.matches(chosen));
    return seen.filter((each) => each.matches(chosen) && other && looks(each) === looks(other)).length;
}"""
# Words that stand outside of what their own box shows and cannot be scrolled to.
CUT = """() => [...document.querySelectorAll("main *, .pp-rail *, .pp-bottombar *")]
    .filter((each) => {
        const style = getComputedStyle(each);
        const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        return own && ["hidden", "clip"].includes(style.overflowX) && style.clipPath === "none"
            && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1 && !each.closest("svg");
    })
    .slice(0, 3).map((each) => `${each.className}: ${each.textContent.trim().slice(0, 40)}`)"""


def pages_of(role: str) -> Iterator[str]:
    joan = Patient.objects.get(full_name="Joan Whitfield")
    plan = Plan.objects.current().get(patient=joan)
    if role == "clinician":
        yield from ("/inbox/", f"/inbox/?tab=clinic&patient={joan.pk}", "/patients/?show=flag&sort=name")
        yield from (f"/patients/?sort=name&patient={joan.pk}", f"/patients/{joan.pk}/", f"/patients/{joan.pk}/plan/")
        yield from (f"/patients/{joan.pk}/messages/", f"/plans/{plan.pk}/compare/", "/library/", "/templates/")
        yield from (f"/reevaluations/{plan.reevaluations.get(state='open').pk}/", "/reevaluations/", "/style/")
    else:
        yield from (
            "/today/",
            "/pain/",
            "/progress/",
            "/plan/",
            "/help/",
            "/session/quick/",
            "/session/play/",
            "/flare/",
        )
        yield from ("/check-in/", "/my-data/", "/reminders/", "/messages/", "/safety/", "/account/preferences/")


@pytest.mark.parametrize("role", ["clinician", "patient"])
def test_main_pages_in_forced_colours_and_at_twice_the_size(role: str, in_stack: Stack, sign_in: SignIn):
    visitor = sign_in(role, width=WIDE if role == "clinician" else NARROW)
    usual = visitor.page.viewport_size
    assert usual is not None
    problems, opened = [], 0
    for number, path in enumerate(pages_of(role)):
        answer = visitor.page.request.get(in_stack.url + path, max_redirects=0)
        if answer.status == 302:
            continue  # nothing to answer today
        opened += 1
        for way in WAYS if FULL else [WAYS[number % 2]]:
            problems += [f"{path}, {way}: {fault}" for fault in faults_in(visitor, path, way, role)]
            visitor.page.emulate_media(forced_colors="none")
            visitor.page.set_viewport_size(usual)
    assert not problems, "\n" + "\n".join(problems)
    assert opened >= 10


def faults_in(visitor: Visitor, path: str, way: str, role: str) -> Iterator[str]:
    visitor.complaints.clear()
    if way == "forced colours":
        visitor.page.emulate_media(forced_colors="active")
        visitor.go(path)
        for radio in visitor.page.locator(".pp-nrs-grid input[value='4'], .pp-choice input").all()[:2]:
            radio.check(force=True)
        yield from alike(visitor.page)
    else:
        visitor.page.set_viewport_size(ZOOMED[role])
        visitor.go(path)
        if cut := visitor.page.evaluate(CUT):
            yield f"words are cut: {cut}"
    yield from [*faults(visitor.page), *visitor.complaints]


def alike(page: Page) -> Iterator[str]:
    for everything, chosen in CHOSEN.items():
        if number := page.evaluate(ALIKE, [everything, chosen]):
            yield f"{number} {everything}{chosen} cannot be told from the others"
