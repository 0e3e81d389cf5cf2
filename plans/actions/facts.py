"""Everything known about a patient, read from the rows as the plain values that the rules judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Patient
from plans import measures, pain, rules
from plans.lines import planned_of
from plans.models import (
    BodySite,
    CheckIn,
    Decision,
    ExerciseLog,
    Flag,
    PainScore,
    Pause,
    Plan,
    PlanEvent,
    PlanVersion,
    Reevaluation,
    Report,
    Session,
    Threshold,
)
from plans.schedule import local_date
from plans.thresholds import Setting, Thresholds

# One look at which tables hold anything: most patients have no row in most of them, and each reading saved is a tenth
# of an evaluation. Written by hand, because putting it together anew every time would cost as much as it saves.
HELD = """
    SELECT EXISTS (SELECT 1 FROM plans_decision WHERE patient_id = %(patient)s),
           EXISTS (SELECT 1 FROM plans_session WHERE patient_id = %(patient)s),
           EXISTS (SELECT 1 FROM plans_checkin WHERE patient_id = %(patient)s),
           EXISTS (SELECT 1 FROM plans_report WHERE patient_id = %(patient)s),
           EXISTS (SELECT 1 FROM plans_plan WHERE patient_id = %(patient)s),
           EXISTS (SELECT 1 FROM plans_threshold WHERE patient_id = %(patient)s OR clinic_id = %(clinic)s)
