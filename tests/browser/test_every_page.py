"""Every page that a role can open is opened in a real browser: 390 and 1280 px, light and dark.

The list comes from the URLconf, so a new route is seen at once; links that carry a query (a tab, a filter, a page of a
list) are followed too, so that what they lead to is seen. `make test` opens each page once for every role and goes round
the four looks from page to page; with PAINPLAN_FULL=1 (`make test-full`) every page is seen in all four.
"""

import os
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.browser.conftest import NARROW, WIDE, SignIn, Visitor
from tests.browser.looking import faults
from tests.browser.pages import Address, addresses
from tests.browser.stack import Stack

LOOKS = [(NARROW, "light"), (WIDE, "dark"), (NARROW, "dark"), (WIDE, "light")]
# The last two have nothing yet: no patients, no plan, no diary.
ROLES = ["clinician", "lead", "curator", "patient", "signed out", "new clinician", "new patient"]
# Parts of a page that ask for themselves again; they are seen inside their page.
FRAGMENTS = {"media_state"}
FULL = os.environ.get("PAINPLAN_FULL") == "1"
LINKS_OF_A_KIND = 3 if FULL else 1


@pytest.mark.parametrize("role", ROLES)
def test_every_page(role: str, in_stack: Stack, sign_in: SignIn, visit: SignIn):
    from tests.browser import furniture, people

    furniture.furnish()
    begun = time.monotonic()
    user = people.who(role)
    visitor = sign_in(user.email) if user else visit()
    problems, opened, followed = [], set(), {}
    found = list(addresses(role.removeprefix("new "), user))
    for number, address in enumerate(found, start=ROLES.index(role)):
        if not address.path:
            # Somebody new has none; for everybody else a row of every kind has to be there.
            if not role.startswith("new "):
                problems.append(
                    f"{address.name}: no row that {user} could open; make one in tests/browser/furniture.py"
                )
            continue
        wrong = refusal(visitor, address, role)
        if wrong:
            problems.append(f"{address.name} {address.path}: {wrong}")
        if wrong is not None:
            continue
        opened.add(address.path)
        for look in LOOKS if FULL else [LOOKS[number % len(LOOKS)]]:
            problems += [f"{address.name} {address.path} {look}: {fault}" for fault in look_at(visitor, address, look)]
        for kind, path in links(visitor):
            if path not in opened and followed.setdefault(kind, 0) < LINKS_OF_A_KIND:
                followed[kind] += 1
                opened.add(path)
                found.append(Address(kind[0], path, True))
    print(f"{role}: {len(opened)} pages, {sum(followed.values())} by a link, in {time.monotonic() - begun:.0f} s")
    assert not problems, "\n" + "\n".join(problems)
    assert opened, "no page was looked at"


def refusal(visitor: Visitor, address: Address, role: str) -> str | None:
    """None for a page to look at; empty for a rightful answer that is no page; else what is wrong with it."""
    answer = visitor.page.request.get(visitor.stack.url + address.path, max_redirects=0)
    to_sign_in = answer.status == 302 and answer.headers["location"].startswith("/sign-in/")
    if answer.status == 405:
        return "" if "GET" not in answer.headers["allow"] else "refuses what it says it allows"
    if not address.allowed:
        return (
            "" if (to_sign_in if role == "signed out" else answer.status == 404) else f"{answer.status} for a stranger"
        )
    if answer.status == 200:
        is_page = answer.headers["content-type"].startswith("text/html") and address.name not in FRAGMENTS
        return None if is_page else ""
    return "" if answer.status == 302 and not to_sign_in else f"{answer.status} for one who may open it"


def look_at(visitor: Visitor, address: Address, look: tuple[int, str]) -> list[str]:
    """Open the page in that width and theme and say what is wrong with it."""
    page = visitor.page
    width, theme = look
    page.set_viewport_size({"width": width, "height": 844 if width == NARROW else 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    visitor.complaints.clear()
    visitor.go(address.path)
    shown = page.locator("html").get_attribute("data-bs-theme")
    wrong_theme = [] if shown == theme else [f"shown in {shown} colours"]
    return [*wrong_theme, *faults(page), *visitor.complaints]


def links(visitor: Visitor) -> list[tuple[tuple[str, ...], str]]:
    """The links of the page that carry a query, each with its kind: the route's name and the names in the query."""
    found = []
    for href in visitor.page.eval_on_selector_all("a[href]", "all => all.map((a) => a.href)"):
        parts = urlsplit(href)
        if not href.startswith(visitor.stack.url) or not parts.query:
            continue
        try:
            name = str(resolve(parts.path).url_name)
        except Resolver404:
            name = "nowhere"
        kind = (name, *sorted(key for key, _value in parse_qsl(parts.query, keep_blank_values=True)))
        found.append((kind, f"{parts.path}?{parts.query}"))
    return found


@pytest.mark.parametrize("role", ["clinician", "patient"])
def test_the_page_for_an_address_that_is_not_there(role: str, in_stack: Stack, sign_in: SignIn):
    page = sign_in(role).page
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        answer = page.goto(in_stack.url + "/nowhere/at/all/")
        assert answer is not None and answer.status == 404
        assert faults(page) == [], (width, theme)
