"""Gathers the plain facts that plans/proposals.py judges, and says its proposals in words."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from accounts.models import Patient
from plans import wording_proposals
from plans.actions.facts import settings_of
from plans.models import BodySite, ExerciseLog, Flag, PainScore, PainWatch, Plan
from plans.proposals import RECENT_DAYS, Facts, Limits, SiteFacts, propose
from plans.thresholds import Thresholds, number
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.exercises import Went
from plans.views.clinician.measured import Measure

Moments: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class Shown:
    """A proposal in words: what, why, and the decision it would be (Reevaluation.DecisionTaken)."""

    kind: str
    title: str
    reasons: list[str]
    decision: str


def proposals(facts: Facts) -> list[Shown]:
    """What the facts speak for."""
    many = len(facts.sites) > 1
    return [
        Shown(
            proposal.kind,
            wording_proposals.title(proposal.kind),
            [wording_proposals.reason(each, name_site=many) for each in proposal.reasons],
            wording_proposals.DECISION[proposal.kind],
        )
        for proposal in propose(facts)
    ]


def facts_of(
    plan: Plan,
    sessions: adherence.Count,
    flags: Collection[Flag],
    exercises: Collection[Went],
    measures: Collection[Measure],
    first: date,
    last: date,
) -> Facts:
    """The numbers from `first` to `last` that proposals are made from; a handful of queries."""
    standing = [flag for flag in flags if flag.state != Flag.State.WITHDRAWN]
    by_key = {measure.key: measure for measure in measures}
    phq2, gad2, function = (by_key.get(key) for key in ("phq2", "gad2", "peg"))
    return Facts(
        done=sessions.done,
        planned=sessions.planned,
        open_flags=tuple(flag.rule for flag in standing if flag.is_open),
        important=tuple(flag.rule for flag in standing if flag.severity == Flag.Severity.IMPORTANT),
        raised=tuple(flag.rule for flag in standing),
        sites=_sites(plan.patient, max(first, last - timedelta(days=RECENT_DAYS - 1)), last),
        asked=sum(went.asked for went in exercises),
        skipped_for_pain=sum(went.reasons[ExerciseLog.SkipReason.PAIN] for went in exercises),
        phq2=_whole(phq2),
        gad2=_whole(gad2),
        peg_rise=float(function.change) if function and function.change is not None else None,
        is_paused=plan.status == Plan.Status.PAUSED,
        limits=_limits(plan.patient, last),
    )


def _whole(measure: Measure | None) -> int | None:
    return None if measure is None or measure.now is None else int(measure.now)


def _sites(patient: Patient, first: date, last: date) -> tuple[SiteFacts, ...]:
    """Each place that hurts, the main one first, with the sessions from `first` to `last`."""
    sites: Sequence[BodySite] = list(patient.sites.all())
    watch = PainWatch.objects.filter(pk=patient.pk).first()
    told = _told(patient, first, last)
    found = []
    for site in sites:
        usual = pain_days.level(watch, site.pk).usual
        sessions = told[site.pk]
        after, mornings = [], []
        for moments in sessions:
            known = [moments[name] for name in ("during", "after") if name in moments]
            if known:
                after.append(max(known))
            before = moments.get("before", usual)
            if "next morning" in moments and before is not None:
                mornings.append(moments["next morning"] - before)
        found.append(SiteFacts(site.name, _ceiling(watch, site), tuple(after), tuple(mornings)))
    return tuple(found)


def _told(patient: Patient, first: date, last: date) -> dict[UUID, list[Moments]]:
    """By site, the answered scores of each session by moment. One query."""
    rows = (
        PainScore.objects.of(patient)
        .current()
        .answered()
        .filter(session__local_date__range=(first, last))
        .order_by("session__local_date", "session__started_at")
        .values_list("site", "session", "moment", "value")
    )
    found: dict[UUID, dict[UUID, Moments]] = defaultdict(lambda: defaultdict(dict))
    for site, session, moment, value in rows:
        if session is not None and value is not None:
            found[site][session][moment] = float(value)
    told: dict[UUID, list[Moments]] = defaultdict(list)
    for site, sessions in found.items():
        told[site] = list(sessions.values())
    return told


def _limits(patient: Patient, on: date) -> Limits:
    """The numbers of the rules as they hold for this patient on that day."""
    numbers = Thresholds(settings_of(patient))
    return Limits(
        morning=numbers.value("R2", "rise", on),
        function=numbers.value("R7", "important_rise", on),
        phq2=int(numbers.value("R8", "phq2", on)),
        gad2=int(numbers.value("R8", "gad2", on)),
    )


def _ceiling(watch: PainWatch | None, site: BodySite) -> float:
    """The session ceiling of rule R1 as the last evaluation left it."""
    known = (watch.state if watch else {}).get(f"R1:{site.pk}", {}).get("ceiling")
    return number("R1", "ceiling_unknown").default if known is None else float(known)
