"""One view for each change of a draft: form, action, answer. Everything works as a plain POST, htmx is quicker."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policy import clinical
from exercises.models import Caution, Exercise
from plans.actions import plans
from plans.actions.refusals import DraftChanged, Refused
from plans.forms.builder import AddForm, DaysForm, DoseForm, MoveForm
from plans.models import Dose, PlanVersion, Prescription
from plans.views import doors
from plans.views.builder import answers, dose_asked
from plans.views.builder.answers import Attempt
from plans.wording import days_in_words

NO_LOCK = -1
View = Callable[[HttpRequest, PlanVersion, Prescription, datetime], HttpResponse]


def of_an_exercise(view: View) -> Callable[[HttpRequest, UUID, UUID], HttpResponse]:
    """The view of a change of one exercise: it is handed the version, the exercise and the moment of the change.

    When somebody else took the exercise out since the page was shown, the answer is the plan as it is now.
    """

    @wraps(view)
    def found(request: HttpRequest, version_id: UUID, prescription_id: UUID) -> HttpResponse:
        version, at = doors.plan_version(request, version_id), answers.now()
        row = version.prescriptions.select_related("exercise_version", "quota").filter(pk=prescription_id).first()
        return _gone(request, version, at) if row is None else view(request, version, row, at)

    return found


@clinical
@require_POST
def add(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Put an exercise of the library into the plan."""
    version, at = doors.plan_version(request, version_id), answers.now()
    form = AddForm(request.POST)
    mine = Exercise.objects.visible_to(doors.user(request), at).prescribable()
    form.fields["exercise"].queryset = (  # type: ignore[attr-defined]
        mine.for_clinic(version.plan.patient.clinic_id).select_related("current_version")
    )
    if not form.is_valid():
        if "exercise" in form.errors:
            raise Http404
        messages.error(request, _("That could not be added: %(why)s") % {"why": _first_error(form)})
        return answers.whole(request, version, at)
    exercise = form.cleaned_data["exercise"].current_version
    reason = form.cleaned_data["override_reason"].strip()
    if not reason and _is_hard_stop(version, exercise.pk):
        words = _("%(exercise)s is not for %(person)s. To add it all the same, write the reason.")
        said = words % {"exercise": exercise.said.name, "person": version.plan.patient.first_name}
        messages.error(request, said)
        return answers.whole(request, version, at)
    section = form.cleaned_data["section"]
    try:
        added = plans.add_exercise(
            version=version,
            exercise_version=exercise,
            section=section,
            lock=lock_of(request),
            by=doors.user(request),
            at=at,
            override_reason=reason,
            position=form.cleaned_data["position"],
        )
    except DraftChanged:
        words = _("Add %(exercise)s to %(section)s")
        title = words % {"exercise": exercise.said.name, "section": Dose.Section(section).label}
        return answers.conflict(request, version, at, Attempt(title, [reason] if reason else []))
    return answers.whole(request, version, at, focus=added.pk)


@clinical
@require_POST
def dose(request: HttpRequest, version_id: UUID, prescription_id: UUID) -> HttpResponse:
    """Change the dose, the days, the words or the section of one exercise."""
    # The change of every day: version, exercises and what stands beside them are read once, for change and answer.
    version, at = doors.plan_version(request, version_id, dose_asked.with_its_page), answers.now()
    known = dose_asked.known(version, prescription_id)
    row = next((row for row in known.rows if row.pk == prescription_id), None)
    if row is None:
        return _gone(request, version, at)
    form = DoseForm(row, request.POST)
    if lock_of(request) != version.lock or not version.is_draft:
        # Said before the form is judged: what was typed was meant for another state of the plan.
        return answers.conflict(request, version, at, Attempt(*attempted(form)))
    if not form.is_valid():
        return answers.refused_dose(request, version, at, form)
    section = row.section
    try:
        plans.change_dose(
            prescription=row,
            changes=form.changes(),
            lock=lock_of(request),
            by=doors.user(request),
            at=at,
            known=known.rows,
        )
    except DraftChanged:
        return answers.conflict(request, version, at, Attempt(*attempted(form)))
    if row.section != section or "redraw" in request.POST:
        return answers.whole(request, version, at, focus=row.pk)
    return answers.part(request, version, at, row.pk, known)


