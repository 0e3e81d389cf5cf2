"""Being forgotten: contact data at once, the record when its time is over, and again after a restore."""

import json
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit_chain
from accounts.actions import log_access
from accounts.models import AccessLog, AuditPurge, AuditSalt, Erasure, History, Invitation, LegalHold, Patient, User
from accounts.outside import Folder
from plans.actions import erasing, patients, scheduled
from plans.actions.refusals import Refused
from plans.models import CalendarFeed, PainScore, PlanEvent
from tests.access_rows import rows_of
from tests.cast import NOON

# Every table that leads to a patient, so that a purge empties it. A new one belongs here once somebody has thought
# about whether its rows are the patient's alone.
THE_PATIENTS = {
    "accounts_accesslog", "accounts_careassignment", "accounts_invitation", "accounts_legalhold",
    "accounts_withdrawal", "accounts_breakglass", "accounts_transfer",
    "plans_baselinetest", "plans_bodysite", "plans_calendarfeed", "plans_checkin", "plans_clinicalprofile",
    "plans_clinicalprofile_conditions", "plans_decision", "plans_draftstep", "plans_exerciselog", "plans_flag",
    "plans_goal", "plans_goalrating", "plans_librarynotice", "plans_message", "plans_note", "plans_notification",
    "plans_painscore", "plans_painwatch", "plans_pause", "plans_plan", "plans_planevent", "plans_planread",
    "plans_planversion", "plans_prescription", "plans_quota", "plans_quotastep", "plans_reevaluation",
    "plans_remindersettings", "plans_report", "plans_screening", "plans_session", "plans_sessionconflict",
    "plans_sessionstep", "plans_threshold",
}  # fmt: skip
# They lead to a patient too, and stay: what was asked for, and what was done.
THAT_STAY = {"accounts_erasure", "accounts_auditpurge"}


@pytest.fixture(autouse=True)
def folder(tmp_path, settings) -> Folder:
    settings.OUTSIDE_DIR = tmp_path / "outside"
    return Folder(settings.OUTSIDE_DIR)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def asked(anna, lena, now, django_capture_on_commit_callbacks) -> Erasure:
    """Anna asked to be forgotten; her clinic keeps records for ten years."""
    Patient.objects.filter(pk=anna.pk).update(email="anna.private@example.org")
    anna.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        return erasing.request_erasure(patient=anna, by=lena, at=now)


def over(erasure: Erasure) -> Erasure:
    """Its ten years have passed."""
    Erasure.objects.filter(pk=erasure.pk).update(retention_until=date(2026, 1, 1))
    erasure.refresh_from_db()
    return erasure


def purge(at, capture) -> dict[str, int]:
    with capture(execute=True):
        return erasing.purge_due(at=at)


def everything_about(patient: Patient) -> dict[str, int]:
    """Rows by table that hold the id of this patient or of anything of theirs in a column."""
    ids, found, grown = {str(patient.pk)}, {}, True
    while grown:
        grown = False
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table in THAT_STAY | {"accounts_patient", "accounts_auditlink", "accounts_erasurehistory"}:
                continue
            columns = [f.column for f in model._meta.local_concrete_fields if f.get_internal_type() in KEYS]
            columns = [c for c in columns if c not in ("pgh_id", "pgh_context_id")]
            if model._meta.app_label not in ("accounts", "plans") or not columns:
                continue
            where = " OR ".join(f'"{c}"::text = ANY(%s)' for c in columns)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {model._meta.pk.column}::text FROM {table} WHERE {where}", [list(ids)] * len(columns)
                )
                keys = {row[0] for row in cursor.fetchall()}
            found[table] = len(keys)
            if not issubclass(model, History) and not keys <= ids:
                ids, grown = ids | keys, True
    return {table: count for table, count in found.items() if count}


KEYS = {"UUIDField", "ForeignKey", "OneToOneField"}


