"""The people, rows and questions of the access matrix: who asks, for what, and what the database saw of it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, ClientHandler, encode_multipart
from django.urls import get_resolver, reverse

from accounts import reauth
from accounts.models import AccessLog, Clinic, ListLook, Membership, Patient, User
from painplan.checks import Route, routes
from tests.access_rows import care_rows_of, clinic_rows_of, library_rows_of, rows_of
from tests.cast import LONG_AGO, NOON, make_member, make_patient, make_user

MISSING = UUID("00000000-0000-7000-8000-000000000000")
# Which rows a route's id names; every route with an id needs a row here.
IDS = {
    "patient_id": "patient",
    "flag_id": "flag",
    "plan_id": "plan",
    "version_id": "draft",
    "prescription_id": "prescription",
    "reevaluation_id": "reevaluation",
    "my_reevaluation_id": "done_reevaluation",
    "note_id": "note",
    "session_id": "session",
    "score_id": "score",
    "report_id": "report",
    "exercise_id": "exercise",
    "curated_id": "curated",
    "draft_id": "library_draft",
    "exercise_version_id": "in_review",
    "media_id": "media",
    "curated_media_id": "media",
    "batch_id": "batch",
    "one_id": "curated",
    "other_id": "other",
    "merge_id": "merge",
    "proposal_id": "proposal",
    "holiday_id": "holiday",
    "absence_id": "absence",
    "trial_id": "trial",
    "step_id": "step",
    "template_id": "template",
    "item_id": "template_item",
    "goal_id": "goal",
    "assignment_id": "assignment",
    "transfer_id": "transfer",
    "opened_id": "opened",
    "hold_id": "hold",
    "membership_id": "membership",
    "invitation_id": "invitation",
    "saved_filter_id": "saved_filter",
    "token": "patient",  # nobody's: an id is no key
}
# Words in addresses of files that everybody may have.
SHIPPED = {"mark": "none", "name": "none"}
# The admin's addresses hold words; it knows no row of ours.
WORDS = {"admin": {"app_label": "auth", "url": "nothing", "object_id": str(MISSING), "content_type_id": "1"}}
ACTORS = {
    "anonymous": "nobody is signed in",
    "anna": "a patient",
    "ben": "another patient of the same clinic",
    "zoe": "a patient of another clinic",
    "alice": "the assigned clinician",
    "bob": "a clinician of the same clinic, not assigned",
    "charlie": "a clinician of another clinic",
    "dora": "a clinician of both clinics, who works in the first one now",
    "cora": "the clinic's curator",
    "lena": "the clinic's lead",
    "superuser": "the operator",
    "gone": "deactivated: was a clinician here",
    "nobody": "signed in, with no role and no record",
    "sharon": "curator of the shared library, of no clinic",
}
HARBOUR, HILL = {"canary-harbour"}, {"canary-hill", "Charlie Cliff"}
ANNA, BEN, ZOE = {"canary-anna", "Anna Anders"}, {"Ben Bauer"}, {"canary-zoe", "Zoe Zimmer"}
CANARIES = HARBOUR | HILL | ANNA | BEN | ZOE
TEAM = HARBOUR | ANNA | BEN
MAY_READ: dict[str, set[str]] = {
    "anna": ANNA | HARBOUR,
    "ben": BEN | HARBOUR,
    "zoe": ZOE | HILL,
    "alice": TEAM,
    "bob": TEAM,
    "lena": TEAM,
    "dora": TEAM,
    "charlie": ZOE | HILL,
    "cora": HARBOUR,
}
# Whose rows are somebody's own; everything else is foreign.
OWN = dict.fromkeys(("anna", "alice", "bob", "dora", "cora", "lena"), "annas") | dict.fromkeys(
    ("zoe", "charlie"), "zoes"
)
# Sessions and counted attempts: of nobody but the person who asks.
NO_DATA = {"django_session", "usersessions_usersession", "accounts_attempts"}
CHANGED = """
    SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


