"""Drawn figures as the database knows them: what a published version is drawn from, and who has looked at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, append_only


class FigurePose(models.Model):
    """The data of a pose under its digest, kept so that a version of an exercise keeps the figure it was published
    with when a later release draws that exercise anew.
    """

    digest = models.CharField(primary_key=True, max_length=16)
    figure = models.SlugField(_("figure"), max_length=80)
    data = models.JSONField(_("pose"))
    kept_at = models.DateTimeField(_("kept"))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{16}$"), name="figurepose_digest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.figure} {self.digest}"


class FigureReview(Row):
    """A person's judgement of one drawing; the newest one counts. It stays with the digest, so a figure that is drawn
    anew has to be looked at again.
    """

    class Verdict(models.TextChoices):
        GOOD = "good", _("Looks right")
        MEND = "mend", _("Has to be put right")

    figure = models.SlugField(_("figure"), max_length=80)
    digest = models.CharField(max_length=16, db_index=True)
    verdict = models.CharField(_("judgement"), max_length=4, choices=Verdict.choices)
    note = models.TextField(_("what has to be put right"), blank=True, max_length=1000)
    reviewed_at = models.DateTimeField(_("looked at"))
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-reviewed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["good", "mend"]), name="figurereview_verdict_known"),
            models.CheckConstraint(condition=Q(verdict="good") | ~Q(note=""), name="figurereview_says_what_to_mend"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.figure}: {self.get_verdict_display()}"
