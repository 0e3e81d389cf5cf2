"""What a measurement hands back: tables to print, numbers to keep, goals that are met or missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line. `diaries` is a folder with real diaries, if one was given; `rows` are
    single rows of "pages", all when empty.
    """

    quick: bool
    seed: int
    diaries: Path | None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Goal:
    """A number that has to stay below (`at_most`) or above (`at_least`) a limit."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        # Written so that a value which is no number misses.
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    def __str__(self) -> str:
        limits = [("at least", self.at_least), ("at most", self.at_most)]
        wanted = " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
        return f"{'met   ' if self.met else 'MISSED'}  {self.name}: {self.value:.3g} (goal: {wanted})"


@dataclass(frozen=True)
class Table:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """Markdown, so that it can go into docs/ as it is."""
        lines = [self.head, *self.rows]
        widths = [max(len(line[n]) for line in lines) for n in range(len(self.head))]
        drawn = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
                 for line in lines]  # fmt: skip
        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join([self.title, "", drawn[0], rule, *drawn[1:]])


@dataclass(frozen=True)
class Result:
    """`data` is kept as JSON in var/bench/."""

    tables: Sequence[Table]
    data: dict[str, Any]
    goals: Sequence[Goal] = field(default_factory=list)


Measure = Callable[[Options], Result]