@dataclass(frozen=True)
class Ask:
    """One question: a method on a route with somebody's ids, perhaps from htmx, perhaps with ids in the body.

    `language`: what the browser prefers, where nobody is signed in.
    """

    route: str
    method: str
    which: str = "annas"
    htmx: bool = False
    body: dict[str, Any] | None = None
    language: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.route} ({self.which}{', htmx' * self.htmx}{', ids in the body' * bool(self.body)})"


@dataclass(frozen=True)
class Answer:
    """What came back, and what the database says that the request changed: rows by table."""

    status: int
    location: str
    text: str
    changed: dict[str, int]
    looks: list[tuple[str, str, UUID]] = field(default_factory=list)
    lists: list[tuple[str, set[UUID]]] = field(default_factory=list)

    @property
    def wrote(self) -> set[str]:
        """Tables with changed rows, the access log's aside."""
        return set(self.changed) - {AccessLog._meta.db_table, ListLook._meta.db_table}


class World:
    """Everybody and everything, made once; each question is rolled back."""

    def __init__(self) -> None:
        self.harbour = Clinic.objects.create(
            name="Harbour Clinic", slug="harbour", emergency_text="Call 999.", phone="01632 960100"
        )
        self.hill = Clinic.objects.create(name="Hill Clinic", slug="hill", emergency_text="Call 112.")
        alice, bob = make_member("Alice Archer", self.harbour), make_member("Bob Brook", self.harbour)
        charlie, dora = make_member("Charlie Cliff", self.hill), make_member("Dora Double", self.harbour)
        Membership.objects.create(user=dora, clinic=self.hill, role="clinician", valid_from=LONG_AGO)
        gone = make_member("Gone Gary", self.harbour)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        anna = make_patient("Anna Anders", self.harbour, alice, sites=("Lower back", "Right knee"))
        ben = make_patient("Ben Bauer", self.harbour, bob)
        zoe = make_patient("Zoe Zimmer", self.hill, charlie)
        self.people: dict[str, User] = {
            "anna": anna.user, "ben": ben.user, "zoe": zoe.user, "alice": alice, "bob": bob, "charlie": charlie,
            "dora": dora, "cora": make_member("Cora Curator", self.harbour, "curator"),
            "lena": make_member("Lena Lead", self.harbour, "lead"), "gone": gone, "nobody": make_user("Nobody Nick"),
            "sharon": make_user("Sharon Shared", curates_shared_library=True),
            "superuser": make_user("Root Ruler", is_staff=True, is_superuser=True),
        }  # fmt: skip
        self.rows: dict[str, dict[str, Any]] = {
            "annas": rows_of(anna, alice)
            | library_rows_of(self.harbour, self.people["cora"], alice)
            | clinic_rows_of(self.harbour, alice, bob),
            "zoes": rows_of(zoe, charlie)
            | library_rows_of(self.hill, charlie, zoe.user)
            | clinic_rows_of(self.hill, charlie, zoe.user),
        }
        for which, patient, by, to in (("annas", anna, alice, self.hill), ("zoes", zoe, charlie, self.harbour)):
            self.rows[which] |= care_rows_of(patient, by, to)
        self.patients: dict[str, Patient] = {"annas": anna, "zoes": zoe, "bens": ben}
        self.names = {patient.full_name: patient.pk for patient in self.patients.values()}
        self.keys = {name: _sign_in(user) for name, user in self.people.items()}
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.looked = list(AccessLog.objects.values_list("pk", flat=True))
        self.renew()

    def renew(self, before: Any = None) -> None:
        """What is there now is what questions start from."""
        self._counted = _changed()
        self.before = before or transaction.savepoint()

    def ask(self, actor: str, question: Ask) -> Answer:
        """Put the question; everything it changed is taken back."""
        return self.taken_back(actor, self._send(actor, question))

    def taken_back(self, actor: str, response: Any) -> Answer:
        """What this person's answer says and what the database says of it; everything it changed is taken back."""
        body = b"".join(response) if response.streaming else response.content
        if transaction.get_rollback():  # the database refused a statement, and nobody took that back
            transaction.set_rollback(False)
            transaction.savepoint_rollback(self.before)
        counted = _changed()
        changed = {
            name: n - self._counted.get(name, 0) for name, n in counted.items() if n > self._counted.get(name, 0)
        }
        looks = []
        if AccessLog._meta.db_table in changed:
            new = AccessLog.objects.exclude(pk__in=self.looked).select_related("user")
            looks = [(look.route, look.user.full_name, look.patient_id) for look in new]
        lists = []
        if ListLook._meta.db_table in changed:
            lists = [(look.route, set(look.patients)) for look in ListLook.objects.filter(user=self.people[actor])]
        if changed:
            transaction.savepoint_rollback(self.before)
        self._counted = counted
        headers = "\n".join(f"{name}: {value}" for name, value in response.items())
        for table in NO_DATA:
            changed.pop(table, None)
        text = headers + "\n" + body.decode(errors="replace")
        return Answer(
            response.status_code,
            response.headers.get("Location", response.headers.get("HX-Redirect", "")),
            text,
            changed,
            looks,
            lists,
        )

    def _send(self, actor: str, question: Ask) -> Any:
        headers = {"HX-Request": "true"} if question.htmx else {}
        if question.language:
            headers["Accept-Language"] = question.language
        factory = RequestFactory(headers=headers)
        if actor != "anonymous":
            factory.cookies[settings.SESSION_COOKIE_NAME] = self.keys[actor]
        url = self.address(question.route, question.which, OWN.get(actor, "annas"))
        data = encode_multipart(BOUNDARY, question.body or {}) if question.method == "POST" else ""
        request = factory.generic(question.method, url, data, MULTIPART_CONTENT)
        return self.handler(request.environ)

    def address(self, name: str, which: str, own: str = "annas") -> str:
        """Where a route is for somebody's ids. `mixed`: the first id is an own one and the others are foreign.
        `theirs`: the exercise is the other clinic's own, not everybody's.
        """
        foreign = "zoes" if own == "annas" else "annas"
        route = ROUTES[name]
        if which == "malformed":
            return "/" + re.sub(r"<[^>]+>", "no-id", route.address)
        if route.namespace in WORDS:
            return "/" + re.sub(r"<(?:path:)?(\w+)>|\(\?P<(\w+)>[^)]*\)|[\^$]|\\\\", _word, route.address)
        ids = {}
        for place, key in enumerate(route.keys):
            if key in SHIPPED:
                ids[key] = SHIPPED[key]
                continue
            kind, whose = IDS[key], which if which != "mixed" else (foreign if place else own)
            if which == "theirs":
                kind, whose = "curated" if key == "exercise_id" else kind, foreign
            if kind == "prescription" and route.policy == "patient":
                kind = "active_prescription"  # patients read the active version only
            ids[key] = MISSING if which == "missing" else self.rows[whose][kind].pk
        return reverse(name, kwargs=ids)


@contextmanager
def one_world() -> Iterator[World]:
    """Made once for a file of tests, at NOON, and taken back afterwards; the database has to be unblocked."""
    logging.disable(logging.ERROR)
    with transaction.atomic(), time_machine.travel(NOON, tick=False):
        yield World()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


ROUTES: dict[str, Route] = {route.name: route for route in routes(get_resolver())}


def _changed() -> dict[str, int]:
    """Rows inserted, updated and deleted since the transaction began, by table, whoever did it: a trigger counts."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED)
        return {name: sum(counts) for name, *counts in cursor.fetchall()}


def _word(found: re.Match[str]) -> str:
    return WORDS["admin"].get(found[1] or found[2], "")


def _sign_in(user: User) -> str:
    """A session in the database for this person, who has just shown that it is them; its key."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[reauth.CONFIRMED] = NOON.timestamp()
    session.save()
    return str(session.session_key)
