"""The chain over the audit rows: it holds, it says what was tampered with, and it is made once a day."""

from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit_chain
from accounts.actions import log_access
from accounts.models import AccessLog, AuditBlock, AuditLink, AuditSalt, Clinic, Patient
from accounts.outside import Folder
from plans.actions import scheduled
from plans.models import JobRun, PlanEvent
from tests.cast import NOON, make_member, make_patient


@pytest.fixture
def folder(tmp_path, settings) -> Folder:
    settings.OUTSIDE_DIR = tmp_path / "outside"
    return Folder(settings.OUTSIDE_DIR)


def faults(folder: Folder) -> list[tuple[str, str]]:
    return [(fault.source, fault.what) for fault in audit_chain.verify(folder=folder)]


def look(patient: Patient, who, at=None) -> AccessLog:
    log_access(patient=patient, by=who, route="patient", at=at or timezone.now())
    return AccessLog.objects.latest("id")


def test_every_audit_row_gets_a_digest_once(anna, alice, folder):
    look(anna, alice)
    rows = sum(model.objects.count() for model in audit_chain.sources().values())
    assert audit_chain.seal(at=timezone.now(), folder=folder) == rows == AuditLink.objects.count()
    assert audit_chain.seal(at=timezone.now(), folder=folder) == 0
    look(anna, alice)
    assert audit_chain.seal(at=timezone.now(), folder=folder) == 1
    assert [block.rows for block in AuditBlock.objects.all()] == [rows, 0, 1]
    assert len({salt.salt for salt in AuditSalt.objects.all()}) == rows + 1
    assert audit_chain.verify(folder=folder) == []


def test_what_is_sealed(db):
    """Looks, what happened to patients and clinics, what was purged, and every earlier row."""
    names = set(audit_chain.sources())
    assert {"accounts_accesslog", "accounts_clinicevent", "accounts_auditpurge", "plans_planevent"} <= names
    assert {"plans_planhistory", "accounts_membershiphistory", "plans_clinicalprofile_conditionshistory"} <= names


def test_a_later_column_changes_nothing(anna, alice, folder):
    """A digest covers the columns that its block names, not those that a release adds."""
    look(anna, alice)
    audit_chain.seal(at=timezone.now(), folder=folder)
    block = AuditBlock.objects.get()
    assert block.columns["accounts_accesslog"] == ["at", "id", "patient_id", "purpose", "route", "user_id"]


def test_the_command_says_that_all_is_well(anna, folder):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "Nothing has been sealed yet" in out.getvalue()
    audit_chain.seal(at=NOON, folder=folder)
    call_command("verify_audit", stdout=out)
    assert "1 blocks hold; the last one was made 2026-11-19 12:00 UTC." in out.getvalue()


def test_the_clock_seals_once_a_day(anna, folder):
    assert scheduled.run(scheduled.SEAL, clock=lambda: NOON)
    assert not scheduled.run(scheduled.SEAL, clock=lambda: NOON + timedelta(hours=3))
    assert scheduled.run(scheduled.SEAL, clock=lambda: NOON + timedelta(days=1))
    assert AuditBlock.objects.count() == 2
    assert JobRun.objects.filter(name=scheduled.SEAL, error="").count() == 2
    assert sorted(folder.heads()) == [1, 2]


class Tampering:
    """A database with two sealed days, and somebody who holds the superuser's password."""

    def __init__(self, connection: psycopg.Connection, folder: Folder) -> None:
        self.connection, self.folder = connection, folder

    def by(self, statement: str, *values: object) -> list[str]:
        """What verify says after the statement, which is then taken back."""
        with self.connection.transaction(force_rollback=False):
            self.connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no key
            self.connection.execute(statement, values)
        return faults(self.folder)


