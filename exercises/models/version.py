"""The content of an exercise, version by version. A published version never changes."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Row, no_truncate, pair
from accounts.models.history import keeps_history
from exercises.drawn import Drawn, drawn_of
from exercises.models.exercise import Exercise
from exercises.models.vocabulary import Condition
from exercises.said import Said

KNOWN_WORDS = """
    IF EXISTS (SELECT unnest(NEW.body_regions) EXCEPT SELECT slug FROM exercises_bodyregion)
       OR EXISTS (SELECT unnest(NEW.equipment) EXCEPT SELECT slug FROM exercises_equipment) THEN
        RAISE EXCEPTION 'unknown body region or equipment'
            USING ERRCODE = '23503', CONSTRAINT = 'exerciseversion_known_words';
    END IF;
    RETURN NEW;
"""


_ACCENTS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"


def _folded(text: str) -> str:
    """SQL for `text` as searches write it: no accents, apostrophes left out, other signs as spaces.

    Left as they are, the parser would take "push/pull" for one word, the path of a file.
    """
    plain = f"regexp_replace(normalize(replace({text}, 'ß', 'ss'), NFKD), '{_ACCENTS}', '', 'g')"
    return f"regexp_replace(regexp_replace({plain}, '[''’`]', '', 'g'), '[[:punct:]]+', ' ', 'g')"


_ABOUT = "concat_ws(' ', array_to_string(NEW.body_regions, ' '), NEW.goal, NEW.family)"
_NAMES = "concat_ws(' ', NEW.also_known_as, {}, {})".format(
    "jsonb_path_query_array(NEW.translations, '$.*.name.said')",
    "jsonb_path_query_array(NEW.translations, '$.*.also_known_as.said[*]')",
)
_TEXT = "concat_ws(' ', NEW.position, array_to_string(NEW.equipment, ' '), NEW.steps, NEW.cues, NEW.should_feel)"

# Name before aliases before regions, goal and family before text. "simple" keeps every word, in every language.
SEARCH_VECTOR = f"""
    NEW.search :=
        setweight(to_tsvector('simple', {_folded("NEW.name")}), 'A')
        || setweight(to_tsvector('simple', {_folded(_NAMES)}), 'B')
        || setweight(to_tsvector('simple', {_folded(_ABOUT)}), 'C')
        || setweight(to_tsvector('english', {_folded(_TEXT)}), 'D');
    RETURN NEW;
