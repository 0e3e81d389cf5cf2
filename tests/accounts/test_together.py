"""Questions asked as one: each is answered as it would be alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import IntegerField, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from accounts.compiled import compiled
from accounts.models import ListLook, Membership, Patient, User
from accounts.together import Added, one_of_many, together
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def named(down: bool, *, user: User, at: datetime, patients: Sequence[UUID]) -> QuerySet[Patient, Any]:
    rows = Patient.objects.visible_to(user, at).filter(pk__in=patients)
    return rows.order_by("-name_key" if down else "name_key").values_list("full_name", "discharged_at", "clinic__name")


def whole(*, patients: Sequence[UUID]) -> QuerySet[Patient, Patient]:
    return Patient.objects.filter(pk__in=patients).select_related("clinic", "discharged_by").order_by("name_key")


def held(*, user: User) -> QuerySet[Membership, tuple[str, list[int]]]:
    listed = Value([1, 2], ArrayField(IntegerField()))
    return Membership.objects.filter(user=user.pk).values_list("role", listed)


def none_at_all(*, user: User) -> QuerySet[User, tuple[UUID]]:
    return User.objects.filter(pk=user.pk, pk__in=[]).values_list("pk")


def test_each_is_answered_as_alone_and_all_with_one_statement(anna, ben, zoe, alice, charlie):
    everybody = [anna.pk, ben.pk, zoe.pk]
    for user, down, patients in ((alice, False, everybody), (charlie, True, everybody), (alice, True, [])):
        with CaptureQueriesContext(connection) as asked:
            first, second, third, fourth = together(
                one_of_many(named)(down, user=user, at=NOON, patients=patients),
                one_of_many(none_at_all)(user=user),
                one_of_many(whole)(patients=patients),
                one_of_many(held)(user=user),
            )
        assert len(asked) == 1
        assert first == compiled(named)(down, user=user, at=NOON, patients=patients)
        assert second == []
        assert [(one.pk, one.clinic) for one in third] == [(one.pk, one.clinic) for one in whole(patients=patients)]
        assert fourth == [("clinician", [1, 2])]


def test_nothing_is_asked_when_nothing_can_come(alice):
    with CaptureQueriesContext(connection) as asked:
        assert together(one_of_many(none_at_all)(user=alice)) == [[]]
        assert together() == []
    assert not asked


def test_a_row_of_nothing_is_a_row(alice, anna):
    @one_of_many
    def left(*, patient: UUID) -> QuerySet[Patient, tuple[None]]:
        return Patient.objects.filter(pk=patient).values_list("discharged_at")

    assert together(left(patient=anna.pk)) == [[(None,)]]


def look(alice, anna, unless=None) -> Added:
    given = {"at": NOON, "user_id": alice.pk, "clinic_id": anna.clinic_id, "route": "100 %s", "patients": [anna.pk]}
    return Added(ListLook, given, unless)


def test_a_row_is_written_with_the_questions(alice, anna):
    added = look(alice, anna)
    parts = [one_of_many(none_at_all)(user=alice), one_of_many(held)(user=alice)]
    with CaptureQueriesContext(connection) as asked:
        assert together(*parts, added=added) == [[], [("clinician", [1, 2])]]
    assert len(asked) == 1 and added.done
    written = ListLook.objects.values("at", "user_id", "clinic_id", "route", "patients").get()
    assert written == dict(added.values)


def test_nor_is_it_written_when_nothing_is_asked(alice, anna):
    added = look(alice, anna)
    assert together(one_of_many(none_at_all)(user=alice), added=added) == [[]]
    assert not added.done and not ListLook.objects.exists()


def test_it_is_left_to_whoever_must_know_an_answer_first(alice, anna, ben):
    """An answer with a row of nothing is one; before it stands a question of another number of columns."""

    @one_of_many
    def left(*, patient: UUID) -> QuerySet[Patient, tuple[None]]:
        return Patient.objects.filter(pk=patient).values_list("discharged_at")

    @one_of_many
    def lists(*, patient: UUID) -> QuerySet[Patient, tuple[list[int]]]:
        return Patient.objects.filter(pk=patient).values_list(Value([1, 2], ArrayField(IntegerField())))

    nobody, first = UUID(int=1), one_of_many(held)(user=alice)
    for unless, answer in ((left(patient=anna.pk), [(None,)]), (lists(patient=anna.pk), [([1, 2],)])):
        added = look(alice, anna, unless)
        assert together(first, unless, left(patient=ben.pk), added=added)[1] == answer
        assert not added.done and not ListLook.objects.exists()
    for number, unless in enumerate(
        (left(patient=nobody), lists(patient=nobody), one_of_many(none_at_all)(user=alice))
    ):
        added = look(alice, anna, unless)
        assert together(first, unless, left(patient=anna.pk), added=added)[1] == []
        assert added.done and ListLook.objects.count() == number + 1
