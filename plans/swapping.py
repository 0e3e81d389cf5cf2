"""The dose after an exercise was changed for an easier or a harder one. Pure: amounts in, amounts out.

What somebody does today stays where it means the same: counted in the same measures, each side or not, and within the
range that the library gives for the new exercise. Else the new exercise begins at its own start ("start low",
docs/clinical-rules.md, section 4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plans.pacing import GRID


@dataclass(frozen=True, slots=True)
class Swapped:
    """`dose` holds sets, the measures, per_side and effort (0-10); `kept`: as it was before the change."""

    dose: dict[str, Any]
    kept: bool


def swapped(now: Mapping[str, Any], start: Mapping[str, Any], span: Mapping[str, Sequence[Any]]) -> Swapped:
    """The dose for the other exercise. `now` is the dose held, `start` its starting dose (with effort and per_side),
    `span` the smallest and largest amount of each measure; a measure without a range takes any amount. Effort is not
    part of the range: it is the new exercise's own.
    """
    same = all((now.get(name) is None) == (start.get(name) is None) for name in GRID)
    # Six on each side is twice the six of before.
    same = same and bool(now.get("per_side")) == bool(start.get("per_side"))
    if not same or not all(_within(now[name], span.get(name)) for name in ["sets", *GRID] if now.get(name) is not None):
        return Swapped(dict(start), kept=False)
    kept = {name: now.get(name) for name in ["sets", *GRID]}
    return Swapped(dict(start) | kept, kept=True)


def _within(amount: Any, span: Sequence[Any] | None) -> bool:
    return span is None or float(span[0]) <= float(amount) <= float(span[1])
