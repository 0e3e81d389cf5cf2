"""Where a draft comes from: a template, an earlier version, another plan's structure. And the clinic's templates."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Clinic, Patient, User
from exercises.models import Caution, Exercise
from plans.actions import plans
from plans.actions.drafts import changing
from plans.actions.drafts_stored import DOSE_FIELDS
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.template_changes import changing_template, refuse_taken
from plans.models import Dose, Plan, PlanTemplate, PlanVersion, Prescription, TemplateItem
from plans.models.quota import dosed_for
from plans.schedule import local_date

# Words that were written to one person stay with that person.
STRUCTURE = [name for name in DOSE_FIELDS if name not in ("note", "pain_guidance")]


@dataclass(frozen=True)
class Filled:
    """The draft, and the names of the exercises that were left out (retired, or unsafe and not wanted)."""

    draft: PlanVersion
    left_out: list[str]


def begin_empty(*, patient: Patient, title: str, by: User, at: datetime) -> PlanVersion:
    """A draft without exercises: a new one, or the one that is there and still empty. Else raises Refused."""
    with transaction.atomic():
        draft = plans.start(patient=patient, title=title, by=by, at=at, copies_active=False)
        _refuse_full(draft)
    return draft


def fill_from_template(
    *, version: PlanVersion, template: PlanTemplate, by: User, at: datetime, without_unsafe: bool = False
) -> Filled:
    """Put the template's exercises, in their current versions, into an empty draft.

    `without_unsafe` leaves out what is contraindicated for this patient; else it comes as a hard stop that needs a
    reason before activation.
    """
    if template.archived_at is not None:
        raise Refused(_("This template has been put away. Bring it back first, or choose another."))
    items = list(template.items.order_by("-section", "position").select_related("exercise__current_version"))
    what = _("Filled from “%(name)s”") % {"name": template.said.name}
    with _filling(version, what, by, at) as draft:
        left_out = _fill(draft, [(item.exercise, item) for item in items], DOSE_FIELDS, without_unsafe)
        _note(draft, "draft filled from template", by, at, name=template.name)
    return Filled(draft, left_out)


def fill_from_version(*, version: PlanVersion, source: PlanVersion, by: User, at: datetime) -> Filled:
    """Put the exercises of an earlier version of the same patient into an empty draft, in the versions held then.

    Doses are those of today, quotas come along. Reasons written against a hard stop come only from the plan in force:
    those of an older version were meant for that time.
    """
    if source.plan.patient_id != version.plan.patient_id or source.is_draft:
        raise Refused(_("Only a version that this patient has had can be copied."))
    with _filling(version, _("Filled from v%(number)d") % {"number": source.number}, by, at) as draft:
        plans.copy_exercises(source, draft, at=at)
        if source.state != PlanVersion.State.ACTIVE:
            draft.prescriptions.update(override_reason="")
        _note(draft, "draft filled from version", by, at, source=source.number)
    return Filled(draft, [])


def fill_from_structure(*, version: PlanVersion, source: PlanVersion, by: User, at: datetime) -> Filled:
    """Put the exercises and doses of another patient's plan into an empty draft, in their current versions.

    Nothing of that patient comes along: no notes, no pain guidance, no reasons, no quota and its progress. The
    caller has seen to it that `by` may see both. Exercises of another clinic's library cannot come.
    """
    if source.plan.patient.clinic_id != version.plan.patient.clinic_id or source.is_draft:
        raise Refused(_("Only the plan of another patient of the same clinic can be copied."))
    rows = source.prescriptions.in_order().select_related("exercise_version__exercise__current_version")
    with _filling(version, _("Filled with the structure of another plan"), by, at) as draft:
        left_out = _fill(draft, [(row.exercise_version.exercise, row) for row in rows], STRUCTURE, False)
        _note(draft, "draft filled from structure", by, at)
    return Filled(draft, left_out)


def save_as_template(
    *, version: PlanVersion, name: str, meant_for: str, note: str, by: User, at: datetime
) -> PlanTemplate:
    """Keep the exercises and doses of a version as a template of the clinic, without a word about the patient."""
    clinic = version.plan.patient.clinic
    today = local_date(at, version.plan.patient.time_zone)
    rows = dosed_for(version.prescriptions.in_order().select_related("exercise_version__exercise"), today)
    if not rows:
        raise Refused(_("Add at least one exercise before you keep it as a template."))
    with transaction.atomic():
        template = _make(clinic, name, meant_for, note, by, at)
        _items(template, [(row.exercise_version.exercise_id, row) for row in rows], STRUCTURE)
    return template


def update_from_version(
    *, template: PlanTemplate, version: PlanVersion, lock: int, by: User, at: datetime
) -> PlanTemplate:
    """Put the exercises and doses of a version in the place of the template's, without a word about the patient.

    Its words stay. The change can be undone. Raises Refused (another clinic's, no exercises) and DraftChanged.
    """
    if version.plan.patient.clinic_id != template.clinic_id:
        raise Refused(_("Only a template of your own clinic can be changed."))
    today = local_date(at, version.plan.patient.time_zone)
    rows = dosed_for(version.prescriptions.in_order().select_related("exercise_version__exercise"), today)
    if not rows:
        raise Refused(_("Add at least one exercise before you keep it as a template."))
    with changing_template(template, lock, what=_("Exercises taken from a plan"), by=by, at=at):
        template.items.all().delete()
        _items(template, [(row.exercise_version.exercise_id, row) for row in rows], STRUCTURE)
    return template


def copy_template(*, template: PlanTemplate, clinic: Clinic, name: str, by: User, at: datetime) -> PlanTemplate:
    """A template of the clinic's own with the same exercises, to be changed."""
    with transaction.atomic():
        copied = _make(clinic, name, template.said.meant_for, template.said.note, by, at)
        rows = template.items.order_by("-section", "position")
        _items(copied, [(row.exercise_id, row) for row in rows], DOSE_FIELDS)
    return copied


def rename_template(
    *, template: PlanTemplate, name: str, meant_for: str, note: str, lock: int, by: User, at: datetime
) -> PlanTemplate:
    """Change the words of a clinic's template. Raises DraftChanged when somebody changed it since it was shown."""
    with changing_template(template, lock, what=_("Words changed"), by=by, at=at):
        refuse_taken(template.clinic, name, template)
        template.name, template.meant_for, template.note = name, meant_for, note
        template.save(update_fields=["name", "meant_for", "note"])
    return template


def put_away(*, template: PlanTemplate, by: User, at: datetime) -> None:
    """Take a clinic's template out of the choice. Plans made from it are not touched."""
    _refuse_shared(template)
    PlanTemplate.objects.filter(pk=template.pk, archived_at=None).update(archived_at=at)


def bring_back(*, template: PlanTemplate, by: User, at: datetime) -> None:
    """Offer a template again that was put away."""
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=_refuse_shared(template))
        refuse_taken(template.clinic, template.name, template)
        PlanTemplate.objects.filter(pk=template.pk).update(archived_at=None)


