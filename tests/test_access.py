"""Who may come in, route by route: everybody asks everything that tests/access_table.py says about.

For every route and actor: the exact status, no row of any table changed when access is denied (the database counts),
no word of another patient or clinic in body or headers, and the look written down where the table says so.
"""

from collections.abc import Iterable, Iterator
from zlib import crc32

import pytest
from django.db import transaction
from django.test import Client
from django.urls import include, path, reverse

from accounts.models import AccessLog, Membership
from painplan.checks import every_view_declares_a_policy
from tests.access_table import BEFORE_THE_SECOND_STEP, TABLE, Row
from tests.access_world import (
    ACTORS,
    ANNA,
    BEN,
    CANARIES,
    IDS,
    MAY_READ,
    OWN,
    ROUTES,
    SHIPPED,
    WORDS,
    Answer,
    Ask,
    World,
    one_world,
)
from tests.cast import NOON

WHO_BY_POLICY = {
    "clinical": {"alice", "bob", "lena", "dora", "charlie"},
    "staff": {"alice", "bob", "lena", "dora", "charlie", "cora", "sharon"},
    "curator": {"cora", "sharon"},
    "lead": {"lena"},
    "patient": {"anna", "ben", "zoe"},
    "operator": {"superuser"},
    "admin": {"superuser"},
    "signed-in": set(ACTORS) - {"anonymous", "gone"},
    "public": set(ACTORS),
}
# Whose names may stand in somebody's lists.
CLINICS = dict.fromkeys(("alice", "bob", "lena", "dora"), ("annas", "bens")) | {"charlie": ("zoes",)}
RARE = ("PUT", "PATCH", "DELETE", "HEAD")
THOROUGH = {"anonymous", "anna", "alice", "cora", "lena", "superuser"}
# These ids name a row of the library that everybody shares.
SHARED = {"exercise_id", *SHIPPED}


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once: each question is taken back by itself."""
    with django_db_blocker.unblock(), one_world() as world:
        yield world


@pytest.fixture
def world(made) -> Iterator[World]:
    """The world for a test that changes it; afterwards it is as before."""
    outer = made.before
    with transaction.atomic():
        made.renew()
        yield made
        transaction.set_rollback(True)
    made.renew(outer)
    made.harbour.refresh_from_db()


def may_enter(actor: str, row: Row) -> bool:
    return actor in WHO_BY_POLICY[row.policy]


def questions(actor: str, name: str, row: Row) -> Iterator[Ask]:
    """What this person asks of a route: everything when they may come in, less when the first guard sends them away.

    One of each policy asks all there is (THOROUGH); of what the others ask, the rarer methods and htmx come in turn, so
    that each of them meets every guard.
    """
    own, enters, turn = OWN.get(actor, "annas"), may_enter(actor, row), crc32(f"{actor} {name}".encode())
    thorough = enters and actor in THOROUGH
    foreign = "zoes" if own == "annas" else "annas"
    taken = [method for method, status in (("GET", row.get), ("POST", row.post)) if status is not None] or ["GET"]
    yield from (Ask(name, method, own) for method in ("GET", "POST"))
    if row.policy == "admin":
        return
    yield from (Ask(name, method, own, htmx=bool(turn & 4)) for method in (RARE if thorough else [RARE[turn % 4]]))
    if thorough:
        yield from (Ask(name, method, own, htmx=True) for method in ("GET", "POST"))
    elif turn & 8:
        yield Ask(name, taken[0], own, htmx=True)
    if set(ROUTES[name].keys) - SHARED:
        yield Ask(name, taken[-1], foreign, htmx=bool(turn & 16))
        if enters:
            yield from (Ask(name, method, foreign) for method in ("GET", "POST"))
            yield from (Ask(name, method, "missing") for method in (taken if thorough else taken[-1:]))
        if thorough or turn & 32:
            yield Ask(name, taken[-1], "malformed")
        if enters and len(ROUTES[name].keys) > 1:
            yield from (Ask(name, method, "mixed") for method in taken)


def expected(actor: str, row: Row, ask: Ask) -> int:
    """The one status that is right."""
    get, post = row.but.get(actor, (row.get, row.post))
    status = get if ask.method in ("GET", "HEAD") else post if ask.method == "POST" else None
    if ask.which == "malformed":
        return 404
    if row.policy == "admin" and not may_enter(actor, row):
        return status if actor in row.but and status is not None else 302
    if row.policy != "public" and actor in ("anonymous", "gone"):
        return 204 if ask.htmx else 302  # htmx is told to go there with the whole page
    if not may_enter(actor, row):
        return 404
    if status is None:
        return 405
    if row.htmx_post and ask.htmx and ask.method == "POST":
        status = row.htmx_post
    if ask.which == "mixed":
        return row.mixed if actor in OWN else 404
    if ask.which == "missing" and row.policy != "public":
        return 404
    return status if is_own(actor, row, ask) else 404


def is_own(actor: str, row: Row, ask: Ask) -> bool:
    if row.policy in ("public", "admin") or not set(ROUTES[ask.route].keys) - SHARED:
        return True
    return ask.which == OWN.get(actor) or (actor in row.open_to and ask.which != "missing")


def judge(world: World, actor: str, row: Row, ask: Ask, answer: Answer) -> str:
    """What is wrong with this answer, or nothing."""
    right = expected(actor, row, ask)
    if answer.status != right:
        return f"{answer.status} instead of {right}"
    enters = may_enter(actor, row)
    if not enters and right in (204, 302) and "/sign-in/" not in answer.location and row.policy != "admin":
        return f"sent to {answer.location}, not to sign-in"
    came_in = enters and right not in (404, 405)
    if answer.wrote and not (came_in and (ask.method == "POST" or (row.writes and ask.method == "GET"))):
        return f"changed {answer.wrote}"
    # With a foreign second id the first door was opened, and that is written down too.
    looked = row.looks and enters and (came_in or (right == 404 and ask.which in ("mixed", OWN[actor])))
    if looked:
        who, patient = world.people[actor].full_name, world.patients[OWN[actor]].pk
        if answer.looks != [(ask.route, who, patient)]:
            return f"the access log says {answer.looks}"
    elif answer.looks:
        return f"a look was written down: {answer.looks}"
    named = {patient for _route, those in answer.lists for patient in those}
    if named and not (came_in and row.lists):
        return f"wrote down a list: {answer.lists}"
    if named - {world.patients[which].pk for which in CLINICS.get(actor, ())}:
        return f"wrote down a list with somebody of another clinic: {answer.lists}"
    shown = {pk for name, pk in world.names.items() if name in answer.text} if row.lists and came_in else set()
    if ask.method == "GET" and shown - named:
        return "shows patients in a list and does not write that down"
    if actor in row.open_to:
        return ""
    read = {word for word in CANARIES - MAY_READ.get(actor, set()) if word in answer.text}
    return f"shows {read}" if read else ""


def failures(world: World, actor: str, names: Iterable[str]) -> Iterator[str]:
    """Everything that is wrong for this person."""
    for name in names:
        for ask in questions(actor, name, TABLE[name]):
            problem = judge(world, actor, TABLE[name], ask, world.ask(actor, ask))
            if problem:
                yield f"{actor}: {ask}: {problem}"


def test_every_view_declares_a_policy():
    assert every_view_declares_a_policy(None) == []


def test_a_view_without_a_policy_fails_the_check(settings):
    settings.ROOT_URLCONF = type(
        "Bare", (), {"urlpatterns": [path("inner/", include(([path("bare/", reverse)], "x")))]}
    )
    [error] = every_view_declares_a_policy(None)
    assert (error.id, "/inner/bare/" in error.msg) == ("painplan.E001", True)


def test_every_route_has_a_row_that_says_what_the_code_says():
    """A new route: add what is missing here to tests/access_table.py, after a look at whether it is right."""
    assert {name: route.policy for name, route in ROUTES.items()} == {name: row.policy for name, row in TABLE.items()}


def test_every_id_in_an_address_is_known():
    unknown = (
        {key for route in ROUTES.values() for key in route.keys if route.namespace not in WORDS}
        - set(IDS)
        - set(SHIPPED)
    )
    assert unknown == set()


def test_there_are_enough_questions():
    cells = sum(1 for actor in ACTORS for name in TABLE for _ask in questions(actor, name, TABLE[name]))
    assert cells >= 5000


@pytest.mark.parametrize("actor", ACTORS)
def test_the_matrix(made, actor):
    """Every route for this person: own, foreign, missing, malformed, mixed ids; all methods; with and without htmx."""
    found = list(failures(made, actor, TABLE))
    assert not found, "\n".join(found)


def test_pages_of_signed_in_people_are_kept_by_no_cache(made):
    for actor, name in (("anna", "today"), ("alice", "inbox"), ("cora", "library")):
        assert "Cache-Control: no-store" in made.ask(actor, Ask(name, "GET")).text


def test_an_ended_membership_is_out_at_the_next_click(world):
    look = Ask("patient", "GET")
    assert world.ask("bob", look).status == 200
    Membership.objects.filter(user=world.people["bob"]).update(valid_until=NOON)
    world.renew()
    assert [world.ask("bob", ask).status for ask in (look, Ask("inbox", "GET"))] == [404, 404]


def test_a_membership_that_begins_later_does_not_count_yet(world):
    Membership.objects.filter(user=world.people["bob"]).update(valid_from="2026-12-01T00:00Z")
    world.renew()
    assert world.ask("bob", Ask("patient", "GET")).status == 404


def test_a_clinician_of_two_clinics_works_in_one_at_a_time_and_sees_which(world):
    """Dora reads Harbour's records until she changes to Hill, then Hill's and no more Harbour's."""
    client = Client()
    client.cookies["sessionid"] = world.keys["dora"]
    seen = {}
    for slug in ("harbour", "hill", "harbour"):
        assert client.post(reverse("choose_clinic"), {"clinic": slug}).status_code == 302
        pages = {which: client.get(world.address("patient", which)) for which in ("annas", "zoes")}
        seen[slug] = {which: page.status_code for which, page in pages.items()}
        inbox = client.get(reverse("inbox") + "?tab=clinic").content.decode()
        assert ("Anna Anders" in inbox, "Zoe Zimmer" in inbox) == (slug == "harbour", slug == "hill")
        assert ("Harbour Clinic" if slug == "harbour" else "Hill Clinic") in inbox
    assert seen == {"harbour": {"annas": 200, "zoes": 404}, "hill": {"annas": 404, "zoes": 200}}


