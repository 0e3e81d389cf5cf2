"""A session while it is being done: every step is stored at once, so that nothing is lost."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row
from accounts.models.history import keeps_history
from plans.models.rows import ClinicalQuerySet
from plans.models.session import Session


class SessionStepQuerySet(ClinicalQuerySet["SessionStep"]):
    patient_path = "session__patient"


@keeps_history()
class SessionStep(Row):
    """What was said at one step of the player (`before`, a prescription's id, `after`); the highest sequence counts.

    When the session is done, its steps become scores and logs.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(_("step"), max_length=40)
    sequence = models.PositiveIntegerField(_("sequence number"))
    content = models.JSONField(_("content"), default=dict)
    received_at = models.DateTimeField(_("received"))

    objects = SessionStepQuerySet.as_manager()

    class Meta:
        ordering = ["session", "step", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["session", "step", "sequence"], name="sessionstep_once"),
            models.CheckConstraint(condition=~Q(step=""), name="sessionstep_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.step} {self.sequence}"
