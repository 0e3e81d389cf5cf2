"""What a flag says: its evidence as a sentence in the reader's language. The one source for every page.

The numbers shown agree with each other: the difference is that of the two rounded numbers that stand beside it.
The sentences of the single rules: plans/wording_rules.py. Source of the wording: docs/clinical-rules.md, section 2.
"""

from datetime import datetime
from typing import Any, Protocol

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from plans.models import Flag, FlagLike
from plans.wording_numbers import day_in, points, rounded, short_day
from plans.wording_rules import said_of

__all__ = [
    "limit",
    "marked_sentence",
    "points",
    "rounded",
    "seen_in_words",
    "sentence",
    "short_day",
    "since_then",
    "state_in_words",
]


class FlagInFull(FlagLike, Protocol):
    """And what its state is told from."""

    @property
    def resolved_at(self) -> datetime | None: ...
    @property
    def resolved_by(self) -> Any: ...
    def get_action_taken_display(self) -> str: ...


def sentence(flag: FlagLike) -> str:
    """The flag in one plain sentence, with its numbers."""
    words, numbers = said_of(flag)
    return words.format(**numbers)


def marked_sentence(flag: FlagLike) -> SafeString:
    """The same sentence with the numbers that deviate marked for the eye, and the usual level in bold."""
    words, numbers = said_of(flag)
    marks = dict(numbers)
    for name in ("mean", "rise", "value"):
        if name in numbers:
            marks[name] = format_html('<b class="is-alert">{}</b>', numbers[name])
    if "usual" in numbers:
        marks["usual"] = format_html("<b>{}</b>", numbers["usual"])
    return format_html(escape(words), **marks)


def limit(flag: FlagLike) -> str:
    """What the rule cannot do, so that nobody reads more into the flag; empty when there is nothing to say."""
    if flag.rule == Flag.Rule.R3:
        return gettext("Single bad days cannot raise this flag.")
    if flag.rule == Flag.Rule.R8:
        return gettext("Answers to screening questions, not a diagnosis.")
    return ""


def since_then(flag: FlagLike) -> str:
    """How it went on after the last alert day, when what raised the flag is over; empty while it goes on."""
    evidence = flag.evidence
    if not evidence.get("over"):
        return ""
    if flag.rule == Flag.Rule.R5:
        ended = day_in(evidence, "ended_on") or flag.last_alert_on
        if evidence.get("ended_by") == "pause":
            return gettext("The plan has rested since %(day)s.") % {"day": short_day(ended)}
        return gettext("Logs came again on %(day)s.") % {"day": short_day(ended)}
    if flag.rule in (Flag.Rule.R7, Flag.Rule.R8):
        return gettext("Later answers are within the limit again.")
    quiet = int(evidence.get("quiet_logged_days") or 0)
    day = short_day(flag.last_alert_on)
    if quiet and flag.rule == Flag.Rule.R3:
        return ngettext(
            "No longer above usual: %(n)d quieter day was logged since %(day)s.",
            "No longer above usual: %(n)d quieter days were logged since %(day)s.",
            quiet,
        ) % {"n": quiet, "day": day}
    if quiet:
        return ngettext(
            "It has not happened again on %(n)d logged day since %(day)s.",
            "It has not happened again on %(n)d logged days since %(day)s.",
            quiet,
        ) % {"n": quiet, "day": day}
    return gettext("No logs since %(day)s.") % {"day": short_day(day_in(evidence, "last_log_on") or flag.last_alert_on)}


def seen_in_words(flag: FlagLike) -> str:
    """ "seen by Alice Archer on 18 Nov", of one that is acknowledged; else nothing."""
    if flag.state != Flag.State.ACKNOWLEDGED or flag.acknowledged_at is None:
        return ""
    return gettext("seen by %(who)s on %(day)s") % {
        "who": flag.acknowledged_by,
        "day": short_day(localtime(flag.acknowledged_at).date()),
    }


def state_in_words(flag: FlagInFull) -> str:
    """Where the flag stands: "open, not acknowledged yet", "seen by Alice Archer on 18 Nov", "resolved on ..."."""
    if flag.state == Flag.State.OPEN:
        return gettext("open, not acknowledged yet")
    if seen := seen_in_words(flag):
        return seen
    if flag.state == Flag.State.RESOLVED and flag.resolved_at:
        return gettext("resolved by %(who)s on %(day)s: %(action)s") % {
            "who": flag.resolved_by,
            "day": short_day(localtime(flag.resolved_at).date()),
            "action": flag.get_action_taken_display(),
        }
    if flag.state == Flag.State.WITHDRAWN:
        return gettext("withdrawn: corrected logs no longer show it")
    return gettext("closed by itself after quieter days")
