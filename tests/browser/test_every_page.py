"""Every page that a role can open, in a real browser: 390 and 1280 px, light and dark, zoomed, in forced colours.

The list comes from the URLconf, so a new route is seen at once; links that carry a query (a tab, a filter, a page of a
list) are followed too, so that what they lead to is seen. `make test` opens each page once for every role and goes
round the looks from page to page; with PAINPLAN_FULL=1 (`make test-full`) every page is seen in all of them.
"""

import os
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import nullcontext
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone

from tests.browser import furniture, people
from tests.browser.conftest import WIDE, SignIn, Visitor
from tests.browser.furniture_of_care import worries
from tests.browser.looking import faults, sideways
from tests.browser.looks import SMALLEST, Look
from tests.browser.pages import Address, addresses
from tests.browser.stack import Stack

LOOKS = [
    Look("phone"),
    Look("desk, dark", WIDE, 900, theme="dark"),
    Look("phone, dark", theme="dark"),
    Look("desk", WIDE, 900),
]
# How people see it who need it otherwise; what axe judges, it has judged in the looks above.
OTHERWISE = [
    Look("desk at 200 %", WIDE // 2, 450),
    Look("desk, forced colours", WIDE, 900, forced=True),
    Look("small phone", SMALLEST, 640),
]
LARGE = Look("phone, letters at 200 %", letters=200)
SEEN_OTHERWISE = {"patient": [*OTHERWISE, LARGE], "clinician": OTHERWISE}
# The pages of every day, each seen in one of these looks as well; with PAINPLAN_FULL=1 every page in all of them.
EVERY_DAY = {"today", "progress", "plan", "log_pain", "quick_log", "help", "inbox", "patient"}
# The last two have nothing yet: no patients, no plan, no diary.
ROLES = ["clinician", "lead", "curator", "patient", "operator", "signed out", "new clinician", "new patient"]
# Parts of a page that ask for themselves again; they are seen inside their page.
FRAGMENTS = {"media_state", "inbox_live"}
# Open to all, and for those who are signed out the way leads to sign-in first.
BY_WAY_OF_SIGN_IN = {"mfa_authenticate", "admin_sign_in"}
FULL = os.environ.get("PAINPLAN_FULL") == "1"
LINKS_OF_A_KIND = 3 if FULL else 1


@pytest.mark.parametrize("role", ROLES)
def test_every_page(role: str, in_stack: Stack, sign_in: SignIn, visit: SignIn):
    furniture.furnish()
    with worries(timezone.now()) if role == "operator" else nullcontext():
        walk(role, sign_in, visit)


def walk(role: str, sign_in: SignIn, visit: SignIn) -> None:
    begun, user = time.monotonic(), people.who(role)
    visitor = sign_in(user.email) if user else visit()
    waiting = deque(addresses(role.removeprefix("new "), user))
    opened: set[str] = set()
    followed: Counter[tuple[str, ...]] = Counter()
    problems = []
    while waiting:
        address = waiting.popleft()
        for problem in problems_of(visitor, address, role, looks_of(len(opened) + ROLES.index(role)), opened):
            problems.append(f"{address.name} {address.path} {problem}")
        for kind, path in links(visitor) if address.path in opened else []:
            if path not in opened and followed[kind] < LINKS_OF_A_KIND:
                followed[kind] += 1
                waiting.append(Address(kind[0], path, True))
    print(f"{role}: {len(opened)} pages, {followed.total()} by a link, in {time.monotonic() - begun:.0f} s")
    assert not problems, "\n" + "\n".join(problems)
    assert opened, "no page was looked at"


@pytest.mark.parametrize("role", ["clinician", "patient"])
def test_the_page_for_an_address_that_is_not_there(role: str, in_stack: Stack, sign_in: SignIn):
    visitor = sign_in(role)
    for look in LOOKS:
        look.put_on(visitor.page)
        answer = visitor.page.goto(in_stack.url + "/nowhere/at/all/")
        assert answer is not None and answer.status == 404
        assert [*look.faults(visitor.page), *faults(visitor.page)] == [], look.name


def looks_of(number: int) -> list[Look]:
    """All of them, or the next one round."""
    return LOOKS if FULL else [LOOKS[number % len(LOOKS)]]


def otherwise(role: str, address: Address, number: int) -> list[Look]:
    """All of them, or the next one round for the pages of every day."""
    looks = SEEN_OTHERWISE.get(role)
    if not looks:
        return []
    if FULL:
        return looks
    return [looks[number % len(looks)]] if address.name in EVERY_DAY else []


def problems_of(visitor: Visitor, address: Address, role: str, looks: list[Look], opened: set[str]) -> Iterator[str]:
    """Ask for an address; when the answer is a page, look at it and note it as opened."""
    if not address.path:
        # Somebody new has none; for everybody else a row of every kind has to be there.
        if not role.startswith("new "):
            yield "cannot be opened, there is no row; make one in tests/browser/furniture.py"
        return
    refused = refusal(visitor, address, role)
    if refused is not None:
        yield from filter(None, [refused])
        return
    opened.add(address.path)
    for look in looks:
        look.put_on(visitor.page)
        visitor.complaints.clear()
        visitor.go(address.path)
        for fault in [*look.faults(visitor.page), *faults(visitor.page), *visitor.complaints]:
            yield f"{look.name}: {fault}"
    for look in otherwise(role, address, len(opened)):
        look.put_on(visitor.page)
        visitor.complaints.clear()
        visitor.go(address.path)
        for fault in [*look.lost(visitor.page), *sideways(visitor.page), *visitor.complaints]:
            yield f"{look.name}: {fault}"


def refusal(visitor: Visitor, address: Address, role: str) -> str | None:
    """None for a page to look at; empty for a rightful answer that is no page; else what is wrong with it."""
    answer = visitor.page.request.get(visitor.stack.url + address.path, max_redirects=0)
    if address.name == "health_safety" and answer.status == 503:
        return ""  # it tells a monitor that something needs somebody
    to_sign_in = answer.status == 302 and answer.headers["location"].startswith("/sign-in/")
    if answer.status == 405:
        return "" if "GET" not in answer.headers["allow"] else "refuses what it says it allows"
    if not address.allowed:
        rightly = to_sign_in if role == "signed out" else answer.status == 404
        return "" if rightly else f"{answer.status} for a stranger"
    if answer.status == 200:
        is_page = answer.headers["content-type"].startswith("text/html") and address.name not in FRAGMENTS
        return None if is_page else ""
    if to_sign_in and role == "signed out" and address.name in BY_WAY_OF_SIGN_IN:
        return ""
    return "" if answer.status == 302 and not to_sign_in else f"{answer.status} for one who may open it"


def links(visitor: Visitor) -> Iterator[tuple[tuple[str, ...], str]]:
    """The links of the page that carry a query, each with its kind: the route's name and the names in the query."""
    for href in visitor.page.eval_on_selector_all("a[href]", "all => all.map((a) => a.href)"):
        parts = urlsplit(href)
        if not href.startswith(visitor.stack.url) or not parts.query:
            continue
        try:
            name = str(resolve(parts.path).url_name)
        except Resolver404:
            name = "nowhere"
        kind = (name, *sorted(key for key, _value in parse_qsl(parts.query, keep_blank_values=True)))
        yield kind, f"{parts.path}?{parts.query}"
