"""Queries written once: the values of each call count, and nothing that was worked out from the first one's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from accounts.backend import Backend
from accounts.compiled import compiled
from accounts.models import Clinic, Membership, Patient, User
from accounts.models.membership import Role
from tests.cast import NOON, make_member

pytestmark = pytest.mark.django_db


@compiled
def named(*, user: User, at: datetime, patients: Sequence[UUID]) -> QuerySet[Patient, tuple[str]]:
    return Patient.objects.visible_to(user, at).filter(pk__in=patients).order_by("name_key").values_list("full_name")


def test_each_call_is_answered_for_its_own_person_and_values(anna, ben, zoe, alice, charlie):
    everybody = [anna.pk, ben.pk, zoe.pk]
    for user in (alice, charlie, anna.user, alice, charlie):
        expected = Patient.objects.visible_to(user, NOON).order_by("name_key").values_list("full_name")
        assert named(user=user, at=NOON, patients=everybody) == list(expected)
    assert named(user=alice, at=NOON, patients=[ben.pk]) == [(ben.full_name,)]
    assert named(user=alice, at=NOON, patients=[]) == []


def test_the_moment_is_that_of_the_call(alice, anna):
    assert named(user=alice, at=NOON, patients=[anna.pk])
    assert not named(user=alice, at=NOON - timedelta(days=40_000), patients=[anna.pk])


def test_a_login_that_was_closed_sees_nobody_after_others_did(alice, anna):
    assert named(user=alice, at=NOON, patients=[anna.pk])
    alice.is_active = False
    assert named(user=alice, at=NOON, patients=[anna.pk]) == []
    alice.is_active = True
    assert named(user=alice, at=NOON, patients=[anna.pk])


def test_what_was_worked_out_from_a_value_is_refused():
    @compiled
    def late(*, at: datetime) -> QuerySet[Patient, tuple[UUID]]:
        return Patient.objects.filter(created_at__gt=at - timedelta(days=7)).values_list("pk")

    with pytest.raises(TypeError, match="worked out"):
        late(at=NOON)


def test_a_text_that_depends_on_a_value_is_refused():
    @compiled
    def those(*, at: datetime) -> QuerySet[Patient, tuple[UUID]]:
        wanted = Q(created_at__gt=at) if at.microsecond == 100 else Q(created_at__lt=at)
        return Patient.objects.filter(wanted).values_list("pk")

    with pytest.raises(TypeError, match="depends"):
        those(at=NOON)


def test_of_a_user_only_the_key_may_be_read(alice):
    @compiled
    def alike(*, user: User) -> QuerySet[User, tuple[UUID]]:
        return User.objects.filter(full_name=user.full_name).values_list("pk")

    with pytest.raises(User.DoesNotExist):
        alike(user=alice)


def test_a_list_is_asked_for_whole_or_not_at_all():
    @compiled
    def others(*, patients: Sequence[UUID]) -> QuerySet[Patient, tuple[UUID]]:
        return Patient.objects.filter(pk=patients[0]).values_list("pk")

    with pytest.raises(TypeError, match="__in"):
        others(patients=[])


def test_a_shape_has_its_own_text_and_a_union_stays_a_read(anna, ben):
    @compiled
    def ordered(down: bool, *, at: datetime) -> QuerySet[Patient, tuple[str]]:
        rows = Patient.objects.filter(created_at__lte=at, pk__in=[anna.pk, ben.pk]).values_list("full_name")
        return rows.order_by(F("name_key").desc() if down else F("name_key").asc())

    @compiled
    def both(*, one: UUID, other: UUID) -> QuerySet[Patient, tuple[str]]:
        rows = Patient.objects.order_by().values_list("full_name")
        return rows.filter(pk=one).union(rows.filter(pk=other), all=True)

    assert ordered(True, at=NOON) == ordered(False, at=NOON)[::-1]
    with CaptureQueriesContext(connection) as asked:
        assert sorted(both(one=anna.pk, other=ben.pk)) == sorted([(anna.full_name,), (ben.full_name,)])
    assert len(asked) == 1 and asked.captured_queries[0]["sql"].startswith("SELECT")


@dataclass(frozen=True)
class Time:
    since: datetime
    until: datetime


def test_the_fields_of_a_dataclass_are_values_and_shapes_do_not_pile_up(anna, monkeypatch):
    monkeypatch.setattr("accounts.compiled.SHAPES", 2)

    @compiled
    def added(start: int, *, within: Time) -> QuerySet[Patient, tuple[str]]:
        rows = Patient.objects.filter(created_at__range=(within.since, within.until), pk=anna.pk)
        return rows.values_list("full_name")[start : start + 1]

    day = timedelta(days=1)
    for start, since, expected in ((0, -day, 1), (0, day, 0), (1, -day, 0), (2, -day, 0), (0, -day, 1)):
        time = Time(anna.created_at + since, anna.created_at + 2 * day)
        assert len(added(start, within=time)) == expected


def test_models_come_with_what_is_selected_and_added(anna, ben):
    @compiled
    def whole(*, patients: Sequence[UUID]) -> QuerySet[Patient, Patient]:
        rows = Patient.objects.filter(pk__in=patients).select_related("clinic", "user", "discharged_by")
        return rows.annotate(shouted=Upper("full_name")).order_by("name_key")

    found = whole(patients=[anna.pk, ben.pk])
    expected = list(whole.__wrapped__(patients=[anna.pk, ben.pk]))
    for one, other in zip(found, expected, strict=True):
        assert {k: v for k, v in vars(one).items() if k != "_state"} == {
            k: v for k, v in vars(other).items() if k != "_state"
        }
        assert not one._state.adding and one._state.db == "default"
        assert (one.shouted, one.discharged_by) == (one.full_name.upper(), None)
        with CaptureQueriesContext(connection) as asked:
            assert (one.clinic, one.user) == (other.clinic, other.user)
        assert not asked


def test_who_sees_whole_clinics_is_asked_for_by_those_clinics(harbour, anna, zoe, alice, charlie, lena, cora):
    everybody, other = [anna.pk, zoe.pk], zoe.clinic
    both = make_member("Bo Both", harbour)
    Membership.objects.create(user=both, clinic=other, role=Role.CLINICIAN, valid_from=NOON - timedelta(days=1))
    people = [alice, charlie, lena, cora, both]
    for user in [*people, *reversed(people)]:
        with CaptureQueriesContext(connection) as captured:
            got = named(user=Backend().get_user(user.pk), at=NOON, patients=everybody)
        assert got == named(user=user, at=NOON, patients=everybody)
        assert ("accounts_careassignment" in captured[-1]["sql"]) == (user == cora)
    assert len(named(user=Backend().get_user(both.pk), at=NOON, patients=everybody)) == 2


def test_a_clinic_that_gives_access_by_assignment_is_not_seen_whole(harbour, anna, ben, lena):
    Clinic.objects.filter(pk=harbour.pk).update(record_access=Clinic.RecordAccess.ASSIGNED)
    bert = make_member("Bert Baker", harbour)
    both = [anna.pk, ben.pk]
    assert named(user=Backend().get_user(bert.pk), at=NOON, patients=both) == []
    assert len(named(user=Backend().get_user(lena.pk), at=NOON, patients=both)) == 2


def test_a_locked_record_is_for_the_lead(anna, alice, lena):
    Patient.objects.filter(pk=anna.pk).update(locked_at=NOON)
    assert named(user=Backend().get_user(alice.pk), at=NOON, patients=[anna.pk]) == []
    assert len(named(user=Backend().get_user(lena.pk), at=NOON, patients=[anna.pk])) == 1


def test_what_is_the_same_for_everybody_stands_in_the_text(alice, anna):
    @compiled
    def like(*, user: User, at: datetime) -> QuerySet[Patient, tuple[str]]:
        return Patient.objects.visible_to(user, at).filter(full_name__contains="%'s").values_list("full_name")

    anna.full_name = "Anna 100%'s"
    anna.save()
    assert like(user=alice, at=NOON) == [("Anna 100%'s",)]


def test_postgresql_plans_a_question_once_in_a_connection(alice, anna):
    """Not the five times that it takes by itself to see whether that is worth it."""

    @compiled
    def of_this_test(*, user: User, at: datetime) -> QuerySet[Patient, tuple[str, datetime]]:
        return Patient.objects.visible_to(user, at).order_by("-name_key").values_list("full_name", "created_at")

    for _time in range(3):
        assert of_this_test(user=alice, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%accounts_patient%' ORDER BY prepare_time DESC LIMIT 1"
        )
        assert cursor.fetchone() == (0, 3)
