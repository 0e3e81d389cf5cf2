"""What a plan asked for over time: version after version, and nothing while it rested. Pure: local dates, plain values.

A session that was planned for a day on which the plan rested was not asked for, so it never counts against the patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plans.schedule import Planned, planned_between


@dataclass(frozen=True)
class Span:
    """What a patient's plan asks for from `first` on, until the next span begins (or the plan ends)."""

    first: date
    plan: Sequence[Planned]


def with_pauses(spans: Sequence[Span], rests: Sequence[tuple[date, date | None]]) -> list[Span]:
    """The spans with nothing asked for while the plan rested: from its first day until the day it went on (or None)."""
    found = list(spans)
    for start, end in rests:
        running = [span for span in found if span.first <= start]
        resumed = [span for span in found if end is not None and span.first <= end]
        found = [span for span in found if span.first < start or (end is not None and span.first > end)]
        if running:
            found.append(Span(start, ()))
        if end is not None and resumed:
            found.append(Span(end, resumed[-1].plan))
        found.sort(key=lambda span: span.first)
    return found


def pieces(spans: Sequence[Span], first: date, last: date) -> list[tuple[Sequence[Planned], date, date]]:
    """The parts of the time from `first` to `last`, each with the plan that counted then."""
    parts = []
    for number, span in enumerate(spans):
        end = spans[number + 1].first - timedelta(days=1) if number + 1 < len(spans) else last
        start, end = max(span.first, first), min(end, last)
        if start <= end:
            parts.append((span.plan, start, end))
    return parts


def asked_between(spans: Sequence[Span], first: date, last: date) -> int:
    """How many sessions were asked for from `first` to `last`, both included."""
    return sum(planned_between(plan, start, end) for plan, start, end in pieces(spans, first, last))
