"""Lists show names too: each is one line with everybody who stood in it. The lead finds it, the patient reads it."""

from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ListLook
from accounts.policy import Actor
from accounts.together import together
from plans.actions import flags
from plans.models import SavedFilter
from plans.views import doors
from plans.views.clinician.saved_filters import kept
from tests.cast import NOON, log_days, make_active_plan
from tests.plans.inbox_rows import flag_of
from tests.plans.test_constraints import refused


@pytest.fixture
def known(anna, ben, zoe, alice, bob):
    """Anna has a plan whose re-evaluation is due, and Ben has none."""
    make_active_plan(anna, alice)
    log_days(anna, [4, 4, 5])
    return {anna.pk, ben.pk}


def seen(user) -> list[tuple[str, set]]:
    return [(look.route, set(look.patients)) for look in ListLook.objects.filter(user=user).order_by("at", "id")]


def test_each_list_is_one_line_with_who_stood_in_it(client, alice, anna, ben, known):
    client.force_login(alice)
    client.get(reverse("caseload"))
    client.get(reverse("caseload"), {"q": "anders"})
    client.get(reverse("reevaluations"), {"of": "clinic", "show": "all"})
    client.get(reverse("find"), {"q": "bauer"}, headers={"HX-Request": "true"})
    assert seen(alice) == [
        ("caseload", known), ("caseload", {anna.pk}), ("reevaluations", {anna.pk}), ("find", {ben.pk}),
    ]  # fmt: skip
    assert ListLook.objects.first().clinic == anna.clinic


def test_the_inbox_and_its_paper_are_lists(client, alice, anna, known):
    client.force_login(alice)
    client.get(reverse("inbox"), {"tab": "clinic"})
    client.get(reverse("inbox_print"), {"tab": "clinic"})
    assert [route for route, _ids in seen(alice)] == ["inbox", "inbox_print"]
    assert all(anna.pk in ids for _route, ids in seen(alice))


@pytest.mark.parametrize(
    ("name", "query"),
    [("inbox", {"tab": "mine"}), ("inbox", {"tab": "clinic"}), ("inbox", {"tab": "resolved"}), ("caseload", {})],
)
def test_a_list_is_written_by_a_question_that_it_asks_anyway(client, alice, anna, name, query):
    flag_of(anna)
    past = flag_of(anna, "important")
    flags.resolve(flag=past, action_taken="talked", note="", useful=None, by=alice, at=NOON)
    client.force_login(alice)
    with time_machine.travel(NOON, tick=False):
        with CaptureQueriesContext(connection) as asked:
            assert b"Anna Anders" in client.get(reverse(name), query).content
    [written] = [query["sql"] for query in asked if ListLook._meta.db_table in query["sql"]]
    assert SavedFilter._meta.db_table in written, "a statement of its own"
    look = ListLook.objects.get()
    assert (look.user, look.clinic, look.route, look.at) == (alice, anna.clinic, name, NOON)
    assert look.patients == [anna.pk]


def test_who_was_not_written_with_the_questions_is_written_afterwards(alice, anna, ben, harbour):
    """No page does so; if one did, nobody would be missing."""
    me = Actor(alice, harbour, frozenset({"clinician"}), None)
    request = SimpleNamespace(actor=me, user=alice, resolver_match=SimpleNamespace(url_name="inbox"))
    look = doors.list_beside(request, [anna.pk, anna.pk])
    doors.list_shown(request, [anna.pk], look)
    assert seen(alice) == [("inbox", {anna.pk})], "nothing was asked, so it had not been written"
    together(kept(SavedFilter.Place.INBOX, user=alice), added=look)
    doors.list_shown(request, [anna.pk, anna.pk], look)
    assert seen(alice) == [("inbox", {anna.pk})] * 2
    doors.list_shown(request, [anna.pk, ben.pk], look)
    assert seen(alice)[2:] == [("inbox", {anna.pk, ben.pk})]
    assert doors.list_beside(request, []) is None


def test_an_empty_list_and_what_a_page_asks_by_itself_write_nothing(client, alice, known):
    client.force_login(alice)
    client.get(reverse("caseload"), {"q": "nobody of this name"})
    client.get(reverse("inbox_live"), {"tab": "mine"}, headers={"HX-Request": "true"})
    client.get(reverse("find"))
    assert seen(alice) == []


def test_the_leads_lists_count_as_well(client, lena, anna, known):
    client.force_login(lena)
    client.get(reverse("patient", args=[anna.pk]))
    client.get(reverse("clinic_looks"))
    client.get(reverse("clinic_privacy"), {"q": "anders"})
    assert seen(lena) == [("clinic_looks", {anna.pk}), ("clinic_privacy", {anna.pk})]


def test_a_closed_record_that_is_found_counts(client, harbour, bob, anna, known):
    harbour.record_access = "assigned"
    harbour.save()
    client.force_login(bob)
    given = {"full_name": "Anna Anders", "birth_on": "1965-05-17"}
    assert b"Anna Anders" in client.post(reverse("record_find"), given).content
    assert seen(bob) == [("record_find", {anna.pk})]


def test_the_lead_searches_lists_by_patient(client, lena, alice, charlie, known):
    for who in (alice, charlie):
        client.force_login(who)
        client.get(reverse("caseload"))
        client.get(reverse("caseload"), {"q": "bauer"})
    client.force_login(lena)
    lines = client.get(reverse("clinic_looks"), {"what": "lists", "patient": "anders"}).context["lines"]
    assert [(line["who"], line["patient"], line["page"]) for line in lines] == [
        ("Alice Archer", "a list with 2 patients", "Caseload")
    ]
    assert len(client.get(reverse("clinic_looks"), {"what": "lists"}).context["lines"]) == 2
    assert client.get(reverse("clinic_looks"), {"what": "everything"}).status_code == 422


def test_the_patient_reads_in_whose_lists_they_stood(client, anna, alice, bob, known):
    for who in (alice, alice, bob):
        client.force_login(who)
        client.get(reverse("caseload"))
    client.force_login(anna.user)
    page = client.get(reverse("my_looks"))
    assert {(row["who"], row["times"]) for row in page.context["lists"]} == {("Alice Archer", 2), ("Bob Brook", 1)}
    assert "Lists in which your name stood" in page.content.decode() and "Ben" not in page.content.decode()


def test_nobody_changes_what_was_seen(client, alice, known):
    client.force_login(alice)
    client.get(reverse("caseload"))
    refused("Cannot update", lambda: ListLook.objects.update(patients=[]))
    refused("Cannot delete", lambda: ListLook.objects.all().delete())
    look = ListLook.objects.get()
    refused("listlook_of_somebody", lambda: ListLook.objects.create(
        at=look.at, user=alice, clinic=look.clinic, route="caseload", patients=[]
    ))  # fmt: skip
