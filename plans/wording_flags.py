"""What a flag says: its evidence as a sentence in the reader's language. The one source for every page.

The numbers shown agree with each other: the difference is that of the two rounded means that stand beside it.
Source of the wording: docs/clinical-rules.md, section 2.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from plans.models import Flag


def sentence(flag: Flag) -> str:
    """The flag in one plain sentence, with its numbers."""
    words, numbers = _sentence(flag)
    return words.format(**numbers)


def marked_sentence(flag: Flag) -> SafeString:
    """The same sentence with the numbers that deviate marked for the eye, and the usual level in bold."""
    words, numbers = _sentence(flag)
    marks = dict(numbers)
    for name in ("mean", "rise"):
        if name in numbers:
            marks[name] = format_html('<b class="is-alert">{}</b>', numbers[name])
    if "usual" in numbers:
        marks["usual"] = format_html("<b>{}</b>", numbers["usual"])
    return format_html(escape(words), **marks)


def limit(flag: Flag) -> str:
    """What the rule cannot do, so that nobody reads more into the flag; empty when there is nothing to say."""
    if flag.rule == Flag.Rule.R3:
        return gettext("Single bad days cannot raise this flag.")
    return ""


def since_then(flag: Flag) -> str:
    """How it went on after the last alert day, when the rise itself is over; empty while it goes on."""
    evidence = flag.evidence
    if flag.rule != Flag.Rule.R3 or not evidence.get("over"):
        return ""
    quiet = int(evidence.get("quiet_logged_days") or 0)
    if quiet:
        return ngettext(
            "No longer above usual: %(n)d quieter day was logged since %(day)s.",
            "No longer above usual: %(n)d quieter days were logged since %(day)s.",
            quiet,
        ) % {"n": quiet, "day": short_day(flag.last_alert_on)}
    return gettext("No logs since %(day)s.") % {"day": short_day(_last_log(evidence) or flag.last_alert_on)}


def state_in_words(flag: Flag) -> str:
    """Where the flag stands: "open, not acknowledged yet", "seen by Alice Archer on 18 Nov", "resolved on ..."."""
    if flag.state == Flag.State.OPEN:
        return gettext("open, not acknowledged yet")
    if flag.state == Flag.State.ACKNOWLEDGED and flag.acknowledged_at:
        return gettext("seen by %(who)s on %(day)s") % {
            "who": flag.acknowledged_by,
            "day": short_day(localtime(flag.acknowledged_at).date()),
        }
    if flag.state == Flag.State.RESOLVED and flag.resolved_at:
        return gettext("resolved by %(who)s on %(day)s: %(action)s") % {
            "who": flag.resolved_by,
            "day": short_day(localtime(flag.resolved_at).date()),
            "action": flag.get_action_taken_display(),
        }
    if flag.state == Flag.State.WITHDRAWN:
        return gettext("withdrawn: corrected logs no longer show it")
    return gettext("closed by itself after quieter days")


def short_day(day: date) -> str:
    """A day without its year: "9 Nov"."""
    # Translators: a short date without its year, see the date filter of Django
    return date_format(day, gettext("j M"))


def rounded(value: float) -> Decimal:
    """Pain to one decimal, halves away from zero, as every page shows it."""
    return Decimal(repr(float(value))).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def points(value: float | Decimal) -> str:
    """Pain with one decimal, as the reader's language writes it: "6.4"."""
    return str(number_format(rounded(float(value)), decimal_pos=1))


def _sentence(flag: Flag) -> tuple[str, dict[str, str]]:
    if flag.rule != Flag.Rule.R3 or "mean" not in flag.evidence:
        return gettext("{rule} since {since}."), {
            "rule": str(flag.get_rule_display()),
            "since": short_day(flag.since_on),
        }
    evidence = flag.evidence
    mean, usual = rounded(evidence["mean"]), rounded(evidence["usual"])
    count = int(evidence["logged_days"])
    numbers = {
        "site": flag.site.name if flag.site else "",
        "since": short_day(date.fromisoformat(evidence["since_on"])),
        "until": short_day(flag.last_alert_on),
        "days": str(count),
        "mean": points(mean),
        "rise": gettext("%(n)s points") % {"n": points(mean - usual)},
        "usual": points(usual),
    }
    other_site = flag.site is not None and not flag.site.is_main
    return _words(over=bool(evidence.get("over")), other_site=other_site, count=count), numbers


def _words(*, over: bool, other_site: bool, count: int) -> str:
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


def _last_log(evidence: dict[str, Any]) -> date | None:
    text = evidence.get("last_log_on")
    return date.fromisoformat(text) if text else None
