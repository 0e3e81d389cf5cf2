"""A record opened by somebody who is not assigned, where only assigned clinicians may: for an hour, with a reason."""

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, no_removal, pair

LASTS = timedelta(minutes=60)

ONLY_REVIEWED = """
    IF OLD.reviewed_at IS NOT NULL OR to_jsonb(NEW) - 'reviewed_at' - 'reviewed_by_id'
       <> to_jsonb(OLD) - 'reviewed_at' - 'reviewed_by_id' THEN
        RAISE EXCEPTION 'an opened record stays as it was written; it is reviewed once'
            USING ERRCODE = '23514', CONSTRAINT = 'breakglass_only_reviewed';
    END IF;
    RETURN NEW;
"""


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open(self, at: datetime) -> "BreakGlassQuerySet":
        """Those whose hour is running."""
        return self.filter(opened_at__lte=at, expires_at__gt=at)

    def reasons(self, *, patient: Any, clinician: Any, at: datetime) -> "models.QuerySet[BreakGlass, str]":
        """Why this record is open to this clinician now, the latest first."""
        running = self.open(at).filter(patient=patient, clinician=clinician)
        return running.order_by("-opened_at").values_list("reason", flat=True)

    def to_review(self) -> "BreakGlassQuerySet":
        """Nobody has looked at them yet."""
        return self.filter(reviewed_at__isnull=True)


class BreakGlass(Row):
    """One clinician opened one record, why, and until when. A lead reviews it; the access log holds the reason."""

    patient = models.ForeignKey("accounts.Patient", on_delete=models.PROTECT, related_name="opened")
    clinician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    opened_at = models.DateTimeField(_("opened"))
    expires_at = models.DateTimeField(_("closes"))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["clinician", "expires_at"], name="breakglass_running")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="breakglass_has_a_reason"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("opened_at"), expires_at__lte=F("opened_at") + LASTS),
                name="breakglass_an_hour_at_most",
            ),
            pair("breakglass_reviewed_at_and_by", "reviewed_at", "reviewed_by"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("clinician")),
                name="breakglass_reviewed_by_another",
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="only_reviewed", when=pgtrigger.Before, operation=pgtrigger.Update, func=ONLY_REVIEWED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.opened_at:%Y-%m-%d %H:%M}"
