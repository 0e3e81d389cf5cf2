"""An exercise: its identity and life cycle. The content stands in its versions."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Membership, Role
from accounts.models.base import Row, no_removal, pair
from accounts.models.history import keeps_history

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import User


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    def visible_to(self, user: "User", at: "datetime") -> "ExerciseQuerySet":
        """The shared library, and the exercises of the clinics where this user works."""
        known = Membership.objects.read_before(user, at)
        asked = Membership.objects.held_by(user, at).values("clinic_id")
        clinics = asked if known is None else [membership.clinic_id for membership in known]
        return self.filter(Q(clinic__isnull=True) | Q(clinic_id__in=clinics))

    def writable_by(self, user: "User", at: "datetime") -> "ExerciseQuerySet":
        """What a curator may write: the own exercises of the clinics where they are one, and the shared library if
        they look after it.
        """
        clinics = Membership.objects.held_by(user, at).filter(role=Role.CURATOR).values("clinic_id")
        own = Q(clinic_id__in=clinics)
        return self.filter(own | Q(clinic__isnull=True) if user.curates_shared_library else own)

    def for_clinic(self, clinic_id: "UUID") -> "ExerciseQuerySet":
        """What can stand in the plans of a clinic: the shared library and its own exercises."""
        return self.filter(Q(clinic__isnull=True) | Q(clinic_id=clinic_id))

    def prescribable(self) -> "ExerciseQuerySet":
        """Those with a published version that have not been retired."""
        return self.filter(retired_at__isnull=True, current_version__isnull=False)


@keeps_history()
class Exercise(Row):
    """One exercise of the shared library (no clinic) or of one clinic."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="exercises")
    slug = models.SlugField(_("short name"), max_length=80)
    current_version = models.ForeignKey(
        "exercises.ExerciseVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_reason = models.TextField(_("why retired"), blank=True)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "slug"], name="exercise_slug_unique_in_library", nulls_distinct=False
            ),
            pair("exercise_retired_at_and_by", "retired_at", "retired_by"),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(
                name="current_is_own_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__current_version__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM exercises_exerciseversion v WHERE v.id = NEW.current_version_id
                                   AND v.exercise_id = NEW.id AND v.state = 'published') THEN
                        RAISE EXCEPTION 'the current version must be a published version of the same exercise'
                            USING ERRCODE = '23514', CONSTRAINT = 'exercise_current_is_own_published';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.slug


@keeps_history()
class ExerciseLink(Row):
    """`harder` is the next step up from `easier`. No loops: a chain ends at both sides."""

    easier = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="harder_links")
    harder = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="easier_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["easier", "harder"], name="exerciselink_unique"),
            models.CheckConstraint(condition=~Q(easier=F("harder")), name="exerciselink_not_to_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_loops",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (
                        WITH RECURSIVE up(id) AS (
                            SELECT NEW.harder_id
                            UNION
                            SELECT l.harder_id FROM exercises_exerciselink l JOIN up ON l.easier_id = up.id
                        ) SELECT 1 FROM up WHERE id = NEW.easier_id
                    ) THEN
                        RAISE EXCEPTION 'an exercise cannot be harder than itself'
                            USING ERRCODE = '23514', CONSTRAINT = 'exerciselink_no_loops';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="within_reach",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF (SELECT count(DISTINCT e.clinic_id) FROM exercises_exercise e
                        WHERE e.id IN (NEW.easier_id, NEW.harder_id)) > 1 THEN
                        RAISE EXCEPTION 'exercises of two clinics cannot be linked'
                            USING ERRCODE = '23514', CONSTRAINT = 'exerciselink_within_reach';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.easier_id} -> {self.harder_id}"
