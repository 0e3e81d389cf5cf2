"""Charts draw what was said: gaps stay gaps, zeros stay zeros, and every mark stands on its pixel."""

import re
import time
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from plans import charts
from plans.chart_events import NOTES_LANE, with_events
from plans.templatetags.chart_picture import pain_picture

FIRST = date(2026, 9, 21)  # a Monday
LAST = date(2026, 11, 19)


@dataclass
class Rise:
    since_on: date
    raised_on: date
    last_alert_on: date
    mean: float
    closed_on: date | None = None


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def chart(days, *, first=FIRST, last=LAST, usual=4.3, spread=1.1, width=652, height=226, **more):
    """60 days on a plot from 24 to 560 (8.9333 px a day) and from 30 to 200 (17 px a point) unless told otherwise."""
    return charts.pain_chart(
        days=days, usual=usual, spread=spread, first=first, last=last, width=width, height=height, **more
    )


def test_marks_stand_on_their_pixels():
    drawn = chart([(day(0), 10.0), (day(1), 5.0), (day(59), 2.5)])
    assert (drawn.left, drawn.right, drawn.top, drawn.bottom, drawn.middle) == (24, 560, 30, 200, 115)
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(28.5, 30.0), (37.4, 115.0), (555.5, 157.5)]
    assert (drawn.band.line_y, drawn.band.y, drawn.band.height) == (126.9, 108.2, 37.4)


def test_a_missing_day_breaks_the_line():
    drawn = chart([(day(0), 3), (day(1), 4), (day(3), 5), (day(4), 5), (day(6), 1)])
    assert drawn.lines == ("M28.5 149.0 L37.4 132.0", "M55.3 115.0 L64.2 115.0")
    assert len(drawn.dots) == 5


def test_a_real_zero_is_a_ring_on_the_axis():
    drawn = chart([(day(0), 0.0), (day(1), 0.5)])
    assert [(dot.kind, dot.y) for dot in drawn.dots] == [("zero", 200.0), ("plain", 191.5)]
    assert drawn.has_zero


def test_an_empty_chart_has_its_frame_and_no_marks():
    drawn = chart([], usual=None)
    assert (drawn.dots, drawn.lines, drawn.band, drawn.current) == ((), (), None, None)
    assert [tick.day for tick in drawn.ticks] == [day(0), day(14), day(28), day(42), day(56)]
    html = render_to_string("plans/_pain_chart.html", {"chart": drawn})
    assert "Nothing was logged" in html
    assert "c-band" not in html


def test_one_day_is_drawn_in_the_middle():
    drawn = chart([(FIRST, 7.0)], first=FIRST, last=FIRST)
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(292.0, 81.0)]
    assert [tick.day for tick in drawn.ticks] == [FIRST]


def test_days_outside_are_left_out_and_order_does_not_matter():
    inside = [(day(2), 3.0), (day(1), 4.0)]
    assert chart([(day(-1), 9.0), *inside, (LAST + timedelta(days=1), 9.0)]) == chart(sorted(inside))


@pytest.mark.parametrize("value", [-0.1, 10.1, float("nan")])
def test_values_off_the_scale_are_refused(value):
    with pytest.raises(ValueError, match="off the scale"):
        chart([(FIRST, value)])


def test_an_empty_range_is_refused():
    with pytest.raises(ValueError, match="before its first"):
        chart([], first=LAST, last=FIRST)
    with pytest.raises(ValueError, match="before its first"):
        charts.sparkline(days=[], usual=None, spread=1, first=LAST, last=FIRST)


@pytest.mark.parametrize(
    ("usual", "low", "high"), [(0.4, 0.0, 1.5), (9.7, 8.6, 10.0), (0.0, 0.0, 1.1), (10.0, 8.9, 10.0)]
)
def test_the_band_is_cut_to_the_scale(usual, low, high):
    drawn = chart([], usual=usual)
    assert (drawn.band.low, drawn.band.high) == (pytest.approx(low), pytest.approx(high))
    assert drawn.top <= drawn.band.y <= drawn.band.line_y <= drawn.band.y + drawn.band.height <= drawn.bottom
    assert 12 < drawn.usual_word_y <= drawn.bottom - 14


def test_an_open_episode_reaches_to_today_and_its_days_are_amber():
    rise = Rise(since_on=day(49), raised_on=day(53), last_alert_on=day(57), mean=6.4)
    drawn = chart([(day(48), 6.0), (day(49), 7.0), (day(57), 6.0), (day(59), 4.0)], episodes=[rise])
    zone = drawn.current
    assert (zone.x, zone.width, zone.mean_y, zone.ongoing) == (461.7, 98.3, 91.2, True)
    assert [dot.kind for dot in drawn.dots] == ["plain", "alert", "alert", "plain"]
    assert drawn.mean_word_y == 95.7


