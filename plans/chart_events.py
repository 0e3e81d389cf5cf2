"""What happened beside the pain, laid out over a chart: pauses of the plan, and what was written. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from plans.chart_marks import ChartEvents, NoteMark, PainChart, PauseMark

NOTES_LANE = 26
"""The room a lane of notes needs, in CSS pixels: `below` of plans.charts.pain_chart."""


def with_events(
    chart: PainChart,
    *,
    pauses: Iterable[tuple[date, date | None]] = (),
    notes: Iterable[tuple[date, str]] = (),
) -> PainChart:
    """The chart with pauses (first day, last day or None while it lasts) and notes (day, words) of its days."""
    pauses, notes = sorted(pauses, key=lambda pause: pause[0]), list(notes)
    if not pauses and not notes:
        return chart
    marks = []
    for start, end in pauses:
        if start > chart.last or (end is not None and end < chart.first):
            continue
        left = chart.edge_of(start)
        until = chart.last if end is None else min(end, chart.last)
        marks.append(PauseMark(start, end, left, round(chart.edge_of(until) + chart.day_width - left, 1)))
    written: dict[date, list[str]] = {}
    for day, words in notes:
        if chart.first <= day <= chart.last:
            written.setdefault(day, []).append(words)
    middle = chart.day_width / 2
    return replace(
        chart,
        events=ChartEvents(
            pauses=tuple(marks),
            notes=tuple(
                NoteMark(day, "; ".join(words), len(words), round(chart.edge_of(day) + middle, 1))
                for day, words in sorted(written.items())
            ),
            notes_y=chart.height - NOTES_LANE / 2,
        ),
    )
