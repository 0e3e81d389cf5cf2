"""Flags: raised by the rules from all that is known, looked at and resolved by people."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans import pain
from plans.actions.bell import ring_after_commit
from plans.actions.episodes import Finding, match
from plans.actions.history import note_event
from plans.actions.reevaluations import bring_forward
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import BodySite, Decision, Flag, PainScore, PainWatch
from plans.schedule import local_date

QUIET_DAYS_TO_CLOSE = 3
IMPORTANT_WITHIN_DAYS = 3


def evaluate(*, patient_id: UUID, at: datetime) -> None:
    """Judge everything known about a patient as of `at`, and bring flags in line with it.

    Locks the patient's watch row, so that concurrent logs are seen by this evaluation or by the next one.
    """
    with transaction.atomic():
        watch = PainWatch.objects.select_for_update().get(pk=patient_id)
        patient = Patient.objects.select_related("clinic").get(pk=patient_id)
        today = local_date(at, patient.time_zone)
        for site in patient.sites.all():
            replay = r3_replay(site)
            _bring_in_line(patient, site, replay, today_at=at)
            watch.state[f"R3:{site.pk}"] = _summary(replay)
        watch.dirty_since = None
        watch.attempts = 0
        watch.last_error = ""
        watch.quarantined_at = None
        watch.evaluated_at = at
        watch.evaluated_on = today
        watch.save()


def r3_replay(site: BodySite) -> "pain.Replay":
    """Rule R3 over all current scores of a site and all decisions about it."""
    scores = PainScore.objects.current().filter(site=site).answered().values_list("local_date", "moment", "value")
    decisions = [_as_pain_decision(decision) for decision in Decision.objects.filter(site=site, rule=Flag.Rule.R3)]
    return pain.replay(pain.day_values(scores), decisions)


def acknowledge(*, flag: Flag, by: User, at: datetime) -> Flag:
    """Say that this person has seen the flag. Doing it twice keeps the first name."""
    with transaction.atomic():
        flag = Flag.objects.select_for_update().get(pk=flag.pk)
        if flag.state == Flag.State.OPEN:
            flag.state = Flag.State.ACKNOWLEDGED
            flag.acknowledged_at, flag.acknowledged_by = at, by
            flag.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
            note_event(patient=flag.patient, verb="flag acknowledged", at=at, by=by, flag=str(flag.pk))
    return flag


def resolve(*, flag: Flag, action_taken: str, note: str, useful: bool | None, by: User, at: datetime) -> Flag:
    """End the episode: what was done, a note, and whether the flag was useful.

    The decision is dated with the patient's local date: evidence up to that day never raises this rule again.
    Raises Refused when the flag is not open any more.
    """
    with transaction.atomic():
        mark_dirty(patient_id=flag.patient_id, at=at)
        flag = Flag.objects.select_for_update().get(pk=flag.pk)
        if not flag.is_open:
            raise Refused(_("This flag is not open any more. Reload the page to see what happened."))
        today = local_date(at, flag.patient.time_zone)
        accepted = action_taken == Flag.Action.NEW_USUAL
        if accepted and flag.rule != Flag.Rule.R3:
            raise Refused(_("Only a sustained increase can become the new usual."))
        flag.state = Flag.State.RESOLVED
        flag.resolved_at, flag.resolved_by = at, by
        if flag.acknowledged_at is None:
            flag.acknowledged_at, flag.acknowledged_by = at, by
        flag.action_taken, flag.note, flag.useful = action_taken, note, useful
        flag.save()
        Decision.objects.create(
            patient=flag.patient,
            site=flag.site,
            rule=flag.rule,
            kind=Decision.Kind.ACCEPTED if accepted else Decision.Kind.RESOLVED,
            on=today,
            # A flag may hold several episodes; the new usual is the level of the last one.
            since_on=date.fromisoformat(flag.evidence["since_on"]) if accepted else None,
            until_on=flag.last_alert_on if accepted else None,
            flag=flag,
            at=at,
            by=by,
        )
        note_event(patient=flag.patient, verb="flag resolved", at=at, by=by, flag=str(flag.pk), action=action_taken)
        ring_after_commit(flag.patient_id)
    return flag


def _bring_in_line(patient: Patient, site: BodySite, replay: "pain.Replay", *, today_at: datetime) -> None:
    """Make the stored flags of R3 at this site say what the replay says."""
    today = local_date(today_at, patient.time_zone)
    stored = list(Flag.objects.filter(patient=patient, site=site, rule=Flag.Rule.R3).order_by("first_alert_on"))
    findings, gone = match(replay.episodes, stored)
    for flag in gone:
        # A flag about today may hold again with the next log of today: it is withdrawn once the day is over.
        if flag.last_alert_on < today:
            _end(flag, Flag.State.WITHDRAWN, at=today_at)
    # Shrinking before growing: two flags of one site never overlap, not even between two statements.
    for finding in sorted(findings, key=lambda f: (f.flag is None, f.first_alert_on)):
        _apply(patient, site, finding, replay, at=today_at)


def _apply(patient: Patient, site: BodySite, finding: Finding, replay: "pain.Replay", *, at: datetime) -> None:
    today = local_date(at, patient.time_zone)
    episode = finding.last
    over = episode.closed_on is not None or episode.last_alert_on + timedelta(days=pain.EPISODE_GAP_DAYS) < today
    evidence = {
        "usual": episode.usual,
        "mean": episode.mean,
        "rise": episode.rise,
        "spread": replay.spread,
        "logged_days": episode.logged_days,
        "since_on": episode.since_on.isoformat(),
        "last_alert_on": episode.last_alert_on.isoformat(),
        "quiet_logged_days": episode.quiet_logged_days,
        "last_log_on": replay.days[-1].day.isoformat() if replay.days else None,
        "over": over,
        "episodes": len(finding.episodes),
    }
    flag = finding.flag
    if flag is None:
        flag = Flag(
            patient=patient,
            site=site,
            rule=Flag.Rule.R3,
            rule_version=pain.RULE_VERSION,
            raised_at=at,
            severity=Flag.Severity.WATCH,
        )
        was = None
    else:
        was = flag.severity
        current = not over and episode.settled_on is None
        if flag.state == Flag.State.WITHDRAWN or (flag.state == Flag.State.CLOSED and current):
            # It holds again: somebody has to look at it again.
            flag.state = Flag.State.OPEN
            flag.ended_at = flag.acknowledged_at = flag.acknowledged_by = None
            note_event(patient=patient, verb="flag raised again", at=at, by=None, flag=str(flag.pk))
    flag.severity = finding.severity
    flag.rule_version = pain.RULE_VERSION
    flag.since_on, flag.first_alert_on = finding.since_on, finding.first_alert_on
    flag.last_alert_on, flag.evidence = finding.last_alert_on, evidence
    flag.save()
    if was is None:
        note_event(patient=patient, verb="flag raised", at=at, by=None, flag=str(flag.pk), severity=flag.severity)
    if flag.is_open and flag.severity == Flag.Severity.IMPORTANT and was != Flag.Severity.IMPORTANT:
        bring_forward(patient=patient, due_on=today + timedelta(days=IMPORTANT_WITHIN_DAYS), at=at)
    if flag.state == Flag.State.ACKNOWLEDGED and over and episode.quiet_logged_days >= QUIET_DAYS_TO_CLOSE:
        _end(flag, Flag.State.CLOSED, at=at)


def _end(flag: Flag, state: Flag.State, *, at: datetime) -> None:
    if flag.state == state:
        return
    flag.state, flag.ended_at = state, at
    flag.save(update_fields=["state", "ended_at"])
    note_event(patient=flag.patient, verb=f"flag {state.value}", at=at, by=None, flag=str(flag.pk))


def _as_pain_decision(decision: Decision) -> "pain.Decision":
    if decision.kind == Decision.Kind.ACCEPTED:
        return pain.Accept(on=decision.on, since=decision.since_on, until=decision.until_on)
    if decision.kind == Decision.Kind.NEW_BASELINE:
        return pain.NewBaseline(on=decision.on)
    return pain.Resolve(on=decision.on)


def _summary(replay: "pain.Replay") -> dict[str, object]:
    """What pages show without replaying: the usual level, its spread, and how far learning has come."""
    return {
        "usual": replay.usual,
        "spread": replay.spread,
        "ready": replay.ready,
        "learned": replay.learned,
        "alerting": replay.alerting,
    }
