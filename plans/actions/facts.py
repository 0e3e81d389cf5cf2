"""Everything known about a patient, read from the rows as the plain values that the rules judge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Patient
from plans import measures, pain, rules
from plans.actions.facts_asked import (
    Held,
    amounts_of,
    checkins_of,
    decisions_of,
    doses_of,
    held_of,
    plans_of,
    reevaluated_at,
    reports_of,
    scores_of,
    scores_of_site,
    sessions_of,
    sites_of,
    versions_of,
)
from plans.models import (
    BodySite,
    CheckIn,
    ClinicalProfile,
    Decision,
    Flag,
    Plan,
    PlanEvent,
    Reevaluation,
    Report,
    Threshold,
)
from plans.schedule import Planned, local_date
from plans.thresholds import Setting, Thresholds

AMOUNTS = ("sets", "repetitions", "duration_minutes")


@dataclass(frozen=True)
class Known:
    """What the rules are given: the sites in order, the rest, and the thresholds that concern this patient."""

    sites: Mapping[UUID, rules.SiteFacts]
    patient: rules.PatientFacts
    thresholds: Thresholds

    @property
    def last_on(self) -> date | None:
        """The latest local date that anything is dated with; a traveller's may be ahead of the patient's own."""
        dates = [score.on for site in self.sites.values() for score in site.scores]
        dates += [*self.patient.logged_on, *(r.on for r in self.patient.safety), *(r.on for r in self.patient.flares)]
        dates += [*(r.on for r in self.patient.functions), *(r.on for r in self.patient.moods)]
        return max(dates, default=None)


@dataclass(frozen=True)
class Judgement:
    """Every rule's episodes by (rule, site id or None), and R3's replay of each site."""

    episodes: Mapping[tuple[str, UUID | None], Sequence[rules.Episode]]
    replays: Mapping[UUID, "pain.Replay[date]"]


def known_of(patient: Patient) -> Known:
    """Read all rows about a patient that a rule can need; call it under the lock of the patient's watch row."""
    held = held_of(patient)
    decisions = decisions_of(patient=patient.pk) if held.decisions else []
    by_site = {site: list[rules.SiteScore]() for (site,) in sites_of(patient=patient.pk)}
    sites = _sites(by_site, scores_of(patient=patient.pk), held.intake, decisions)
    rated_on = {score.on for site in sites.values() for score in site.scores if score.value is not None}
    settings = settings_of(patient) if held.thresholds else []
    return Known(sites, _whole(patient, decisions, rated_on, held), Thresholds(settings))


def judge(known: Known, *, until: date, thresholds: Thresholds | None = None) -> Judgement:
    """All rules as of `until`, with the patient's thresholds or with others (a rule that is tried out)."""
    numbers = thresholds or known.thresholds
    episodes: dict[tuple[str, UUID | None], Sequence[rules.Episode]] = {}
    replays = {}
    for site, facts in known.sites.items():
        judged = rules.judge_site(facts, numbers, until=until)
        replays[site] = judged.replay
        episodes |= {(rule, site): found for rule, found in judged.episodes.items()}
    episodes |= {
        (rule, None): found for rule, found in rules.judge_patient(known.patient, numbers, until=until).items()
    }
    return Judgement(episodes, replays)


def settings_of(patient: Patient) -> list[Setting]:
    """The dated thresholds of the clinic and of the patient, in the order in which they were set."""
    return [as_setting(row) for row in Threshold.objects.concerning(patient)]


def as_setting(row: Threshold) -> Setting:
    """A stored threshold as plans/thresholds.py knows it."""
    value = None if row.value is None else float(row.value)
    return Setting(row.rule, row.name, value, row.effective_on, for_patient=row.patient_id is not None)


