"""What changed between two versions, in sentences: the first words of "what changed and why"."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from plans.forms.builder import TEXT_LENGTH
from plans.models import PlanVersion, Prescription
from plans.wording import days_in_words, dose_in_words, in_a_row


def differences(before: Sequence[Prescription], after: Sequence[Prescription]) -> list[str]:
    """One sentence for each thing that changed: what came, what went, doses, days, notes, order."""
    old = {row.exercise_version.exercise_id: row for row in before}
    new = {row.exercise_version.exercise_id: row for row in after}
    said = []
    added = [row.exercise_version.said.name for key, row in new.items() if key not in old]
    gone = [row.exercise_version.said.name for key, row in old.items() if key not in new]
    if added:
        said.append(_("Added %(names)s.") % {"names": in_a_row(added)})
    if gone:
        said.append(_("Took out %(names)s.") % {"names": in_a_row(gone)})
    stayed = [(old[key], new[key]) for key in new if key in old]
    said += _days(stayed)
    for then, now in stayed:
        said += _dose(then, now)
    if [old[key].section for key in new if key in old] != [new[key].section for key in new if key in old]:
        said.append(_("Sections changed."))
    elif [key for key in old if key in new] != [key for key in new if key in old]:
        said.append(_("The order changed."))
    return said


def suggested_why(version: PlanVersion) -> str:
    """What to start the sentence with when a draft is activated."""
    after = list(version.prescriptions.in_order().select_related("exercise_version"))
    if not after:
        return ""
    if version.based_on is None:
        return _("First plan: %(names)s.") % {"names": in_a_row([r.exercise_version.said.name for r in after])}
    before = list(version.based_on.prescriptions.in_order().select_related("exercise_version"))
    return " ".join(differences(before, after))[:TEXT_LENGTH]


def _days(stayed: Sequence[tuple[Prescription, Prescription]]) -> list[str]:
    """The change of days: once when it is the same for all, else for each exercise."""
    changed = [(then, now) for then, now in stayed if _when(then) != _when(now)]
    if not changed:
        return []
    if len(changed) == len(stayed) and len({(_when(then), _when(now)) for then, now in changed}) == 1:
        then, now = changed[0]
        return [_("Days: %(now)s (was %(then)s).") % {"now": _when(now), "then": _when(then)}]
    words = _("%(name)s: %(now)s (was %(then)s).")
    return [
        words % {"name": now.exercise_version.said.name, "now": _when(now), "then": _when(then)}
        for then, now in changed
    ]


def _dose(then: Prescription, now: Prescription) -> list[str]:
    name = now.exercise_version.said.name
    said = []
    if dose_in_words(then) != dose_in_words(now):
        words = _("%(name)s: %(now)s (was %(then)s).")
        said.append(words % {"name": name, "now": dose_in_words(now), "then": dose_in_words(then)})
    if then.effort != now.effort:
        words = _("%(name)s: effort %(now)s (was %(then)s).")
        blank = _("none")
        efforts = [blank if effort is None else str(effort) for effort in (now.effort, then.effort)]
        said.append(words % {"name": name, "now": efforts[0], "then": efforts[1]})
    if (then.note, then.pain_guidance) != (now.note, now.pain_guidance):
        said.append(_("%(name)s: new words for the patient.") % {"name": name})
    return said


def _when(row: Prescription) -> str:
    return days_in_words(row.weekdays, row.times_a_week)
