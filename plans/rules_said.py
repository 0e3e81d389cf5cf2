"""R0 red flag, R7 function, R8 mood, R9 flare: what the patient says beside the pain scores. Pure.

Sources: docs/clinical-rules.md, sections 3 and 5; PEG: Krebs 2009, Reed 2024; PHQ-2 and GAD-2: Kroenke 2003, 2007.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from plans.evidence import Ending, Episode, Grade, Resolution, Severity, Verdict, gather
from plans.thresholds import Thresholds
from plans.usual import TOLERANCE

VERSION = 1

# The safety questions before a session, in the order in which they are asked; their words: plans/wording_flags.py.
SAFETY_QUESTIONS = ("groin-bladder-bowel", "leg-weakness", "fever-unwell", "fall-injury", "chest-faint", "swollen-calf")


@dataclass(frozen=True, slots=True)
class SafetyReport:
    """Safety questions answered yes (`answers` are their slugs). `on` is the local date, `at` the moment of arrival."""

    key: str
    on: date
    at: datetime
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class FlareReport:
    """The flare button was pressed on that local date."""

    key: str
    on: date
    order: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A PEG check-in: the mean of its three answers, None while incomplete."""

    on: date
    peg: float | None
    order: str = ""


@dataclass(frozen=True, slots=True)
class MoodResult:
    """A PHQ-4 check-in: its two parts, each None while incomplete."""

    on: date
    phq2: int | None
    gad2: int | None
    order: str = ""


def red_flag(
    reports: Iterable[SafetyReport], *, until: date, resolutions: Iterable[Resolution] = ()
) -> tuple[Episode, ...]:
    """R0: any yes on a safety question. Urgent, at once; only a person ends it, and it cannot be switched off.

    A yes that arrives after a resolution is new, be it on the same day: it is the one rule that goes by the moment.
    """
    verdicts = [
        Verdict(r.on, True, {"answers": _in_order(r.answers)}, f"{r.at.isoformat()} {r.key}", at=r.at, report=r.key)
        for r in reports
        if r.answers
    ]

    def grade(judged: Sequence[Verdict]) -> Grade:
        return Grade("urgent", judged[-1].on)

    return gather(
        "R0", VERSION, verdicts, grade=grade, ending=Ending.PERSON, until=until, resolutions=resolutions, by_moment=True
    )


def flare(
    reports: Iterable[FlareReport],
    logged_on: Iterable[date],
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R9: the patient says "I am in a flare". Watch; pressing again is more evidence. Logged days without are quiet."""
    verdicts = [
        Verdict(r.on, True, {}, f"{r.order} {r.key}", report=r.key) for r in reports if thresholds.is_on("R9", r.on)
    ]
    if not verdicts:
        return ()
    verdicts += [Verdict(day, False) for day in set(logged_on)]

    def grade(judged: Sequence[Verdict]) -> Grade:
        return Grade("watch", judged[-1].on)

    return gather("R9", VERSION, verdicts, grade=grade, ending=Ending.QUIET, until=until, resolutions=resolutions)


def function(
    results: Iterable[Function],
    reevaluated_on: Iterable[date],
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R7: the PEG mean is up by 1 (important: 2) or more.

    Compared with the last complete PEG on or before the last re-evaluation that lies before it, else the first PEG.
    """
    complete = sorted((r for r in results if r.peg is not None), key=lambda r: (r.on, r.order))
    reviews = sorted(reevaluated_on)
    verdicts = []
    for place, result in enumerate(complete):
        if not place or result.peg is None or not thresholds.is_on("R7", result.on):
            continue
        reference = complete[0]
        review = next((on for on in reversed(reviews) if on < result.on), None)
        if review is not None:
            reference = next((r for r in reversed(complete[:place]) if r.on <= review), reference)
        compared = reference.peg or 0.0
        numbers = {
            "peg": result.peg, "reference": compared, "reference_on": reference.on.isoformat(),
            "rise": result.peg - compared,
            "since": "re-evaluation" if review is not None and reference.on <= review else "first",
        }  # fmt: skip
        # Many means are thirds: the limits are compared with the usual tolerance.
        lowest = min(thresholds.value("R7", name, result.on) for name in ("watch_rise", "important_rise"))
        verdicts.append(Verdict(result.on, result.peg - compared >= lowest - TOLERANCE, numbers, result.order))

    def grade(judged: Sequence[Verdict]) -> Grade:
        latest = judged[-1]
        important = latest.numbers["rise"] >= thresholds.value("R7", "important_rise", latest.on) - TOLERANCE
        severity: Severity = "important" if important else "watch"
        return Grade(severity, latest.on)

    return gather("R7", VERSION, verdicts, grade=grade, ending=Ending.CLEAR, until=until, resolutions=resolutions)


def mood(
    results: Iterable[MoodResult],
    *,
    until: date,
    thresholds: Thresholds,
    resolutions: Iterable[Resolution] = (),
) -> tuple[Episode, ...]:
    """R8: PHQ-2 or GAD-2 of 3 or more. Watch, a note for the clinician. An incomplete part gives no result."""
    verdicts = []
    for result in results:
        if (result.phq2 is None and result.gad2 is None) or not thresholds.is_on("R8", result.on):
            continue
        wanted = thresholds.of("R8", result.on)
        low = result.phq2 is not None and result.phq2 >= wanted["phq2"]
        worried = result.gad2 is not None and result.gad2 >= wanted["gad2"]
        numbers = {"phq2": result.phq2, "gad2": result.gad2, "low": low, "worried": worried}
        # Half a questionnaire cannot give the all-clear: it is evidence only when it exceeds a limit.
        if low or worried or (result.phq2 is not None and result.gad2 is not None):
            verdicts.append(Verdict(result.on, low or worried, numbers, result.order))

    def grade(judged: Sequence[Verdict]) -> Grade:
        return Grade("watch", judged[-1].on)

    return gather("R8", VERSION, verdicts, grade=grade, ending=Ending.CLEAR, until=until, resolutions=resolutions)


def _in_order(answers: Sequence[str]) -> list[str]:
    given = set(answers)
    return [slug for slug in SAFETY_QUESTIONS if slug in given] + sorted(given - set(SAFETY_QUESTIONS))
