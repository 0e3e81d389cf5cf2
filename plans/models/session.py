"""What the patient did: a session, exercise by exercise."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, no_removal
from accounts.models.history import keeps_history
from plans.models.plan import PlanVersion, Prescription
from plans.models.rows import ClinicalQuerySet, same_patient
from plans.models.watch import tells_the_last_day

CLOCK_TOLERANCE = timedelta(minutes=5)


class SessionQuerySet(ClinicalQuerySet["Session"]):
    def finished(self) -> "SessionQuerySet":
        return self.filter(state=Session.State.DONE)

    def in_progress(self) -> "SessionQuerySet":
        return self.filter(state=Session.State.IN_PROGRESS)


@keeps_history()
class Session(Row):
    """One time of doing the plan. The client makes the id, so that sending twice is storing once.

    Times are UTC; `local_date` and `time_zone` are frozen where and when it happened. `doses` holds, by
    prescription id, the dose it was done for.
    """

    class State(models.TextChoices):
        IN_PROGRESS = "in progress", _("In progress")
        DONE = "done", _("Done")
        LEFT = "left", _("Left early")

    class Source(models.TextChoices):
        PLAYER = "player", _("Session player")
        QUICK = "quick", _("Quick log")
        BACKDATED = "backdated", _("Logged later")
        OFFLINE = "offline", _("Offline")
        IMPORT = "import", _("Import")
        CLINICIAN = "clinician", _("By the clinician")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sessions")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="sessions")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DONE)
    source = models.CharField(_("logged with"), max_length=10, choices=Source.choices)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    local_date = models.DateField(_("day"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    received_at = models.DateTimeField(_("received"))
    effort = models.PositiveSmallIntegerField(_("effort (0-10)"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    doses = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-local_date", "-started_at"]
        indexes = [models.Index(fields=["patient", "-local_date"], name="session_patient_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="session_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(state="in progress", finished_at__isnull=True)
                | Q(state__in=["done", "left"], finished_at__isnull=False),
                name="session_over_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(started_at__lte=F("received_at") + CLOCK_TOLERANCE)
                & (Q(finished_at__isnull=True) | Q(finished_at__lte=F("received_at") + CLOCK_TOLERANCE)),
                name="session_not_in_the_future",
            ),
            models.CheckConstraint(
                condition=Q(effort__isnull=True) | Q(effort__range=(0, 10)), name="session_effort_0_to_10"
            ),
        ]
        triggers = [
            *no_removal(),
            same_patient(
                "session_on_own_plan",
                "plan_version_id",
                "SELECT p.patient_id FROM plans_planversion v JOIN plans_plan p ON p.id = v.plan_id "
                "WHERE v.id = NEW.plan_version_id AND v.state <> 'draft'",
                "a session belongs to an activated plan of the same patient",
            ),
            pgtrigger.Protect(
                name="over_is_over",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="in progress"),
            ),
            *tells_the_last_day(of="true", changes=pgtrigger.AnyChange("local_date")),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.local_date}"


@keeps_history()
class SessionConflict(Row):
    """The same session sent again with other content: kept for a person to look at, never dropped."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="conflicts")
    received_at = models.DateTimeField(_("received"))
    content = models.JSONField(_("content"))
    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "fingerprint"], name="sessionconflict_kept_once"),
        ]
        triggers = no_removal()

    def __str__(self) -> str:
        return f"{self.session_id} {self.received_at:%Y-%m-%d %H:%M}"


@keeps_history()
class ExerciseLog(Row):
    """How one prescribed exercise went: done, partly or skipped with a reason; amounts; pain on it (0-10)."""

    class State(models.TextChoices):
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly")
        SKIPPED = "skipped", _("Skipped")

    class SkipReason(models.TextChoices):
        PAIN = "pain", _("Pain")
        TIRED = "tired", _("Tired")
        NO_TIME = "no time", _("No time")
        UNSURE = "unsure", _("Unsure how")
        AFRAID = "afraid", _("Afraid it harms")
        ILL = "ill", _("Ill")
        OTHER = "other", _("Something else")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="logs")
    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="logs")
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    skip_reason = models.CharField(_("reason"), max_length=10, choices=SkipReason.choices, blank=True)
    sets_done = models.PositiveSmallIntegerField(_("sets done"), null=True, blank=True)
    repetitions_done = models.PositiveSmallIntegerField(_("repetitions done"), null=True, blank=True)
    duration_minutes_done = models.DecimalField(
        _("minutes done"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    pain = models.PositiveSmallIntegerField(_("pain on this exercise (0-10)"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "prescription"], name="exerciselog_once_per_session"),
            models.CheckConstraint(
                condition=~Q(state="skipped") & Q(skip_reason="") | Q(state="skipped") & ~Q(skip_reason=""),
                name="exerciselog_skipped_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(pain__isnull=True) | Q(pain__range=(0, 10)), name="exerciselog_pain_0_to_10"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "partly", "skipped"]), name="exerciselog_state_known"
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="of_the_sessions_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF (SELECT s.plan_version_id FROM plans_session s WHERE s.id = NEW.session_id) IS DISTINCT FROM
                       (SELECT p.version_id FROM plans_prescription p WHERE p.id = NEW.prescription_id) THEN
                        RAISE EXCEPTION 'the exercise is not in the plan version of this session'
                            USING ERRCODE = '23514', CONSTRAINT = 'exerciselog_of_the_sessions_version';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prescription_id}: {self.state}"
