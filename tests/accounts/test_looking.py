"""Who looked, written with what they looked at: the line that `log_access` writes, when there is something to see."""

from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import pghistory
import psycopg
import pytest
from django.db import DatabaseError, OperationalError, close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.actions import log_access
from accounts.adding import Beside, send
from accounts.looking import looked_at, with_look
from accounts.models import AccessLog, BreakGlass, Clinic, Membership, Patient, User
from plans.actions.break_glass import reason_of
from tests.cast import NOON, make_member, make_patient

MINUTE = timedelta(minutes=1)


@looked_at
def record(*, user: User, at: datetime, patient: UUID) -> QuerySet[Patient, Patient]:
    rows = Patient.objects.visible_to(user, at).filter(pk=patient)
    return with_look(rows.select_related("clinic", "user"), "", user, at)


@looked_at
def opening(*, user: User, at: datetime, opened: UUID) -> QuerySet[BreakGlass, BreakGlass]:
    """Of a table from which there is a way to a patient."""
    rows = BreakGlass.objects.filter(pk=opened).select_related("patient__clinic")
    return with_look(rows, "patient__", user, at)


def written() -> list[tuple[UUID, UUID, str, str, datetime]]:
    return list(AccessLog.objects.order_by("id").values_list("user", "patient", "route", "purpose", "at"))


def test_what_is_seen_is_logged_once_in_the_same_statement(anna, alice):
    plain = Patient.objects.select_related("clinic", "user").get(pk=anna.pk)
    with CaptureQueriesContext(connection) as asked:
        [seen] = record("patient", user=alice, at=NOON, patient=anna.pk)
    assert len(asked) == 1 and "INSERT" in asked[0]["sql"]
    assert written() == [(alice.pk, anna.pk, "patient", "", NOON)]
    assert AccessLog.objects.get().pk.version == 7
    assert seen.full_name == plain.full_name
    with CaptureQueriesContext(connection) as asked:
        assert (seen.clinic, seen.user) == (plain.clinic, plain.user)
    assert not asked


def test_it_is_the_same_while_nobody_looks_on_and_in_a_request(anna, alice):
    """Then it does not pass Django's cursor; a request puts its context around whatever changes rows."""
    with patch.object(connection, "_prepare_cursor") as prepared:
        assert record("patient", user=alice, at=NOON, patient=anna.pk)
        with pghistory.context(user="x"):
            assert record("patient", user=alice, at=NOON, patient=anna.pk)
    prepared.assert_not_called()
    with pghistory.context(user="x"), CaptureQueriesContext(connection) as asked:
        assert record("patient", user=alice, at=NOON, patient=anna.pk)
    assert len(asked) == 1 and "set_config" not in asked[0]["sql"]
    assert written() == [(alice.pk, anna.pk, "patient", "", NOON)] * 3


def test_who_sees_nothing_leaves_no_line(anna, zoe, alice, charlie):
    assert record("patient", user=charlie, at=NOON, patient=anna.pk) == []
    assert record("patient", user=alice, at=NOON, patient=zoe.pk) == []
    alice.is_active = False
    assert record("patient", user=alice, at=NOON, patient=anna.pk) == []
    assert written() == []


def test_ones_own_record_leaves_no_line(anna, ben, harbour):
    """Ben works in the clinic that he is a patient of; somebody without a login is nobody's own."""
    Membership.objects.create(user=ben.user, clinic=harbour, role="clinician", valid_from=NOON - MINUTE)
    Patient.objects.filter(pk=anna.pk).update(user=None)
    for patient in (anna, ben):
        assert record("patient", user=ben.user, at=NOON, patient=patient.pk)
    assert written() == [(ben.user.pk, anna.pk, "patient", "", NOON)]


def opened(patient: Patient, by: User, reason: str, at: datetime) -> BreakGlass:
    return BreakGlass.objects.create(
        patient=patient, clinician=by, reason=reason, opened_at=at, expires_at=at + timedelta(minutes=60)
    )


