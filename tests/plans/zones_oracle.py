"""Time zones read a second time, from the compiled files of the IANA database (RFC 9636), without `zoneinfo`.

Seconds since 1970 in, seconds and plain arithmetic out: what the tests hold the product's local dates against.
"""

import re
import struct
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH

DAY = 86_400
EPOCH = datetime(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 2020, 2035
NAME = r"(?:<[^>]+>|[A-Za-z]+)"
FOOTER = re.compile(rf"^{NAME}([-+\d:]+)(?:{NAME}([-+\d:]+)?,([^,]+),([^,]+))?$")


def seconds_of(year: int, month: int = 1, day: int = 1) -> int:
    """Seconds from 1970 to that midnight in UTC."""
    return (date(year, month, day) - EPOCH.date()).days * DAY


@dataclass
class Zone:
    """`changes` are the moments at which the offset to UTC changes, `offsets` what it is from then on, in seconds."""

    name: str
    before: int
    changes: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def offset(self, at: int) -> int:
        index = bisect_right(self.changes, at)
        return self.offsets[index - 1] if index else self.before

    def wall(self, at: int) -> int:
        """What the clocks show, as seconds since 1970 on a clock that never changes."""
        return at + self.offset(at)

    def day(self, at: int) -> int:
        """The calendar day there, counted from 1970-01-01."""
        return self.wall(at) // DAY

    def moment(self, wall: int) -> int:
        """When the clocks show that: the first time of two; what they jump over, with the offset before the jump."""
        near = {self.offset(wall - DAY), self.offset(wall + DAY)}
        found = sorted(wall - offset for offset in near if self.wall(wall - offset) == wall)
        return found[0] if found else wall - self.offset(wall - DAY)

    def edges(self) -> list[int]:
        """The changes from 2020 to 2035 that move the clocks."""
        first, last = seconds_of(FIRST_YEAR), seconds_of(LAST_YEAR + 1)
        return [at for at in self.changes if first <= at < last and self.offset(at - 1) != self.offset(at)]


def read(name: str) -> Zone:
    """The zone, with the rule for later years written out until after 2035."""
    data = _file(name)
    # A first block for old readers, then the same again with eight bytes a moment, then the rule for later years.
    counts = struct.unpack(">6l", data[20:44])
    start = 44 + _length(counts, 4)
    counts = struct.unpack(">6l", data[start + 20 : start + 44])
    _, _, _, many, kinds, _ = counts
    at = start + 44
    changes = list(struct.unpack(f">{many}q", data[at : at + 8 * many]))
    which = data[at + 8 * many : at + 9 * many]
    at += 9 * many
    offsets = [struct.unpack(">l", data[at + 6 * n : at + 6 * n + 4])[0] for n in range(kinds)]
    zone = Zone(name, offsets[0], changes, [offsets[index] for index in which])
    footer = data[start + 44 + _length(counts, 8) :].strip().decode()
    _write_out(zone, footer)
    return zone


def _file(name: str) -> bytes:
    for folder in TZPATH:
        if (Path(folder) / name).is_file():
            return (Path(folder) / name).read_bytes()
    return (resources.files("tzdata") / "zoneinfo" / name).read_bytes()


def _length(counts: tuple[int, ...], size: int) -> int:
    utc, standard, leaps, many, kinds, letters = counts
    return many * (size + 1) + kinds * 6 + letters + leaps * (size + 4) + standard + utc


def _write_out(zone: Zone, footer: str) -> None:
    """Add what a rule as in "CET-1CEST,M3.5.0,M10.5.0/3" brings after the last change of the table."""
    found = FOOTER.match(footer)
    if not found:
        raise AssertionError(f"{zone.name}: the rule {footer!r} is not understood")
    standard = -_clock(found[1])
    if not found[3]:
        return
    summer = -_clock(found[2]) if found[2] else standard + 3600
    last = zone.changes[-1] if zone.changes else seconds_of(FIRST_YEAR - 1)
    rules = [(found[3], standard, summer), (found[4], summer, standard)]
    coming = [
        (_date_of(rule, year) - was, becomes)
        for year in range(EPOCH.year + last // (366 * DAY) - 1, LAST_YEAR + 3)
        for rule, was, becomes in rules
    ]
    for at, becomes in sorted(coming):
        if at > last:
            zone.changes.append(at)
            zone.offsets.append(becomes)


def _clock(text: str) -> int:
    """Seconds of "-3", "2" or "+03:30"; hours may be more than a day."""
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return sign * sum(part * size for part, size in zip(parts, (3600, 60, 1), strict=False))


def _date_of(rule: str, year: int) -> int:
    """The wall clock at which the rule of that year comes: "M10.5.0/3" is the last Sunday of October at three."""
    when, _, clock = rule.partition("/")
    after = _clock(clock) if clock else 7200
    if when.startswith("M"):
        month, week, weekday = (int(part) for part in when[1:].split("."))
        first = date(year, month, 1)
        day = first + timedelta((weekday - first.isoweekday()) % 7 + 7 * (week - 1))
        while day.month != month:
            day -= timedelta(7)
        return seconds_of(year, day.month, day.day) + after
    if when.startswith("J"):  # day 1 to 365, the 29th of February never counted
        day = date(2001, 1, 1) + timedelta(int(when[1:]) - 1)
        return seconds_of(year, day.month, day.day) + after
    return seconds_of(year) + int(when) * DAY + after
