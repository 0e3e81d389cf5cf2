"""The marks of a pain chart: plain values with coordinates, for the templates to draw. Pure.

Coordinates are CSS pixels from the top left; `*_y` of words are baselines; pain is in points from 0 to 10.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol


class EpisodeLike(Protocol):
    """What the chart needs of an episode: plans.pain.Episode has it, and more. `closed_on` may be missing."""

    @property
    def since_on(self) -> date: ...
    @property
    def raised_on(self) -> date: ...
    @property
    def last_alert_on(self) -> date: ...
    @property
    def mean(self) -> float: ...


LoggedDay = tuple[date, float, str]
"""The day, its value, and the kind of its dot."""


class Dot(NamedTuple):
    """One logged day. `kind` is plain, alert (above usual) or zero (a real zero, drawn as a ring on the axis)."""

    day: date
    value: float
    x: float
    y: float
    kind: str

    @property
    def css(self) -> str:
        return "c-dot" if self.kind == "plain" else f"c-dot-{self.kind}"


class Band(NamedTuple):
    """The usual level and its range, cut to the scale; `y` is the top edge, `line_y` the usual level."""

    usual: float
    low: float
    high: float
    y: float
    height: float
    line_y: float


@dataclass(frozen=True, slots=True)
class Zone:
    """An episode above usual. `from_x` places the words over it, read from there to the `from_anchor`."""

    since_on: date
    until_on: date
    mean: float
    ongoing: bool
    x: float
    width: float
    mean_y: float
    from_x: float
    from_anchor: str
    from_fits: bool


@dataclass(frozen=True, slots=True)
class Pole:
    """The day a flag was raised."""

    day: date
    x: float

    @property
    def text_x(self) -> float:
        return round(self.x + 8, 1)


class Version(NamedTuple):
    """A version of the plan. `line` says whether its first day lies in the chart; `text` is cut to the bar; `top_fits`
    whether its label has room above the plot, beside the words of an episode and of the next version.
    """

    day: date
    label: str
    text: str
    x: float
    width: float
    line: bool
    current: bool
    top_fits: bool = True

    @property
    def text_x(self) -> float:
        return round(self.x + 9, 1)

    @property
    def top_x(self) -> float:
        return round(self.x + 4, 1)


class SessionMark(NamedTuple):
    """A planned or done session: `state` is done, part or missed."""

    day: date
    state: str
    x: float


class Tick(NamedTuple):
    day: date
    x: float


@dataclass(frozen=True, slots=True)
class PauseMark:
    """A time in which the plan rested; `until_on` is None while it does."""

    from_on: date
    until_on: date | None
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class NoteMark:
    """Something written on a day; `words` say what, `number` how many on that day."""

    day: date
    words: str
    number: int
    x: float


@dataclass(frozen=True, slots=True)
class ChartEvents:
    """What happened beside the pain: pauses over the plot, notes in a lane under it (`notes_y` is its middle)."""

    pauses: tuple[PauseMark, ...]
    notes: tuple[NoteMark, ...]
    notes_y: float

    @property
    def notes_word_y(self) -> float:
        return self.notes_y + 4.5


class Legend(NamedTuple):
    """Which kinds of marks a chart has, for the words under it."""

    band: bool
    zero: bool
    sessions: bool
    pauses: bool
    notes: bool


@dataclass(frozen=True, slots=True)
class PainChart:
    """A chart ready to draw. Lines are (x, y) points of days in a row. `*_y` of words are baselines.

    Dots and sessions, of which there are hundreds, are the same days in every width (`logged`, `marks`) and their
    places as they are written (`dot_xs`, `dot_ys`, `mark_xs`); one by one they are `dots` and `sessions`.
    """

    width: int
    height: int
    first: date
    last: date
    left: float
    right: float
    top: float
    bottom: float
    middle: float
    dot_radius: float
    mark_scale: float
    zones: tuple[Zone, ...]
    band: Band | None
    lines: tuple[str, ...]
    logged: tuple[LoggedDay, ...]
    dot_xs: tuple[str, ...]
    dot_ys: tuple[str, ...]
    poles: tuple[Pole, ...]
    versions: tuple[Version, ...]
    marks: tuple[tuple[date, str], ...]
    mark_xs: tuple[str, ...]
    ticks: tuple[Tick, ...]
    lanes: bool
    usual_word_y: float
    mean_word_y: float
    events: ChartEvents | None = None

    @property
    def dots(self) -> tuple[Dot, ...]:
        places = zip(self.logged, self.dot_xs, self.dot_ys, strict=True)
        return tuple(Dot(day, value, float(x), float(y), kind) for (day, value, kind), x, y in places)

    @property
    def sessions(self) -> tuple[SessionMark, ...]:
        return tuple(SessionMark(*mark, float(x)) for mark, x in zip(self.marks, self.mark_xs, strict=True))

    @property
    def current(self) -> Zone | None:
        """The episode that goes on to the last day, if there is one."""
        return next((zone for zone in reversed(self.zones) if zone.ongoing), None)

    @property
    def day_width(self) -> float:
        return (self.right - self.left) / ((self.last - self.first).days + 1)

    def edge_of(self, day: date) -> float:
        """Where a day begins; days outside the chart lie at its edges."""
        inside = min(max(day, self.first), self.last)
        return round(self.left + (inside - self.first).days * self.day_width, 1)

    @property
    def has_zero(self) -> bool:
        return any(kind == "zero" for _day, _value, kind in self.logged)

    @property
    def legend(self) -> Legend:
        events = self.events
        return Legend(
            band=self.band is not None,
            zero=self.has_zero,
            sessions=bool(self.marks),
            pauses=bool(events and events.pauses),
            notes=bool(events and events.notes),
        )

    @property
    def newest_first(self) -> tuple[Dot, ...]:
        return self.dots[::-1]

    @property
    def plot_width(self) -> float:
        return round(self.right - self.left, 1)

    @property
    def plot_height(self) -> float:
        return round(self.bottom - self.top, 1)

    @property
    def word_x(self) -> float:
        """Where the words right of the plot begin."""
        return self.right + 8

    @property
    def zero_word_y(self) -> float:
        return self.bottom + 4.5

    @property
    def five_word_y(self) -> float:
        return round(self.middle + 4.5, 1)

    @property
    def ten_word_y(self) -> float:
        return self.top + 4.5

    @property
    def from_word_y(self) -> float:
        return self.top - 8

    @property
    def tick_word_y(self) -> float:
        return self.bottom + 19

    @property
    def range_word_y(self) -> float:
        return round(self.usual_word_y + 16, 1)

    @property
    def lane_y(self) -> float:
        """The middle of the marks in the lane of sessions."""
        return self.bottom + 42

    @property
    def lane_word_y(self) -> float:
        return self.bottom + 46

    @property
    def bar_y(self) -> float:
        """The top of the bars in the lane of plan versions."""
        return self.bottom + 58

    @property
    def bar_word_y(self) -> float:
        return self.bottom + 73.5


class Sparkline(NamedTuple):
    """Four weeks in a table cell. `lines` and `alert_lines` are paths, `dots` lone days, `end` the last value."""

    width: int
    height: int
    band: Band | None
    lines: tuple[str, ...]
    alert_lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    end: Dot | None