def site_facts(site: BodySite) -> rules.SiteFacts:
    """What is known about one body site."""
    decisions = list(Decision.objects.filter(site=site))
    profile = ClinicalProfile.objects.filter(patient=site.patient_id).first()
    intake = None if profile is None else profile.usual_pain_at_intake
    return _sites({site.pk: []}, scores_of_site(site=site.pk), intake, decisions)[site.pk]


def _sites(
    by_site: dict[UUID, list[rules.SiteScore]],
    scores: Iterable[tuple[Any, ...]],
    intake: Decimal | None,
    decisions: Sequence[Decision],
) -> dict[UUID, rules.SiteFacts]:
    """`by_site` has an empty list for each site; `scores` are rows of ASKED_OF_SCORES."""
    for site, on, moment, value, session, session_on, started_at in scores:
        if session is None:
            score = rules.SiteScore(on, moment, value)
        else:
            score = rules.SiteScore(on, moment, value, str(session), session_on, f"{started_at.isoformat()} {session}")
        by_site[site].append(score)
    usual = None if intake is None else float(intake)
    return {
        site: rules.SiteFacts(
            several,
            usual,
            [as_pain_decision(d) for d in decisions if d.site_id == site and d.rule == Flag.Rule.R3],
            _resolutions(decisions, site),
        )
        for site, several in by_site.items()
    }


def _whole(patient: Patient, decisions: Sequence[Decision], rated_on: set[date], held: Held) -> rules.PatientFacts:
    """`rated_on`: the local dates of all current numbers, of any site."""
    zone = patient.time_zone
    sessions = sessions_of(patient=patient.pk) if held.sessions else []
    logged_on = {on for _, on, _ in sessions} | rated_on
    checkins = checkins_of(patient=patient.pk) if held.checkins else []
    reports = reports_of(patient=patient.pk) if held.reports else []
    spans, plans = _courses(patient) if held.plans else ([], [])
    done_at = [at for (at,) in reevaluated_at(patient=patient.pk)] if held.reevaluations else []
    moods = [(on, at, measures.mood(items)) for kind, items, on, at in checkins if kind == CheckIn.Kind.PHQ4]
    return rules.PatientFacts(
        logged_on=sorted(logged_on),
        spans=spans,
        plans=plans,
        sessions=_done_sessions(patient, sessions) if sessions else [],
        # A red flag counts from when it arrived: a late one is as urgent as any.
        safety=[
            rules.SafetyReport(str(r.pk), local_date(r.received_at, zone), r.received_at, r.answers)
            for r in reports
            if r.kind == Report.Kind.SAFETY
        ],
        flares=[
            rules.FlareReport(str(r.pk), r.local_date, r.occurred_at.isoformat())
            for r in reports
            if r.kind == Report.Kind.FLARE
        ],
        functions=[
            rules.Function(on, measures.peg(items), answered_at.isoformat())
            for kind, items, on, answered_at in checkins
            if kind == CheckIn.Kind.PEG
        ],
        moods=[rules.MoodResult(on, m.phq2, m.gad2, at.isoformat()) for on, at, m in moods],
        reevaluated_on=[local_date(at, zone) for at in done_at],
        resolutions=_resolutions(decisions, None),
    )


def _done_sessions(patient: Patient, sessions: Iterable[tuple[Any, ...]]) -> list[rules.DoneSession]:
    """The sessions with the amounts that were logged beside them."""
    logs: dict[UUID, list[tuple[str, str, dict[str, float | None]]]] = {}
    for session, prescription, name, *amounts in amounts_of(patient=patient.pk):
        plain = [None if amount is None else float(amount) for amount in amounts]
        logs.setdefault(session, []).append((str(prescription), name, dict(zip(AMOUNTS, plain, strict=True))))
    if not logs:
        return []
    # The frozen doses are long; few sessions have amounts beside them.
    frozen: dict[UUID, dict[str, Any]] = dict(doses_of(sessions=list(logs)))
    return [
        rules.DoneSession(
            str(key),
            on,
            f"{started_at.isoformat()} {key}",
            [rules.Done(name, amounts, frozen[key].get(prescription, {})) for prescription, name, amounts in logs[key]],
        )
        for key, on, started_at in sessions
        if key in logs
    ]