"""
AMOUNTS = ("sets", "repetitions", "duration_minutes")


class Held(NamedTuple):
    """Whether there is any row of a kind about a patient, in the order of HELD."""

    decisions: bool
    sessions: bool
    checkins: bool
    reports: bool
    plans: bool
    thresholds: bool


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
    held = _held(patient)
    decisions = list(Decision.objects.of(patient)) if held.decisions else []
    sites = _sites(patient, decisions)
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
    return _sites(site.patient, decisions, only=site)[site.pk]


def _held(patient: Patient) -> Held:
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"patient": patient.pk, "clinic": patient.clinic_id})
        return Held(*cursor.fetchone())


def _sites(
    patient: Patient, decisions: Sequence[Decision], only: BodySite | None = None
) -> dict[UUID, rules.SiteFacts]:
    profile = getattr(patient, "profile", None)
    intake = None if profile is None or profile.usual_pain_at_intake is None else float(profile.usual_pain_at_intake)
    wanted = [only] if only is not None else list(patient.sites.all())
    by_site: dict[UUID, list[rules.SiteScore]] = {site.pk: [] for site in wanted}
    rows = (
        PainScore.objects.current()
        .filter(site__in=wanted)
        .values_list("site", "local_date", "moment", "value", "session", "session__local_date", "session__started_at")
    )
    for site, on, moment, value, session, session_on, started_at in rows:
        order = "" if started_at is None else f"{started_at.isoformat()} {session}"
        by_site[site].append(
            rules.SiteScore(on, moment, None if value is None else float(value), str(session or ""), session_on, order)
        )
    return {
        site: rules.SiteFacts(
            scores,
            intake,
            [as_pain_decision(d) for d in decisions if d.site_id == site and d.rule == Flag.Rule.R3],
            _resolutions(decisions, site),
        )
        for site, scores in by_site.items()
    }


def _whole(patient: Patient, decisions: Sequence[Decision], rated_on: set[date], held: Held) -> rules.PatientFacts:
    """`rated_on`: the local dates of all current numbers, of any site."""
    zone = patient.time_zone
    over = [Session.State.DONE, Session.State.LEFT]
    finished = Session.objects.of(patient).filter(state__in=over) if held.sessions else Session.objects.none()
    sessions = list(finished.values_list("pk", "local_date", "started_at"))
    logged_on = {on for _, on, _ in sessions} | rated_on
    told = CheckIn.objects.of(patient).current().filter(kind__in=[CheckIn.Kind.PEG, CheckIn.Kind.PHQ4])
    checkins = list(told) if held.checkins else []
    reports = list(Report.objects.of(patient)) if held.reports else []
    spans, plans = _courses(patient) if held.plans else ([], [])
    done = Reevaluation.objects.filter(plan__patient=patient, state=Reevaluation.State.DONE)
    done_at = list(done.values_list("done_at", flat=True)) if plans else []
    moods = [(c, measures.mood(c.items)) for c in checkins if c.kind == CheckIn.Kind.PHQ4]
    return rules.PatientFacts(
        logged_on=sorted(logged_on),
        spans=spans,
        plans=plans,
        sessions=_done_sessions(sessions),
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
            rules.Function(c.local_date, measures.peg(c.items), c.answered_at.isoformat())
            for c in checkins
            if c.kind == CheckIn.Kind.PEG
        ],
        moods=[rules.MoodResult(c.local_date, m.phq2, m.gad2, c.answered_at.isoformat()) for c, m in moods],
        reevaluated_on=[local_date(at, zone) for at in done_at if at is not None],
        resolutions=_resolutions(decisions, None),
    )


def _done_sessions(sessions: Sequence[tuple[UUID, date, datetime]]) -> list[rules.DoneSession]:
    """The sessions with the amounts that were logged beside them."""
    rows = (
        ExerciseLog.objects.filter(session__in=[key for key, *_ in sessions])
        .exclude(sets_done=None, repetitions_done=None, duration_minutes_done=None)
        .values_list(
            "session", "prescription", "prescription__exercise_version__name",
            "sets_done", "repetitions_done", "duration_minutes_done",
        )
    )  # fmt: skip
    logs: dict[UUID, list[tuple[str, str, dict[str, float | None]]]] = {}
    for session, prescription, name, *amounts in rows:
        plain = [None if amount is None else float(amount) for amount in amounts]
        logs.setdefault(session, []).append((str(prescription), name, dict(zip(AMOUNTS, plain, strict=True))))
    # The frozen doses are long; few sessions have amounts beside them.
    frozen: dict[UUID, dict[str, Any]] = dict(Session.objects.filter(pk__in=logs).values_list("pk", "doses"))
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
    versions = list(
        PlanVersion.objects.filter(plan__patient=patient)
        .exclude(state=PlanVersion.State.DRAFT)
        .prefetch_related("prescriptions")
        .order_by("activated_at")
    )
    plans = [
        rules.PlanFrom(local_date(v.activated_at, zone), [planned_of(p) for p in v.prescriptions.all()])
        for v in versions
        if v.activated_at is not None
    ]
    pauses = list(Pause.objects.filter(plan__patient=patient).order_by("paused_at"))
    spans: list[rules.ActiveSpan] = []
    for plan in Plan.objects.of(patient).exclude(status=Plan.Status.DRAFT):
        activated_at = next((v.activated_at for v in versions if v.plan_id == plan.pk and v.activated_at), None)
        if activated_at is not None:
            ends = _ended_on(plan, activated_at, zone) if plan.status == Plan.Status.ENDED else None
            rests = [p for p in pauses if p.plan_id == plan.pk]
            spans += _spans(plan, local_date(activated_at, zone), ends, rests)
    return spans, plans


def _spans(plan: Plan, start: date, ends: date | None, pauses: Sequence[Pause]) -> list[rules.ActiveSpan]:
    spans: list[rules.ActiveSpan] = []
    span: rules.ActiveSpan | None = rules.ActiveSpan(start)
    for pause in pauses:
        if span is not None:
            spans.append(replace(span, until_on=max(pause.from_on, span.from_on)))
        span = None if pause.until_on is None else rules.ActiveSpan(pause.until_on, None, resumed=True)
    if span is None or plan.status == Plan.Status.PAUSED:
        return spans
    if plan.status == Plan.Status.ENDED:
        # An end that nobody dated says nothing about when the plan was still active.
        return spans if ends is None else [*spans, replace(span, until_on=max(ends, span.from_on))]
    return [*spans, span]


def _ended_on(plan: Plan, activated_at: datetime, zone: str) -> date | None:
    """The local date on which the plan ended: a discharge at a re-evaluation, or of the patient."""
    finished = Reevaluation.objects.filter(plan=plan, decision=Reevaluation.DecisionTaken.DISCHARGE)
    left = PlanEvent.objects.of(plan.patient).filter(verb="patient discharged", at__gte=activated_at)
    dated = [*finished.values_list("done_at", flat=True), *left.values_list("at", flat=True)]
    return min((local_date(at, zone) for at in dated if at is not None), default=None)


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
