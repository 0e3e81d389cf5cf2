"""What a draft was before its last changes: so that they can be undone. And who has read which version."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, append_only
from plans.models.plan import PlanVersion
from plans.models.rows import ClinicalQuerySet

KEPT_STEPS = 10


class DraftStepQuerySet(ClinicalQuerySet["DraftStep"]):
    patient_path = "version__plan__patient"


class PlanReadQuerySet(ClinicalQuerySet["PlanRead"]):
    patient_path = "version__plan__patient"


class DraftStep(Row):
    """The prescriptions of a draft as they were before a change; `what` says the change in words."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="steps")
    lock = models.PositiveIntegerField(_("lock after the change"))
    what = models.CharField(_("what changed"), max_length=200)
    before = models.JSONField(default=list)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = DraftStepQuerySet.as_manager()

    class Meta:
        ordering = ["-lock"]
        constraints = [models.UniqueConstraint(fields=["version", "lock"], name="draftstep_once_per_lock")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.lock}"


class PlanRead(Row):
    """The patient confirmed having read a version of their plan."""

    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="read")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PlanReadQuerySet.as_manager()

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.version_id} {self.at:%Y-%m-%d}"