def _courses(patient: Patient) -> tuple[list[rules.ActiveSpan], list[rules.PlanFrom]]:
    """When a plan was active, and what it asked for from when on."""
    zone = patient.time_zone
    planned: dict[UUID, tuple[UUID, datetime, list[Planned]]] = {}
    for version, plan, activated_at, weekdays, times in versions_of(patient=patient.pk):
        asked_for = planned.setdefault(version, (plan, activated_at, []))[2]
        if weekdays is not None or times is not None:
            asked_for.append(Planned(None if weekdays is None else frozenset(weekdays), times))
    plans = [rules.PlanFrom(local_date(at, zone), exercises) for _plan, at, exercises in planned.values()]
    pauses: dict[tuple[UUID, str], list[tuple[date, date | None]]] = {}
    for plan, status, pause, from_on, until_on in plans_of(patient=patient.pk):
        several = pauses.setdefault((plan, status), [])
        if pause is not None:
            several.append((from_on, until_on))
    spans: list[rules.ActiveSpan] = []
    for (plan, status), rests in pauses.items():
        activated_at = next((at for of, at, _exercises in planned.values() if of == plan), None)
        if activated_at is not None:
            ends = _ended_on(patient, plan, activated_at) if status == Plan.Status.ENDED else None
            spans += _spans(status, local_date(activated_at, zone), ends, rests)
    return spans, plans


def _spans(
    status: str, start: date, ends: date | None, pauses: Iterable[tuple[date, date | None]]
) -> list[rules.ActiveSpan]:
    """`pauses` are the dates from and until, in order."""
    spans: list[rules.ActiveSpan] = []
    span: rules.ActiveSpan | None = rules.ActiveSpan(start)
    for from_on, until_on in pauses:
        if span is not None:
            spans.append(replace(span, until_on=max(from_on, span.from_on)))
        span = None if until_on is None else rules.ActiveSpan(until_on, None, resumed=True)
    if span is None or status == Plan.Status.PAUSED:
        return spans
    if status == Plan.Status.ENDED:
        # An end that nobody dated says nothing about when the plan was still active.
        return spans if ends is None else [*spans, replace(span, until_on=max(ends, span.from_on))]
    return [*spans, span]


def _ended_on(patient: Patient, plan: UUID, activated_at: datetime) -> date | None:
    """The local date on which the plan ended: a discharge at a re-evaluation, or of the patient."""
    finished = Reevaluation.objects.filter(plan=plan, decision=Reevaluation.DecisionTaken.DISCHARGE)
    left = PlanEvent.objects.of(patient).filter(verb="patient discharged", at__gte=activated_at)
    dated = [*finished.values_list("done_at", flat=True), *left.values_list("at", flat=True)]
    return min((local_date(at, patient.time_zone) for at in dated if at is not None), default=None)


def _resolutions(decisions: Sequence[Decision], site: UUID | None) -> dict[str, Sequence[rules.Resolution]]:
    found: dict[str, list[rules.Resolution]] = {}
    for decision in decisions:
        if decision.site_id == site and decision.kind == Decision.Kind.RESOLVED:
            found.setdefault(decision.rule, []).append(rules.Resolution(decision.on, decision.at))
    return {rule: tuple(several) for rule, several in found.items()}


def as_pain_decision(decision: Decision) -> "pain.Decision[date]":
    """A decision about R3 as plans/pain.py knows it."""
    if decision.kind == Decision.Kind.ACCEPTED and decision.since_on and decision.until_on:
        return pain.Accept(on=decision.on, since=decision.since_on, until=decision.until_on)
    if decision.kind == Decision.Kind.NEW_BASELINE:
        return pain.NewBaseline(on=decision.on)
    return pain.Resolve(on=decision.on)