@pytest.mark.parametrize("access", Clinic.RecordAccess.values)
def test_why_they_may_look_is_said_as_ever(anna, ben, alice, bob, lena, harbour, access):
    """The latest reason of the hour, of this patient and this person, in a clinic where there need be one."""
    opened(anna, bob, "Long ago", NOON - 2 * timedelta(minutes=60))
    opened(anna, bob, "Chest pain", NOON - 30 * MINUTE)
    opened(anna, bob, "She rang again", NOON - 10 * MINUTE)
    opened(anna, lena, "Somebody else's", NOON - 5 * MINUTE)
    opened(ben, bob, "Of another patient", NOON - MINUTE)
    Clinic.objects.filter(pk=harbour.pk).update(record_access=access)
    anna.refresh_from_db()
    for at in (NOON, NOON - 20 * MINUTE, NOON + 49 * MINUTE, NOON - 11 * MINUTE):
        for user in (bob, alice, lena):
            before = len(written())
            assert record("patient", user=user, at=at, patient=anna.pk)
            log_access(patient=anna, by=user, route="patient", at=at, purpose=reason_of(patient=anna, by=user, at=at))
            one, other = written()[before:]
            assert one == other
    said = {purpose for *_others, purpose, _at in written()}
    closed = {"", "Chest pain", "She rang again", "Somebody else's"}
    assert said == (closed if access == Clinic.RecordAccess.ASSIGNED else {""})


def test_a_row_of_another_table_is_logged_for_its_patient(anna, alice, bob):
    one = opened(anna, bob, "Chest pain", NOON)
    [seen] = opening("records", user=alice, at=NOON, opened=one.pk)
    assert seen.patient == anna
    assert written() == [(alice.pk, anna.pk, "records", "", NOON)]


def test_the_database_refuses_as_ever_and_shows_nothing(anna, alice):
    with pytest.raises(DatabaseError, match="too long"), transaction.atomic():
        record("x" * 101, user=alice, at=NOON, patient=anna.pk)
    assert written() == []


def test_a_table_whose_new_rows_history_reads_is_refused(anna):
    with pytest.raises(TypeError, match="new rows"):
        Beside(Membership, {}, (("id", "key"),)).to("SELECT 1 AS key", [])
    with pytest.raises(TypeError, match="rute"):
        Beside(AccessLog, {"rute": "patient"}, (("patient_id", "key"),)).to("SELECT 1 AS key", [])


def test_every_row_that_is_asked_for_has_its_line(anna, ben, alice):
    log = Beside(AccessLog, {"user_id": alice.pk, "at": NOON, "route": "100 %s"}, (("patient_id", "key"),))
    text, values = log.to("SELECT id AS key, '100 %%s' AS id FROM accounts_patient WHERE id = ANY(%s)", [[anna.pk]])
    assert send(text, values) == (1, [(anna.pk, "100 %s")])
    assert written() == [(alice.pk, anna.pk, "100 %s", "", NOON)]


@pytest.fixture
def kept(committed_db):
    """A patient, who looks, and what takes the server's side of the connection away."""
    clinic = Clinic.objects.create(name="Harbour Clinic", slug="harbour", emergency_text="Call 999.")
    alice = make_member("Alice Archer", clinic)
    anna = make_patient("Anna Anders", clinic, alice)

    def away() -> None:
        with psycopg.connect(committed_db) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])

    return anna, alice, away


def test_a_look_is_written_once_however_the_connection_is(kept):
    anna, alice, away = kept
    close_old_connections()  # as each request begins
    away()
    assert record("patient", user=alice, at=NOON, patient=anna.pk)
    assert len(written()) == 1
    away()
    with pytest.raises(OperationalError):
        record("patient", user=alice, at=NOON, patient=anna.pk)
    close_old_connections()
    assert len(written()) == 1
