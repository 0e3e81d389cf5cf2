"""Walks through the product as one role: opens what it can, sends every form with hostile values, judges each answer.

What a hostile value has changed stays for the rest of the walk, so that it is met again wherever it is shown.
"""

import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve

from tests.access_world import ACTORS, CANARIES, MAY_READ, OWN, ROUTES, World
from tests.scan.judging import ELSEWHERE, HOSTILE, MARK, OUTSIDE, faults
from tests.scan.pages import TEXTS, Form, offered

ROLES = ("anonymous", "anna", "alice", "lena", "cora", "superuser")
# Names under which pages are told where to go on.
WAYS = {"next", "back", "return", "url", "to", "from", "then"}
ASKED = (
    "q", "page", "next", "tab", "sort", "show", "of", "flag", "patient", "rule", "day", "what", "kind", "since", "mark",
)  # fmt: skip
# These end the walk when they are done; what they do is taken back.
FINAL = {
    "account_logout", "sessions_end", "session_end", "leave", "staff_end", "staff_member", "choose_clinic",
    "patient_erase", "account_change_password", "admin_password", "theme", "preferences", "my_move",
    "patient_discharge", "clinic_records_save", "library_notices_seen",
}  # fmt: skip
A_KIND = 3
"""Pages of one kind (a route with the same questions) that are opened; forms are sent once for each kind."""


@dataclass
class Walk:
    """What one role met. `faults` are sentences, each with where it was."""

    role: str
    asked: int = 0
    pages: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "role": ACTORS[self.role], "requests": self.asked, "kinds of pages": len(self.pages),
            "kinds of forms": len(self.forms),
            "answers": {str(status): number for status, number in sorted(self.statuses.items())},
            "slowest, in seconds": dict(sorted(self.slowest.items(), key=lambda one: -one[1])[:10]),
            "pages that show a hostile value": sorted(self.marked),
            "faults": sorted(set(self.faults)),
        }  # fmt: skip


