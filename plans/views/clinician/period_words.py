"""The time since the last re-evaluation in sentences: first the ones that matter most, then the rest."""

from collections import Counter
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient
from plans import wording_flags
from plans.models import ExerciseLog, Flag
from plans.views.clinician.adherence import Count
from plans.views.clinician.exercises import Went
from plans.views.clinician.measured import Measure
from plans.wording import in_a_row
from plans.wording_flags import points

HURTS = 4.0  # an exercise is named as the most painful one from this mean on


def summary(
    patient: Patient,
    sessions: Count,
    measures: Sequence[Measure],
    flags: Sequence[Flag],
    exercises: Sequence[Went],
) -> SafeString:
    """Two or three sentences with the numbers that matter most: sessions, pain, the hardest exercise."""
    said = []
    if sessions.planned:
        words = ngettext(
            "{name} did {done} of {planned} planned session.",
            "{name} did {done} of {planned} planned sessions.",
            sessions.planned,
        )
        count = format_html("<b>{}</b>", sessions.done), format_html("<b>{}</b>", sessions.planned)
        said.append(format_html(words, name=patient.first_name, done=count[0], planned=count[1]))
    rise = next((flag for flag in flags if flag.is_open and flag.rule == Flag.Rule.R3), None)
    days = next((measure for measure in measures if measure.key == "days"), None)
    if rise is not None:
        said.append(wording_flags.marked_sentence(rise))
    elif days is not None and days.now is not None:
        mean = format_html("<b>{}</b>", points(days.now))
        if days.before is None:
            said.append(format_html(_("Pain averaged {mean}."), mean=mean))
        else:
            usual = points(days.before)
            said.append(format_html(_("Pain averaged {mean}; the usual level is {usual}."), mean=mean, usual=usual))
    else:
        said.append(format_html("{}", _("No pain was logged in this time.")))
    worst = exercises[0] if exercises else None
    if worst is not None and worst.pain is not None and worst.pain >= HURTS:
        said.append(format_html(_("{name} is the exercise that hurts most."), name=worst.name))
    return format_html_join(" ", "{}", ((sentence,) for sentence in said))


def more(measures: Sequence[Measure], flags: Sequence[Flag], exercises: Sequence[Went]) -> list[str]:
    """The rest: pain around sessions, daily life, sleep, confidence, mood, what was skipped and why, the flags."""
    by_key = {measure.key: measure for measure in measures}
    said = [_pain_around(by_key), *_changes(by_key), _mood(by_key), _skipped(exercises), _flags(flags)]
    return [sentence for sentence in said if sentence]


def _pain_around(by_key: dict[str, Measure]) -> str:
    named = {
        "before": _("%(n)s before sessions"),
        "after": _("%(n)s during or after"),
        "morning": _("%(n)s next morning"),
    }
    parts = [
        words % {"n": points(measure.now)}
        for key, words in named.items()
        if (measure := by_key.get(key)) is not None and measure.now is not None
    ]  # fmt: skip
    return _("Pain averaged %(parts)s.") % {"parts": in_a_row(parts)} if parts else ""


def _changes(by_key: dict[str, Measure]) -> list[str]:
    """Daily life, sleep and confidence: only those that were answered before and now."""
    said = []
    for key in ("peg", "sleep", "confidence"):
        measure = by_key.get(key)
        if measure is None or measure.before is None or measure.now is None:
            continue
        if measure.change == 0:
            words = _("%(name)s: %(now)s, as before.")
        elif measure.is_up == measure.up_is_worse:
            words = _("%(name)s: %(now)s, %(size)s worse than before.")
        else:
            words = _("%(name)s: %(now)s, %(size)s better than before.")
        said.append(words % {"name": measure.name, "now": _number(measure, measure.now), "size": _size(measure)})
    return said


def _mood(by_key: dict[str, Measure]) -> str:
    low, worry = by_key.get("phq2"), by_key.get("gad2")
    if low is None or worry is None or low.now is None or worry.now is None:
        return ""
    return _("Mood and worry: PHQ-2 %(low)d of 6, GAD-2 %(worry)d of 6.") % {"low": low.now, "worry": worry.now}


def _skipped(exercises: Sequence[Went]) -> str:
    """ "9 exercises were skipped: Pain (6), Tired (3)." """
    reasons: Counter[str] = Counter()
    for went in exercises:
        reasons.update(went.reasons)
    total = sum(reasons.values())
    if not total:
        return ""
    labels = dict(ExerciseLog.SkipReason.choices)
    parts = ", ".join(f"{labels.get(reason, reason)} ({n})" for reason, n in reasons.most_common())
    words = ngettext("%(n)d exercise was skipped: %(parts)s.", "%(n)d exercises were skipped: %(parts)s.", total)
    return words % {"n": total, "parts": parts}


def _flags(flags: Sequence[Flag]) -> str:
    standing = [flag for flag in flags if flag.state != Flag.State.WITHDRAWN]
    if not standing:
        return _("No flag was raised.")
    still = sum(1 for flag in standing if flag.is_open)
    words = ngettext("%(n)d flag, %(open)d still open.", "%(n)d flags, %(open)d still open.", len(standing))
    return words % {"n": len(standing), "open": still}


def _number(measure: Measure, value: float) -> str:
    return str(int(value)) if measure.whole else points(value)


def _size(measure: Measure) -> str:
    return str(int(measure.size)) if measure.whole else points(measure.size)
