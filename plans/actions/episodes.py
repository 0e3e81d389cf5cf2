"""Which stored flag is which episode: a flag is the episodes that overlap its dates, or that came while it was open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.evidence import Episode, Severity, gravest
from plans.models import Flag


@dataclass
class Finding:
    """A flag as it should be: the stored row (None: to be made) and its episodes in order."""

    flag: Flag | None
    episodes: list[Episode] = field(default_factory=list)

    @property
    def last(self) -> Episode:
        return self.episodes[-1]

    @property
    def since_on(self) -> date:
        starts: list[date] = [episode.since_on for episode in self.episodes]
        return min(*starts, self.first_alert_on)

    @property
    def first_alert_on(self) -> date:
        return self.episodes[0].raised_on

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
    """Pair episodes with flags. Returns what each flag should be, and the flags that no longer hold.

    - An episode that overlaps a flag's dates is that flag (one not withdrawn first).
    - An episode that came while an earlier flag is still open is more evidence on that flag: one open flag at a time.
    - An episode from before a resolution that no flag knows raises nothing.
    """
    findings: dict[int, Finding] = {}
    made: list[Finding] = []
    for episode in episodes:
        overlapping = [f for f in stored if _is_about(f, episode)]
        overlapping.sort(key=lambda f: f.state == Flag.State.WITHDRAWN)
        # Two episodes of one past flag: the second is its own flag, unless the flag is open and takes it in.
        own = next((f for f in overlapping if f.is_open or id(f) not in findings), None)
        if own is not None:
            findings.setdefault(id(own), Finding(own)).episodes.append(episode)
            continue
        if episode.settled_on is not None or not episode.is_news:
            continue
        still_open = next((f for f in findings.values() if f.flag is not None and f.flag.is_open), None)
        still_open = still_open or next(iter(made), None)
        if still_open is None:
            unpaired = next((f for f in stored if f.is_open), None)
            if unpaired is not None:
                still_open = findings.setdefault(id(unpaired), Finding(unpaired))
        if still_open is None:
            still_open = Finding(None)
            made.append(still_open)
        still_open.episodes.append(episode)
    gone = [f for f in stored if id(f) not in findings and f.state not in (Flag.State.WITHDRAWN, Flag.State.RESOLVED)]
    for finding in findings.values():
        finding.episodes.sort(key=lambda e: e.raised_on)
    return [*findings.values(), *made], gone


def _is_about(flag: Flag, episode: Episode) -> bool:
    if flag.rule == Flag.Rule.R0:
        # Two red flags may share a day, when one was resolved and another came: there the reports tell them apart.
        return bool(set(episode.reports) & set(flag.evidence.get("reports", ())))
    return flag.first_alert_on <= episode.last_alert_on and flag.last_alert_on >= episode.raised_on