def test_records_open_to_assigned_clinicians_only(world):
    world.harbour.record_access = "assigned"
    world.harbour.save()
    world.renew()
    look = Ask("patient", "GET")
    assert {who: world.ask(who, look).status for who in ("alice", "dora", "lena")} == {
        "alice": 200,
        "dora": 404,
        "lena": 200,
    }
    for name in ("caseload", "inbox", "inbox_print", "reevaluations"):
        assert "Anna Anders" not in world.ask("dora", Ask(name, "GET")).text


def test_the_looks_of_everybody_stay(made):
    assert AccessLog.objects.count() == len(made.looked)


@pytest.mark.parametrize("actor", ["alice", "cora"])
def test_the_matrix_of_staff_without_a_second_step(made, settings, actor):
    """They reach the pages that set one up, and are sent there from everywhere else, before any row is asked for."""
    settings.REQUIRE_MFA = True
    found = []
    for name, row in TABLE.items():
        if row.policy in ("public", "admin") or name in BEFORE_THE_SECOND_STEP:
            continue
        for method, htmx in (("GET", False), ("POST", False), ("GET", True)):
            answer = made.ask(actor, Ask(name, method, htmx=htmx))
            sent_away = (answer.status, answer.location) == (204 if htmx else 302, reverse("mfa_index"))
            if not sent_away or answer.changed or any(word in answer.text for word in CANARIES):
                found.append(f"{method} {name}: {answer.status} {answer.location}, changed {answer.changed}")
    assert not found, "\n".join(found)


