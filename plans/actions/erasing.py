"""Being forgotten. Contact data goes at once; the clinical record is locked, kept as long as it must be, then purged.

What takes content away runs in the database with the owner's rights and checks for itself (accounts migration 0006).
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Erasure, LegalHold, Membership, Patient, Role, User, new_id
from accounts.outside import Folder
from plans.actions.history import note_event
from plans.actions.patients import discharge
from plans.actions.refusals import Refused
from plans.models import CalendarFeed, Notification, ReminderSettings
from plans.schedule import local_date


def outside() -> Folder:
    """The folder of what a restore must not undo."""
    return Folder(settings.OUTSIDE_DIR)


def kept_until(patient: Patient, at: datetime) -> date:
    """The last day on which the clinic has to keep this record: so many years after the care ended."""
    ended_on = local_date(patient.discharged_at or at, patient.clinic.time_zone)
    years = patient.clinic.retention_years
    # 29 February becomes 1 March: a day longer, never shorter.
    try:
        return ended_on.replace(year=ended_on.year + years)
    except ValueError:
        return date(ended_on.year + years, 3, 1)


def request_erasure(*, patient: Patient, by: User, at: datetime) -> Erasure:
    """End the care, erase what reaches the person (addresses, login, reminders, calendar) and lock the record.

    Raises Refused when it was asked for already.
    """
    with transaction.atomic():
        patient = Patient.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=patient.pk)
        if Erasure.objects.filter(patient=patient).exists():
            raise Refused(_("This was asked for already."))
        erasure = _open(patient, erasure_id=new_id(), by=by, at=at)
    return erasure


def hold(*, patient: Patient, reason: str, by: User, at: datetime) -> LegalHold:
    """Keep the record whatever its date, until the hold is released. Raises Refused without a reason or twice."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the record has to be kept: a case number is enough."))
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient.pk)
        if LegalHold.objects.open().filter(patient=patient).exists():
            raise Refused(_("This record is on hold already."))
        if Erasure.objects.filter(patient=patient, purged_at__isnull=False).exists():
            raise Refused(_("This record was purged; there is nothing left to hold."))
        row = LegalHold.objects.create(patient=patient, reason=reason, set_at=at, set_by=by)
        note_event(patient=patient, verb="legal hold", at=at, by=by)
    return row


def release(*, hold: LegalHold, by: User, at: datetime) -> LegalHold:
    """Let the record go its way again: one whose date has passed is purged by the next run of the job."""
    with transaction.atomic():
        hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
        if hold.released_at is not None:
            raise Refused(_("This hold was released already."))
        hold.released_at, hold.released_by = at, by
        hold.save(update_fields=["released_at", "released_by"])
        note_event(patient=hold.patient, verb="legal hold released", at=at, by=by)
    return hold


def purge_due(*, at: datetime) -> dict[str, int]:
    """Purge every record whose time is over and that nothing holds; see that the list outside misses nobody."""
    folder = outside()
    purged = 0
    for erasure in Erasure.objects.due(at.date()):
        _purge(erasure, at)
        purged += 1
    known = {line["erasure"]: line for line in folder.erased()}
    missing = [row for row in Erasure.objects.select_related("patient") if known.get(str(row.pk)) != _line(row)]
    for row in missing:
        folder.add_erasure(_line(row))
    return {"purged": purged, "lines": len(missing)}


def apply_again(*, at: datetime) -> dict[str, list[str]]:
    """After a restore: erase again whoever is on the list outside. Returns ids under `erased`, `purged`, `unknown`,
    and sentences under `failed`. Safe to run twice.
    """
    done: dict[str, list[str]] = {"erased": [], "purged": [], "unknown": [], "failed": []}
    for line in outside().erased():
        patient = Patient.objects.select_related("clinic").filter(pk=line["patient"]).first()
        if patient is None:
            done["unknown"].append(line["patient"])
            continue
        try:
            with transaction.atomic():
                erasure = Erasure.objects.filter(patient=patient).first()
                if erasure is None:
                    by = _somebody(line, patient)
                    erasure = _open(patient, erasure_id=line["erasure"], by=by, at=at, line=line)
                    done["erased"].append(line["patient"])
                if line["purged_at"] and erasure.purged_at is None:
                    _purge(erasure, at)
                    done["purged"].append(line["patient"])
        except (DatabaseError, Refused) as error:
            done["failed"].append(f"{line['patient']}: {error}")
    return done


def _open(patient: Patient, *, erasure_id: Any, by: User, at: datetime, line: dict[str, Any] | None = None) -> Erasure:
    if patient.status != Patient.Status.DISCHARGED:
        patient = discharge(patient=patient, note="", by=by, at=at)
    ReminderSettings.objects.of(patient).update(is_on=False)
    CalendarFeed.objects.of(patient).filter(revoked_at=None).update(revoked_at=at)
    patient.invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=at)
    if patient.user is not None:
        waiting = Notification.objects.waiting().filter(recipient=patient.user, patient=patient)
        waiting.update(cancelled_at=at)
    erasure = Erasure.objects.create(
        id=erasure_id,
        patient=patient,
        requested_at=line["requested_at"] if line else at,
        requested_by=by,
        retention_until=line["retention_until"] if line else kept_until(patient, at),
    )
    note_event(patient=patient, verb="erasure asked for", at=at, by=by)
    _call("painplan_erase_contact", erasure, at)
    erasure.refresh_from_db()
    _write_down(erasure)
    return erasure


def _purge(erasure: Erasure, at: datetime) -> None:
    with transaction.atomic():
        _call("painplan_purge_record", erasure, at)
        erasure.refresh_from_db()
        _write_down(erasure)


def _call(function: str, erasure: Erasure, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.callproc(function, [erasure.pk, new_id(), at])


def _write_down(erasure: Erasure) -> None:
    line = _line(erasure)
    transaction.on_commit(lambda: outside().add_erasure(line), robust=True)


def _line(erasure: Erasure) -> dict[str, Any]:
    return {
        "erasure": str(erasure.pk),
        "patient": str(erasure.patient_id),
        "by": str(erasure.requested_by_id) if erasure.requested_by_id else None,
        "requested_at": erasure.requested_at.isoformat(),
        "retention_until": erasure.retention_until.isoformat(),
        "purged_at": erasure.purged_at.isoformat() if erasure.purged_at else None,
    }


def _somebody(line: dict[str, Any], patient: Patient) -> User:
    """Who asked, or a lead of the clinic when the backup is older than that person."""
    user = User.objects.filter(pk=line["by"]).first() if line["by"] else None
    if user is None:
        lead = Membership.objects.filter(clinic=patient.clinic, role=Role.LEAD).select_related("user").first()
        user = lead.user if lead else None
    if user is None:
        raise Refused(_("The clinic has no lead in whose name the record could be closed."))
    return user
