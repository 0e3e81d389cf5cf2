"""Which stored flag is which episode: a flag is the episodes that overlap its dates, or that came while it was open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.models import Flag


@dataclass
class Finding:
    """A flag as it should be: the stored row (None: to be made) and its episodes in order."""

    flag: Flag | None
    episodes: list[Any] = field(default_factory=list)

    @property
    def last(self) -> Any:
        return self.episodes[-1]

    @property
    def since_on(self) -> date:
        starts: list[date] = [episode.since_on for episode in self.episodes]
        return min(*starts, self.first_alert_on)

    @property
    def first_alert_on(self) -> date:
        first: date = self.episodes[0].raised_on
        return first

    @property
    def last_alert_on(self) -> date:
        last: date = self.last.last_alert_on
        return last

    @property
    def severity(self) -> str:
        worst = any(episode.severity_highest == "important" for episode in self.episodes)
        return Flag.Severity.IMPORTANT if worst else Flag.Severity.WATCH


def match(episodes: Sequence[Any], stored: Sequence[Flag]) -> tuple[list[Finding], list[Flag]]:
    """Pair episodes with flags. Returns what each flag should be, and the flags that no longer hold.

    - An episode that overlaps a flag's dates is that flag (one not withdrawn first).
    - An episode that came while an earlier flag is still open is more evidence on that flag: one open flag at a time.
    - An episode from before a resolution that no flag knows raises nothing.
    """
    findings: dict[int, Finding] = {}
    made: list[Finding] = []
    for episode in episodes:
        overlapping = [
            f for f in stored if f.first_alert_on <= episode.last_alert_on and f.last_alert_on >= episode.raised_on
        ]
        overlapping.sort(key=lambda f: f.state == Flag.State.WITHDRAWN)
        # Two episodes of one past flag: the second is its own flag, unless the flag is open and takes it in.
        own = next((f for f in overlapping if f.is_open or id(f) not in findings), None)
        if own is not None:
            findings.setdefault(id(own), Finding(own)).episodes.append(episode)
            continue
        if episode.settled_on is not None:
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