@clinical
@require_POST
@of_an_exercise
def move(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """One step up or down, on into the neighbouring section at the end."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    steps = form.cleaned_data["steps"]
    try:
        plans.move(prescription=row, steps=steps, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        words = _("Move %(exercise)s up") if steps < 0 else _("Move %(exercise)s down")
        title = words % {"exercise": row.exercise_version.said.name}
        return answers.conflict(request, version, at, Attempt(title))
    return answers.whole(request, version, at, focus=row.pk)


@clinical
@require_POST
@of_an_exercise
def newer(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """Take the version of an exercise that the library has published since."""
    try:
        plans.take_newer_version(prescription=row, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        title = _("Take the newer version of %(exercise)s") % {"exercise": row.exercise_version.said.name}
        return answers.conflict(request, version, at, Attempt(title))
    except Refused as refused:
        messages.error(request, str(refused))
    return answers.whole(request, version, at, focus=row.pk)


@clinical
@require_POST
@of_an_exercise
def remove(request: HttpRequest, version: PlanVersion, row: Prescription, at: datetime) -> HttpResponse:
    """Take an exercise out of the draft; the library beside it puts it back with one click."""
    name = row.exercise_version.said.name
    order = list(version.prescriptions.in_order().values_list("pk", flat=True))
    here = order.index(row.pk)
    beside = next(iter([*order[here + 1 : here + 2], *order[max(0, here - 1) : here]]), None)
    try:
        plans.remove(prescription=row, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        title = _("Take out %(exercise)s") % {"exercise": name}
        return answers.conflict(request, version, at, Attempt(title))
    messages.success(request, _("%(exercise)s taken out") % {"exercise": name})
    return answers.whole(request, version, at, focus=beside)


@clinical
@require_POST
def days(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The same days for every exercise of the draft."""
    version, at = doors.plan_version(request, version_id), answers.now()
    form = DaysForm(request.POST)
    if not form.is_valid():
        return answers.refused_days(request, version, at, form)
    weekdays = form.cleaned_data["weekdays"]
    try:
        plans.set_weekdays(version=version, weekdays=weekdays, lock=lock_of(request), by=doors.user(request), at=at)
    except DraftChanged:
        title = _("Days of the plan: %(days)s") % {"days": days_in_words(weekdays)}
        return answers.conflict(request, version, at, Attempt(title))
    return answers.whole(request, version, at)


def lock_of(request: HttpRequest) -> int:
    """The state of the draft that the page showed; without one, no state at all, so nothing is changed."""
    text = request.POST.get("lock", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_LOCK


def _gone(request: HttpRequest, version: PlanVersion, at: datetime) -> HttpResponse:
    """An exercise that is not of this version: 404, or a conflict when it was taken out since the page was shown."""
    if lock_of(request) == version.lock:
        raise Http404
    title = _("Change an exercise that is no longer in the plan")
    return answers.conflict(request, version, at, Attempt(title, _as_typed(request), again=False))


def _is_hard_stop(version: PlanVersion, exercise_version_id: UUID) -> bool:
    conditions = version.plan.patient.profile.conditions.all()
    found = Caution.objects.filter(version_id=exercise_version_id, condition__in=conditions)
    return found.filter(kind=Caution.Kind.CONTRAINDICATED).exists()


def attempted(form: DoseForm) -> tuple[str, list[str]]:
    """What was typed and differs from what is stored now: a title, and a line for each field."""
    lines = []
    for name, field in form.fields.items():
        bound = form[name]
        typed, stored = bound.value(), form.initial.get(name)
        if _text(typed) != _text(stored):
            lines.append(f"{field.label}: {_text(typed) or _('none')}")
    return _("Change %(exercise)s") % {"exercise": form.exercise_name}, lines


def _as_typed(request: HttpRequest) -> list[str]:
    labels = {name: str(field.label) for name, field in DoseForm.base_fields.items()}
    return [f"{labels[n]}: {', '.join(request.POST.getlist(n))}" for n in labels if request.POST.get(n)]


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True or value == "on":
        return _("yes")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _first_error(form: AddForm) -> str:
    return str(next(iter(form.errors.values()))[0])
