"""Who may come in, route by route: the table is made from the URLconf, and a new route without a row fails.

For every route and actor: strangers get exactly 404, the signed-out are sent to sign-in, nothing is written when
access is denied, and no name of another clinic is in any answer.
"""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from accounts.models import AccessLog, User
from painplan.checks import every_view_declares_a_policy, routes
from tests.access_rows import clinic_rows_of, library_rows_of, rows_of
from tests.cast import NOON, make_user

ROUTES = {route.name: route for _address, route in routes(get_resolver())}

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
    "hold_id": "hold",
    "step_id": "step",
    "template_id": "template",
    "item_id": "template_item",
    "goal_id": "goal",
    "token": "patient",  # nobody's: an id is no key
}
WHO_BY_POLICY = {
    "clinical": {"alice", "bob", "lena"},
    "staff": {"alice", "bob", "lena", "cora", "charlie", "sharon"},
    "curator": {"cora", "sharon"},
    "lead": {"lena"},
    "patient": {"anna", "ben", "zoe"},
    "operator": {"superuser"},
    "signed-in": {"alice", "bob", "lena", "cora", "charlie", "anna", "ben", "zoe", "superuser", "nobody", "sharon"},
}
ACTORS = [
    "anonymous",
    "anna",
    "ben",
    "zoe",
    "alice",
    "bob",
    "lena",
    "cora",
    "charlie",
    "superuser",
    "nobody",
    "sharon",
    "gone",
]
NAMES_A_ROW_IN_THE_BODY = {
    "operator_evaluate_again",
    "operator_send_again",
    "builder_add",
    "builder_move",
    "builder_place",
    "builder_swap",
    "template_add",
    "template_move",
    "template_place",
    "exercise_links",
    "library_notices_seen",
    "flags_undo",
}
# Their rows name files that are not there in this test; tests/exercises/test_media_pages.py serves real ones.
SERVES_A_FILE = {"media_file", "media_thumbnail", "media_captions", "plan_media", "plan_media_captions"}
OPENED_BY_A_KEY = {"calendar_feed", "join"}
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def world(anna, ben, zoe, alice, bob, lena, cora, charlie, harbour, hill) -> dict:
    superuser = User.objects.create_superuser("root@example.org", "a-long-test-password", full_name="Root Ruler")
    gone = make_user("Gone Gary", is_active=False)
    return {
        "anna": anna.user, "ben": ben.user, "zoe": zoe.user, "alice": alice, "bob": bob, "lena": lena, "cora": cora,
        "charlie": charlie, "superuser": superuser, "nobody": make_user("Nobody Nick"), "gone": gone,
        "sharon": make_user("Sharon Shared", curates_shared_library=True),
        "rows": {
            "annas": rows_of(anna, alice)
            | library_rows_of(harbour, cora, alice)
            | clinic_rows_of(harbour, alice, bob),
            "zoes": rows_of(zoe, charlie)
            | library_rows_of(hill, charlie, zoe.user)
            | clinic_rows_of(hill, charlie, zoe.user),
        },
    }  # fmt: skip


def address(name: str, rows: dict | None) -> str:
    converters = ROUTES[name].pattern.converters
    if rows is not None and ROUTES[name].callback.policy == "patient":
        rows = rows | {"prescription": rows["active_prescription"]}  # patients read the active version only
    ids = {key: uuid4() if rows is None else rows[IDS[key]].pk for key in converters}
    return reverse(name, kwargs=ids)


def client_of(world: dict, actor: str) -> Client:
    client = Client(raise_request_exception=True)
    if actor != "anonymous":
        client.force_login(world[actor])
    return client


def test_every_view_declares_a_policy():
    assert every_view_declares_a_policy(None) == []


def test_every_id_in_an_address_is_known():
    unknown = {key for route in ROUTES.values() for key in route.pattern.converters if key not in IDS}
    assert unknown == set()


@pytest.mark.parametrize("actor", ACTORS)
def test_the_matrix(world, actor, settings):
    """Every route, read and written to, with an own, a foreign and a missing id."""
    client = client_of(world, actor)
    rows = world["rows"]
    failures = []
    for name, route in ROUTES.items():
        if name in ("logout", "choose_clinic"):
            continue  # each has a test of its own
        policy = route.callback.policy
        keys = set(route.pattern.converters) - {"exercise_id"}
        variants = {"annas": rows["annas"], "zoes": rows["zoes"], "missing": None} if keys else {"annas": rows["annas"]}
        for which, given in variants.items():
            # The rarer methods go through the same guards: one variant of each is enough here.
            for method in ("get", "post", "head", "put", "patch", "delete") if which == "annas" else ("get", "post"):
                url = address(name, given)
                with CaptureQueriesContext(connection) as seen, transaction.atomic():
                    response = getattr(client, method)(url)
                    transaction.set_rollback(True)  # a write that was allowed must not change the next question
                wrote = [
                    q["sql"][:90] for q in seen if q["sql"].startswith(WRITES) and "django_session" not in q["sql"]
                ]
                problem = judge(name, method, actor, policy, which, bool(keys), response.status_code, response, wrote)
                if problem:
                    failures.append(f"{method.upper()} {name} ({which}, {policy}): {problem}")
    assert not failures, "\n".join(failures)


