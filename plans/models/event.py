"""What was done, by whom, when; and what the jobs did. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, append_only
from plans.models.rows import ClinicalQuerySet, same_patient


class PlanEvent(Row):
    """One line of a patient's history. `by` is empty when a rule or a job did it."""

    audited = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="events")
    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(_("what"), max_length=40)
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    objects = ClinicalQuerySet["PlanEvent"].as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["patient", "-at"], name="planevent_patient_at")]
        triggers = [
            *append_only(),
            same_patient(
                "planevent_same_patient",
                "plan_id",
                "SELECT p.patient_id FROM plans_plan p WHERE p.id = NEW.plan_id",
                "the plan belongs to another patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"


class JobRun(Row):
    """One run of a scheduled job, with its counts and its error if it had one.

    `key` names what a run is for when it may happen only once (a date). `done` of `total` is the progress of a long
    one; `touched_at` tells when it last went on.
    """

    name = models.CharField(_("job"), max_length=80)
    key = models.CharField(_("once per"), max_length=80, null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    total = models.PositiveIntegerField(_("to do"), null=True, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    touched_at = models.DateTimeField(_("last went on"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "-started_at"], name="jobrun_name_started")]
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="jobrun_once_per_key")]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}"