def test_an_episode_that_is_over_ends_with_its_last_alert_day():
    over = Rise(since_on=day(10), raised_on=day(14), last_alert_on=day(20), mean=6.0)
    settled = Rise(since_on=day(50), raised_on=day(52), last_alert_on=day(55), mean=7.0, closed_on=day(58))
    drawn = chart([], episodes=[over, settled])
    assert [(zone.until_on, zone.ongoing) for zone in drawn.zones] == [(day(20), False), (day(55), False)]
    assert drawn.current is None


def test_an_episode_from_before_the_chart_begins_at_its_edge():
    before = Rise(since_on=day(-30), raised_on=day(-20), last_alert_on=day(-10), mean=6.0)
    across = Rise(since_on=day(-5), raised_on=day(-1), last_alert_on=day(3), mean=6.0)
    drawn = chart([], episodes=[before, across], lanes=True)
    assert [(zone.x, zone.until_on) for zone in drawn.zones] == [(24.0, day(3))]
    assert drawn.poles == ()


def test_the_words_at_the_right_keep_apart():
    rise = Rise(since_on=day(49), raised_on=day(53), last_alert_on=LAST, mean=4.6)
    drawn = chart([], episodes=[rise])
    assert drawn.usual_word_y - drawn.mean_word_y == 16


def test_lanes_hold_sessions_versions_and_flag_poles():
    rise = Rise(since_on=day(49), raised_on=day(53), last_alert_on=LAST, mean=6.4)
    drawn = chart(
        [],
        height=284,
        episodes=[rise],
        sessions=[(day(1), "done"), (day(3), "missed"), (day(90), "done")],
        versions=[(day(28), "v3 less sit to stand"), (day(-60), "v1"), (day(-40), "v2 sit to stand added")],
    )
    assert drawn.lanes
    assert (drawn.bottom, drawn.lane_y, drawn.bar_y) == (200, 242, 258)
    assert [(mark.state, mark.x) for mark in drawn.sessions] == [("done", 37.4), ("missed", 55.3)]
    assert [(v.label, v.x, v.line, v.current) for v in drawn.versions] == [
        ("v2 sit to stand added", 28.5, False, False),
        ("v3 less sit to stand", 278.6, True, True),
    ]
    assert [pole.x for pole in drawn.poles] == [501.9]


def test_a_long_label_is_cut_to_its_bar():
    drawn = chart([], versions=[(day(0), "v1"), (day(7), "v2 with many words about it"), (day(17), "v3")], lanes=True)
    assert [version.text for version in drawn.versions] == ["v1", "v2 with m…", "v3"]


def test_in_little_room_a_version_keeps_its_number():
    versions = [(FIRST, "v1 the first"), (day(4), "v2 the second"), (day(6), "v3")]
    assert [version.text for version in chart([], versions=versions, lanes=True).versions] == ["v1", "", "v3"]


def test_a_version_is_named_above_the_plot_where_nothing_else_stands():
    rise = Rise(since_on=day(40), raised_on=day(44), last_alert_on=LAST, mean=6.4)
    drawn = chart(
        [], width=310, episodes=[rise], versions=[(day(0), "Plan v1"), (day(3), "Plan v2"), (day(36), "Plan v3")]
    )
    assert [(version.label, version.top_fits) for version in drawn.versions] == [
        ("Plan v1", False),
        ("Plan v2", True),
        ("Plan v3", False),
    ]


def test_marks_shrink_when_a_year_is_shown():
    year = chart([(LAST, 4)], first=LAST - timedelta(days=363), sessions=[(LAST, "done")], height=284)
    assert (year.mark_scale, year.dot_radius) == (0.4, 1.4)
    assert full_chart().mark_scale == 1.0


@pytest.mark.parametrize(("days", "ticks"), [(7, 1), (60, 5), (365, 7), (1460, 7)])
def test_ticks_are_mondays_with_room(days, ticks):
    drawn = chart([], first=LAST - timedelta(days=days - 1), last=LAST)
    assert len(drawn.ticks) == ticks
    assert all(tick.day.weekday() == 0 for tick in drawn.ticks)
    assert all(later.x - earlier.x >= 54 for earlier, later in zip(drawn.ticks, drawn.ticks[1:], strict=False))


