"""What curators do with the library as a whole: imports, merges, and changes that plans must hear of."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Membership, Role
from accounts.models.base import Row, append_only, pair
from exercises.models.exercise import Exercise
from exercises.models.version import ExerciseVersion

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


def _of_one_library(name: str, one: str, other: str) -> pgtrigger.Trigger:
    """A trigger that refuses two exercises of two clinics; the shared library goes with every clinic."""
    return pgtrigger.Trigger(
        name="of_one_library",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF (SELECT count(DISTINCT e.clinic_id) FROM exercises_exercise e
                WHERE e.id IN (NEW.{one}_id, NEW.{other}_id)) > 1 THEN
                RAISE EXCEPTION 'these two are exercises of two clinics'
                    USING ERRCODE = '23514', CONSTRAINT = '{name}_of_one_library';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # nosec B608  # names of our own columns
    )


def _version_is_own(name: str) -> pgtrigger.Trigger:
    """A trigger that refuses a version of another exercise than the row's."""
    return pgtrigger.Trigger(
        name="version_is_own",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__version__isnull=False),
        func=f"""
            IF NEW.exercise_id IS DISTINCT FROM
               (SELECT v.exercise_id FROM exercises_exerciseversion v WHERE v.id = NEW.version_id) THEN
                RAISE EXCEPTION 'the version belongs to another exercise'
                    USING ERRCODE = '23514', CONSTRAINT = '{name}_version_is_own';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # nosec B608  # names of our own constraints
    )


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def writable_by(self, user: "User", at: "datetime") -> "ImportBatchQuerySet":
        """Imports into the libraries that this curator writes (as ExerciseQuerySet.writable_by)."""
        clinics = Membership.objects.held_by(user, at).filter(role=Role.CURATOR).values("clinic_id")
        own = Q(clinic_id__in=clinics)
        return self.filter(own | Q(clinic__isnull=True) if user.curates_shared_library else own)


class ImportBatch(Row):
    """A file on its way into the library: checked row by row first, applied all or nothing.

    `content` are the rows as they were read, until they are applied or given up. `report` is the dry run, row by row
    (exercises/transfer/judging.py); `decisions` are what the curator chose, by line. `checked` of `total` rows tells
    how far the checking has come, `touched_at` when it last went on: a check that stopped is taken up again.
    `asked_at` and `asked_by` are who had it applied; `written` of `to_write` rows tells how far that has come, and
    `attempts` how often it was begun.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Could not be read")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=20)
    content = models.BinaryField(default=b"", editable=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(_("rows"), default=0)
    checked = models.PositiveIntegerField(_("rows checked"), default=0)
    report = models.JSONField(_("report"), default=list)
    decisions = models.JSONField(_("decisions"), default=dict)
    error = models.CharField(_("what went wrong"), max_length=400, blank=True)
    started_at = models.DateTimeField(_("started"))
    touched_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    asked_at = models.DateTimeField(_("to be applied since"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_write = models.PositiveIntegerField(_("rows to write"), default=0)
    written = models.PositiveIntegerField(_("rows written"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(
                fields=["started_at"], condition=Q(state__in=["waiting", "checking"]), name="importbatch_waiting"
            ),
            models.Index(fields=["asked_at"], condition=Q(state="applying"), name="importbatch_applying"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
                name="importbatch_applied_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="applying") | Q(asked_by__isnull=False), name="importbatch_applying_has_been_asked"
            ),
            pair("importbatch_asked_at_and_by", "asked_at", "asked_by"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Merge(Row):
    """Two exercises that are one: `merged` is retired in favour of `kept`. `detail` is what is needed to undo it."""

    kept = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="merges_merged")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(_("detail"), default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=models.F("merged")), name="merge_of_two"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_once_at_a_time"
            ),
            pair("merge_undone_at_and_by", "undone_at", "undone_by"),
        ]
        triggers = [_of_one_library("merge", "kept", "merged")]

    def __str__(self) -> str:
        return f"{self.merged_id} -> {self.kept_id}"


class NotDuplicate(Row):
    """Somebody has looked at these two and they are not the same exercise: they are not suggested again."""

    one = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="notduplicate_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="notduplicate_in_order"),
        ]
        triggers = [_of_one_library("notduplicate", "one", "other")]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"


class Proposal(Row):
    """A clinic's exercise, proposed for the shared library. Accepted, its content becomes a draft there."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="proposals")
    note = models.TextField(_("why"), blank=True, max_length=1000)
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_as = models.OneToOneField(Exercise, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(_("answer"), blank=True, max_length=1000)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["exercise"], condition=Q(answered_at__isnull=True), name="proposal_one_open_per_exercise"
            ),
            models.CheckConstraint(
                condition=Q(accepted_as__isnull=True) | Q(answered_at__isnull=False),
                name="proposal_accepted_is_answered",
            ),
            pair("proposal_answered_at_and_by", "answered_at", "answered_by"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} proposed"


class LibraryChange(Row):
    """A change that active plans must be checked against. The ledger of that work: a sweep reads what is unhandled."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("A newer version")
        CAUTIONS = "cautions", _("Cautions changed")
        RETIRED = "retired", _("Retired")
        RESTORED = "restored", _("Back in the library")

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="changes")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(_("plans checked"), null=True, blank=True)

    class Meta:
        ordering = ["at"]
        indexes = [
            models.Index(fields=["at"], condition=Q(handled_at__isnull=True), name="librarychange_unhandled"),
        ]
        triggers = [_version_is_own("librarychange")]

    def __str__(self) -> str:
        return f"{self.kind} {self.exercise_id}"


class CurationEvent(Row):
    """One line of an exercise's history: written, reviewed, sent back, published, retired, merged. Append-only."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="events")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(_("what"), max_length=40)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        ordering = ["-at", "-id"]
        triggers = [*append_only(), _version_is_own("curationevent")]

    def __str__(self) -> str:
        return f"{self.verb} {self.exercise_id}"