def test_every_table_of_a_patient_is_known(db):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE below(name) AS (
                SELECT 'accounts_patient'::regclass::oid
                UNION
                SELECT k.conrelid FROM pg_constraint k JOIN below b ON k.confrelid = b.name WHERE k.contype = 'f'
            )
            SELECT name::regclass::text FROM below WHERE name <> 'accounts_patient'::regclass
            """
        )
        reached = {row[0] for row in cursor.fetchall()}
    assert reached == THE_PATIENTS | THAT_STAY | {"accounts_auditsalt"}, "decide whether a purge may empty it"


def test_contact_data_goes_at_once(anna, lena, asked, folder):
    anna.refresh_from_db()
    login = User.objects.get(pk=anna.user_id)
    assert (anna.email, anna.status, anna.discharged_by) == ("", "discharged", lena)
    assert login.email == f"{login.pk}@erased.invalid"
    assert not login.is_active
    assert not login.has_usable_password()
    emails = [
        *Patient.pgh_event_model.objects.values_list("email", flat=True),
        *User.pgh_event_model.objects.values_list("email", flat=True),
    ]
    assert not [email for email in emails if "anna" in email]
    assert anna.full_name == "Anna Anders"
    assert asked.retention_until == date(asked.requested_at.year + 10, *asked.requested_at.timetuple()[1:3])
    assert AuditPurge.objects.get().what == "contact"
    line = folder.erased()[0]
    assert (line["patient"], line["purged_at"]) == (str(anna.pk), None)
    assert "Anna" not in json.dumps(line)


def test_what_still_ran_stops(anna, alice, lena, now):
    Invitation.objects.create(
        clinic=anna.clinic, patient=anna, email="anna@example.org", token_hash="0" * 64, made_at=now, made_by=alice,
        expires_at=now + timedelta(days=3),
    )  # fmt: skip
    CalendarFeed.objects.create(patient=anna, token_hash="1" * 64, made_at=now)
    erasing.request_erasure(patient=anna, by=lena, at=now)
    assert Invitation.objects.get().revoked_at == now
    assert Invitation.objects.get().email == "erased@erased.invalid"
    assert CalendarFeed.objects.get().revoked_at == now
    with pytest.raises(Refused, match="already"):
        erasing.request_erasure(patient=anna, by=lena, at=now)


def test_a_login_that_somebody_needs_stays(anna, hill, lena, now):
    """The same person is a patient elsewhere: that clinic's patient keeps the login."""
    Patient.objects.create(
        clinic=hill, user=anna.user, full_name="Anna A.", birth_on=date(1965, 5, 17), created_at=NOON
    )
    erasing.request_erasure(patient=anna, by=lena, at=now)
    assert User.objects.get(pk=anna.user_id).is_active


def test_a_locked_record_is_seen_by_the_lead_alone(client, anna, alice, lena, asked):
    url = reverse("patient", args=[anna.pk])
    client.force_login(alice)
    assert client.get(url).status_code == 404
    client.force_login(lena)
    assert client.get(url).status_code == 200
    assert list(Patient.objects.visible_to(anna.user)) == []
    anna.refresh_from_db()
    with pytest.raises(Refused, match="locked"):
        patients.readmit(patient=anna, by=lena, at=NOON)


def test_the_record_is_kept_for_its_time(anna, asked, now, django_capture_on_commit_callbacks):
    assert purge(now, django_capture_on_commit_callbacks)["purged"] == 0
    refused_by_the_database("erasure_after_retention", asked, now)
    # Nor can the application make the day come sooner by saying that it is later.
    refused_by_the_database("erasure_after_retention", asked, now + timedelta(days=365 * 30))


def refused_by_the_database(constraint: str, erasure: Erasure, at) -> None:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.callproc("painplan_purge_record", [erasure.pk, uuid4(), at])
    assert error.value.__cause__.diag.constraint_name == constraint


def test_the_parts_of_the_privileged_functions_are_not_for_the_application(anna):
    calls = (
        "SELECT painplan_remove_below('accounts_patient', ARRAY[%s]::uuid[], NULL, '{}')",
        "SELECT painplan_unsalt(%s, '{}', NULL)",
        "SELECT painplan_let_pass(%s::text <> '')",
    )
    for call in calls:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(call, [str(anna.pk)])


def test_a_hold_keeps_the_record(anna, lena, asked, now, django_capture_on_commit_callbacks):
    held = erasing.hold(patient=anna, reason="Case 12/2026", by=lena, at=now)
    over(asked)
    assert purge(now, django_capture_on_commit_callbacks)["purged"] == 0
    refused_by_the_database("erasure_not_held", asked, now)
    with pytest.raises(Refused, match="on hold already"):
        erasing.hold(patient=anna, reason="Another", by=lena, at=now)
    with pytest.raises(Refused, match="Say why"):
        erasing.hold(patient=anna, reason=" ", by=lena, at=now)
    erasing.release(hold=held, by=lena, at=now)
    assert purge(now, django_capture_on_commit_callbacks)["purged"] == 1
    assert not LegalHold.objects.exists()