# Rows that belong to a patient: in a clinic of assigned clinicians they are closed to the others.
OF_A_PATIENT = {
    "patient",
    "flag",
    "plan",
    "draft",
    "prescription",
    "reevaluation",
    "note",
    "session",
    "score",
    "step",
    "goal",
    "assignment",
    "transfer",
    "opened",
}


def closed_failures(world: World, names: Iterable[str]) -> Iterator[str]:
    """What Dora, who is assigned to nobody, gets to see in a clinic whose records are open to assigned clinicians."""
    for name in names:
        row, keys = TABLE[name], ROUTES[name].keys
        if not may_enter("dora", row) or name == "record_open":  # the one way in, with a reason
            continue
        closed = any(IDS.get(key) in OF_A_PATIENT for key in keys)
        for method, status in (("GET", row.get), ("POST", row.post)):
            if status is None or (method == "POST" and not closed):
                continue
            answer = world.ask("dora", Ask(name, method))
            if closed and (answer.status != 404 or answer.changed):
                yield f"dora: {method} {name}: {answer.status} instead of 404, changed {answer.changed}"
            read = {word for word in ANNA | BEN if word in answer.text}
            if read:
                yield f"dora: {method} {name}: shows {read}"


def test_the_matrix_of_a_clinic_whose_records_are_closed(world):
    """Nobody who is not assigned opens a record by any address, or meets a patient on any page."""
    close(world)
    found = list(closed_failures(world, TABLE))
    assert not found, "\n".join(found)


