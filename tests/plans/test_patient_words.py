"""Doses, days and trends in words, and the arithmetic behind the weeks."""

from datetime import date, timedelta

import pytest

from plans import pain
from plans.schedule import Planned
from plans.spans import Span, asked_between
from plans.views.patient.trend import sessions_in_words, trend
from plans.views.patient.week import this_week
from plans.views.patient.weeks import count_weeks, weeks_chart
from plans.wording import day_in_words, days_in_words, dose_in_words, in_sentence, short_days_in_words

TODAY = date(2026, 11, 19)
THREE = [Planned(weekdays=frozenset({1, 3, 4}))]


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        ({"sets": 2, "repetitions": 6}, "2 sets of 6 times"),
        ({"sets": 1, "repetitions": 1}, "1 time"),
        ({"sets": 2, "repetitions": 6, "per_side": True}, "2 sets of 6 times, each side"),
        ({"sets": 3, "hold_seconds": 20, "per_side": True}, "3 holds of 20 seconds, each side"),
        ({"sets": 1, "hold_seconds": 1}, "1 hold of 1 second"),
        ({"sets": 1, "repetitions": 6, "hold_seconds": 2}, "6 holds of 2 seconds"),
        ({"sets": 2, "repetitions": 3, "hold_seconds": 10}, "2 sets of 3 holds of 10 seconds"),
        ({"sets": 1, "duration_minutes": 2.0}, "2 minutes"),
        ({"sets": 1, "duration_minutes": 1}, "1 minute"),
        ({"sets": 3, "duration_minutes": 2.5}, "3 times 2.5 minutes"),
        ({"sets": 1, "distance_metres": 400}, "400 metres"),
        ({"sets": 1, "duration_minutes": 10, "distance_metres": 400}, "10 minutes, 400 metres"),
    ],
)
def test_doses(dose, words):
    assert dose_in_words(dose) == words


@pytest.mark.parametrize(
    ("weekdays", "times", "words", "short"),
    [
        ([1], None, "Monday", "Mon"),
        ([4, 1], None, "Monday and Thursday", "Mon and Thu"),
        ([1, 3, 5], None, "Monday, Wednesday and Friday", "Mon, Wed and Fri"),
        ([1, 2, 3, 4, 5, 6, 7], None, "every day", "every day"),
        (None, 1, "once a week", "once a week"),
        (None, 3, "3 times a week", "3 times a week"),
    ],
)
def test_days(weekdays, times, words, short):
    assert days_in_words(weekdays, times) == words
    assert short_days_in_words(weekdays, times) == short


def test_dates_and_places():
    assert day_in_words(TODAY) == "19 November"
    assert day_in_words(TODAY, weekday=True) == "Thursday 19 November"
    assert day_in_words(TODAY, year=True) == "19 November 2026"
    assert (in_sentence("Lower back"), in_sentence("SI joint")) == ("lower back", "SI joint")


def replay(values: list[float], *, last: date = TODAY, decisions=()) -> "pain.Replay":
    days = [(last - timedelta(days=back), value) for back, value in enumerate(reversed(values))]
    return pain.replay(pain.day_means(days), list(decisions))


def test_an_episode_that_calmed_down_is_told_as_past():
    said = trend(replay([3, 4] * 20 + [8] * 8 + [3, 3, 3]), TODAY, "Tom")
    assert said.headline == "Your pain is coming closer to your usual again"
    assert said.text == "It had been above your usual since 9 November."
    assert not said.above


def test_a_settled_episode_is_not_held_against_anybody():
    decisions = [pain.Resolve(on=TODAY)]
    assert trend(replay([3, 4] * 20 + [8] * 8, decisions=decisions), TODAY, "Tom").headline == (
        "Your pain has been about your usual"
    )


def test_a_nearly_full_scale_is_said():
    assert "near the top of the scale" in trend(replay([9, 10] * 10), TODAY, "Tom").text


def test_a_clinic_without_a_named_clinician_begins_a_sentence():
    assert "Your clinic can see it." in trend(replay([3, 4] * 20 + [8] * 8), TODAY, "your clinic").text


@pytest.mark.parametrize(
    ("done", "asked", "weeks", "words"),
    [
        (12, 14, 4, "You did 12 of 14 sessions in the last 4 weeks."),
        (2, 5, 1, "You did 2 of 5 sessions this week. Weeks like this happen."),
        (0, 0, 1, "No session was planned yet."),
        (1, 1, 1, "You did 1 of 1 session this week."),
        (4, 3, 1, "You did 4 sessions this week, more than the 3 planned."),
    ],
)
def test_sessions_without_blame(done, asked, weeks, words):
    assert sessions_in_words(done, asked, weeks) == words


def test_the_week_after_more_than_was_planned():
    monday = TODAY - timedelta(days=3)
    week = this_week(THREE, TODAY, [monday + timedelta(days=n) for n in range(4)], monday)
    assert week.sentence == "4 of 4 sessions done. Nothing more is planned this week."
    assert [day["letter"] for day in week.days] == list("MTWTFSS")


def test_weeks_count_done_missed_and_to_come():
    spans = [Span(date(2026, 11, 9), THREE)]
    done = [date(2026, 11, 9), date(2026, 11, 16)]
    last, this = count_weeks(spans, done, TODAY)
    assert (last.done, last.missed, last.to_come) == (1, 2, 0)
    assert (this.done, this.missed, this.to_come) == (1, 1, 1)
    chart = weeks_chart([last, this], 300)
    assert [dot.state for dot in chart.columns[1].dots] == ["done", "missed", "next"]
    assert chart.columns[0].dots[0].y > chart.columns[0].dots[1].y


def test_each_version_counts_for_its_own_time():
    daily = [Planned(weekdays=frozenset(range(1, 8)))]
    spans = [Span(date(2026, 11, 2), THREE), Span(date(2026, 11, 12), daily)]
    assert asked_between(spans, date(2026, 11, 9), date(2026, 11, 15)) == 2 + 4
    assert count_weeks([], [], TODAY) == []
