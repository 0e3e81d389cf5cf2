"""Pauses and notes over a chart, and the small charts of check-ins: pure geometry."""

from datetime import date, timedelta

import pytest

from plans.chart_events import NOTES_LANE, with_events
from plans.chart_small import HEIGHT, MARGIN, WIDTH, small_chart
from plans.charts import pain_chart

FIRST = date(2026, 10, 1)
LAST = FIRST + timedelta(days=29)
DAY = timedelta(days=1)


def chart(**more):
    return pain_chart(
        days=[(FIRST, 4)], usual=None, spread=0, first=FIRST, last=LAST, width=738, height=348, below=NOTES_LANE, **more
    )


def test_a_pause_lies_over_its_days():
    plain = chart()
    events = with_events(plain, pauses=[(FIRST + 2 * DAY, FIRST + 4 * DAY)]).events
    (pause,) = events.pauses
    assert pause.x == pytest.approx(plain.left + 2 * plain.day_width, abs=0.1)
    assert pause.width == pytest.approx(3 * plain.day_width, abs=0.2)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (FIRST - 9 * DAY, FIRST, 1),
        (FIRST - 9 * DAY, None, 30),
        (LAST, None, 1),
        (LAST - DAY, LAST + 9 * DAY, 2),
    ],
)
def test_a_pause_is_cut_to_the_chart(start, end, days):
    shown = with_events(chart(), pauses=[(start, end)])
    (pause,) = shown.events.pauses
    assert pause.width == pytest.approx(days * shown.day_width, abs=0.2)
    assert shown.left <= pause.x <= pause.x + pause.width <= shown.right + 0.2


def test_pauses_before_and_after_are_left_out():
    assert not with_events(chart(), pauses=[(FIRST - 9 * DAY, FIRST - DAY), (LAST + DAY, None)]).events.pauses


def test_notes_of_a_day_are_one_mark_under_the_dot():
    shown = with_events(chart(), notes=[(FIRST, "One"), (FIRST, "Two"), (LAST + DAY, "Outside")])
    (note,) = shown.events.notes
    assert (note.words, note.number, note.x) == ("One; Two", 2, shown.dots[0].x)
    assert shown.bottom < shown.events.notes_y < shown.height


def test_a_small_chart_breaks_where_nobody_asked():
    answers = [(FIRST, 4.0), (FIRST + 7 * DAY, 5.0), (FIRST + 28 * DAY, 6.0)]
    drawn = small_chart(answers, first=FIRST, last=LAST, top=10, every_days=7)
    assert len(drawn.lines) == 1
    assert [answer.value for answer in drawn.answers] == [4, 5, 6]
    assert drawn.end.day == FIRST + 28 * DAY
    assert len(small_chart(answers, first=FIRST, last=LAST, top=10, every_days=28).lines[0].split("L")) == 3


def test_a_small_chart_keeps_its_scale():
    drawn = small_chart([(FIRST, 0), (LAST, 12)], first=FIRST, last=LAST, top=12, every_days=28)
    assert [(answer.x, answer.y) for answer in drawn.answers] == [(MARGIN, HEIGHT - MARGIN), (WIDTH - MARGIN, MARGIN)]
    with pytest.raises(ValueError, match="off the scale"):
        small_chart([(FIRST, 13)], first=FIRST, last=LAST, top=12, every_days=28)
    with pytest.raises(ValueError, match="before its first"):
        small_chart([], first=LAST, last=FIRST, top=12, every_days=28)
