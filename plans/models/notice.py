"""A notice about the library in a clinician's inbox: an exercise of an active plan changed or was retired."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, pair
from accounts.models.history import keeps_history
from exercises.models import LibraryChange
from plans.models.plan import Plan
from plans.models.rows import PlanQuerySet, own_library


class LibraryNoticeQuerySet(PlanQuerySet["LibraryNotice"]):
    def open(self) -> "LibraryNoticeQuerySet":
        return self.filter(seen_at__isnull=True)


@keeps_history()
class LibraryNotice(Row):
    """One plan and one change of the library that touches it. `grave`: the plan has an exercise that is now unsafe."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="library_notices")
    change = models.ForeignKey(LibraryChange, on_delete=models.PROTECT, related_name="notices")
    grave = models.BooleanField(_("unsafe for this patient now"), default=False)
    detail = models.JSONField(_("detail"), default=dict)
    raised_at = models.DateTimeField(_("raised"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LibraryNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-grave", "raised_at"]
        indexes = [models.Index(fields=["plan"], condition=Q(seen_at__isnull=True), name="librarynotice_open")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "change"], name="librarynotice_once_per_plan_and_change"),
            pair("librarynotice_seen_at_and_by", "seen_at", "seen_by"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="exercise_of_own_library",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=own_library(
                    "librarynotice_exercise_of_own_library",
                    "SELECT e.clinic_id FROM exercises_exercise e"
                    " JOIN exercises_librarychange c ON c.exercise_id = e.id WHERE c.id = NEW.change_id",
                    "SELECT pt.clinic_id FROM plans_plan p JOIN accounts_patient pt ON pt.id = p.patient_id"
                    " WHERE p.id = NEW.plan_id",
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.change_id}"