def test_a_purge_takes_everything_of_one_patient_and_nothing_of_another(
    anna, ben, alice, bob, lena, now, folder, django_capture_on_commit_callbacks
):
    rows_of(anna, alice)
    rows_of(ben, bob)
    # A step of a draft's quota, which those rows have and the application never makes, would hold up a discharge.
    LegalHold.objects.filter(patient=anna).update(released_at=now, released_by=lena)
    Patient.objects.filter(pk=anna.pk).update(status="discharged", discharged_at=now, discharged_by=lena)
    anna.refresh_from_db()
    for patient in (anna, ben):
        log_access(patient=patient, by=lena, route="patient", at=now)
        patient.profile.conditions.set([])
    audit_chain.seal(at=now, folder=folder)
    bens = everything_about(ben)
    assert {"plans_painscore", "plans_flag", "plans_prescription", "accounts_accesslog", "plans_planhistory"} <= set(
        bens
    )
    with django_capture_on_commit_callbacks(execute=True):
        asked = erasing.request_erasure(patient=anna, by=lena, at=now)
    over(asked)
    audit_chain.seal(at=now, folder=folder)
    assert audit_chain.verify(folder=folder) == []
    name, user_id = anna.full_name, anna.user_id
    assert purge(now, django_capture_on_commit_callbacks)["purged"] == 1

    assert everything_about(anna) == {}
    assert everything_about(ben) == bens
    anna.refresh_from_db()
    assert (anna.full_name, anna.birth_on, anna.clinic_number, anna.user) == ("Erased", date(1900, 1, 1), None, None)
    assert User.objects.get(pk=user_id).full_name == "Erased"
    assert name not in " ".join(Patient.pgh_event_model.objects.values_list("full_name", flat=True))
    assert not PainScore.objects.of(anna).exists()
    done = AuditPurge.objects.get(what="record")
    assert done.rows["plans_painscore"] == 42
    assert done.rows["accounts_accesslog"] == 1
    # The digests are still there, without their salts, and the chain holds, today and after the next block.
    assert AuditSalt.objects.filter(salt="", purge=done).exists()
    assert audit_chain.verify(folder=folder) == []
    audit_chain.seal(at=timezone.now(), folder=folder)
    assert audit_chain.verify(folder=folder) == []
    assert folder.erased()[0]["purged_at"] is not None
    # What was put out of force for the purge is in force again in the same transaction.
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        PainScore.objects.update(value=1)


def test_the_job_purges_and_mends_the_list(anna, asked, folder, now, django_capture_on_commit_callbacks):
    (folder.path / "erased.jsonl").unlink()  # a crash between the commit and the line
    with django_capture_on_commit_callbacks(execute=True):
        assert scheduled.run(scheduled.PURGE, clock=lambda: now)
    assert [line["erasure"] for line in folder.erased()] == [str(asked.pk)]


@pytest.mark.parametrize("purged", [False, True])
def test_a_restore_brings_nobody_back(anna, lena, now, purged, folder, django_capture_on_commit_callbacks):
    """The list outside says more than the restored database: it is applied again."""
    asked_on, keep = now - timedelta(days=40), now.date() - timedelta(days=1)
    folder.add_erasure(
        {
            "erasure": str(uuid4()), "patient": str(anna.pk), "by": str(lena.pk), "requested_at": asked_on.isoformat(),
            "retention_until": keep.isoformat(), "purged_at": now.isoformat() if purged else None,
        }
    )  # fmt: skip
    folder.add_erasure(
        {
            "erasure": str(uuid4()), "patient": str(uuid4()), "by": None, "requested_at": asked_on.isoformat(),
            "retention_until": keep.isoformat(), "purged_at": None,
        }
    )  # fmt: skip
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("apply_erasures", stdout=out)
    assert out.getvalue().strip() == f"1 locked again, {int(purged)} purged again, 1 not in this database."
    anna.refresh_from_db()
    assert anna.locked_at is not None
    assert anna.full_name == ("Erased" if purged else "Anna Anders")
    assert Erasure.objects.get().retention_until == keep
    with django_capture_on_commit_callbacks(execute=True):
        call_command("apply_erasures", stdout=out)
    assert "0 locked again, 0 purged again" in out.getvalue()
    assert audit_chain.verify(folder=folder) == []


def test_what_was_asked_stands_in_the_patients_history(anna, asked, lena):
    event = PlanEvent.objects.get(patient=anna, verb="erasure asked for")
    assert event.by == lena
    assert not AccessLog.objects.filter(patient=anna).exists()
