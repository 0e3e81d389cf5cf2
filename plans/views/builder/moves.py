"""Undo, drop and swap: one view for each, as in changes.py."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy import clinical
from plans.actions import drafts, plans, swaps
from plans.actions.refusals import DraftChanged, Refused
from plans.forms.builder import PlaceForm, SwapForm
from plans.models import Dose, PlanVersion, Prescription
from plans.views import doors
from plans.views.builder import answers
from plans.views.builder.answers import Attempt
from plans.views.builder.changes import lock_of, of_an_exercise
from plans.wording import dose_in_words


@clinical
@require_POST
def undo(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Take the last change of the draft back."""
    version, at = doors.plan_version(request, version_id), answers.now()
    before = set(version.prescriptions.values_list("pk", flat=True))
    back = None
    try:
        undone = drafts.undo(version=version, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        # Not offered again: the last change is another one now.
        return answers.conflict(request, version, at, Attempt(_("Undo the last change"), again=False))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Undone: %(what)s") % {"what": undone})
        back = version.prescriptions.in_order().exclude(pk__in=before).values_list("pk", flat=True).first()
    return answers.whole(request, version, at, focus=back)


@clinical
@require_POST
@of_an_exercise
def place(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """Put an exercise where it was dropped."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Http404
    section = form.cleaned_data["section"]
    try:
        plans.place(
            prescription=row,
            section=section,
            position=form.cleaned_data["position"],
            lock=lock_of(request),
            by=doors.user(request),
            at=at,
        )
    except DraftChanged:
        words = _("Move %(exercise)s to %(section)s")
        title = words % {"exercise": row.exercise_version.said.name, "section": Dose.Section(section).label}
        return answers.conflict(request, version, at, Attempt(title))
    return answers.whole(request, version, at, focus=row.pk)


@clinical
@require_POST
@of_an_exercise
def swap(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """Change an exercise for the next easier or harder one."""
    form = SwapForm(request.POST)
    steps = swaps.next_steps([row.exercise_version.exercise_id], version.plan.patient.clinic_id)
    found = {each.exercise_id: each for sides in steps.values() for side in sides.values() for each in side}
    to = found.get(form.cleaned_data["to"]) if form.is_valid() else None
    if to is None:
        raise Http404
    was = row.exercise_version.said.name
    try:
        kept = swaps.swap(prescription=row, to=to, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        title = _("Change %(was)s for %(now)s") % {"was": was, "now": to.name}
        return answers.conflict(request, version, at, Attempt(title))
    except Refused as refused:
        messages.error(request, str(refused))
        return answers.whole(request, version, at, focus=row.pk)
    words = (
        _("%(was)s changed for %(now)s. The dose is the same: %(dose)s.")
        if kept
        else _("%(was)s changed for %(now)s. It begins with its own start: %(dose)s.")
    )
    said = words % {"was": was, "now": to.name, "dose": dose_in_words(row)}
    if row.note or row.pain_guidance:
        said = f"{said} " + _("Your words to the patient stayed: check that they fit.")
    messages.success(request, said)
    return answers.whole(request, version, at, focus=row.pk)
