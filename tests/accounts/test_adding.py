"""Rows that are written without Django writing their INSERT each time: the same rows, refused for the same reasons."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.adding import add, add_after, add_rows, change
from accounts.models import AccessLog, ListLook, Membership, Patient
from plans.models import PainScore, PlanEvent, Session
from tests.cast import NOON, TODAY

TOUCH = "UPDATE plans_painwatch SET attempts = attempts WHERE patient_id = %s"


def test_a_row_is_as_django_writes_it(alice, anna, ben, harbour):
    given = {"at": NOON, "user_id": alice.pk, "clinic_id": harbour.pk, "route": "inbox", "patients": [anna.pk, ben.pk]}
    ListLook.objects.create(**given)
    with CaptureQueriesContext(connection) as asked:
        add(ListLook, **given)
    assert len(asked) == 1 and ben.pk.hex in asked[0]["sql"]
    first, second = ListLook.objects.order_by("id").values()
    assert first.pop("id") != second.pop("id")
    assert first == second == given


def test_what_is_not_said_is_as_django_has_it_from_the_start(alice, anna):
    for _ in range(7):  # PostgreSQL plans it once after some
        add(AccessLog, at=NOON, user_id=alice.pk, patient_id=anna.pk, route="patient")
    assert {(row.purpose, row.route) for row in AccessLog.objects.filter(patient=anna, user=alice)} == {("", "patient")}
    assert AccessLog.objects.count() == 7


def test_the_database_refuses_as_ever(alice, harbour):
    with pytest.raises(IntegrityError), transaction.atomic():
        add(ListLook, at=NOON, user_id=alice.pk, clinic_id=harbour.pk, route="inbox", patients=[])


def test_a_column_that_is_not_there_is_refused(alice):
    with pytest.raises(TypeError, match="purpse"):
        add(AccessLog, at=NOON, user_id=alice.pk, patient_id=alice.pk, route="patient", purpse="A call")


@pytest.mark.parametrize("model", [Membership, Patient])
def test_tables_whose_new_rows_history_reads_are_refused(db, model):
    with pytest.raises(TypeError, match="new rows"):
        add_rows([model()])


def test_several_rows_with_every_sort_of_value_are_as_django_writes_them(anna, annas_plan):
    """What is logged: numbers, times, words, keys, nothing, and JSON; one by one and after a change."""

    def rows():
        session = Session(
            patient=anna, plan_version=annas_plan, state="done", source="quick", started_at=NOON, finished_at=NOON,
            local_date=TODAY, time_zone="Europe/London", received_at=NOON, effort=None, note="“Café” \"\\\n100 %s",
            doses={"1": {"sets": 2, "minutes": None, "hold": 5.0}}, fingerprint="x", recorded_by=anna.user,
        )  # fmt: skip
        scores = [
            PainScore(
                patient=anna, session=session, site=anna.sites.first(), moment=moment, value=value, occurred_at=NOON,
                local_date=TODAY, time_zone="Europe/London", received_at=NOON, source="quick", recorded_by=anna.user,
            )
            for moment, value in (("before", Decimal("4.5")), ("after", None))
        ]  # fmt: skip
        event = PlanEvent(patient=anna, plan=annas_plan.plan, at=NOON, by=None, verb="tried", detail={"on": ["%s", 1]})
        return [session], scores, [event]

    def one_by_one(written):
        for each in written:
            add_rows(each)

    def by_django(written):
        for each in written:
            type(each[0]).objects.bulk_create(each)

    told = []
    for write in (by_django, one_by_one, lambda written: add_after(TOUCH, [anna.pk], *written, [])):
        written = rows()
        write(written)
        stored = [type(one).objects.filter(pk=one.pk).values().get() for each in written for one in each]
        assert not any(one._state.adding for each in written for one in each)
        told.append([{n: v for n, v in row.items() if n not in ("id", "session_id")} for row in stored])
    assert told[0] == told[1] == told[2]


def test_nothing_is_added_after_no_change(anna, alice):
    looked = AccessLog(at=NOON, user_id=alice.pk, patient_id=anna.pk, route="patient")
    assert not add_after(TOUCH, [alice.pk], [looked])
    assert looked._state.adding and not AccessLog.objects.exists()
    assert add_after(TOUCH, [anna.pk], [looked])
    assert AccessLog.objects.filter(pk=looked.pk).exists()


def test_what_is_added_after_a_change_is_asked_for_at_once(anna, alice):
    with CaptureQueriesContext(connection) as asked:
        add_after(TOUCH, [anna.pk], [AccessLog(at=NOON, user_id=alice.pk, patient_id=anna.pk, route="patient")])
    assert len(asked) == 1
    with pytest.raises(TypeError, match="new rows"):
        add_after(TOUCH, [anna.pk], [Membership()])


def test_nothing_is_sent_for_no_rows(db):
    with CaptureQueriesContext(connection) as asked:
        add_rows([])
    assert not asked.captured_queries


def test_a_change_tells_how_many_rows_it_met(alice, anna):
    text = "UPDATE accounts_user SET joined_at = joined_at WHERE id = %s AND email <> '100 %%s'"
    with CaptureQueriesContext(connection) as asked:
        assert change(text, [alice.pk]) == 1 and change(text, [anna.pk]) == 0
    assert len(asked) == 2 and alice.pk.hex in asked[0]["sql"]
