"""Every page that a role can open is opened in a real browser: 390 and 1280 px, light and dark.

`make test` opens each page once for every role and goes round the four looks from page to page; with PAINPLAN_FULL=1
(`make test-full`) every page is seen in all four. The list comes from the URLconf, so a new route is seen at once.
"""

import os
import time

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, SignIn, Visitor
from tests.browser.looking import faults
from tests.browser.pages import Address, addresses

LOOKS = [(NARROW, "light"), (WIDE, "dark"), (NARROW, "dark"), (WIDE, "light")]
ROLES = ["clinician", "lead", "curator", "patient", "signed out"]
FULL = os.environ.get("PAINPLAN_FULL") == "1"


@pytest.mark.parametrize("role", ROLES)
def test_every_page(role: str, in_stack, sign_in: SignIn, visit: SignIn):
    from accounts.models import User

    begun = time.monotonic()
    user = None if role == "signed out" else User.objects.get(email=f"{role}@demo.example")
    some_clinician = User.objects.get(email="clinician@demo.example")
    visitor = sign_in(role) if user else visit()
    problems, opened, seen = [], 0, set()
    for number, address in enumerate(addresses(role, user, some_clinician), start=ROLES.index(role)):
        problem = refusal(visitor, address, role)
        if problem is None:
            opened += 1
            seen.add(address.name)
            for look in LOOKS if FULL else [LOOKS[number % len(LOOKS)]]:
                problems += [f"{address.name} {address.path} {look}: {fault}" for fault in look_at(visitor, address, look)]
        elif problem:
            problems.append(f"{address.name} {address.path}: {problem}")
    print(f"{role}: {opened} addresses of {len(seen)} routes in {time.monotonic() - begun:.0f} s")
    assert not problems, "\n" + "\n".join(problems)
    assert seen, "no page was looked at"


def refusal(visitor: Visitor, address: Address, role: str) -> str | None:
    """None for a page to look at; empty for a rightful answer that is no page; else what is wrong with it."""
    answer = visitor.page.request.get(visitor.stack.url + address.path, max_redirects=0)
    to_sign_in = answer.status == 302 and answer.headers["location"].startswith("/sign-in/")
    if answer.status == 405:
        return "" if "GET" not in answer.headers["allow"] else "refuses what it says it allows"
    if not address.allowed:
        return "" if (to_sign_in if role == "signed out" else answer.status == 404) else f"{answer.status} for a stranger"
    if answer.status == 200:
        return None if answer.headers["content-type"].startswith("text/html") else ""
    return "" if answer.status == 302 and not to_sign_in else f"{answer.status} for one who may open it"


def look_at(visitor: Visitor, address: Address, look: tuple[int, str]) -> list[str]:
    """Open the page in that width and theme and say what is wrong with it."""
    page: Page = visitor.page
    width, theme = look
    page.set_viewport_size({"width": width, "height": 844 if width == NARROW else 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    visitor.complaints.clear()
    visitor.go(address.path)
    assert page.locator("html").get_attribute("data-bs-theme") in (theme, "light")
    return [*faults(page), *visitor.complaints]
