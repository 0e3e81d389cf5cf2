"""Charts of daily pain, laid out: data in, marks with coordinates out. The templates draw them and say the words.

Pure. Coordinates are CSS pixels from the top left, rounded to a tenth; pain is in points on the 0 to 10 scale and
the vertical axis always shows all of it. A missing day is a gap and breaks the line, a real zero is a ring on the
axis, and an episode is a zone from its true start. Charts are drawn 1:1, so a page asks for each width it shows.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Unpack

from plans.chart_ground import (
    LEFT,
    SCALE,
    TOP,
    Days,
    Given,
    height_of,
    height_said,
    places_of,
    places_said,
    stretches,
)
from plans.chart_marks import (
    Band,
    Dot,
    EpisodeLike,
    PainChart,
    Pole,
    SessionMark,
    Sparkline,
    Tick,
    Version,
    Zone,
)

__all__ = [
    "Band",
    "Dot",
    "EpisodeLike",
    "PainChart",
    "Pole",
    "SessionMark",
    "Sparkline",
    "Tick",
    "Version",
    "Zone",
    "pain_chart",
    "pain_charts",
    "sparkline",
]

EPISODE_GAP_DAYS = 14  # clinical-rules.md, section 2: an episode without an alert day for longer is over

AXIS_ROOM = 26.0
LANES_ROOM = 84.0
LETTER = 6.6  # a letter of the 13 px type, on average
TICK_ROOM = 54.0
FROM_ROOM = 84.0  # "From 13 Nov" above the first day of an episode

OFF_THE_SCALE = "pain is drawn from 0 to 10; a value is off the scale"

Place = Callable[[date], float]
Scale = Callable[[float], float]


def pain_chart(*, width: int, height: int, **given: Unpack[Given]) -> PainChart:
    """The chart of the days from `first` to `last`, both included; what lies outside is left out.

    Raises ValueError for an empty range and values off the scale.
    """
    return pain_charts([(width, height)], **given)[0]


def pain_charts(sizes: Iterable[tuple[int, int]], **given: Unpack[Given]) -> list[PainChart]:
    """The same chart in each (width, height)."""
    first, last = given["first"], given["last"]
    if last < first:
        raise ValueError("the last day of a chart comes before its first")
    values, start = _in_range(given["days"], first, last), first.toordinal()
    marks = sorted((day, state) for day, state in given.get("sessions", ()) if first <= day <= last)
    lanes = given.get("lanes")
    numbers = [day.toordinal() - start for day, _value in values]
    shown = [episode for episode in given.get("episodes", ()) if episode.since_on <= last]
    above = [(episode.since_on, episode.last_alert_on) for episode in shown]
    days = Days(
        first=first,
        last=last,
        logged=tuple([(day, value, _kind(day, value, above)) for day, value in values]),
        numbers=numbers,
        runs=stretches(numbers),
        marks=tuple(marks),
        mark_numbers=[day.toordinal() - start for day, _state in marks],
        lanes=bool(marks) if lanes is None else lanes,
        episodes=shown,
        versions=sorted((start, label) for start, label in given.get("versions", ()) if start <= last),
        usual=given["usual"],
        spread=given["spread"],
    )
    room = (LANES_ROOM if days.lanes else AXIS_ROOM) + given.get("below", 0)
    bottoms = [(width, height, float(height) - room) for width, height in sizes]
    heights = {
        bottom: tuple([height_said(TOP, bottom, value) for _day, value in values])
        for bottom in {bottom for _width, _height, bottom in bottoms}
    }
    return [_laid_out(days, width, height, bottom, heights[bottom]) for width, height, bottom in bottoms]


def _laid_out(days: Days, width: int, height: int, bottom: float, heights: tuple[str, ...]) -> PainChart:
    """`heights` are those of the logged days."""
    first, last = days.first, days.last
    right = float(width) - (92.0 if width >= 500 else 78.0)
    number = (last - first).days + 1
    step, places = (right - LEFT) / number, places_of(right, number)

    def edge(day: date) -> float:
        return LEFT + (day - first).days * step

    def x(day: date) -> float:
        return places[(day - first).days]

    y = partial(height_of, TOP, bottom)
    poles = tuple(
        Pole(e.raised_on, x(e.raised_on)) for e in days.episodes if days.lanes and first <= e.raised_on <= last
    )
    zones = []
    for episode in days.episodes:
        ongoing = _goes_on(episode, last)
        until = last if ongoing else min(episode.last_alert_on, last)
        if until < first:
            continue
        start = edge(max(episode.since_on, first))
        room = min((pole.x for pole in poles if pole.x >= start), default=float(width)) - start
        at_end = start + FROM_ROOM > width
        zones.append(
            Zone(
                since_on=episode.since_on,
                until_on=until,
                mean=episode.mean,
                ongoing=ongoing,
                x=round(start, 1),
                width=round(edge(until) + step - start, 1),
                mean_y=y(episode.mean),
                from_x=round(right if at_end else start + 2, 1),
                from_anchor="end" if at_end else "start",
                from_fits=room >= 88,
            )
        )
    band = _band(days.usual, days.spread, y)
    said = places_said(right, number)
    xs = tuple([said[n] for n in days.numbers])
    spots = [f"{x} {y}" for x, y in zip(xs, heights, strict=True)] if days.runs else []
    usual_word_y = min(max(band.line_y + 1, 26.0), bottom - 14) if band else 0.0
    ongoing_mean = next((zone.mean_y for zone in reversed(zones) if zone.ongoing), 0.0)
    mean_word_y = ongoing_mean + 4.5
    if band:
        mean_word_y = min(mean_word_y, usual_word_y - 16)
    return PainChart(
        width=width,
        height=height,
        first=first,
        last=last,
        left=LEFT,
        right=right,
        top=TOP,
        bottom=bottom,
        middle=y(SCALE / 2),
        dot_radius=_radius(width, step),
        mark_scale=round(min(1.0, max(0.4, step / 5)), 2),
        zones=tuple(zones),
        band=band,
        lines=tuple("M" + " L".join(spots[start:end]) for start, end in days.runs),
        logged=days.logged,
        dot_xs=xs,
        dot_ys=heights,
        poles=poles,
        versions=_versions(days.versions, first, x, round(edge(last) + step, 1), zones),
        marks=days.marks if days.lanes else (),
        mark_xs=tuple([said[n] for n in days.mark_numbers]) if days.lanes else (),
        ticks=_ticks(first, last, step, x),
        lanes=days.lanes,
        usual_word_y=round(usual_word_y, 1),
        mean_word_y=round(mean_word_y, 1),
    )


def sparkline(
    *,
    days: Iterable[tuple[date, float]],
    usual: float | None,
    spread: float,
    first: date,
    last: date,
    since: date | None = None,
    width: int = 136,
    height: int = 38,
) -> Sparkline:
    """The same idea in a table cell. `since` is the start of an open episode: from there the line is amber.

    One missing day is bridged, two or more are a gap. Raises ValueError as `pain_chart` does.
    """
    if last < first:
        raise ValueError("the last day of a chart comes before its first")
    size, start = (last - first).days + 1, first.toordinal()
    places, spot = _spark_places(width, size - 1), _spots(width, height, size - 1)
    y = partial(height_of, SPARK_MARGIN, height - SPARK_MARGIN)
    turn = size if since is None else since.toordinal() - start
    runs: list[tuple[int, float, list[str]]] = []  # where each begins, and the points of its line
    n_before, latest, run = -BRIDGED - 2, 0.0, [""]
    for day, value in sorted(days):
        n = day.toordinal() - start
        if not 0 <= n < size:
            continue
        if not 0 <= value <= SCALE:
            raise ValueError(OFF_THE_SCALE)
        if n - n_before > 1 + BRIDGED or n_before < turn <= n:
            run = []
            runs.append((n, value, run))
        run.append(spot(n, value))
        n_before, latest = n, value
    end = (n_before, latest) if runs else None

    def dot(n: int, value: float) -> Dot:
        kind = "alert" if n >= turn else "plain"
        return Dot(date.fromordinal(start + n), float(value), places[n], y(float(value)), kind)

    return Sparkline(
        width=width,
        height=height,
        band=_band(usual, spread, y),
        lines=tuple(["M" + " L".join(run) for n, _value, run in runs if len(run) > 1 and n < turn]),
        alert_lines=tuple(["M" + " L".join(run) for n, _value, run in runs if len(run) > 1 and n >= turn]),
        dots=tuple([dot(n, value) for n, value, run in runs if len(run) == 1 and (n, value) != end]),
        end=dot(*end) if end else None,
    )


SPARK_MARGIN = 3.0
BRIDGED = 1
"""How many missing days in a row do not break a sparkline."""


@lru_cache(maxsize=16)
def _spark_places(width: int, days: int) -> tuple[float, ...]:
    """Where each day of a sparkline stands, from the first to the one so many days later."""
    step = (width - 2 * SPARK_MARGIN) / max(days, 1)
    return tuple(round(SPARK_MARGIN + n * step, 1) for n in range(days + 1))


@lru_cache(maxsize=16)
def _spots(width: int, height: int, days: int) -> Callable[[int, float], str]:
    """What says where a value of a day stands: a page of sparklines says 700 of them, and the same ones again."""
    places, bottom = _spark_places(width, days), height - SPARK_MARGIN

    @lru_cache(maxsize=4096)
    def said(n: int, value: float) -> str:
        return f"{places[n]} {height_said(SPARK_MARGIN, bottom, value)}"

    return said


def _in_range(days: Iterable[tuple[date, float]], first: date, last: date) -> list[tuple[date, float]]:
    values = sorted([(day, float(value)) for day, value in days if first <= day <= last])
    if [value for _day, value in values if not 0 <= value <= SCALE]:
        raise ValueError(OFF_THE_SCALE)
    return values


def _kind(day: date, value: float, above: Sequence[tuple[date, date]]) -> str:
    if value == 0:
        return "zero"
    return "alert" if above and any(since <= day <= until for since, until in above) else "plain"


def _goes_on(episode: EpisodeLike, last: date) -> bool:
    closed_on: date | None = getattr(episode, "closed_on", None)
    if closed_on is not None and closed_on <= last:
        return False
    return (last - episode.last_alert_on).days <= EPISODE_GAP_DAYS


def _band(usual: float | None, spread: float, y: Scale) -> Band | None:
    if usual is None:
        return None
    low, high = max(usual - spread, 0.0), min(usual + spread, SCALE)
    return Band(usual, low, high, y=y(high), height=round(y(low) - y(high), 1), line_y=y(usual))


def _radius(width: int, step: float) -> float:
    wanted = 3.0 if width < 380 else 2.6 if width < 500 else 3.2 if width < 700 else 3.4
    return round(min(wanted, max(1.4, step * 0.65)), 1)


def _ticks(first: date, last: date, step: float, x: Place) -> tuple[Tick, ...]:
    """Mondays, every 14 days or so many fortnights that the words have room."""
    every = 14
    while every * step < TICK_ROOM and every < (last - first).days:
        every *= 2
    day = first + timedelta(days=-first.weekday() % 7)
    if day > last:
        return (Tick(first, x(first)),)
    ticks = []
    while day <= last:
        ticks.append(Tick(day, x(day)))
        day += timedelta(days=every)
    return tuple(ticks)


def _cut(label: str, letters: int) -> str:
    """The label, or as much of it as has room; in little room its first word ("v2"), or nothing."""
    if len(label) <= letters:
        return label
    if letters >= 8:
        return label[: letters - 1].rstrip() + "…"
    word = label.split(" ")[0]
    return word if len(word) <= letters else ""


def _versions(
    known: Sequence[tuple[date, str]], first: date, x: Place, right: float, zones: Iterable[Zone]
) -> tuple[Version, ...]:
    words = [(zone.from_x - (FROM_ROOM if zone.from_anchor == "end" else 0)) for zone in zones]
    placed = []
    for number, (start, label) in enumerate(known, start=1):
        end = known[number][0] if number < len(known) else None
        if end is not None and end <= first:
            continue
        left = x(max(start, first))
        width = round((right if end is None else x(end) - 3) - left, 1)
        text = _cut(label, int((width - 18) / LETTER))
        until = left + 4 + len(label) * LETTER
        free = (end is None or until < x(end)) and not any(left < word + FROM_ROOM and word < until for word in words)
        placed.append(
            Version(start, label, text, left, max(width, 2.0), start >= first, current=end is None, top_fits=free)
        )
    return tuple(placed)
