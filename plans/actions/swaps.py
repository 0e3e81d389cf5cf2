"""Changing an exercise of a draft for the next easier or harder one of its chain."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.models import Exercise, ExerciseLink, ExerciseVersion
from plans import swapping
from plans.actions.drafts import changing
from plans.actions.plans import hard_stops, starting_dose
from plans.actions.refusals import Refused
from plans.models import Prescription, Quota
from plans.pacing import GRID

Steps = dict[UUID, dict[str, list[ExerciseVersion]]]
"""Exercise id -> "easier" | "harder" -> published versions that could take its place."""


def next_steps(exercise_ids: Iterable[UUID], clinic_id: UUID) -> Steps:
    """What stands one step below and above these exercises in their chains, for a clinic's plans. Two queries."""
    ids = set(exercise_ids)
    links = list(ExerciseLink.objects.filter(Q(easier__in=ids) | Q(harder__in=ids)))
    ends = {link.easier_id for link in links} | {link.harder_id for link in links}
    usable = Exercise.objects.filter(pk__in=ends).prescribable().for_clinic(clinic_id)
    versions = {row.pk: row.current_version for row in usable.select_related("current_version")}
    found: Steps = {key: {"easier": [], "harder": []} for key in ids}
    for link in links:
        for here, there, side in [
            (link.harder_id, link.easier_id, "easier"),
            (link.easier_id, link.harder_id, "harder"),
        ]:
            version = versions.get(there)
            if here in ids and version is not None:
                found[here][side].append(version)
    return found


def swap(*, prescription: Prescription, to: ExerciseVersion, lock: int, by: User, at: datetime) -> bool:
    """Put the exercise next in the chain in the place of this one. True: the dose was kept; False: its own start.

    Place, days, notes and rest stay. A quota goes: its pace was set for the other exercise. So does a reason against
    a hard stop. Raises Refused for an exercise that is not next in the chain, is in the plan already, or is not for
    this patient (that takes a written reason, so it is added from the library); DraftChanged.
    """
    version = prescription.version
    was = prescription.exercise_version
    what = _("%(was)s changed for %(now)s") % {"was": was.name, "now": to.name}
    with changing(version, lock, what=what, by=by, at=at):
        steps = next_steps([was.exercise_id], version.plan.patient.clinic_id)[was.exercise_id]
        if to.pk not in {each.pk for side in steps.values() for each in side}:
            raise Refused(_("This exercise is not the next easier or harder one any more. Reload the page."))
        if version.prescriptions.filter(exercise_version__exercise=to.exercise_id).exists():
            raise Refused(_("%(exercise)s is in the plan already.") % {"exercise": to.name})
        now = {name: getattr(prescription, name) for name in ["sets", "per_side", *GRID]}
        dose = swapping.swapped(now, starting_dose(to), to.dose_range)
        for name, value in dose.dose.items():
            setattr(prescription, name, value)
        prescription.exercise_version, prescription.override_reason = to, ""
        if hard_stops([prescription], version.plan.patient):
            raise Refused(
                _("%(exercise)s is not for %(person)s. To use it all the same, add it from the library with a reason.")
                % {"exercise": to.name, "person": version.plan.patient.first_name}
            )
        prescription.save()
        Quota.objects.filter(prescription=prescription).delete()
    return dose.kept
