"""A clinic's working time, over weekends, holidays and clock changes, against counting minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.working_hours import Calendar, after_days, after_hours, between

LONDON = Calendar(frozenset({1, 2, 3, 4, 5}), time(9), time(17), frozenset({date(2026, 12, 25)}), "Europe/London")
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC"]


def at(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@st.composite
def calendars(draw) -> Calendar:
    opens = draw(st.integers(0, 22 * 4))
    closes = draw(st.integers(opens + 1, 23 * 4 + 3))
    first = date(2026, 3, 20)
    return Calendar(
        weekdays=frozenset(draw(st.sets(st.integers(1, 7), min_size=1))),
        opens_at=time(opens // 4, opens % 4 * 15),
        closes_at=time(closes // 4, closes % 4 * 15),
        holidays=frozenset(first + timedelta(days=n) for n in draw(st.sets(st.integers(0, 20), max_size=6))),
        time_zone=draw(st.sampled_from(ZONES)),
    )


# Both clock changes of each zone lie near these: March and April, October and November.
moments = st.one_of(
    st.integers(0, 20 * 96).map(lambda n: datetime(2026, 3, 22, tzinfo=UTC) + timedelta(minutes=15 * n)),
    st.integers(0, 20 * 96).map(lambda n: datetime(2026, 10, 20, tzinfo=UTC) + timedelta(minutes=15 * n)),
)


def counted(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Quarter hours that are working time by the wall clock; all clocks here change by multiples of 15 minutes."""
    step, worked, now = timedelta(minutes=15), timedelta(0), start
    while now < end:
        wall = now.astimezone(ZoneInfo(calendar.time_zone))
        open_now = calendar.opens_at <= wall.time() < calendar.closes_at
        worked += step if open_now and calendar.is_working_day(wall.date()) else timedelta(0)
        now += step
    return worked


@given(calendars(), moments, st.integers(0, 10 * 96))
@settings(max_examples=60)
def test_working_time_is_what_counting_finds(calendar, start, quarters):
    if calendar.opens_at < time(4) or calendar.time_zone in ("Australia/Lord_Howe",):
        calendar = Calendar(calendar.weekdays, time(5), time(23, 45), calendar.holidays, calendar.time_zone)
    end = start + timedelta(minutes=15 * quarters)
    assert between(calendar, start, end) == counted(calendar, start, end)


@given(calendars(), moments, st.integers(1, 40))
def test_after_so_many_hours_exactly_so_many_were_worked(calendar, start, hours):
    end = after_hours(calendar, start, hours)
    assert between(calendar, start, end) == timedelta(hours=hours)
    assert between(calendar, start, end - timedelta(minutes=1)) < timedelta(hours=hours)


@given(calendars(), moments, moments, moments)
def test_working_time_adds_up_and_is_never_longer_than_time(calendar, one, two, three):
    one, two, three = sorted([one, two, three])
    assert between(calendar, one, two) + between(calendar, two, three) == between(calendar, one, three)
    assert timedelta(0) <= between(calendar, one, two) <= two - one
    assert between(calendar, three, one) == timedelta(0)


@given(calendars(), moments, st.integers(0, 10), st.integers(0, 96))
def test_so_many_days_later_lies_in_opening_hours_and_keeps_the_order(calendar, start, days, quarters):
    end = after_days(calendar, start, days)
    assert end >= start
    hours = calendar.hours_of(end.astimezone(ZoneInfo(calendar.time_zone)).date())
    assert hours is not None
    assert hours[0] <= end <= hours[1]
    assert after_days(calendar, start + timedelta(minutes=15 * quarters), days) >= end
    assert after_days(calendar, start, days + 1) > end


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-19 12:00", 4, "2026-11-19 16:00"),
        ("2026-11-19 15:00", 4, "2026-11-20 11:00"),
        ("2026-11-20 16:30", 4, "2026-11-23 12:30"),  # over the weekend
        ("2026-11-21 03:00", 4, "2026-11-23 13:00"),  # raised on a Saturday night
        ("2026-12-24 16:00", 4, "2026-12-28 12:00"),  # over a holiday and the weekend behind it
        ("2026-11-19 09:00", 8, "2026-11-19 17:00"),  # the hour it closes is in time
        ("2026-03-27 16:00", 2, "2026-03-30 10:00"),  # the clocks went forward on Sunday
        ("2026-10-23 16:00", 2, "2026-10-26 10:00"),  # and back
    ],
)
def test_hours_by_the_clock_on_the_wall(start, hours, end):
    assert after_hours(LONDON, at(start), hours) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-19 12:00", 2, "2026-11-23 12:00"),
        ("2026-11-20 18:00", 1, "2026-11-24 09:00"),
        ("2026-11-21 12:00", 2, "2026-11-25 09:00"),
        ("2026-12-24 10:00", 1, "2026-12-28 10:00"),
        ("2026-03-27 16:00", 1, "2026-03-30 16:00"),
        ("2026-11-19 12:00", 0, "2026-11-19 12:00"),
    ],
)
def test_days_by_the_clock_on_the_wall(start, days, end):
    assert after_days(LONDON, at(start), days) == at(end)


def test_a_day_that_gains_an_hour_is_longer_for_a_night_clinic():
    night = Calendar(frozenset({7}), time(0), time(6), frozenset(), "Europe/London")
    whole = [at("2026-03-29 00:00"), at("2026-10-25 00:00"), at("2026-11-01 00:00")]
    assert [between(night, day, day + timedelta(days=1)) for day in whole] == [
        timedelta(hours=5),
        timedelta(hours=7),
        timedelta(hours=6),
    ]


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="weekday"):
        Calendar(frozenset(), time(9), time(17), frozenset(), "UTC")
    with pytest.raises(ValueError, match="weekday"):
        Calendar(frozenset({0}), time(9), time(17), frozenset(), "UTC")
    with pytest.raises(ValueError, match="closes"):
        Calendar(frozenset({1}), time(9), time(9), frozenset(), "UTC")
    with pytest.raises(LookupError):
        Calendar(frozenset({1}), time(9), time(17), frozenset(), "Europe/Nowhere")
    with pytest.raises(ValueError, match="0 or more"):
        after_hours(LONDON, at("2026-11-19 12:00"), -1)
    with pytest.raises(ValueError, match="0 or more"):
        after_days(LONDON, at("2026-11-19 12:00"), -1)
