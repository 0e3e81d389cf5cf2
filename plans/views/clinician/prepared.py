"""What a re-evaluation needs to know, prepared: sessions, pain, measures, flags and exercises since the last one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Patient
from plans import charts, wording_flags
from plans.actions.deciding import open_rise
from plans.models import BodySite, Flag, Goal, PainWatch, PlanVersion, Reevaluation
from plans.models.quota import dosed_for
from plans.schedule import local_date
from plans.views.clinician import adherence, pain_days, period_words, proposed
from plans.views.clinician.exercises import Went, how_they_went
from plans.views.clinician.measured import Measure, checkin_measures, pain_measures
from plans.views.clinician.people import main_site
from plans.wording import dose_in_words

WIDE = (664, 214)
NARROW = (568, 214)
PHONE = (310, 214)
LONGEST_CHART_DAYS = 182
SHORTEST_CHART_DAYS = 60


@dataclass(frozen=True)
class GoalShown:
    """A goal in the patient's words; closeness 0-10 at the start of the time and now (None: not said)."""

    text: str
    before: int | None
    now: int | None


@dataclass(frozen=True)
class Prepared:
    """The facts from `first` to `last` (local dates). `summary` says them in a sentence or two, `more` the rest."""

    first: date
    last: date
    since: date | None
    summary: SafeString
    more: list[str]
    level: pain_days.Level | None
    sessions: adherence.Count
    measures: list[Measure]
    exercises: list[Went]
    goals: list[GoalShown]
    flags: list[Flag]
    flag_lines: list[dict[str, Any]]
    proposals: list[proposed.Shown]
    wide: charts.PainChart | None
    narrow: charts.PainChart | None
    phone: charts.PainChart | None


def prepare(row: Reevaluation, at: datetime) -> Prepared:
    """Everything since the last re-evaluation (or the plan's first day), until now or until it was done."""
    plan = row.plan
    patient = plan.patient
    last = local_date(row.done_at or at, patient.time_zone)
    versions = list(plan.versions.exclude(state=PlanVersion.State.DRAFT).order_by("number"))
    first = min(_since(row, versions, patient), last)
    site = main_site(patient)
    watch = PainWatch.objects.filter(pk=patient.pk).first()
    level = None
    if site is not None:
        level = pain_days.level_on(site, last) if row.done_at else pain_days.level(watch, site.pk)
    done = adherence.done_days([patient.pk], first)[patient.pk]
    sessions = adherence.count(adherence.spans_of({patient.pk: patient.time_zone})[patient.pk], done, first, last)
    known = list(Flag.objects.of(patient).select_related("site", "acknowledged_by", "resolved_by").gravest_first())
    flags = [flag for flag in known if flag.is_open or first <= local_date(flag.raised_at, patient.time_zone) <= last]
    rise = _rise([flag for flag in flags if site is not None and flag.site_id == site.pk])
    since = rise[0] if rise else None
    exercises = how_they_went(patient, first, last, since=since, doses=_doses(plan.active_version, last))
    wide, narrow, phone = _charts(patient, site, level, known, versions, first, last) if site else (None,) * 3
    measures = pain_measures(patient, site, level, rise, first, last) if site else []
    measures += checkin_measures(patient, first, last)
    facts = proposed.facts_of(plan, sessions, flags, exercises, measures, first, last)
    return Prepared(
        first=first,
        last=last,
        since=since,
        summary=period_words.summary(patient, sessions, measures, flags, exercises),
        more=period_words.more(measures, flags, exercises),
        level=level,
        sessions=sessions,
        measures=measures,
        exercises=exercises,
        goals=_goals(patient, first, last),
        flags=flags,
        flag_lines=[
            {"flag": flag, "sentence": wording_flags.sentence(flag), "state": wording_flags.state_in_words(flag)}
            for flag in flags
        ],
        proposals=proposed.proposals(facts),
        wide=wide,
        narrow=narrow,
        phone=phone,
    )


def _rise(flags: list[Flag]) -> tuple[date, float] | None:
    """The open sustained increase: its first day and its mean."""
    flag = open_rise(flags)
    return (date.fromisoformat(flag.evidence["since_on"]), float(flag.evidence["mean"])) if flag else None


def _doses(version: PlanVersion | None, on: date) -> dict[UUID, str]:
    """By exercise, the dose on that day with the quota steps approved by then, in words."""
    if version is None:
        return {}
    rows = dosed_for(version.prescriptions.select_related("exercise_version", "quota"), on)
    return {row.exercise_version.exercise_id: dose_in_words(row) for row in rows}


def _goals(patient: Patient, first: date, last: date) -> list[GoalShown]:
    """The goals that stand; without any, what was written down at intake."""
    found = []
    for goal in Goal.objects.of(patient).standing().prefetch_related("ratings"):
        ratings = [rating for rating in goal.ratings.all() if rating.on <= last]
        earlier = [rating.closeness for rating in ratings if rating.on <= first]
        now = [rating.closeness for rating in ratings if rating.on > first]
        found.append(GoalShown(goal.text, earlier[-1] if earlier else None, now[-1] if now else None))
    if not found and patient.profile.goal:
        found.append(GoalShown(patient.profile.goal, None, None))
    return found


def _since(row: Reevaluation, versions: list[PlanVersion], patient: Patient) -> date:
    earlier = row.plan.reevaluations.filter(state=Reevaluation.State.DONE)
    if row.done_at:
        earlier = earlier.filter(done_at__lt=row.done_at)
    before = earlier.order_by("-done_at").values_list("done_at", flat=True).first()
    started = next((version.activated_at for version in versions if version.activated_at), None)
    return local_date(before or started or row.created_at, patient.time_zone)


def _charts(
    patient: Patient,
    site: BodySite,
    level: pain_days.Level | None,
    flags: list[Flag],
    versions: list[PlanVersion],
    first: date,
    last: date,
) -> tuple[charts.PainChart, charts.PainChart, charts.PainChart]:
    start = min(first, last - timedelta(days=SHORTEST_CHART_DAYS - 1))
    start = max(start, last - timedelta(days=LONGEST_CHART_DAYS - 1))
    zone = patient.time_zone
    given: dict[str, Any] = {
        "days": pain_days.day_values([site.pk], start, last)[site.pk],
        "usual": level.usual if level else None,
        "spread": level.spread if level else 0.0,
        "episodes": pain_days.rises([flag for flag in flags if flag.site_id == site.pk], zone),
        "first": start,
        "last": last,
        "versions": [
            (local_date(version.activated_at, zone), _("Plan %(version)s") % {"version": version})
            for version in versions
            if version.activated_at
        ],
    }
    return (
        charts.pain_chart(**given, width=WIDE[0], height=WIDE[1]),
        charts.pain_chart(**given, width=NARROW[0], height=NARROW[1]),
        charts.pain_chart(**given, width=PHONE[0], height=PHONE[1]),
    )
