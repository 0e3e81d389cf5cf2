"""Bringing the stored flags in line with what the rules say: raised, grown, withdrawn, closed by themselves."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from accounts.models import Patient
from plans.actions.episodes import Finding, match
from plans.actions.history import note_event
from plans.actions.pausing import pause_for_safety
from plans.actions.reevaluations import bring_forward
from plans.evidence import RANK, Episode
from plans.models import Flag, Report

# A flag of this severity makes the plan's re-evaluation due within so many days.
DUE_WITHIN_DAYS = {"urgent": 0, "important": 3}


def bring_in_line(
    *,
    patient: Patient,
    rule: str,
    site_id: UUID | None,
    episodes: Sequence[Episode],
    stored: Sequence[Flag],
    today: date,
    at: datetime,
) -> None:
    """Make the stored flags of one rule (at one site) say what its episodes say. The caller holds the locks."""
    findings, gone = match(episodes, stored)
    for flag in gone:
        # A flag about today may hold again with the next log of today: it is withdrawn once the day is over.
        if flag.last_alert_on < today:
            _end(flag, Flag.State.WITHDRAWN, at=at)
    changed = [f for f in findings if f.flag is not None]
    for finding in changed:
        _shrink(finding)
    # One that moved away leaves its old dates before another grows into them; the new ones find their place last.
    for finding in sorted(changed, key=_overlaps_its_flag):
        _apply(patient, rule, site_id, finding, today=today, at=at)
    for finding in findings:
        if finding.flag is None:
            _apply(patient, rule, site_id, finding, today=today, at=at)


def _overlaps_its_flag(finding: Finding) -> bool:
    flag = finding.flag
    return flag is not None and (
        flag.first_alert_on <= finding.last_alert_on and flag.last_alert_on >= finding.first_alert_on
    )


def _shrink(finding: Finding) -> None:
    """Two flags of one site never overlap, not even between two statements: all shrink before any grows."""
    flag = finding.flag
    if flag is None or flag.state == Flag.State.WITHDRAWN or not _overlaps_its_flag(finding):
        return
    first = max(flag.first_alert_on, finding.first_alert_on)
    last = min(flag.last_alert_on, finding.last_alert_on)
    if (first, last) != (flag.first_alert_on, flag.last_alert_on):
        flag.first_alert_on, flag.last_alert_on = first, last
        flag.since_on = min(flag.since_on, first)
        flag.save(update_fields=["first_alert_on", "last_alert_on", "since_on"])


def _apply(patient: Patient, rule: str, site_id: UUID | None, finding: Finding, *, today: date, at: datetime) -> None:
    flag, episode = finding.flag, finding.last
    was = None if flag is None else flag.severity
    known = [] if flag is None else list(flag.evidence.get("reports", ()))
    fresh = False
    changes = finding.changes()
    if flag is None:
        flag = Flag(patient=patient, site_id=site_id, rule=rule, raised_at=at)
        fresh = True
    else:
        graver = RANK[finding.severity] > RANK[was or "watch"]
        # What somebody acknowledged was something smaller: the graver flag has been seen by nobody.
        if finding.holds_again or (graver and flag.state == Flag.State.ACKNOWLEDGED):
            verb = "flag raised again" if finding.holds_again else "flag became graver"
            flag.state = Flag.State.OPEN
            flag.ended_at = flag.acknowledged_at = flag.acknowledged_by = flag.escalated_at = None
            changes |= {"state": flag.state}
            fresh = True
            note_event(
                patient=patient, verb=verb, at=at, by=None, flag=str(flag.pk), rule=rule, severity=finding.severity
            )
        more = len(finding.episodes) > int(flag.evidence.get("episodes") or 1)
        if flag.snoozed_until is not None and (fresh or graver or more):
            # It was put to sleep as something smaller.
            flag.snoozed_until = flag.snoozed_at = flag.snoozed_by = None
            changes |= {"snoozed_until": None}
    if changes:
        for name, value in finding.fields().items():
            setattr(flag, name, value)
        flag.save()
    if was is None:
        note_event(
            patient=patient, verb="flag raised", at=at, by=None, flag=str(flag.pk), rule=rule, severity=flag.severity
        )
    if flag.is_open and (fresh or RANK[flag.severity] > RANK[was or "watch"]):
        _bring_forward(flag, today, at)
    if rule == Flag.Rule.R0 and flag.is_open:
        _pause(flag, [report for report in flag.evidence["reports"] if fresh or report not in known], at)
    if flag.state == Flag.State.ACKNOWLEDGED and episode.closable:
        _end(flag, Flag.State.CLOSED, at=at)


def _bring_forward(flag: Flag, today: date, at: datetime) -> None:
    within = DUE_WITHIN_DAYS.get(flag.severity)
    if within is not None:
        bring_forward(patient=flag.patient, due_on=today + timedelta(days=within), at=at)


def _pause(flag: Flag, reports: Sequence[str], at: datetime) -> None:
    """The report paused the plan when it came; this finds one that came another way, and names the flag."""
    for report in Report.objects.of(flag.patient).filter(pk__in=reports).order_by("received_at"):
        pause_for_safety(patient=flag.patient, since=report.received_at, by=report.recorded_by, at=at, flag=flag)


def _end(flag: Flag, state: Flag.State, *, at: datetime) -> None:
    if flag.state == state:
        return
    flag.state, flag.ended_at = state, at
    flag.snoozed_until = flag.snoozed_at = flag.snoozed_by = None
    flag.save(update_fields=["state", "ended_at", "snoozed_until", "snoozed_at", "snoozed_by"])
    note_event(patient=flag.patient, verb=f"flag {state.value}", at=at, by=None, flag=str(flag.pk), rule=flag.rule)
