"""What the builder shows of one version: its exercises by section, what is said about each, the totals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.dates import in_language
from accounts.models import Patient
from exercises.models import Condition, Equipment, ExerciseVersion
from plans import safety
from plans.actions.library import newer_versions
from plans.actions.swaps import next_steps
from plans.forms.builder import DoseForm
from plans.forms.builder_growth import GrowthForm, TestForm
from plans.lines import line_of
from plans.models import BaselineTest, Dose, PlanVersion, Prescription
from plans.schedule import local_date
from plans.views.builder.around import Around, around
from plans.views.builder.draft_known import Known, Reasons, exercises_of, pain_on, reasons_for
from plans.views.builder.fields import Box, main_boxes, more_boxes
from plans.views.builder.growth import Growth, growth, last_tests
from plans.views.builder.steps import Step, steps_of
from plans.views.clinician.exercises import PAINFUL
from plans.wording import dose_in_words, in_a_row, short_days_in_words
from plans.wording_safety import Said, cut_in_words, say


@dataclass(frozen=True)
class Row:
    """One exercise of the plan. `was` is what the last version had, `pain` the last scores on it (0-10), `painful` when
    their mean is high; `newer` is
    what the library has published since, if anything. `equipment` is what it needs, in words; `steps` could take its
    place.
    """

    prescription: Prescription
    bound: DoseForm | None
    is_new: bool
    was: str
    pain: str
    painful: bool
    stops: list[Said]
    cautions: list[Said]
    days: str
    growth: Growth
    steps: list[Step] = field(default_factory=list)
    equipment: str = ""
    newer: ExerciseVersion | None = None

    @cached_property
    def form(self) -> DoseForm:
        """The one that could not be saved, else a new one: made when it is drawn."""
        return self.bound or DoseForm(self.prescription)

    @property
    def main(self) -> list[Box]:
        return main_boxes(self.form)

    @property
    def more(self) -> list[Box]:
        return more_boxes(self.form)

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors)

    @property
    def near_steps(self) -> list[Step]:
        """One easier and one harder exercise, to be taken with one click."""
        return [each for at, each in enumerate(self.steps) if at == 0 or each.harder != self.steps[at - 1].harder]

    @property
    def more_steps(self) -> list[Step]:
        return [each for each in self.steps if each not in self.near_steps]


@dataclass(frozen=True)
class Section:
    key: str
    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Fix:
    """The smallest change that keeps the weekly limit: a sentence, and what to post to apply it."""

    prescription_id: UUID
    field: str
    value: int
    sentence: str
    button: str


@dataclass(frozen=True)
class Draft:
    """A version as the builder shows it."""

    version: PlanVersion
    sections: list[Section]
    checks: list[Said]
    fix: Fix | None
    totals: safety.Totals
    last_totals: safety.Totals | None
    last_name: str
    days: set[int]
    days_differ: bool
    change: float | None
    before: list[Prescription]
    last_change: str | None

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]

    @property
    def has_stops(self) -> bool:
        return any(said.kind == "stop" for said in self.checks)

    @property
    def jumps(self) -> bool:
        return self.change is not None and self.change > safety.WEEKLY_JUMP * 100 + safety.ROUNDING

    def row(self, prescription_id: UUID) -> Row | None:
        return next((row for row in self.rows if row.prescription.pk == prescription_id), None)


Bound = DoseForm | TestForm | GrowthForm | None
"""A form of one exercise that could not be saved."""


def read(
    version: PlanVersion, at: datetime, bound: Bound = None, *, known: Known | None = None, only: UUID | None = None
) -> Draft:
    """Everything about the version, in a fixed number of queries. `bound` is a form that could not be saved.

    `known` are its exercises where the caller has them at hand. With `only` the draft shows that one exercise, without
    what no change of amounts alters: steps, equipment, tests, newer versions; checks and totals are of all of them.
    """
    patient, offers = version.plan.patient, only is None
    known = known or exercises_of(version)
    rows, before = known.rows, known.before
    exercise_ids = [row.exercise_version.exercise_id for row in rows]
    beside = around(version, at)
    conditions = beside.conditions
    steps = next_steps(exercise_ids, patient.clinic_id) if version.is_draft and offers else {}
    neighbours = [each.pk for sides in steps.values() for side in sides.values() for each in side]
    reasons = known.reasons
    if reasons is None or offers:
        exercises = [*(row.exercise_version_id for row in rows), *neighbours]
        reasons = reasons_for(exercises, [c.pk for c in conditions])
    lines = [_line(row, reasons) for row in rows]
    drawn = [row for row in rows if only in (None, row.pk)]
    pain = (
        known.pain if known.pain is not None else pain_on([row.exercise_version.exercise_id for row in drawn], version)
    )
    last_totals = safety.totals([line_of(row) for row in before]) if before else None
    last_minutes = last_totals.week_minutes if last_totals else None
    last_name = f"v{version.based_on.number}" if version.based_on else ""
    names = {line.key: line.name for line in lines}
    total, avoided = safety.totals(lines), patient.profile.avoided_positions
    concerns = safety.checks(lines, last_minutes, [c.name for c in conditions], avoided, total=total)
    said = [say(concern, names, patient.first_name, last_name) for concern in concerns]
    by_line: dict[str, list[tuple[str, Said]]] = defaultdict(list)
    for concern, words in zip(concerns, said, strict=True):
        by_line[concern.line].append((concern.rule, words))
    tests = last_tests(patient, exercise_ids) if offers else {}
    today = local_date(at, patient.time_zone)
    names_of = Equipment.objects.names() if offers else {}
    newer = newer_versions(rows) if offers else {}
    shown = []
    for row in drawn:
        mine = bound if bound is not None and bound.prescription.pk == row.pk else None
        shown.append(
            replace(
                _row(row, before, by_line, pain, tests, today, mine),
                steps=steps_of(row, steps, reasons, patient.first_name, set(exercise_ids)),
                equipment=in_a_row([str(names_of.get(slug, slug)) for slug in row.exercise_version.equipment])
                if offers
                else "",
                newer=newer.get(row.pk),
            )
        )
    cut = safety.smallest_cut(lines, last_minutes, total=total)
    return Draft(
        version=version,
        sections=[
            Section(key, str(name), [row for row in shown if row.prescription.section == key])
            for key, name in Dose.Section.choices
        ],
        checks=[*gathered(concerns, said), *_around(beside)],
        fix=_fix(cut, names) if cut else None,
        totals=total,
        last_totals=last_totals,
        last_name=last_name,
        days={day for row in rows for day in row.weekdays or []},
        days_differ=len({(tuple(row.weekdays or []), row.times_a_week) for row in rows}) > 1,
        change=safety.weekly_change(total.week_minutes, last_minutes),
        before=before,
        last_change=beside.last_change,
    )


def conditions_of(patient: Patient) -> list[Condition]:
    """What was recorded about the patient, by name; asked for once, however often it is read."""
    prefetch_related_objects([patient.profile], "conditions")
    return sorted(patient.profile.conditions.all(), key=lambda condition: condition.said)


def saved_words(version: PlanVersion) -> str:
    """Where a draft came from: "Started from v3." or that it is the first."""
    if version.based_on is None:
        return _("The first plan.")
    return _("Started from v%(number)d.") % {"number": version.based_on.number}


def gathered(concerns: Sequence[safety.Concern], said: Sequence[Said]) -> list[Said]:
    """The checks with the small fine ones in one line: what is wrong must not drown."""
    small = {"exercises", "session", "rest days", "effort"}
    fine = [words.text for concern, words in zip(concerns, said, strict=True) if _is_small(concern, small)]
    kept = [words for concern, words in zip(concerns, said, strict=True) if not _is_small(concern, small)]
    return [*kept, Said("ok", "", " ".join(fine))] if fine else kept


def _is_small(concern: safety.Concern, small: set[str]) -> bool:
    return concern.grade == "fine" and concern.rule in small


def _line(row: Prescription, reasons: Reasons) -> safety.Line:
    mine = reasons.get(row.exercise_version_id, {"contraindicated": {}, "caution": {}})
    return line_of(row, mine["contraindicated"], mine["caution"])


def _row(
    row: Prescription,
    before: Sequence[Prescription],
    by_line: Mapping[str, list[tuple[str, Said]]],
    pain: Mapping[UUID, list[int]],
    tests: Mapping[UUID, BaselineTest],
    today: date,
    bound: Bound,
) -> Row:
    said = by_line.get(str(row.pk), [])
    scores = pain.get(row.exercise_version.exercise_id, [])
    exercise_id = row.exercise_version.exercise_id
    last = next((each for each in before if each.exercise_version.exercise_id == exercise_id), None)
    return Row(
        prescription=row,
        bound=bound if isinstance(bound, DoseForm) else None,
        is_new=bool(before) and last is None,
        was=_was(row, last),
        pain=_("Pain on this was %(scores)s.") % {"scores": ", ".join(map(str, scores))} if scores else "",
        painful=bool(scores) and sum(scores) / len(scores) >= PAINFUL,
        stops=[words for rule, words in said if rule == "contraindicated"],
        cautions=[words for rule, words in said if rule in ("caution", "avoided position")],
        days=short_days_in_words(row.weekdays, row.times_a_week),
        growth=growth(row, tests, today, None if isinstance(bound, DoseForm) else bound),
    )


def _was(row: Prescription, last: Prescription | None) -> str:
    if last is None:
        return ""
    now, then = dose_in_words(row), dose_in_words(last)
    if now != then:
        return _("Was %(dose)s.") % {"dose": then}
    if row.effort != last.effort and last.effort is not None:
        return _("Was effort %(effort)d.") % {"effort": last.effort}
    return ""


def _around(beside: Around) -> list[Said]:
    """What else counts before activating: open flags and the readiness screening."""
    said = []
    flags, until = beside.open_flags, beside.screened_until
    if flags:
        words = ngettext("%(n)d flag is open.", "%(n)d flags are open.", flags) % {"n": flags}
        said.append(Said("info", "", words, line="flags"))
    if until is None:
        said.append(Said("stop", _("No valid screening."), _("Activating needs a readiness screening."), "screening"))
    else:
        day = date_format(until, in_language("j M Y"))
        said.append(Said("ok", "", _("Screening valid to %(day)s.") % {"day": day}))
    order = ["stop", "warning", "info", "ok"]
    return sorted(said, key=lambda one: order.index(one.kind))


def _fix(cut: safety.Cut, names: Mapping[str, str]) -> Fix:
    sentence, button = cut_in_words(cut, names[cut.line])
    return Fix(UUID(cut.line), cut.field, int(cut.value), sentence, button)


def guidance(draft: Draft) -> str:
    """What the World Health Organization advises for a week, beside the totals. Information, never a limit."""
    least, most = safety.WHO_MODERATE_MINUTES
    words = _(
        "For information: the WHO (2020) advises adults %(least)d to %(most)d minutes of moderate activity a week,"
        " about %(met_least)d to %(met_most)d MET-minutes. Moderate is 3 MET or more. Less is worth doing too."
    ) % {
        "least": least,
        "most": most,
        "met_least": round(least * safety.MODERATE_MET),
        "met_most": round(most * safety.MODERATE_MET),
    }
    missing = draft.totals.without_met
    if not missing:
        return words
    left = ngettext(
        "%(n)d exercise has no MET value in the library and is not counted.",
        "%(n)d exercises have no MET value in the library and are not counted.",
        missing,
    )
    return f"{words} {left % {'n': missing}}"
