"""What a clinician should know in ten seconds: the numbers at the top of a record, and the plan beside the chart."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient
from accounts.together import Part, one_of_many
from exercises.said import language
from exercises.translated import SOURCE
from plans import safety, wording_flags
from plans.lines import line_of
from plans.models import ExerciseLog, Plan, Prescription, Reevaluation
from plans.models.quota import grown, with_steps
from plans.schedule import local_date
from plans.views.clinician import adherence, pain_days, record_checkins, record_rows
from plans.views.clinician.exercises import PAINFUL, RECENT_LOGS, last_pains, newest_pains
from plans.views.clinician.people import near_day
from plans.views.clinician.record_beside import Beside
from plans.views.clinician.record_lines import Exercise
from plans.wording import dose_in_words

SHOWN_OF_DOSES = (
    "version", "section", "position", "sets", "repetitions", "hold_seconds", "duration_minutes", "distance_metres",
    "per_side", "effort", "rest_seconds", "weekdays", "times_a_week", "override_reason", "exercise_version__name",
    "exercise_version__position", "exercise_version__figure", "exercise_version__figure_digest",
    "exercise_version__impact", "exercise_version__met_value",
)  # fmt: skip


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
        found.append((_("Plan"), str(rows.plan.get_status_display()), resting or str(rows.plan.active_version)))
    if due := facts.due:
        forward = _("brought forward") if due.why == Reevaluation.Why.FLAG else ""
        forward = _("overdue") if due.due_on < today else forward
        found.append((_("Re-evaluation"), near_day(due.due_on, today), forward))
    return found


def plan_parts(patient: UUID, today: date) -> list[Part]:
    """What `plan_summary` is made of."""
    return [_prescriptions(language() == SOURCE, patient=patient, day=today), _pains(RECENT_LOGS, patient=patient)]


@one_of_many
def _prescriptions(english: bool, *, patient: UUID, day: date) -> QuerySet[Prescription, Prescription]:
    rows = Prescription.objects.filter(version=_active(patient)).in_order().select_related("exercise_version")
    said = () if english else ("exercise_version__translations",)
    return with_steps(rows.only(*SHOWN_OF_DOSES, *said), day)


@one_of_many
def _pains(most: int, *, patient: UUID) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    return newest_pains(most, patient, _active(patient))


def _active(patient: UUID) -> Subquery:
    """The version of the plan that the patient has."""
    return Subquery(Plan.objects.current().filter(patient=patient).order_by().values("active_version")[:1])


def plan_summary(patient: Patient, plan: Plan | None, found: Sequence[list[Any]]) -> dict[str, Any]:
    """The exercises of the active version with the pain on each, and the size of the plan; from the rows of the
    parts.
    """
    version = plan.active_version if plan else None
    if version is None or version.activated_at is None:
        return {"items": []}
    pains, prescriptions = last_pains(found[1]), grown(found[0])
    sums = safety.totals([line_of(prescription) for prescription in prescriptions])
    return {
        "items": [
            {
                "position": prescription.exercise_version.position,
                "drawn": prescription.exercise_version.drawn,
                "line": _line(prescription, pains.get(prescription.pk)),
            }
            for prescription in prescriptions
        ],
        "any_pain": bool(pains),
        "totals": sums,
        "minutes": round(sums.session_minutes),
        "plan_since": local_date(version.activated_at, patient.time_zone),
    }


def _line(prescription: Prescription, pains: Sequence[int] | None) -> Exercise:
    """With the mean of the last pains."""
    mean = sum(pains) / len(pains) if pains else None
    return Exercise(
        name=prescription.exercise_version.said.name,
        dose=dose_in_words(prescription),
        pain="" if mean is None else str(round(mean)),
        painful=mean is not None and mean >= PAINFUL,
    )