@pytest.mark.committed
def test_a_superuser_who_tampers_is_found_out(committed_db, engine, folder):
    clinic = Clinic.objects.create(name="Pier", slug="pier", emergency_text="Call.")
    rita = make_member("Rita Race", clinic)
    patient = make_patient("Pia Pier", clinic, rita)
    first, second = look(patient, rita), look(patient, rita)
    patient.assignments.update(kind="cover")
    audit_chain.seal(at=timezone.now(), folder=folder)
    look(patient, rita)
    audit_chain.seal(at=timezone.now(), folder=folder)
    assert faults(folder) == []
    name = committed_db.rsplit("/", 1)[1]
    with psycopg.connect(engine.superuser_url(name), autocommit=True) as root:
        somebody = Tampering(root, folder)
        log = "accounts_accesslog"

        found = somebody.by(f"UPDATE {log} SET route = 'home' WHERE id = %s", first.pk)
        assert found == [(log, "was changed")]
        assert somebody.by(f"UPDATE {log} SET route = 'patient' WHERE id = %s", first.pk) == []

        found = somebody.by("UPDATE accounts_careassignmenthistory SET kind = 'cover' WHERE pgh_label = 'changed'")
        assert found == [("accounts_careassignmenthistory", "was changed")]
        somebody.by("UPDATE accounts_careassignmenthistory SET kind = 'responsible'")

        found = somebody.by("UPDATE plans_planevent SET detail = '{\"a\": 1}' WHERE verb = 'patient added'")
        assert found == [("plans_planevent", "was changed")]
        somebody.by("UPDATE plans_planevent SET detail = '{}'")
        assert faults(folder) == []

        # A row that pretends to be old; a new one is what the application itself may write.
        slipped = somebody.by(
            f"INSERT INTO {log} (id, at, user_id, patient_id, route, purpose) VALUES"
            " ('01990000-0000-7000-8000-000000000000', '2025-09-01', %s, %s, 'patient', '')",
            rita.pk,
            patient.pk,
        )
        assert slipped == [(log, "was slipped in")]
        somebody.by(f"DELETE FROM {log} WHERE id = '01990000-0000-7000-8000-000000000000'")
        slipped = somebody.by(
            "INSERT INTO accounts_careassignmenthistory (pgh_created_at, pgh_label, id, kind, valid_from, clinician_id,"
            " patient_id, pgh_obj_id) SELECT '2025-09-01', 'added', id, kind, valid_from, clinician_id, patient_id, id"
            " FROM accounts_careassignment"
        )
        assert slipped == [("accounts_careassignmenthistory", "was slipped in")]
        somebody.by("DELETE FROM accounts_careassignmenthistory WHERE pgh_created_at < '2026-01-01'")
        assert faults(folder) == []

        # With its digest it goes unseen only until somebody counts the block again.
        assert somebody.by(f"DELETE FROM {log} WHERE id = %s", second.pk) == [(log, "is gone")]
        link = AuditLink.objects.get(source=log, row_key=str(second.pk))
        assert ("", "its digests were changed") in somebody.by("DELETE FROM accounts_auditlink WHERE id = %s", link.pk)

        # The end of the chain cut off: the file outside knows that there was more.
        found = somebody.by("DELETE FROM accounts_auditblock WHERE number = 2")
        assert ("", "the block is gone") in found
        with pytest.raises(CommandError, match="faults: somebody changed the audit rows"):
            call_command("verify_audit", stderr=StringIO())


@pytest.mark.committed
def test_a_salt_that_vanishes_is_no_purge(committed_db, engine, folder):
    clinic = Clinic.objects.create(name="Pier", slug="pier", emergency_text="Call.")
    rita = make_member("Rita Race", clinic)
    patient = make_patient("Pia Pier", clinic, rita)
    row = look(patient, rita)
    audit_chain.seal(at=timezone.now(), folder=folder)
    link = AuditLink.objects.get(source="accounts_accesslog", row_key=str(row.pk))
    with psycopg.connect(engine.superuser_url(committed_db.rsplit("/", 1)[1]), autocommit=True) as root:
        somebody = Tampering(root, folder)
        found = somebody.by("DELETE FROM accounts_auditsalt WHERE link_id = %s", link.pk)
        assert found == [("accounts_accesslog", "lost its salt")]
        # A purge that somebody made up has no line on the list outside.
        with root.transaction():
            root.execute("SET LOCAL session_replication_role = replica")
            made_up = "01990000-0000-7000-8000-000000000001"
            root.execute(
                "INSERT INTO accounts_auditpurge (id, erasure_id, what, at, rows)"
                " VALUES (%s, %s, 'record', now(), '{}')",
                [made_up, made_up],
            )
            root.execute(
                "INSERT INTO accounts_auditsalt (link_id, salt, purge_id) VALUES (%s, '', %s)", [link.pk, made_up]
            )
        assert ("accounts_auditpurge", "was made without an erasure on the list outside") in faults(folder)


def test_the_file_outside_is_for_nobody_else(folder, anna):
    audit_chain.seal(at=NOON, folder=folder)
    file = folder.path / "heads.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().startswith("1 ")
    assert PlanEvent.objects.exists()
