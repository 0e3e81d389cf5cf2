"""Local dates, weeks, reminders, quiet hours and working time in every zone, where the clocks change, 2020 to 2035.

Held against zones_oracle.py. `make test-full` takes every zone, `make test` each seventh and the odd ones.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest

from plans import quiet_hours, reminding, schedule, working_hours
from tests.plans.zones_oracle import DAY, EPOCH, Zone, read

# Half an hour of summer time, clocks changed at midnight, summer time around Ramadan, a zone over the date line,
# quarters of an hour, none at all.
ODD = {
    "Africa/Casablanca", "America/Havana", "America/Santiago", "America/Scoresbysund", "Asia/Beirut",
    "Asia/Gaza", "Asia/Kathmandu", "Asia/Tehran", "Australia/Lord_Howe", "Europe/London", "Pacific/Apia",
    "Pacific/Chatham", "Pacific/Kiritimati", "America/Nuuk", "America/New_York", "Antarctica/Casey",
    "Antarctica/Troll", "UTC",
}  # fmt: skip
ALL = sorted(available_timezones() - {"Factory", "localtime"})
ZONES = ALL if os.environ.get("PAINPLAN_FULL") else sorted({*ALL[::7], *ODD} & set(ALL))
QUIET = [(time(20), time(7)), (time(22), time(1, 30)), (time(0, 30), time(3, 15)), (time(2, 30), time(2, 0))]
MINUTE = 60


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def seconds(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def minute_of(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def day_number(day: date) -> int:
    return (day - EPOCH.date()).days


def in_groups(many: list[str], size: int) -> list[list[str]]:
    return [many[start : start + size] for start in range(0, len(many), size)]


@pytest.fixture(params=in_groups(ZONES, 20), ids=lambda names: names[0])
def zones(request) -> list[Zone]:
    return [read(name) for name in request.param]


def test_the_oracle_knows_changes_that_anybody_can_look_up():
    assert instant(read("Europe/London").edges()[0]) == datetime(2020, 3, 29, 1, tzinfo=UTC)
    assert instant(read("Europe/London").edges()[-1]) == datetime(2035, 10, 28, 1, tzinfo=UTC)
    assert instant(read("America/New_York").edges()[1]) == datetime(2020, 11, 1, 6, tzinfo=UTC)
    assert {read("Australia/Lord_Howe").offset(at) for at in (0x60000000, 0x60F00000)} <= {39_600, 37_800}
    assert read("Asia/Kathmandu").edges() == []
    assert sum(len(read(name).edges()) for name in ODD & set(ALL)) > 300


def test_the_local_date_and_its_week(zones):
    for zone in zones:
        for edge in [*zone.edges(), 1_700_000_000]:
            midnights = [edge + DAY * n - zone.wall(edge) % DAY for n in (-1, 0, 1, 2)]
            for about in [edge, *midnights]:
                for at in (about + step for step in (-7200, -3601, -1800, -1, 0, 1, 1800, 3600, 7200)):
                    day = schedule.local_date(instant(at), zone.name)
                    assert day_number(day) == zone.day(at), (zone.name, at)
                    week = [day_number(each) for each in schedule.week_of(day)]
                    monday = zone.day(at) - (zone.day(at) + 3) % 7  # 1970-01-01 was a Thursday
                    assert week == list(range(monday, monday + 7)), (zone.name, at)


def test_a_reminder_comes_once_a_day_at_its_hour(zones):
    """A sweep each quarter of an hour over the days around each change; what was sent is not sent again."""
    wish = reminding.Wish(time(7), time(20, 45))
    for zone in zones:
        for edge in zone.edges()[:: 1 if os.environ.get("PAINPLAN_FULL") else 4]:
            sent: dict[tuple[int, str], int] = {}
            first_day = zone.day(edge)
            for at in range(edge - edge % 900 - DAY, edge - edge % 900 + 2 * DAY, 900):
                kind = reminding.due(wish, instant(at), zone.name, reminding.DaySoFar(planned=True))
                wall = zone.wall(at) % DAY // MINUTE
                wanted = None
                if 7 * 60 <= wall < 21 * 60:
                    wanted = reminding.EVENING_REMINDER if wall >= 20 * 60 + 45 else reminding.REMINDER
                assert kind == wanted, (zone.name, at)
                if kind:
                    sent.setdefault((zone.day(at), kind), at)
            for kind in (reminding.REMINDER, reminding.EVENING_REMINDER):
                assert (first_day, kind) in sent, (zone.name, edge, kind)


def test_quiet_hours_end_as_soon_as_the_clocks_say_so(zones):
    for zone in zones:
        for edge in zone.edges()[:: 2 if os.environ.get("PAINPLAN_FULL") else 8]:
            for quiet_from, quiet_until in QUIET:
                first, last = minute_of(quiet_from), minute_of(quiet_until)
                for at in range(edge - 8 * 3600, edge + 8 * 3600, 1620):
                    got = seconds(quiet_hours.after_quiet(instant(at), quiet_from, quiet_until, zone.name))
                    if not quiet(zone.wall(at), first, last):
                        assert got == at, (zone.name, at)
                        continue
                    # By the minute, as slow as it is plain. An end that is jumped over is taken an hour later; clocks
                    # that go back to before the quiet hours do not end them.
                    minutes = range(at - at % 60 + 60, at + 2 * DAY, 60)
                    end = next(m for m in minutes if not quiet(zone.wall(m), first, last))
                    shift = zone.offset(end) - zone.offset(end - 1)
                    if shift < 0 and zone.wall(end) % DAY // MINUTE != last:
                        end = next(m for m in minutes if m > end and zone.wall(m) % DAY // MINUTE == last)
                        shift = 0
                    latest = end + (shift if zone.wall(end) % DAY // MINUTE != last else 0)
                    assert end <= got <= latest, (zone.name, at, quiet_from, quiet_until)


def quiet(wall: int, first: int, last: int) -> bool:
    minute = wall % DAY // MINUTE
    return first <= minute < last if first <= last else minute >= first or minute < last


def test_working_time_is_what_the_clocks_leave(zones):
    for zone in zones:
        for opens, closes in ((9, 17), (0, 6), (1, 3)):
            calendar = working_hours.Calendar(frozenset(range(1, 8)), time(opens), time(closes), frozenset(), zone.name)
            for edge in zone.edges()[:: 2 if os.environ.get("PAINPLAN_FULL") else 8]:
                start, end = edge - DAY - 5400, edge + DAY + 5400
                got = working_hours.between(calendar, instant(start), instant(end))
                wanted = 0
                for day in range(zone.day(start), zone.day(end) + 1):
                    begins, ends = (zone.moment(day * DAY + hour * 3600) for hour in (opens, closes))
                    wanted += max(0, min(ends, end) - max(begins, start))
                assert got == timedelta(seconds=wanted), (zone.name, edge, opens)
