"""The dose of a prepared next version: a small step up, or a fifth less. Pure: amounts in, the changed ones out.

Only one measure of an exercise changes, the one it is counted in, by what a person can count. Sources:
docs/clinical-rules.md, "Proposals at a re-evaluation"; the step up is that of quota pacing (plans/pacing.py).
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from plans.pacing import GRID, STEP_DEFAULT, Pace, next_step

EASE_SHARE = Decimal("0.8")
# A re-evaluation comes every four weeks: an amount that would take longer to reach step by step is no small step.
MOST_WEEKS = 4

Amounts = Mapping[str, int | float | Decimal | None]


def progressed(amounts: Amounts, measure: str, highest: Decimal) -> dict[str, Decimal]:
    """The main measure 10 % up, not above `highest`; empty when no small step can be counted (2 repetitions, say)."""
    now = _amount(amounts, measure)
    if now >= highest:
        return {}
    step = next_step(Pace(measure, now, STEP_DEFAULT, highest), now)
    return {measure: step.to} if step is not None and step.weeks <= MOST_WEEKS else {}


def eased(amounts: Amounts, measure: str) -> dict[str, Decimal]:
    """The main measure 20 % down, at least one unit less; with a single unit left, one set fewer, else nothing."""
    now, unit = _amount(amounts, measure), GRID[measure]
    less = (now * EASE_SHARE / unit).to_integral_value(rounding=ROUND_HALF_UP) * unit
    less = max(unit, min(less, now - unit))
    if less < now:
        return {measure: less}
    sets = _amount(amounts, "sets")
    return {"sets": sets - 1} if sets > 1 else {}


def _amount(amounts: Amounts, name: str) -> Decimal:
    return Decimal(str(amounts.get(name) or 0))