def judge(name, method, actor, policy, which, has_id, status, response, wrote) -> str:
    """What is wrong with this answer, or nothing."""
    if policy == "public":
        if name in OPENED_BY_A_KEY:
            return "" if status in (404, 405) and not wrote else f"{status} without the key; wrote {wrote}"
        breach = name == "health_safety" and status == 503  # no sweep runs beside this test
        return "" if status in (200, 302, 405) or breach else f"{status}"
    if actor in ("anonymous", "gone"):
        to_sign_in = status == 302 and "/sign-in/" in response.headers["Location"]
        return "" if to_sign_in and not wrote else f"{status}, not sent to sign-in; wrote {wrote}"
    mine = {
        "anna": "annas",
        "alice": "annas",
        "bob": "annas",
        "lena": "annas",
        "cora": "annas",
        "zoe": "zoes",
        "charlie": "zoes",
    }
    may_enter = actor in WHO_BY_POLICY[policy] or (policy == "clinical" and actor == "charlie")
    allowed = may_enter and (not has_id or mine.get(actor) == which)
    if name == "proposal":  # of any clinic, for those who look after the shared library; it names who proposed
        ours = (
            status in (200, 302) if actor == "sharon" and which != "missing" and status != 405 else status in (404, 405)
        )
        return "" if ours and (actor == "sharon" or not wrote) else f"{status} for a proposal; wrote {wrote}"
    if not allowed and status == 405 and not wrote:
        return ""  # the method is refused before anybody is looked at
    if not allowed and (status != 404 or wrote):
        return f"{status} instead of 404; wrote {wrote}"
    if allowed and status == 404 and name in SERVES_A_FILE:
        return ""
    if allowed and status == 404 and method == "post" and name in NAMES_A_ROW_IN_THE_BODY:
        return ""  # an id in the body goes through the same door, and an empty body names none
    if allowed and status not in (200, 302, 400, 405, 409, 422, 403 if policy == "signed-in" else 200):
        return f"{status} for one who may"
    body = b"" if response.streaming else response.content
    strangers = (b"Zoe Zimmer", b"Charlie Cliff") if mine.get(actor) != "zoes" else (b"Anna Anders", b"Alice Archer")
    if actor != "superuser" and any(name in body for name in strangers):
        return "a name of another clinic in the answer"
    return ""


def test_pages_of_signed_in_people_are_kept_by_no_cache(world):
    for actor in ("anna", "alice", "cora"):
        response = client_of(world, actor).get(reverse("home"), follow=True)
        assert response.headers["Cache-Control"] == "no-store"


def test_a_look_at_a_record_is_written_down(world):
    client = client_of(world, "bob")
    client.get(address("patient", world["rows"]["annas"]))
    look = AccessLog.objects.get()
    assert (look.user, look.patient, look.route) == (world["bob"], world["rows"]["annas"]["patient"], "patient")


def test_an_ended_membership_is_out_at_the_next_click(world):
    client = client_of(world, "bob")
    url = address("patient", world["rows"]["annas"])
    assert client.get(url).status_code == 200
    world["bob"].memberships.update(valid_until=NOON)
    assert client.get(url).status_code == 404


def test_records_open_to_assigned_clinicians_only(world, harbour):
    harbour.record_access = "assigned"
    harbour.save()
    url = address("patient", world["rows"]["annas"])
    assert {who: client_of(world, who).get(url).status_code for who in ("alice", "bob", "lena")} == {
        "alice": 200,
        "bob": 404,
        "lena": 200,
    }
    assert b"Anna Anders" not in client_of(world, "bob").get(reverse("caseload")).content
    assert b"Anna Anders" not in client_of(world, "bob").get(reverse("inbox") + "?tab=clinic").content


def test_the_admin_is_for_the_superuser_only(world):
    for actor in ("anonymous", "anna", "alice", "lena", "cora"):
        assert client_of(world, actor).get("/admin/").status_code == 302
    assert client_of(world, "superuser").get("/admin/").status_code == 200