class Walker:
    """One role on its way; `most` ends each part of the walk after so many requests."""

    def __init__(self, world: World, role: str, *, most: int = 1_000_000) -> None:
        self.role, self.most, self.walk = role, most, Walk(role)
        self.client = Client(raise_request_exception=False)
        if role != "anonymous":
            self.client.cookies["sessionid"] = world.keys[role]
        self.start = ["/", *self._known(world)]
        self.kinds: dict[str, str] = {}
        self.foreign = CANARIES - MAY_READ.get(role, set())
        self.open_kinds: set[str] = set()
        self.closed_kinds: set[str] = set()

    def go(self) -> Walk:
        """Open everything; send every form that was met; ask pages hostile questions; open everything again, for what
        was stored meanwhile.
        """
        forms = list(self.opened())
        for form, page in self.so_many(forms):
            self.send(form, page)
        for address in self.so_many(list(self.kinds.values())):
            self.twist(address)
        for _found in self.opened():
            pass
        if self.role != "anonymous" and "/sign-in/" in self.ask("GET", "/").headers.get("Location", ""):
            self.fault("GET", "/", "was signed out on the way: what came after it proves nothing")
        return self.walk

    def opened(self) -> Iterator[tuple[Form, str]]:
        """Follow the links from the start; the forms on the way, each with its page."""
        queue, seen = deque(self.start), Counter[str]()
        until = self.walk.asked + self.most
        while queue and self.walk.asked < until:
            address = queue.popleft()
            kind = kind_of(address)
            if not kind or seen[kind] >= A_KIND:
                continue
            seen[kind] += 1
            self.kinds.setdefault(kind, address)
            found = self.open(address)
            if found:
                queue.extend(found.links)
                yield from ((form, address) for form in found.forms)

    def so_many(self, things: list[Any]) -> Iterator[Any]:
        """These, for as long as this part of the walk may take."""
        until = self.walk.asked + self.most
        for thing in things:
            if self.walk.asked >= until:
                return
            yield thing

    def open(self, address: str) -> Any:
        """A page as it is; None when it is none."""
        response = self.ask("GET", address)
        self.walk.pages[kind_of(address)] += 1
        turned_away = "/sign-in/?next=" in response.headers.get("Location", response.headers.get("HX-Redirect", ""))
        (self.closed_kinds if response.status_code >= 400 or turned_away else self.open_kinds).add(kind_of(address))
        if not response.headers.get("Content-Type", "").startswith("text/html") or response.status_code >= 400:
            return None
        text = response.content.decode(errors="replace")
        if MARK in text:
            self.walk.marked.add(kind_of(address))
        return offered(text, address)

    def twist(self, address: str) -> None:
        """The page's own questions, and those that other pages understand, with hostile values: all of them where the
        page opens, one where it is none for this role.
        """
        parts = urlsplit(address)
        names = dict.fromkeys([*dict(parse_qsl(parts.query, keep_blank_values=True)), *ASKED])
        opens = kind_of(address) in self.open_kinds or kind_of(address) not in self.closed_kinds
        for value in HOSTILE.values() if opens else (HOSTILE["markup"],):
            self.ask("GET", parts.path, dict.fromkeys(names, value))
        for value in ELSEWHERE if opens else ELSEWHERE[:1]:
            self.ask("GET", parts.path, dict.fromkeys(WAYS, value))
        self.ask("GET", parts.path, headers={"HX-Request": "true", "HX-Current-URL": f"https://{OUTSIDE}{parts.path}"})
        self.ask("GET", parts.path, headers={"X-Forwarded-Host": OUTSIDE, "Referer": f"https://{OUTSIDE}/"})
        refused = self.ask("GET", parts.path, headers={"Host": OUTSIDE})
        if refused.status_code != 400 and not refused.headers.get("Location", "").startswith("/"):
            self.fault("GET", parts.path, f"answers {refused.status_code} to another host")

    def send(self, form: Form, page: str) -> None:
        """One form of each kind, once for each hostile value; texts are replaced, what is chosen stays as it is."""
        route = kind_of(form.action)
        kind = f"{route} {' '.join(form.shape)}"
        if not route or self.walk.forms[kind]:
            return
        self.walk.forms[kind] += 1
        usual = form.filled()
        texts = [each.name for each in form.fields if each.kind in TEXTS]
        for value in HOSTILE.values():
            self.ask(form.method.upper(), form.action, usual | {name: [value] for name in texts}, page=page)
        everything = {each.name for each in form.fields}
        for value in (HOSTILE["markup"], HOSTILE["nothing"], HOSTILE["odd"]):
            self.ask(form.method.upper(), form.action, {name: [value] for name in everything}, page=page)
        for value in ELSEWHERE:
            sent = usual | {name: [value] for name in WAYS | {name for name in everything if "url" in name}}
            self.ask(form.method.upper(), form.action, sent, page=page)

    def ask(
        self, method: str, path: str, data: Any = None, *, page: str = "", headers: dict[str, str] | None = None
    ) -> Any:
        """Put one request, and judge what comes back. What ended the walk or broke is taken back."""
        self.walk.asked += 1
        given = {"headers": {"Referer": f"http://testserver{page}"} | (headers or {}) if page else headers or {}}
        begun = time.perf_counter()
        with transaction.atomic():
            cookies = self.client.cookies.copy()
            call = self.client.get if method == "GET" else self.client.post
            response = call(path, data, **given)
            body = b"".join(response) if response.streaming else response.content  # what is streamed is made now
            final = method == "POST" and (ends(path) or response.status_code >= 500)
            if final:
                transaction.set_rollback(True)
                self.client.cookies = cookies
        self.walk.statuses[response.status_code] += 1
        took, kind = round(time.perf_counter() - begun, 2), kind_of(path)
        self.walk.slowest[kind] = max(took, self.walk.slowest.get(kind, 0))
        for problem in faults(response, signed_in=self.role != "anonymous"):
            self.fault(method, path, problem)
        text = body.decode(errors="replace") + str(response.headers)
        for word in self.foreign:
            if word in text:
                self.fault(method, path, f"shows {word!r}, which is not for this role")
        return response

    def fault(self, method: str, path: str, problem: str) -> None:
        self.walk.faults.append(f"{self.role}: {method} {kind_of(path) or path}: {problem}")

    def _known(self, world: World) -> Iterator[str]:
        """Every address that has no link from anywhere too, with this role's own ids and then with foreign ones."""
        whose = OWN.get(self.role, "annas")
        for which in (whose, "zoes" if whose == "annas" else "annas"):
            for name, route in ROUTES.items():
                if "token" not in route.keys:
                    yield world.address(name, which, whose)


def kind_of(address: str) -> str:
    """The route behind an address and the names of its questions; empty for what is no page of ours."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return ""
    asked = sorted(QueryDict(parts.query).keys())
    return " ".join([found.view_name or parts.path, *asked])


def ends(path: str) -> bool:
    return kind_of(path).split(" ")[0] in FINAL