def foreign_exercises(world: World, names: Iterable[str]) -> Iterator[str]:
    """What somebody gets who asks for an exercise that another clinic has written for itself."""
    for who in ("charlie", "cora"):
        for name in names:
            row = TABLE[name]
            if "exercise_id" not in ROUTES[name].keys or not may_enter(who, row):
                continue
            for method, status in (("GET", row.get), ("POST", row.post)):
                answer = world.ask(who, Ask(name, method, "theirs")) if status is not None else None
                if answer and (answer.status != 404 or answer.wrote):
                    yield f"{who}: {method} {name}: {answer.status} instead of 404"


def test_another_clinics_own_exercise_is_not_there(made):
    assert list(foreign_exercises(made, TABLE)) == []
    assert any("exercise_id" in route.keys for route in ROUTES.values())


def close(world: World) -> None:
    """Records are open to assigned clinicians only from now on."""
    world.harbour.record_access = "assigned"
    world.harbour.save()
    world.renew()


# Ids of another clinic, or of another patient, in forms: who sends them, where, and the one status that is right.
BODIES = [
    ("alice", "flags_acknowledge", {"flags": "flag"}, 404),
    ("alice", "flag_assign", {"to": "charlie"}, 200),
    ("alice", "patient_care", {"over-to": "charlie"}, 422),
    ("alice", "patient_cover", {"cover-clinician": "charlie", "cover-from_on": "=2026-11-19"}, 422),
    ("alice", "patient_log_session", {"version": "active"}, 200),
    ("alice", "plan_begin", {"kind": "=template", "source": "template"}, 404),
    ("alice", "plan_begin", {"kind": "=version", "source": "draft"}, 404),
    ("alice", "plan_begin", {"kind": "=structure", "source": "draft"}, 404),
    ("alice", "builder_add", {"exercise": "curated", "section": "=main"}, 404),
    ("alice", "builder_swap", {"to": "curated"}, 404),
    ("alice", "template_add", {"exercise": "curated", "section": "=main"}, 404),
    ("alice", "patient_messages_read", {"shown": "message"}, 302),
    ("alice", "choose_clinic", {"clinic": "=hill"}, 404),
    ("lena", "clinic_leave", {"clinician": "charlie", "stand_in": "charlie"}, 422),
    ("cora", "exercise_links", {"other": "curated", "as": "=easier"}, 404),
    ("anna", "plan_changed", {"version": "active"}, 302),
    ("anna", "log_session", {"version": "active", "entry": "session"}, 200),
    ("anna", "quick_log", {"entry": "session"}, 200),
    ("anna", "play_start", {"answer": "=none", "entry": "session"}, 200),
    ("anna", "log_pain", {"entry": "score"}, 200),
    ("anna", "messages_read", {"shown": "message"}, 302),
    ("ben", "messages_read", {"shown": "message"}, 302),
    ("ben", "log_session", {"version": "active", "entry": "session"}, 200),
]


@pytest.mark.parametrize(("actor", "name", "body", "status"), BODIES, ids=[f"{b[0]}-{b[1]}" for b in BODIES])
def test_foreign_ids_in_a_form_change_nothing_and_show_nothing(made, actor, name, body, status):
    whose = "annas" if OWN.get(actor) is None else "zoes"  # Ben sends Anna's
    rows = made.rows[whose] | {"active": made.rows[whose]["plan"].active_version, "charlie": made.people["charlie"]}
    sent = {key: value[1:] if value.startswith("=") else str(rows[value].pk) for key, value in body.items()}
    answer = made.ask(actor, Ask(name, "POST", OWN.get(actor, "annas"), body=sent))
    assert (answer.status, answer.wrote) == (status, set())
    assert not {word for word in CANARIES - MAY_READ[actor] if word in answer.text}