def test_a_sparkline_bridges_one_day_and_not_two():
    spark = charts.sparkline(
        days=[(day(0), 5), (day(2), 5), (day(5), 10), (day(8), 0), (day(9), 2.5)],
        usual=5.0,
        spread=1.0,
        first=day(0),
        last=day(27),
    )
    assert spark.lines == ("M3.0 19.0 L12.6 19.0", "M41.5 35.0 L46.3 27.0")
    assert [(dot.x, dot.y) for dot in spark.dots] == [(27.1, 3.0)]
    assert (spark.end.x, spark.end.y, spark.end.kind) == (46.3, 27.0, "plain")
    assert (spark.band.y, spark.band.height, spark.band.line_y) == (15.8, 6.4, 19.0)


def test_a_sparkline_is_amber_from_the_start_of_the_open_episode():
    spark = charts.sparkline(
        days=[(day(n), 4 if n < 20 else 7) for n in range(28)], usual=4, spread=1, first=FIRST, last=day(27),
        since=day(20),
    )  # fmt: skip
    assert (len(spark.lines), len(spark.alert_lines), spark.end.kind) == (1, 1, "alert")


def test_a_sparkline_without_logs_is_empty():
    spark = charts.sparkline(days=[], usual=None, spread=1, first=FIRST, last=day(27))
    assert (spark.lines, spark.dots, spark.end) == ((), (), None)
    assert "No pain logged by Anna" in render_to_string("plans/_sparkline.html", {"spark": spark, "name": "Anna"})


def full_chart():
    rise = Rise(since_on=day(49), raised_on=day(53), last_alert_on=LAST, mean=6.44)
    return chart(
        [(day(n), n % 11) for n in range(0, 60)],
        height=284,
        episodes=[rise],
        versions=[(FIRST, "v1"), (day(30), "v2")],
        sessions=[(day(n), ("done", "part", "missed")[n % 3]) for n in range(0, 60, 2)],
    )


def test_the_picture_says_everything_in_words_too():
    html = render_to_string("plans/_pain_chart.html", {"chart": full_chart(), "id": "c"})
    assert 'role="img"' in html
    assert "Usual level 4.3, range 3.2 to 5.4. Since 9 November the mean is 6.4." in html
    assert html.count("<title>") >= 60 + 30 + 2 + 1
    assert html.count('<th scope="row">') == 60
    assert 'id="c-table"' in html
    assert html.count('class="c-dot-zero"') == 6 + 1  # the legend names the ring


def test_the_patient_reads_about_themself():
    html = render_to_string("plans/_pain_chart.html", {"chart": full_chart(), "mine": True})
    assert "Now 6.4" in html
    assert "Your usual and its range" in html
    assert "Mean 6.4<" not in html.replace("<title>Mean 6.4</title>", "")


def test_what_people_wrote_is_text_in_the_picture():
    wrote = "<b>v2</b> & more"
    drawn = chart([(day(1), 4)], versions=[(day(2), wrote)], height=284, lanes=True, below=NOTES_LANE)
    rests = [(day(5), day(8)), (day(40), None)]
    html = pain_picture(with_events(drawn, pauses=rests, notes=[(day(3), wrote)]), label="<i>", css='"x')
    assert "<b>" not in html and "<i>" not in html and 'class="pp-chart "x' not in html
    assert html.count("&lt;b&gt;v2&lt;/b&gt; &amp; more</title>") == 3  # its line, its bar, and the note
    assert "Plan paused from 26 Sep to 29 Sep" in html and "Plan paused since 31 Oct" in html
    without_lanes = pain_picture(chart([(day(1), 4)], versions=[(day(2), wrote)], lanes=False))
    assert "&lt;b&gt;v2&lt;/b&gt; &amp; more</text>" in without_lanes


def test_the_legend_names_what_is_drawn():
    plain = chart([(day(1), 4)], usual=None)
    assert plain.legend == (False, False, False, False, False)
    assert with_events(plain, pauses=[(day(5), None)], notes=[(day(3), "x")]).legend.pauses
    assert full_chart().legend == (True, True, True, False, False)


def test_coordinates_keep_their_points_in_other_languages():
    with translation.override("es"):
        html = pain_picture(full_chart())
    assert not re.search(r'(?:cx|cy|x|y|width|height|d)="[^"]*\d,\d', html)
    assert "4,3" in html


def test_the_layout_takes_a_few_milliseconds():
    drawn = full_chart()
    rounds = []
    for _ in range(7):
        started = time.process_time()
        full_chart()
        rounds.append(time.process_time() - started)
    assert len(drawn.dots) == 60
    assert min(rounds) < 0.02
