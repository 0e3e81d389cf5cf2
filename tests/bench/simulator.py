"""Made-up patients with pain diaries, to measure rules on: whole numbers 0..10, noise that remembers, missing days.

A diary is the patient's level plus first-order autoregressive noise, rounded and kept on the scale. Its three
calibration figures come from docs/clinical-rules.md ("Where the numbers come from"): pooled within-person standard
deviation about 1.2 points, lag-1 correlation about 0.3, and 15 to 18 % of consecutive days differing by 2 or more.
Everybody with the same noise cannot have all three (a deviation of 1.2 alone makes 30 % such days); people who
differ can, so the deviation is drawn for each patient. `calibration` measures what came out. The figures were
set before any rule was measured on them, and are not to be changed because a rule does badly.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, sqrt
from random import Random
from statistics import fmean

DAYS = 182
EVENT_FIRST, EVENT_LAST = 56, 90  # the day something begins: after the baseline, with twelve weeks left to see it
SEED = 20261119

USUAL_MEAN, USUAL_SPREAD, USUAL_LOWEST, USUAL_HIGHEST = 5.0, 1.7, 1.0, 8.0
NOISE_MEDIAN, NOISE_SPREAD, NOISE_LOWEST, NOISE_HIGHEST = 0.75, 0.8, 0.2, 3.5  # log-normal between persons
MEMORY = 0.38  # of the noise before rounding; rounding and the ends of the scale leave about 0.3
LOGS_LOWEST, LOGS_HIGHEST = 0.65, 0.95  # share of days on which a patient logs
AWAY_CHANCE, AWAY_DAYS = 1 / 90, (3, 10)  # now and then nothing for several days

Diary = list[tuple[int, float]]
Extra = Callable[[int], float]  # points above usual on a day


@dataclass(frozen=True)
class Case:
    """One patient in one scenario. `begins` and `ends` are the first and last day of what happens, if anything does."""

    diary: Diary
    begins: int = 0
    ends: int = 0


@dataclass(frozen=True)
class Person:
    usual: float
    noise: float
    logs: float

    @classmethod
    def drawn(cls, random: Random, *, noise: float | None = None) -> "Person":
        """Somebody at random; with `noise`, somebody with that deviation."""
        usual = drawn = -1.0
        while not USUAL_LOWEST <= usual <= USUAL_HIGHEST:
            usual = random.gauss(USUAL_MEAN, USUAL_SPREAD)
        while not NOISE_LOWEST <= drawn <= NOISE_HIGHEST:
            drawn = NOISE_MEDIAN * exp(random.gauss(0, NOISE_SPREAD))
        return cls(usual, drawn if noise is None else noise, random.uniform(LOGS_LOWEST, LOGS_HIGHEST))

    def diary(self, random: Random, extra: Extra, *, weekly: bool = False) -> Diary:
        """`DAYS` days of it, the missing ones left out."""
        found: Diary = []
        wander, away = random.gauss(0, self.noise), 0
        for day in range(DAYS):
            wander = MEMORY * wander + sqrt(1 - MEMORY**2) * random.gauss(0, self.noise)
            away = away - 1 if away else (random.randint(*AWAY_DAYS) if random.random() < AWAY_CHANCE else 0)
            logs = random.random() < self.logs
            if weekly and day % 7:
                continue
            if logs and not away:
                found.append((day, float(min(10, max(0, round(self.usual + extra(day) + wander))))))
        return found


def stable(person: Person, random: Random) -> Case:
    """Nothing happens."""
    return Case(person.diary(random, lambda day: 0))


def step(person: Person, random: Random, *, points: float = 2.0, weekly: bool = False) -> Case:
    """The level rises by 2 points from one day to the next, and stays."""
    begins = _some_day(random)
    return Case(person.diary(random, lambda day: points * (day >= begins), weekly=weekly), begins, DAYS - 1)


def weekly_step(person: Person, random: Random) -> Case:
    """The same rise in somebody who logs once a week at most."""
    return step(person, random, weekly=True)


def spike(person: Person, random: Random) -> Case:
    """One or two bad days, 2 to 4 points above usual."""
    return _for_some_days(person, random, random.randint(1, 2), random.choice([2, 3, 4]))


def flare(person: Person, random: Random) -> Case:
    """A week 2.5 points above usual."""
    return _for_some_days(person, random, 7, 2.5)


def drift(person: Person, random: Random, *, points: float = 2.0, over: int = 56) -> Case:
    """The level rises by 2 points in the course of eight weeks, and stays."""
    begins = _some_day(random)
    return Case(person.diary(random, lambda day: points * min(1, max(0, day - begins) / over)), begins, DAYS - 1)


def _for_some_days(person: Person, random: Random, length: int, points: float) -> Case:
    begins = _some_day(random)
    ends = begins + length - 1
    return Case(person.diary(random, lambda day: points * (begins <= day <= ends)), begins, ends)


def _some_day(random: Random) -> int:
    return random.randint(EVENT_FIRST, EVENT_LAST)


Scenario = Callable[[Person, Random], Case]


def cases(scenario: Scenario, *, count: int, seed: int = SEED, noise: float | None = None) -> list[Case]:
    """`count` patients of a scenario. The same seed gives the same ones, and a smaller count the first of them."""
    found = []
    for number in range(count):
        random = Random(f"{seed}:{scenario.__name__}:{number}")
        found.append(scenario(Person.drawn(random, noise=noise), random))
    return found


def calibration(diaries: Iterable[Diary]) -> dict[str, float]:
    """Pooled within-person deviation in points, mean lag-1 correlation, percent of consecutive days 2 or more apart."""
    squares, days, correlations, jumps, pairs, missing = 0.0, 0, [], 0, 0, []
    for diary in diaries:
        values = dict(diary)
        centre = fmean(values.values())
        own = sum((value - centre) ** 2 for value in values.values())
        squares, days = squares + own, days + len(values) - 1
        missing.append(1 - len(values) / (diary[-1][0] - diary[0][0] + 1))
        following = [(values[day], values[day + 1]) for day in values if day + 1 in values]
        jumps, pairs = jumps + sum(abs(a - b) >= 2 for a, b in following), pairs + len(following)
        if own and following:
            products = fmean((a - centre) * (b - centre) for a, b in following)
            correlations.append(products / (own / len(values)))
    return {
        "deviation": sqrt(squares / days),
        "lag_1": fmean(correlations),
        "jumps_percent": 100 * jumps / pairs,
        "missing_percent": 100 * fmean(missing),
    }
