"""The patient's identity, and who is responsible for them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.keys import among
from accounts.models.base import Row, no_removal, pair
from accounts.models.break_glass import BreakGlass
from accounts.models.clinic import Clinic
from accounts.models.history import keeps_history
from accounts.models.membership import Membership, Role
from accounts.names import folded

if TYPE_CHECKING:
    from accounts.models.user import User


# The border between clinics: a record crosses it only with the patient's own yes.
MOVES_BY_CONSENT = """
    IF NOT EXISTS (SELECT 1 FROM accounts_transfer t WHERE t.patient_id = NEW.id AND t.state = 'accepted'
                   AND t.from_clinic_id = OLD.clinic_id AND t.to_clinic_id = NEW.clinic_id) THEN
        RAISE EXCEPTION 'a patient moves to another clinic only by a transfer that they accepted'
            USING ERRCODE = '23514', CONSTRAINT = 'patient_moves_by_consent';
    END IF;
    RETURN NEW;
"""


def _of_colleagues_on_leave(user: "User", at: datetime) -> RawSQL:
    """What accounts.standing_in says, as ids of the assignments and of the memberships of those for whom this user
    stands in: chains followed, by each clinic's own date.

    UNION ends the chain where two name each other; who is away themself does nobody's work.
    """
    return RawSQL(
        """
        WITH RECURSIVE away AS (
            SELECT absence.clinic_id, absence.clinician_id, absence.stand_in_id
            FROM accounts_absence absence JOIN accounts_clinic clinic ON clinic.id = absence.clinic_id
            WHERE absence.cancelled_at IS NULL
              AND (%s::timestamptz AT TIME ZONE clinic.time_zone)::date BETWEEN absence.from_on AND absence.until_on
        ), handed AS (
            SELECT clinic_id, clinician_id FROM away
            WHERE stand_in_id = %s AND NOT EXISTS (
                SELECT FROM away own WHERE own.clinic_id = away.clinic_id AND own.clinician_id = %s
            )
            UNION
            SELECT away.clinic_id, away.clinician_id
            FROM away JOIN handed ON handed.clinic_id = away.clinic_id AND handed.clinician_id = away.stand_in_id
        )
        SELECT assignment.id
        FROM accounts_careassignment assignment
        JOIN accounts_patient patient ON patient.id = assignment.patient_id
        JOIN handed ON handed.clinic_id = patient.clinic_id AND handed.clinician_id = assignment.clinician_id
        UNION ALL
        SELECT membership.id
        FROM accounts_membership membership
        JOIN handed ON handed.clinic_id = membership.clinic_id AND handed.clinician_id = membership.user_id
        """,
        (at, user.pk, user.pk),
    )


Clinics = QuerySet[Membership, Any] | list[UUID]
"""Ids of clinics: known ones, or how to ask for them."""


def _clinics_held(user: "User", at: datetime) -> tuple[Clinics, Clinics, Clinics]:
    """The clinics worked in as clinician or lead; those led; those all of whose patients are seen."""
    mine = Membership.objects.held_by(user, at).clinical()
    whole = mine.filter(Q(clinic__record_access=Clinic.RecordAccess.OPEN) | Q(role=Role.LEAD))
    return mine.values("clinic_id"), mine.filter(role=Role.LEAD).values("clinic_id"), whole.values("clinic_id")


def clinics_of(memberships: Iterable[Membership]) -> tuple[Clinics, Clinics, Clinics]:
    """The same of memberships that were read before."""
    mine = [one for one in memberships if one.is_clinical]
    led = {one.clinic_id for one in mine if one.role == Role.LEAD}
    whole = led | {one.clinic_id for one in mine if one.clinic.record_access == Clinic.RecordAccess.OPEN}
    return sorted({one.clinic_id for one in mine}), sorted(led), sorted(whole)


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: "User", at: datetime | None = None) -> "PatientQuerySet":
        """Patients whom this user may see now: those of the clinics where they work as clinician or lead
        (of a clinic with assigned access only: those assigned to them, or to a colleague on leave for whom they stand
        in, for an hour those whose record they opened with a reason, and everybody for the lead and for whoever stands
        in for a lead on leave), and themself.
        A record that is locked, because the patient asked to be forgotten, is seen by the lead alone.
        """
        if not user.is_active:
            return self.none()  # nobody is signed in, or somebody whose login was closed
        at = at or timezone.now()
        known = Membership.objects.read_before(user, at)
        every, led, whole = _clinics_held(user, at) if known is None else clinics_of(known)
        seen = Q(clinic_id__in=whole) | Q(user_id=user.pk)
        if known is None or every != whole:
            led_for = Membership.objects.open(at).filter(role=Role.LEAD, pk__in=_of_colleagues_on_leave(user, at))
            assigned = CareAssignment.objects.falling_to(user, at)
            opened = BreakGlass.objects.open(at).filter(clinician_id=user.pk)
            seen |= Q(clinic_id__in=every) & (
                Q(clinic_id__in=led_for.values("clinic_id"))
                | Q(pk__in=assigned.values("patient_id"))
                | Q(pk__in=opened.values("patient_id"))
            )
        return self.filter(seen).filter(Q(locked_at__isnull=True) | Q(clinic_id__in=led))

    def in_clinic(self, clinic: Clinic) -> "PatientQuerySet":
        return self.filter(clinic=clinic)

    def current(self) -> "PatientQuerySet":
        """Everybody who has not been discharged."""
        return self.exclude(status=Patient.Status.DISCHARGED)

    def taking_part(self) -> "PatientQuerySet":
        """Without those who have stopped using Painplan themselves."""
        return self.filter(~Exists(Withdrawal.objects.filter(patient=OuterRef("pk"), ended_at__isnull=True)))

    def named(self, words: str) -> "PatientQuerySet":
        """Patients whose name or clinic number holds every one of the words, accents and case aside."""
        found = self
        # PostgreSQL has no word with a NUL in it.
        for word in folded(words).replace("\x00", " ").split():
            found = found.filter(Q(name_key__contains=word) | Q(clinic_number__icontains=word))
        return found


@keeps_history(inserts=True)
class Patient(Row):
    """A person in the care of one clinic. Clinical facts hang on this row in the app `plans`."""

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        ACTIVE = "active", _("Active")
        DISCHARGED = "discharged", _("Discharged")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patient_records",
    )
    full_name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    birth_on = models.DateField(_("date of birth"))
    clinic_number = models.CharField(_("clinic number"), max_length=40, null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    created_at = models.DateTimeField(_("added"))
    discharged_at = models.DateTimeField(_("discharged"), null=True, blank=True)
    discharged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "id"]
        indexes = [
            models.Index(fields=["clinic", "status", "name_key"], name="patient_clinic_status_name"),
            models.Index(
                fields=["clinic", "name_key", "id"],
                condition=~Q(status="discharged") & Q(locked_at__isnull=True),
                name="patient_in_care_by_name",
            ),
            models.Index(
                fields=["clinic", "id"],
                include=["status", "created_at", "user"],
                condition=Q(locked_at__isnull=True),
                name="patient_of_clinic",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "clinic_number"], name="patient_number_unique_in_clinic"),
            models.UniqueConstraint(
                fields=["user", "clinic"],
                condition=Q(user__isnull=False),
                name="patient_one_per_user_and_clinic",
            ),
            models.CheckConstraint(condition=~Q(clinic_number=""), name="patient_number_empty_is_null"),
            models.CheckConstraint(condition=~Q(full_name=""), name="patient_has_a_name"),
            pair("patient_discharged_at_and_by", "discharged_at", "discharged_by"),
            models.CheckConstraint(
                condition=Q(status="discharged", discharged_at__isnull=False)
                | (~Q(status="discharged") & Q(discharged_at__isnull=True)),
                name="patient_discharged_has_a_date",
            ),
            models.CheckConstraint(condition=Q(birth_on__gte=date(1900, 1, 1)), name="patient_born_after_1900"),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="moves_by_consent",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__clinic__df=pgtrigger.F("new__clinic")),
                func=MOVES_BY_CONSENT,
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = folded(self.full_name)
        super().save(*args, **kwargs)

    @property
    def has_left(self) -> bool:
        """Whether the patient has stopped using Painplan: they cannot read what is written to them."""
        return self.withdrawals.filter(ended_at__isnull=True).exists()

    @property
    def first_name(self) -> str:
        return self.full_name.split(" ")[0]

    def age_on(self, day: date) -> int:
        """Full years of age on that day."""
        return age_on(day, self.birth_on)


def age_on(day: date, birth_on: date) -> int:
    """Full years of age on that day."""
    had_birthday = (day.month, day.day) >= (birth_on.month, birth_on.day)
    return day.year - birth_on.year - (0 if had_birthday else 1)


class CareAssignmentQuerySet(models.QuerySet["CareAssignment"]):
    def open(self, at: datetime) -> "CareAssignmentQuerySet":
        return self.filter(valid_from__lte=at).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))

    def falling_to(self, user: "User", at: datetime) -> "CareAssignmentQuerySet":
        """Open ones whose work is this user's: their own, and those of colleagues on leave for whom they stand in."""
        # As one list of keys: so both halves are looked up by their indexes, and nobody else's assignments are read.
        theirs = among("pk", _of_colleagues_on_leave(user, at))
        return self.open(at).filter(Q(clinician_id=user.pk) | Q(theirs))


@keeps_history(inserts=True)
class CareAssignment(Row):
    """A clinician who looks after a patient, as the responsible one or as cover, from and until."""

    class Kind(models.TextChoices):
        RESPONSIBLE = "responsible", _("Responsible")
        COVER = "cover", _("Cover")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="assignments")
    clinician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.RESPONSIBLE)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = CareAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(kind="responsible", valid_until__isnull=True),
                name="assignment_one_responsible_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="assignment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clinician} - {self.patient}"


@keeps_history()
class Withdrawal(Row):
    """A patient stopped using Painplan at `at`, until they join again (`ended_at`). The record stays with the clinic.

    `seen` is the clinic's: somebody there has read that the patient left.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="withdrawals")
    at = models.DateTimeField(_("left"))
    reason = models.TextField(_("why"), blank=True, max_length=1000)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("came back"), null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at__isnull=True), name="withdrawal_one_open_per_patient"
            ),
            pair("withdrawal_seen_at_and_by", "seen_at", "seen_by"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("at")), name="withdrawal_ends_after_it_starts"
            ),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return f"{self.patient_id} {self.at:%Y-%m-%d}"
