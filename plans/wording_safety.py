"""What the builder says about a plan: each concern of plans/safety.py as a bold start and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exercises.models import ExerciseVersion
from plans.safety import HIGH_EFFORT, LONG_SESSION_MINUTES, MANY_EXERCISES, WEEKLY_JUMP, Concern, Cut
from plans.wording import in_a_row, minutes_in_words

# Up to 5 of 10 during the exercise, settled by the next morning: Thomee 1997, Silbernagel 2007, Ageberg 2010
# (docs/clinical-rules.md, section 6).
ORDINARY_PAIN_GUIDANCE = gettext_lazy("Up to 5 of 10 is all right if it has settled by the next morning.")

KINDS = {"stop": "stop", "warning": "warning", "info": "info", "fine": "ok"}


@dataclass(frozen=True)
class Said:
    """A check as the page shows it. `kind` is stop, warning, info or ok; `line` the exercise it is about."""

    kind: str
    strong: str
    text: str
    line: str = ""


def say(concern: Concern, names: Mapping[str, str], person: str, last_version: str) -> Said:
    """One concern in words. `names` are exercise names by line key, `person` the patient's first name."""
    facts: dict[str, Any] = dict(concern.numbers) | {"exercise": names.get(concern.line, ""), "person": person}
    strong, text = _SAY[concern.rule](concern, facts, last_version)
    return Said(KINDS[concern.grade], strong, text, concern.line)


def not_for(person: str, conditions: Mapping[str, str]) -> str:
    """What a library row says before anybody adds it: "Not for Anna: Gout"."""
    return _("Not for %(person)s: %(conditions)s") % {"person": person, "conditions": in_a_row(list(conditions))}


def care_with(conditions: Mapping[str, str]) -> str:
    """ "Caution: Knee osteoarthritis"."""
    return _("Caution: %(conditions)s") % {"conditions": in_a_row(list(conditions))}


def cannot_be_in(person: str, position: str) -> str:
    """What is said about an exercise in a position that the patient cannot be in: "Anna cannot: Kneeling"."""
    name = dict(ExerciseVersion.Position.choices).get(position, position)
    return _("%(person)s cannot be in this position: %(position)s.") % {"person": person, "position": name}


def cut_in_words(cut: Cut, exercise: str) -> tuple[str, str]:
    """The smallest change that keeps the limit, as a sentence and as the words of its button."""
    n = int(cut.value)
    button = {
        "sets": ngettext("Use %(n)d set", "Use %(n)d sets", n),
        "repetitions": ngettext("Use %(n)d time", "Use %(n)d times", n),
        "duration_minutes": ngettext("Use %(n)d minute", "Use %(n)d minutes", n),
    }[cut.field] % {"n": n}
    sentence = {
        "sets": ngettext("%(n)d set of %(exercise)s makes it %(p)s.", "%(n)d sets of %(exercise)s make it %(p)s.", n),
        "repetitions": ngettext(
            "%(exercise)s %(n)d time makes it %(p)s.", "%(exercise)s %(n)d times makes it %(p)s.", n
        ),
        "duration_minutes": ngettext(
            "%(n)d minute of %(exercise)s makes it %(p)s.", "%(n)d minutes of %(exercise)s make it %(p)s.", n
        ),
    }[cut.field]
    return sentence % {"n": n, "exercise": exercise, "p": percent_in_words(cut.percent)}, button


def percent_in_words(percent: float) -> str:
    """ "18 %", with one decimal where a whole number would look like the limit itself."""
    limit = WEEKLY_JUMP * 100
    plain = round(percent)
    close = plain == limit and abs(percent - limit) > 0.05
    return _("%(n)s %%") % {"n": number_format(round(percent, 1) if close else plain)}


def _contraindicated(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    if concern.grade == "stop":
        return _("%(exercise)s is not for %(person)s: %(condition)s.") % facts, facts["reason"]
    return _("%(exercise)s in spite of: %(condition)s.") % facts, _("Your reason: %(override)s") % facts


def _caution(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    return _("%(exercise)s, take care: %(condition)s.") % facts, facts["reason"]


def _avoided_position(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    said = cannot_be_in(facts["person"], facts["position"])
    return _("%(exercise)s, take care.") % facts, said


def _conflicts(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    if concern.grade == "info":
        said = _("No conditions are recorded for %(person)s, so nothing could be checked against them.")
        return "", said % facts
    return "", _("No conflict with what is recorded: %(conditions)s.") % {"conditions": in_a_row(facts["conditions"])}


def _high_impact(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    return _("%(exercise)s is high-impact.") % facts, _("Plans for pain start with low impact.")


def _effort(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    if concern.grade == "fine":
        return "", _("Effort stays at %(effort)s of 10 or less.") % facts
    return (
        _("%(exercise)s asks for effort %(effort)s of 10.") % facts,
        _("Up to %(limit)d is right for most people in pain.") % {"limit": HIGH_EFFORT},
    )


def _exercises(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    count = facts["count"]
    said = ngettext("%(n)d exercise.", "%(n)d exercises.", count) % {"n": count}
    if concern.grade == "fine":
        return "", said
    return said, _("People keep up better with %(limit)d or fewer.") % {"limit": MANY_EXERCISES}


def _session(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    minutes = minutes_in_words(facts["minutes"])
    if concern.grade == "fine":
        return "", _("A session takes about %(minutes)s.") % {"minutes": minutes}
    strong = _("A session takes about %(minutes)s.") % {"minutes": minutes}
    return strong, _("Up to %(limit)d minutes is easier to keep.") % {"limit": LONG_SESSION_MINUTES}


def _rest_days(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    if concern.grade == "fine":
        days = facts["days"]
        return "", ngettext("%(n)d rest day a week.", "%(n)d rest days a week.", days) % {"n": days}
    return _("No rest day."), _("One day without exercises lets the body settle.")


def _weekly_change(concern: Concern, facts: dict[str, Any], last: str) -> tuple[str, str]:
    percent = facts["percent"]
    words = {"percent": percent_in_words(abs(percent)), "last": last, "limit": percent_in_words(WEEKLY_JUMP * 100)}
    if concern.grade == "warning":
        strong = _("Weekly time is up %(percent)s on %(last)s.") % words
        return strong, _("The limit is %(limit)s.") % words
    if abs(percent) < 0.5:
        return "", _("Weekly time is the same as in %(last)s.") % words
    if percent < 0:
        return "", _("Weekly time is down %(percent)s on %(last)s.") % words
    return "", _("Weekly time is up %(percent)s on %(last)s, within the limit of %(limit)s.") % words


_SAY = {
    "contraindicated": _contraindicated,
    "caution": _caution,
    "conflicts": _conflicts,
    "high impact": _high_impact,
    "effort": _effort,
    "exercises": _exercises,
    "session": _session,
    "rest days": _rest_days,
    "avoided position": _avoided_position,
    "weekly change": _weekly_change,
}
