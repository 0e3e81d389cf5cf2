"""Rows that are written without Django writing their INSERT each time: the same rows, refused for the same reasons."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.adding import add
from accounts.models import AccessLog, ListLook, Membership, Patient
from tests.cast import NOON


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
        add(model)
