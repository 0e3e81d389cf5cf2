"""Which stored flag is which episode: a flag is the episodes that overlap its dates, or that came while it was open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.evidence import Episode, Severity, gravest
from plans.models import Flag


@dataclass
class Finding:
    """A flag as it should be: the stored row (None: to be made) and its episodes in order.

    `not_before` is set where another flag lies between its episodes: the dates begin after that one.
    """

    flag: Flag | None
    episodes: list[Episode] = field(default_factory=list)
    not_before: date | None = None

    @property
    def last(self) -> Episode:
        return self.episodes[-1]

    @property
    def since_on(self) -> date:
        starts: list[date] = [episode.since_on for episode in self.episodes]
        return min(*starts, self.first_alert_on)

    @property
    def first_alert_on(self) -> date:
        return self.not_before or self.episodes[0].raised_on

    @property
    def last_alert_on(self) -> date:
        return max(episode.last_alert_on for episode in self.episodes)

    @property
    def severity(self) -> Severity:
        """The highest that any of its episodes reached."""
        worst: Severity = "watch"
        for episode in self.episodes:
            worst = gravest(worst, episode.severity_highest)
        return worst

    @property
    def holds_again(self) -> bool:
        """The stored flag was withdrawn, or had closed by itself, and has to be looked at again."""
        return self.flag is not None and _would_reopen(self.flag, self.last)

    def fields(self) -> dict[str, Any]:
        """What the rules decide about the flag's row; its state and who did what with it are not theirs."""
        last = self.last
        return {
            "severity": self.severity,
            "rule_version": last.version,
            "since_on": self.since_on,
            "first_alert_on": self.first_alert_on,
            "last_alert_on": self.last_alert_on,
            "evidence": {
                **last.numbers,
                "since_on": last.since_on.isoformat(),
                "raised_on": last.raised_on.isoformat(),
                "last_alert_on": last.last_alert_on.isoformat(),
                "quiet_logged_days": last.quiet_logged_days,
                "over": last.over,
                "episodes": len(self.episodes),
                "reports": [report for episode in self.episodes for report in episode.reports],
            },
        }

    def changes(self) -> dict[str, Any]:
        """The fields in which the stored row differs from what it should be; all of them when there is none."""
        return {name: value for name, value in self.fields().items() if getattr(self.flag, name, None) != value}


def match(episodes: Sequence[Episode], stored: Sequence[Flag]) -> tuple[list[Finding], list[Flag]]:
    """Pair episodes with flags of one rule and site. Returns what each flag should be, and those that no longer hold.

    - An episode that overlaps a flag's dates is that flag: an open one before one that ended, a withdrawn one last.
    - An episode that came while another flag is open is more evidence on that flag: one open flag at a time.
    - An episode from before a resolution that no flag knows raises nothing.
    """
    opened = next((f for f in stored if f.is_open), None)
    findings: dict[int, Finding] = {}
    made: list[Finding] = []
    for episode in episodes:
        overlapping = [f for f in stored if _is_about(f, episode)]
        overlapping.sort(key=lambda f: (f.state == Flag.State.WITHDRAWN, not f.is_open))
        own = overlapping[0] if overlapping else None
        unknown = own is None or own.state == Flag.State.WITHDRAWN
        if unknown and (episode.settled_on is not None or not episode.is_news):
            continue
        if own is not None and _would_reopen(own, episode):
            opened = opened or own
            own = opened
        own = own or opened
        if own is not None:
            findings.setdefault(id(own), Finding(own)).episodes.append(episode)
            continue
        if not made:
            made.append(Finding(None))
        made[0].episodes.append(episode)
    if made and opened is not None:  # a flag that holds again takes in what came before it
        findings[id(opened)].episodes += made.pop().episodes
    gone = [f for f in stored if id(f) not in findings and f.state not in (Flag.State.WITHDRAWN, Flag.State.RESOLVED)]
    found = [*findings.values(), *made]
    for finding in found:
        finding.episodes.sort(key=lambda e: (e.raised_on, e.reports))
    _keep_apart(found, [f for f in stored if f.state == Flag.State.RESOLVED and id(f) not in findings])
    return found, gone


def _would_reopen(flag: Flag, episode: Episode) -> bool:
    current = not episode.over and episode.settled_on is None
    return flag.state == Flag.State.WITHDRAWN or (flag.state == Flag.State.CLOSED and current)


def _keep_apart(found: Sequence[Finding], others: Sequence[Flag]) -> None:
    """An older episode that a flag takes in beyond another flag is evidence only: two flags never overlap in dates."""
    for finding in found:
        last = finding.last_alert_on
        spans = [(f.first_alert_on, f.last_alert_on) for f in others]
        spans += [(e.raised_on, e.last_alert_on) for other in found if other is not finding for e in other.episodes]
        floor = max((until for since, until in spans if since <= last and until < last), default=None)
        if floor is not None:
            later = [e.raised_on for e in finding.episodes if e.raised_on > floor]
            finding.not_before = min(later, default=None)


def _is_about(flag: Flag, episode: Episode) -> bool:
    if flag.rule == Flag.Rule.R0:
        # Two red flags may share a day, when one was resolved and another came: there the reports tell them apart.
        return bool(set(episode.reports) & set(flag.evidence.get("reports", ())))
    return flag.first_alert_on <= episode.last_alert_on and flag.last_alert_on >= episode.raised_on
