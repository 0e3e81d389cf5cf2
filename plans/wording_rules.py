"""One sentence for each rule: what it found, with its numbers. Used through plans/wording_flags.py."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from plans.models import Flag, FlagLike
from plans.wording_numbers import day_in, difference, in_points, plain, points, rounded, short_day
from plans.wording_red_flags import finding

Said = tuple[str, dict[str, str]]


def said_of(flag: FlagLike) -> Said:
    """The sentence with names for its numbers, and the numbers in words."""
    words = _RULES.get(flag.rule)
    if words is None or not (set(_NEEDS[flag.rule]) <= set(flag.evidence)):
        return gettext("{rule} since {since}."), {
            "rule": str(Flag.Rule(flag.rule).label),
            "since": short_day(flag.since_on),
        }
    said, numbers = words(flag)
    if flag.site is not None and not flag.site.is_main and flag.rule != Flag.Rule.R3:
        # Translators: the place that hurts, then what was found there
        return gettext("{site}: ") + said, numbers | {"site": flag.site.name}
    return said, numbers


def _red_flag(flag: FlagLike) -> Said:
    answers = [finding(slug) for slug in flag.evidence["answers"]]
    times = int(flag.evidence.get("times") or 1)
    numbers = {
        "day": short_day(flag.last_alert_on),
        "value": str(get_text_list(answers, gettext("and"))),
        "times": str(times),
    }
    if times > 1:
        return gettext("Answered yes to a safety question {times} times, last on {day}: {value}."), numbers
    return gettext("Answered yes to a safety question on {day}: {value}."), numbers


def _ceiling(flag: FlagLike) -> Said:
    evidence = flag.evidence
    numbers = {
        "day": short_day(flag.last_alert_on),
        "value": plain(evidence["value"]),
        "ceiling": plain(evidence["ceiling"]),
        "times": str(evidence.get("times", 1)),
        "since": short_day(day_in(evidence, "raised_on") or flag.first_alert_on),
    }
    if int(evidence.get("times") or 1) > 1:
        return gettext(
            "Pain rose above the session ceiling of {ceiling} in {times} sessions since {since}; on {day} it reached "
            "{value}."
        ), numbers
    return gettext("In the session on {day} pain reached {value}, above the session ceiling of {ceiling}."), numbers


def _morning(flag: FlagLike) -> Said:
    evidence = flag.evidence
    numbers = {
        "day": short_day(day_in(evidence, "session_on") or flag.last_alert_on - timedelta(days=1)),
        "value": plain(evidence["value"]),
        "compared": plain(evidence["compared"]),
        "rise": difference(evidence["value"], evidence["compared"]),
    }
    if evidence["basis"] == "before":
        said = gettext(
            "The morning after the session on {day} pain was {value}, {rise} above the {compared} before it."
        )
    else:
        said = gettext("The morning after the session on {day} pain was {value}, {rise} above the usual {compared}.")
    if int(evidence.get("times") or 1) > 1:
        said += _again(int(evidence["times"]))
    return said, numbers


def _again(times: int) -> str:
    return " " + ngettext("That was so on %(n)d morning.", "That was so on %(n)d mornings.", times) % {"n": times}


def _sustained(flag: FlagLike) -> Said:
    evidence = flag.evidence
    mean, usual = rounded(evidence["mean"]), rounded(evidence["usual"])
    count = int(evidence["logged_days"])
    numbers = {
        "site": flag.site.name if flag.site else "",
        "since": short_day(day_in(evidence, "since_on") or flag.since_on),
        "until": short_day(flag.last_alert_on),
        "days": str(count),
        "mean": points(mean),
        "rise": in_points(points(mean - usual)),
        "usual": points(usual),
    }
    other_site = flag.site is not None and not flag.site.is_main
    return _sustained_words(over=bool(evidence.get("over")), other_site=other_site, count=count), numbers


def _sustained_words(*, over: bool, other_site: bool, count: int) -> str:
    if over and other_site:
        return ngettext(
            "{site}: from {since} to {until} ({days} logged day) pain averaged {mean}, which was {rise} above the "
            "usual {usual}.",
            "{site}: from {since} to {until} ({days} logged days) pain averaged {mean}, which was {rise} above the "
            "usual {usual}.",
            count,
        )
    if over:
        return ngettext(
            "From {since} to {until} ({days} logged day) pain averaged {mean}, which was {rise} above the usual "
            "{usual}.",
            "From {since} to {until} ({days} logged days) pain averaged {mean}, which was {rise} above the usual "
            "{usual}.",
            count,
        )
    if other_site:
        return ngettext(
            "{site}: since {since} ({days} logged day) pain has averaged {mean}, which is {rise} above the usual "
            "{usual}.",
            "{site}: since {since} ({days} logged days) pain has averaged {mean}, which is {rise} above the usual "
            "{usual}.",
            count,
        )
    return ngettext(
        "Since {since} ({days} logged day) pain has averaged {mean}, which is {rise} above the usual {usual}.",
        "Since {since} ({days} logged days) pain has averaged {mean}, which is {rise} above the usual {usual}.",
        count,
    )


def _severe(flag: FlagLike) -> Said:
    evidence = flag.evidence
    numbers = {"day": short_day(flag.last_alert_on), "value": plain(evidence["value"])}
    if evidence["usual"] is None:
        return gettext("Pain was {value} of 10 on {day}; the usual level is not known yet."), numbers
    numbers["usual"] = points(evidence["usual"])
    if evidence["basis"] == "intake":
        return gettext("Pain was {value} of 10 on {day}; the usual level at the first visit was {usual}."), numbers
    return gettext("Pain was {value} of 10 on {day}; the usual level is {usual}."), numbers


def _silence(flag: FlagLike) -> Said:
    evidence = flag.evidence
    last_log, counted_from = day_in(evidence, "last_log_on"), day_in(evidence, "counted_from")
    because = evidence.get("because")
    start = last_log if because in ("log", "resolution") and last_log else counted_from or flag.since_on
    days = (flag.last_alert_on - start).days
    numbers = {"value": ngettext("%(n)d day", "%(n)d days", days) % {"n": days}, "day": short_day(start)}
    if because == "resume":
        return gettext("No log for {value}: none since the plan was resumed on {day}."), numbers
    if start != last_log:
        return gettext("No log for {value}: none since the plan began on {day}."), numbers
    return gettext("No log for {value}: the last one was on {day}."), numbers


def _over_doing(flag: FlagLike) -> Said:
    evidence = flag.evidence
    most = evidence["exercises"][0]
    numbers = {
        "exercise": most["exercise"],
        "value": gettext("%(n)s %%") % {"n": number_format(round(most["percent"]))},
        "day": short_day(flag.last_alert_on),
        "since": short_day(day_in(evidence, "since_on") or flag.since_on),
        "limit": gettext("%(n)s %%") % {"n": number_format(round(evidence["limit"]))},
    }
    return gettext(
        "More than {limit} of the prescribed dose in several sessions since {since}; on {day} {value} of {exercise}."
    ), numbers


def _function(flag: FlagLike) -> Said:
    evidence = flag.evidence
    numbers = {
        "value": points(evidence["peg"]),
        "rise": in_points(points(rounded(evidence["peg"]) - rounded(evidence["reference"]))),
        "reference": points(evidence["reference"]),
        "day": short_day(flag.last_alert_on),
        "then": short_day(day_in(evidence, "reference_on") or flag.since_on),
    }
    return gettext("Pain and function (PEG) on {day}: {value}, {rise} worse than the {reference} on {then}."), numbers


def _mood(flag: FlagLike) -> Said:
    evidence = flag.evidence
    parts = []
    if evidence["low"]:
        parts.append(gettext("low mood %(n)d of 6 (PHQ-2)") % {"n": evidence["phq2"]})
    if evidence["worried"]:
        parts.append(gettext("worry %(n)d of 6 (GAD-2)") % {"n": evidence["gad2"]})
    numbers = {"day": short_day(flag.last_alert_on), "value": str(get_text_list(parts, gettext("and")))}
    return gettext("Mood questions on {day}: {value}. Worth asking about."), numbers


def _flare(flag: FlagLike) -> Said:
    times = int(flag.evidence.get("times") or 1)
    numbers = {
        "day": short_day(flag.last_alert_on),
        "times": str(times),
        "since": short_day(day_in(flag.evidence, "raised_on") or flag.first_alert_on),
    }
    if times > 1:
        return gettext("Said {times} times since {since} to be in a flare, last on {day}."), numbers
    return gettext("Said on {day} to be in a flare."), numbers


_RULES: dict[str, Callable[[FlagLike], Said]] = {
    "R0": _red_flag,
    "R1": _ceiling,
    "R2": _morning,
    "R3": _sustained,
    "R4": _severe,
    "R5": _silence,
    "R6": _over_doing,
    "R7": _function,
    "R8": _mood,
    "R9": _flare,
}
# A flag of an older version, or of a test, may lack numbers: then the rule is named without them.
_NEEDS: dict[str, tuple[str, ...]] = {
    "R0": ("answers",),
    "R1": ("value", "ceiling"),
    "R2": ("value", "compared", "basis"),
    "R3": ("mean", "usual", "logged_days", "since_on"),
    "R4": ("value", "usual", "basis"),
    "R5": ("counted_from",),
    "R6": ("exercises", "limit"),
    "R7": ("peg", "reference"),
    "R8": ("phq2", "gad2", "low", "worried"),
    "R9": (),
}
