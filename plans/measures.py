"""Patient-reported measures: answers in, results out. An incomplete measure gives no result.

Pure. PEG: Krebs 2009, J Gen Intern Med 24:733. PHQ-2: Kroenke 2003, Med Care 41:1284. GAD-2: Kroenke 2007, Ann Intern
Med 146:317. PHQ-4: Kroenke 2009, Psychosomatics 50:613. Sleep and confidence: one question each in our own words.
Screening numbers, never a diagnosis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

PEG_ITEMS = ("pain", "enjoyment", "activity")
PHQ2_ITEMS = ("interest", "low")
GAD2_ITEMS = ("nervous", "worry")
SLEEP_ITEMS = ("sleep",)
CONFIDENCE_ITEMS = ("confidence",)
ITEMS: Mapping[str, tuple[str, ...]] = {
    "PEG": PEG_ITEMS,
    "PHQ-4": PHQ2_ITEMS + GAD2_ITEMS,
    "sleep": SLEEP_ITEMS,
    "confidence": CONFIDENCE_ITEMS,
}
HIGHEST_ANSWER: Mapping[str, int] = {"PEG": 10, "PHQ-4": 3, "sleep": 10, "confidence": 10}

Answers = Mapping[str, int | float | None]


class AnswerRefused(ValueError):
    """An answer off its scale, or to a question that the measure does not have."""


@dataclass(frozen=True, slots=True)
class Mood:
    """PHQ-2 and GAD-2, each 0 to 6 or None while incomplete; `total` is the PHQ-4, 0 to 12."""

    phq2: int | None
    gad2: int | None

    @property
    def total(self) -> int | None:
        return None if self.phq2 is None or self.gad2 is None else self.phq2 + self.gad2


def checked_answers(kind: str, answers: Answers) -> dict[str, int | None]:
    """Every question of the measure with its whole-number answer, None where there is none. Raises AnswerRefused."""
    if kind not in ITEMS:
        raise AnswerRefused(f"{kind!r} is no measure; there are {', '.join(ITEMS)}")
    unknown = sorted(set(answers) - set(ITEMS[kind]))
    if unknown:
        raise AnswerRefused(f"{kind} has no question {unknown[0]!r}; it has {', '.join(ITEMS[kind])}")
    return {item: _checked(kind, item, answers.get(item)) for item in ITEMS[kind]}


def peg(answers: Answers) -> float | None:
    """The mean of the three PEG answers (0 to 10), None unless all three are there."""
    given = _complete("PEG", PEG_ITEMS, answers)
    return None if given is None else sum(given) / len(given)


def mood(answers: Answers) -> Mood:
    """PHQ-2 and GAD-2, each the sum of its two answers (0 to 3)."""
    phq2 = _complete("PHQ-4", PHQ2_ITEMS, answers)
    gad2 = _complete("PHQ-4", GAD2_ITEMS, answers)
    return Mood(None if phq2 is None else sum(phq2), None if gad2 is None else sum(gad2))


def result(kind: str, answers: Answers) -> float | None:
    """The one number of a measure: PEG mean, PHQ-4 sum, or the sleep or confidence answer; None while incomplete."""
    checked = checked_answers(kind, answers)
    if kind == "PEG":
        return peg(checked)
    if kind == "PHQ-4":
        return mood(checked).total
    return next(iter(checked.values()))


def _complete(kind: str, items: Sequence[str], answers: Answers) -> list[int] | None:
    given = [_checked(kind, item, answers.get(item)) for item in items]
    complete = [answer for answer in given if answer is not None]
    return complete if len(complete) == len(items) else None


def _checked(kind: str, item: str, answer: object) -> int | None:
    if answer is None:
        return None
    highest = HIGHEST_ANSWER[kind]
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not isfinite(answer):
        raise AnswerRefused(f"{kind} {item}: a number from 0 to {highest} is needed")
    if answer != int(answer) or not 0 <= answer <= highest:
        raise AnswerRefused(f"{kind} {item}: a whole number from 0 to {highest} is needed, not {answer}")
    return int(answer)
