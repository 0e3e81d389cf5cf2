"""What a clinician should know in ten seconds: the numbers at the top of a record, and the plan beside the chart."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient
from accounts.together import Part, one_of_many
from exercises.drawn import Drawn, drawn_of
from exercises.said import language, name_fields, name_from
from exercises.translated import SOURCE
from plans import wording_flags
from plans.minutes import longest_session, minutes_of
from plans.models import ExerciseLog, Plan, Prescription, Reevaluation
from plans.models.quota import grown_to, with_steps
from plans.schedule import Planned, local_date, sessions_a_week
from plans.views.clinician import adherence, pain_days, record_checkins, record_rows
from plans.views.clinician.exercises import PAINFUL, RECENT_LOGS, last_pains, newest_pains
from plans.views.clinician.people import near_day
from plans.views.clinician.record_beside import Beside
from plans.views.clinician.record_lines import Exercise
from plans.wording import dose_in_words

AMOUNTS = (
    "sets", "repetitions", "hold_seconds", "duration_minutes", "distance_metres", "per_side", "rest_seconds",
)  # fmt: skip
DRAWN = ("exercise_version__position", "exercise_version__figure", "exercise_version__figure_digest")


class Dosed(NamedTuple):
    """An exercise of the active version with the dose of today: a prescription's fields by their names, then those of
    the exercise. `name` is in the reader's language.
    """

    pk: UUID
    sets: int
    repetitions: int | None
    hold_seconds: int | None
    duration_minutes: Decimal | None
    distance_metres: int | None
    per_side: bool
    rest_seconds: int | None
    planned: Planned
    position: str
    drawn: Drawn | None
    name: str


def strip(
    level: pain_days.Level | None,
    days: Sequence[tuple[date, float]],
    rows: record_rows.PlanRows,
    done: set[date],
    facts: Beside,
    answered: Sequence[record_checkins.Answered],
    today: date,
) -> list[tuple[str, str, str]]:
    """The numbers at the top: last week's pain, sessions, daily life, last log, plan, next re-evaluation."""
    found = []
    week = pain_days.mean_between(days, today - timedelta(days=6), today)
    usual = _("usual %(n)s") % {"n": wording_flags.points(level.usual)} if level and level.usual is not None else ""
    found.append((_("Pain, last 7 days"), wording_flags.points(week) if week is not None else _("No log"), usual))
    four_weeks = adherence.count(rows.spans, done, today - timedelta(days=27), today)
    if four_weeks.planned:
        said = _("%(done)d of %(planned)d") % {"done": four_weeks.done, "planned": four_weeks.planned}
        found.append((_("Sessions, 4 weeks"), said, f"{four_weeks.percent} %"))
    peg = next((each for each in answered if each.kind == "PEG" and each.last is not None), None)
    if peg and peg.last is not None:
        was = _("was %(n)s") % {"n": wording_flags.points(peg.last - peg.change)} if peg.change else ""
        found.append((_("Daily life (PEG)"), wording_flags.points(peg.last), was))
    if last := facts.last_log:
        local = last[1].astimezone(timezone.get_current_timezone())
        found.append((_("Last log"), near_day(last[0], today), f"{local:%H:%M}"))
    else:
        found.append((_("Last log"), _("None yet"), ""))
    if rows.plan:
        pause = rows.open_pause
        resting = _("since %(day)s") % {"day": wording_flags.short_day(pause.from_on)} if pause else ""
        found.append((_("Plan"), rows.plan.get_status_display(), resting or str(rows.plan.active_version)))
    if due := facts.due:
        forward = _("brought forward") if due.why == Reevaluation.Why.FLAG else ""
        forward = _("overdue") if due.due_on < today else forward
        found.append((_("Re-evaluation"), near_day(due.due_on, today), forward))
    return found


def plan_parts(patient: UUID, today: date) -> list[Part]:
    """What `plan_summary` is made of."""
    return [_prescriptions(language(), patient=patient, day=today), _pains(RECENT_LOGS, patient=patient)]


@one_of_many
def _prescriptions(said_in: str, *, patient: UUID, day: date) -> QuerySet[Prescription, tuple[Any, ...]]:
    rows = with_steps(Prescription.objects.filter(version=_active(patient)).in_order(), day)
    name = name_fields("exercise_version__")
    said = name[:1] if said_in == SOURCE else name
    return rows.values_list("pk", *AMOUNTS, "weekdays", "times_a_week", "grown_in", "grown_to", *DRAWN, *said)


@one_of_many
def _pains(most: int, *, patient: UUID) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    return newest_pains(most, patient, _active(patient))


def _active(patient: UUID) -> Subquery:
    """The version of the plan that the patient has."""
    return Subquery(Plan.objects.current().filter(patient=patient).order_by().values("active_version")[:1])


def plan_summary(patient: Patient, plan: record_rows.PlanRead | None, found: Sequence[list[Any]]) -> dict[str, Any]:
    """The exercises of the active version with the pain on each, and the size of the plan; from the rows of the
    parts.
    """
    version = plan.active_version if plan else None
    if version is None or version.activated_at is None:
        return {"items": []}
    pains, exercises = last_pains(found[1]), [_dosed(*row) for row in found[0]]
    return {
        "items": [
            {"position": each.position, "drawn": each.drawn, "line": _line(each, pains.get(each.pk))}
            for each in exercises
        ],
        "any_pain": bool(pains),
        "times_a_week": sessions_a_week(each.planned for each in exercises),
        "minutes": round(longest_session([(each.planned, minutes_of(each)) for each in exercises])),
        "plan_since": local_date(version.activated_at, patient.time_zone),
    }


def _dosed(pk: UUID, *row: Any) -> Dosed:
    """From a row of `_prescriptions`."""
    amounts = row[: len(AMOUNTS)]
    weekdays, times, measure, to, position, figure, digest, *name = row[len(AMOUNTS) :]
    days = adherence.planned(None if weekdays is None else tuple(weekdays), times)
    said = name_from(*name) if len(name) > 1 else name[0]
    dosed = Dosed._make((pk, *amounts, days, position, drawn_of(figure, digest), said))
    now: dict[str, Any] = {} if to is None else {measure: grown_to(measure, to)}
    return dosed._replace(**now) if now else dosed


def _line(exercise: Dosed, pains: Sequence[int] | None) -> Exercise:
    """With the mean of the last pains."""
    mean = sum(pains) / len(pains) if pains else None
    return Exercise(
        name=exercise.name,
        dose=dose_in_words(exercise),
        pain="" if mean is None else str(round(mean)),
        painful=mean is not None and mean >= PAINFUL,
    )