@contextmanager
def _filling(version: PlanVersion, what: str, by: User, at: datetime) -> Iterator[PlanVersion]:
    """The draft, empty and locked against others; what is put into it can be undone as one change."""
    with transaction.atomic():
        Plan.objects.select_for_update().get(pk=version.plan_id)
        rows = PlanVersion.objects.select_related("plan__patient__clinic", "plan__patient__profile")
        draft = rows.get(pk=version.pk)
        _refuse_full(draft)
        with changing(draft, draft.lock, what=what, by=by, at=at):
            yield draft


def _refuse_full(draft: PlanVersion) -> None:
    if draft.prescriptions.exists():
        raise Refused(
            _("There is a draft with exercises already (v%(number)d). Go on with it, or throw it away first.")
            % {"number": draft.number}
        )


def _fill(
    draft: PlanVersion, wanted: Sequence[tuple[Exercise, Dose]], fields: Sequence[str], without_unsafe: bool
) -> list[str]:
    patient = draft.plan.patient
    usable = set(Exercise.objects.prescribable().for_clinic(patient.clinic_id).values_list("pk", flat=True))
    unsafe = set()
    if without_unsafe:
        unsafe = set(
            Caution.objects.filter(
                kind=Caution.Kind.CONTRAINDICATED,
                condition__in=patient.profile.conditions.all(),
                version__in=[exercise.current_version_id for exercise, _dose in wanted],
            ).values_list("version_id", flat=True)
        )
    left_out, positions = [], dict.fromkeys(Dose.Section.values, 0)
    for exercise, dose in wanted:
        current = exercise.current_version
        if current is None or exercise.pk not in usable or current.pk in unsafe:
            left_out.append(current.name if current else exercise.slug)
            continue
        Prescription.objects.create(
            version=draft, exercise_version=current, position=positions[dose.section], **_given(dose, fields)
        )
        positions[dose.section] += 1
    return left_out


def _given(dose: Dose, fields: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(dose, name) for name in fields}


def _items(template: PlanTemplate, rows: Sequence[tuple[Any, Dose]], fields: Sequence[str]) -> None:
    TemplateItem.objects.bulk_create(
        TemplateItem(template=template, exercise_id=exercise_id, position=row.position, **_given(row, fields))
        for exercise_id, row in rows
    )


def _make(clinic: Clinic, name: str, meant_for: str, note: str, by: User, at: datetime) -> PlanTemplate:
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    refuse_taken(clinic, name, None)
    stem = slugify(name)[:70] or "template"
    taken = set(PlanTemplate.objects.filter(clinic=clinic, slug__startswith=stem).values_list("slug", flat=True))
    slug = next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
    return PlanTemplate.objects.create(
        clinic=clinic, slug=slug, name=name, meant_for=meant_for, note=note, made_at=at, made_by=by
    )


def _refuse_shared(template: PlanTemplate) -> UUID:
    """The clinic whose own template it is."""
    if template.clinic_id is None:
        raise Refused(_("This template is shared by all clinics. Copy it, and change the copy."))
    return template.clinic_id


def _note(draft: PlanVersion, verb: str, by: User, at: datetime, **detail: Any) -> None:
    note_event(patient=draft.plan.patient, plan=draft.plan, verb=verb, at=at, by=by, version=draft.number, **detail)