"""


class ExerciseVersion(Row):
    """What the clinician prescribes and the patient reads.

    Doses are JSON objects with the keys sets, repetitions, hold_seconds, duration_minutes, distance_metres and
    per_side; `dose_range` holds [smallest, largest] for each. Effort is a plain 0-10 scale. `met` is the metabolic
    equivalent of the Compendium of Physical Activities, with its edition and code.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")

    class Goal(models.TextChoices):
        MOBILITY = "mobility", _("Mobility")
        STRENGTH = "strength", _("Strength")
        BALANCE = "balance", _("Balance")
        AEROBIC = "aerobic", _("Aerobic")
        RELAXATION = "relaxation", _("Relaxation")
        BREATHING = "breathing", _("Breathing")
        MIND_BODY = "mind-body", _("Mind and body")
        WATER = "water", _("Water")

    class Position(models.TextChoices):
        STANDING = "standing", _("Standing")
        SITTING = "sitting", _("Sitting")
        LYING_BACK = "lying-back", _("Lying on the back")
        LYING_FRONT = "lying-front", _("Lying on the front")
        LYING_SIDE = "lying-side", _("Lying on the side")
        FOUR_POINT = "four-point", _("On hands and knees")
        KNEELING = "kneeling", _("Kneeling")
        WALKING = "walking", _("Walking")
        IN_WATER = "in-water", _("In water")
        CYCLING = "cycling", _("Cycling")

    class Impact(models.TextChoices):
        NONE = "none", _("No impact")
        LOW = "low", _("Low impact")
        MODERATE = "moderate", _("Moderate impact")
        HIGH = "high", _("High impact")

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)

    name = models.CharField(_("name"), max_length=120)
    also_known_as = models.JSONField(_("also known as"), default=list, blank=True)
    goal = models.CharField(_("goal"), max_length=12, choices=Goal.choices)
    family = models.SlugField(_("family"), max_length=40, blank=True)
    body_regions = ArrayField(models.SlugField(max_length=60), verbose_name=_("body regions"), default=list)
    position = models.CharField(_("position"), max_length=12, choices=Position.choices)
    equipment = ArrayField(models.SlugField(max_length=60), verbose_name=_("equipment"), default=list, blank=True)
    impact = models.CharField(_("impact"), max_length=10, choices=Impact.choices)
    effort_min = models.PositiveSmallIntegerField(_("least effort (0-10)"), default=0)
    effort_max = models.PositiveSmallIntegerField(_("most effort (0-10)"), default=3)
    met_value = models.DecimalField(_("MET"), max_digits=3, decimal_places=1, null=True, blank=True)
    met_edition = models.CharField(_("MET edition"), max_length=10, blank=True)
    met_code = models.CharField(_("MET code"), max_length=10, blank=True)
    starting_dose = models.JSONField(_("starting dose"), default=dict)
    dose_range = models.JSONField(_("dose range"), default=dict)
    steps = models.JSONField(_("steps"), default=list)
    cues = models.JSONField(_("technique"), default=list, blank=True)
    common_mistakes = models.JSONField(_("common mistakes"), default=list, blank=True)
    should_feel = models.TextField(_("what it should feel like"), blank=True)
    stop_if = models.JSONField(_("stop if"), default=list, blank=True)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    figure = models.SlugField(_("figure"), max_length=80, blank=True)
    # What it was drawn from when it was published; empty: as the release draws it now.
    figure_digest = models.CharField(max_length=16, blank=True, editable=False)
    # Other languages, each text with a mark of the English it was made from (exercises/translated.py).
    translations = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False)
    search_key = models.TextField(editable=False, default="")
    search = SearchVectorField(editable=False, null=True)
    source = models.CharField(_("where it comes from"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    change_note = models.TextField(_("what changed and why"), blank=True, max_length=1000)
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)
    lock = models.PositiveIntegerField(default=0)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    shipped_release = models.CharField(_("shipped with release"), max_length=20, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed here"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["exercise", "-number"]
        indexes = [
            GinIndex(fields=["body_regions"], name="exerciseversion_regions"),
            GinIndex(fields=["search"], name="exerciseversion_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "number"], name="exerciseversion_number_unique"),
            models.UniqueConstraint(
                fields=["exercise"], condition=~Q(state="published"), name="exerciseversion_one_in_work"
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False)
                & (
                    ~Q(shipped_release="")
                    | Q(author__isnull=False, publisher__isnull=False) & ~Q(publisher=F("author"))
                ),
                name="exerciseversion_second_person_publishes",
            ),
            models.CheckConstraint(
                condition=Q(effort_min__lte=F("effort_max"), effort_max__lte=10),
                name="exerciseversion_effort_0_to_10",
            ),
            models.CheckConstraint(
                condition=Q(met_value__isnull=True, met_edition="", met_code="")
                | Q(met_value__gt=0) & ~Q(met_edition="") & ~Q(met_code=""),
                name="exerciseversion_met_with_source",
            ),
            pair("exerciseversion_reviewed_at_and_by", "reviewed_at", "reviewed_by"),
        ]
        triggers = [
            no_truncate(),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            ),
            # Only the note that somebody of this installation reviewed it may still be added, and translations, which
            # can come later and hold only as long as they fit the English; the search words are the database's own.
            pgtrigger.Trigger(
                name="published_is_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="published"),
                func="""
                    IF to_jsonb(NEW) - 'reviewed_at' - 'reviewed_by_id' - 'search' - 'translations'
                       <> to_jsonb(OLD) - 'reviewed_at' - 'reviewed_by_id' - 'search' - 'translations' THEN
                        RAISE EXCEPTION 'a published exercise version cannot change'
                            USING ERRCODE = '23514', CONSTRAINT = 'exerciseversion_published_is_immutable';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="fill_search",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=SEARCH_VECTOR,
            ),
            pgtrigger.Trigger(
                name="known_words",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=KNOWN_WORDS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.number})"

    @property
    def needs_local_review(self) -> bool:
        """Shipped with a release, and nobody of this installation has reviewed it yet."""
        return bool(self.shipped_release) and self.reviewed_at is None

    @property
    def said(self) -> Said:
        """Its words in the reader's language."""
        return Said(self)

    @property
    def drawn(self) -> Drawn | None:
        """The figure of this version, or None while there is none."""
        return drawn_of(self.figure, self.figure_digest)

    def dose(self) -> dict[str, Any]:
        """The starting dose with every measure present (None where it does not apply)."""
        measures = ["sets", "repetitions", "hold_seconds", "duration_minutes", "distance_metres"]
        found: dict[str, Any] = {name: self.starting_dose.get(name) for name in measures}
        return found | {"per_side": bool(self.starting_dose.get("per_side"))}


@keeps_history()
class Caution(Row):
    """Why a person with a condition must not do this version of an exercise, or only with care."""

    class Kind(models.TextChoices):
        CONTRAINDICATED = "contraindicated", _("Not for")
        CAUTION = "caution", _("Take care with")

    version = models.ForeignKey(ExerciseVersion, on_delete=models.CASCADE, related_name="cautions")
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    reason = models.TextField(_("reason"))

    class Meta:
        ordering = ["-kind", "condition__name"]
        constraints = [
            models.UniqueConstraint(fields=["version", "condition"], name="caution_one_per_condition"),
            models.CheckConstraint(condition=~Q(reason=""), name="caution_has_a_reason"),
            models.CheckConstraint(condition=Q(kind__in=["contraindicated", "caution"]), name="caution_kind_known"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="of_a_draft_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM exercises_exerciseversion v WHERE v.state = 'published' AND v.id IN (
                               CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                               CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)) THEN
                        RAISE EXCEPTION 'the cautions of a published version cannot change'
                            USING ERRCODE = '23514', CONSTRAINT = 'caution_of_a_draft_only';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.condition_id}"

    @property
    def said(self) -> str:
        """The reason in the reader's language. Reads the version."""
        return self.version.said.reason(self.condition_id, self.reason)
