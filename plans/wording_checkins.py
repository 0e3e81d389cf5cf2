"""The questions of the check-ins as a patient reads them, and what their answers say. Never a diagnosis.

PEG in the published wording: Krebs 2009, J Gen Intern Med 24:733. PHQ-2: Kroenke 2003, Med Care 41:1284. GAD-2:
Kroenke 2007, Ann Intern Med 146:317. Both together as PHQ-4: Kroenke 2009, Psychosomatics 50:613. Sleep and
confidence are our own words.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from plans import measures
from plans.wording import day_in_words
from plans.wording_numbers import points, rounded

# From here on a PHQ-2 or GAD-2 (0 to 6) is worth talking about; docs/clinical-rules.md, rule R8.
WORTH_TALKING = 3


@dataclass(frozen=True)
class Question:
    """One question on one screen. `choices` are (number, words); without them it is asked on the 0-10 scale."""

    lead: str
    text: str
    hint: str = ""
    low: str = ""
    high: str = ""
    choices: tuple[tuple[str, str], ...] = ()


def question(item: str) -> Question:
    """The question of one item of plans.measures.ITEMS."""
    if item in measures.ITEMS["PHQ-4"]:
        return _mood_question(item)
    low, high = _("Does not interfere"), _("Completely interferes")
    week = _("Think of the whole week, good days and bad.")
    asked = {
        "pain": Question(
            _("Daily life"),
            _("What number best describes your pain on average in the past week?"),
            week,
            _("No pain"),
            _("Pain as bad as you can imagine"),
        ),
        "enjoyment": Question(
            _("Daily life"),
            _("What number best describes how, during the past week, pain has interfered with your enjoyment of life?"),
            week,
            low,
            high,
        ),
        "activity": Question(
            _("Daily life"),
            _("What number best describes how, during the past week, pain has interfered with your general activity?"),
            week,
            low,
            high,
        ),
        "sleep": Question(
            _("Sleep"),
            _("How much did pain disturb your sleep last night?"),
            _("If you slept as you usually do without pain, choose 0."),
            _("Not at all"),
            _("I hardly slept"),
        ),
        "confidence": Question(
            _("Your plan"),
            _("How sure are you that you can do your plan in the coming week?"),
            _("Any number is a good answer. A low one tells us that the plan should fit you better."),
            _("Not sure at all"),
            _("Completely sure"),
        ),
    }
    return asked[item]


def _mood_question(item: str) -> Question:
    problems = {
        "interest": _("Little interest or pleasure in doing things"),
        "low": _("Feeling down, depressed or hopeless"),
        "nervous": _("Feeling nervous, anxious or on edge"),
        "worry": _("Not being able to stop or control worrying"),
    }
    often = (
        ("0", _("Not at all")),
        ("1", _("Several days")),
        ("2", _("More than half the days")),
        ("3", _("Nearly every day")),
    )
    lead = _("Over the last 2 weeks, how often have you been bothered by this?")
    return Question(lead, problems[item], choices=often)


def short_name(item: str) -> str:
    """What an answer was about, in a list of one's own answers."""
    return {
        "pain": _("Pain on average"),
        "enjoyment": _("Pain and enjoying life"),
        "activity": _("Pain and general activity"),
        "sleep": _("Pain and sleep"),
        "confidence": _("Sure to do the plan"),
        "interest": _("Little interest or pleasure"),
        "low": _("Feeling down"),
        "nervous": _("Feeling nervous"),
        "worry": _("Worrying"),
    }[item]


def answer_in_words(item: str, answer: int | None) -> str:
    """ "4 of 10", "several days" or "left open"."""
    if answer is None:
        return _("left open")
    choices = dict(question(item).choices)
    return choices[str(answer)] if choices else _("%(n)d of 10") % {"n": answer}


def said_of_mood(items: measures.Answers, clinician: str) -> str:
    """A kind word after PHQ-2 and GAD-2; `clinician` is a name inside a sentence."""
    mood = measures.mood(items)
    if max(mood.phq2 or 0, mood.gad2 or 0) >= WORTH_TALKING:
        return _(
            "These have been hard weeks, and it is good that you said so. Many people who live with pain know this. "
            "%(clinician)s sees your answers and can talk with you about it."
        ) % {"clinician": clinician[:1].upper() + clinician[1:]}
    return _("Thank you for saying how you feel. You can talk about it at any time.")


def said_of(kind: str, total: Decimal | None, before: tuple[date, Decimal] | None) -> str:
    """PEG, sleep or confidence in one kind sentence; `before` is the last complete answer before this one."""
    if total is None:
        return {
            "PEG": _("Daily life: left open in part. That is fine."),
            "sleep": _("Sleep: left open. That is fine."),
            "confidence": _("Your plan: left open. That is fine."),
        }[kind]
    words: dict[str, object] = {"n": shown(kind, total)}
    said = {
        "PEG": _("Pain got in the way of daily life: %(n)s out of 10."),
        "sleep": _("Pain disturbed your sleep: %(n)s out of 10."),
        "confidence": _("You feel sure to do your plan: %(n)s out of 10."),
    }[kind] % words
    if before is None:
        return said
    day, earlier = before
    words = {"n": shown(kind, earlier), "day": day_in_words(day)}
    if rounded(float(earlier)) == rounded(float(total)):
        return said + " " + _("It was the same on %(day)s.") % words
    return said + " " + _("It was %(n)s on %(day)s.") % words


def shown(kind: str, value: Decimal | float) -> str:
    """A result as it is read: a PEG mean with one decimal, single answers as whole numbers."""
    return points(value) if kind == "PEG" else str(int(value))
