"""The small picture of a quota: one bar for each of the coming weeks, and the line of the ceiling. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WEEKS = 12
WIDTH, HEIGHT = 324, 92
TOP, BOTTOM = 20, 20
GAP = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in px from the upper left corner; `label` only where the amount is written above it."""

    week: int
    amount: Decimal
    x: int
    y: int
    width: int
    height: int
    rises: bool
    label: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """`ceiling_y` in px; `full_week` is the first week at the ceiling, None when it comes later than the picture."""

    bars: list[Bar]
    ceiling_y: int
    width: int
    height: int
    base: int
    full_week: int | None


def picture(amounts: Sequence[Decimal], ceiling: Decimal) -> Picture:
    """Bars for the amounts of the coming weeks, drawn from zero up to the ceiling."""
    room, base = HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM
    width = (WIDTH - GAP * (len(amounts) - 1)) // len(amounts)
    bars = []
    for at, amount in enumerate(amounts):
        height = max(2, int(room * amount / ceiling))
        rises = at > 0 and amount > amounts[at - 1]
        label = at in (0, len(amounts) - 1)
        bars.append(Bar(at + 1, amount, at * (width + GAP), base - height, width, height, rises, label))
    full = next((bar.week for bar in bars if bar.amount >= ceiling), None)
    return Picture(bars, TOP, WIDTH, HEIGHT, base, full)
