"""Building a plan: a draft that is changed step by step, and an activation that freezes it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from exercises.models import Caution, ExerciseVersion
from plans.actions import places
from plans.actions.drafts import change_draft, changing, dose_known
from plans.actions.drafts_stored import DOSE_FIELDS
from plans.actions.history import note_event
from plans.actions.reevaluations import schedule_first
from plans.actions.refusals import NotReady, Refused
from plans.models import Plan, PlanVersion, Prescription, Quota, Screening
from plans.models.quota import dosed_for
from plans.schedule import local_date

DEFAULT_WEEKDAYS = [1, 3, 5]


def start(*, patient: Patient, title: str, by: User, at: datetime, copies_active: bool = True) -> PlanVersion:
    """The draft to work on: the open draft of the patient's plan, else the next version, else a first plan.

    With `copies_active` false a new draft has no exercises yet: they come from elsewhere.
    """
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient.pk)
        if patient.status == Patient.Status.DISCHARGED:
            raise Refused(_("This patient has been discharged. Readmit them before you build a plan."))
        plan = Plan.objects.of(patient).exclude(status=Plan.Status.ENDED).order_by("status").first()
        if plan is None:
            plan = Plan.objects.create(patient=patient, title=title, owner=by, created_at=at)
            note_event(patient=patient, plan=plan, verb="plan started", at=at, by=by)
        return revise(plan=plan, by=by, at=at, copies_active=copies_active)


def revise(*, plan: Plan, by: User, at: datetime, copies_active: bool = True) -> PlanVersion:
    """The plan's draft; when there is none, the next version as a copy of the active one (or empty)."""
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        draft = plan.versions.filter(state=PlanVersion.State.DRAFT).first()
        if draft is not None:
            return draft
        number = (plan.versions.aggregate(highest=Max("number"))["highest"] or 0) + 1
        based_on = plan.active_version
        draft = PlanVersion.objects.create(plan=plan, number=number, based_on=based_on, saved_at=at)
        if based_on is not None and copies_active:
            copy_exercises(based_on, draft, at=at)
        note_event(patient=plan.patient, plan=plan, verb="draft started", at=at, by=by, version=number)
    return draft


def add_exercise(
    *,
    version: PlanVersion,
    exercise_version: ExerciseVersion,
    section: str,
    lock: int,
    by: User,
    at: datetime,
    override_reason: str = "",
    position: int | None = None,
) -> Prescription:
    """Put an exercise into a section, with its starting dose on the days the plan already uses.

    `position` is its place among the others of the section, 0 the first; None the end.
    `override_reason` says why in spite of a hard stop; without one the plan cannot be activated.
    """
    what = _("%(exercise)s added") % {"exercise": exercise_version.said.name}
    with changing(version, lock, what=what, by=by, at=at):
        neighbour = version.prescriptions.exclude(weekdays__isnull=True).first()
        added = Prescription.objects.create(
            version=version,
            exercise_version=exercise_version,
            section=section,
            position=places.after_last(version.prescriptions, section),
            weekdays=neighbour.weekdays if neighbour else DEFAULT_WEEKDAYS,
            override_reason=override_reason,
            **starting_dose(exercise_version),
        )
        if position is not None:
            places.put(version.prescriptions, added, section, position)
    return added


def change_dose(
    *,
    prescription: Prescription,
    changes: dict[str, Any],
    lock: int,
    by: User,
    at: datetime,
    known: Sequence[Prescription] | None = None,
) -> Prescription:
    """Change fields of the dose (DOSE_FIELDS) or the reason that overrides a hard stop.

    `known` are all exercises of the draft, this very one among them, where the caller has them at hand (`changing`).
    """
    unknown = set(changes) - {*DOSE_FIELDS, "override_reason"}
    if unknown:
        raise ValueError(f"not part of a dose: {sorted(unknown)}")
    version = prescription.version
    what = _("%(exercise)s changed") % {"exercise": prescription.exercise_version.said.name}
    if known is not None and dose_known(prescription, changes, lock, what=what, by=by, at=at, known=known):
        return prescription
    with changing(version, lock, what=what, by=by, at=at, known=known):
        section = changes.get("section", prescription.section)
        if section != prescription.section:
            prescription.position = places.after_last(version.prescriptions, section)
        for name, value in changes.items():
            setattr(prescription, name, value)
        prescription.save()
        _keep_quota_true(prescription)
    return prescription


def set_weekdays(*, version: PlanVersion, weekdays: Sequence[int], lock: int, by: User, at: datetime) -> None:
    """The same days for every exercise of the draft (1 = Monday .. 7 = Sunday)."""
    if not weekdays:
        raise Refused(_("Choose at least one day."))
    with changing(version, lock, what=_("Days of the plan"), by=by, at=at):
        version.prescriptions.update(weekdays=sorted(set(weekdays)), times_a_week=None)


def move(*, prescription: Prescription, steps: int, lock: int, by: User, at: datetime) -> None:
    """Move an exercise up (negative) or down in its section; at the end it goes on to the neighbouring section."""
    version = prescription.version
    words = _("%(exercise)s moved up") if steps < 0 else _("%(exercise)s moved down")
    with changing(version, lock, what=words % {"exercise": prescription.exercise_version.said.name}, by=by, at=at):
        places.step(version.prescriptions, prescription, steps)


def place(*, prescription: Prescription, section: str, position: int, lock: int, by: User, at: datetime) -> None:
    """Put an exercise where it was dropped: at a place of a section, 0 the first; beyond the last is the end."""
    what = _("%(exercise)s moved") % {"exercise": prescription.exercise_version.said.name}
    with changing(prescription.version, lock, what=what, by=by, at=at):
        places.put(prescription.version.prescriptions, prescription, section, position)


def take_newer_version(*, prescription: Prescription, lock: int, by: User, at: datetime) -> Prescription:
    """Put the version that the library has published since in the place of the one held; the dose stays.

    A reason that was written against a hard stop was meant for the older version, so it goes.
    """
    what = _("Newer version of %(exercise)s") % {"exercise": prescription.exercise_version.said.name}
    with changing(prescription.version, lock, what=what, by=by, at=at):
        exercise = prescription.exercise_version.exercise
        if exercise.retired_at is not None or exercise.current_version_id in (None, prescription.exercise_version_id):
            raise Refused(_("The library has no newer version of this exercise."))
        prescription.exercise_version_id = exercise.current_version_id
        prescription.override_reason = ""
        prescription.save(update_fields=["exercise_version", "override_reason"])
    return prescription


def remove(*, prescription: Prescription, lock: int, by: User, at: datetime) -> None:
    """Take an exercise out of the draft."""
    what = _("%(exercise)s taken out") % {"exercise": prescription.exercise_version.said.name}
    with changing(prescription.version, lock, what=what, by=by, at=at):
        prescription.delete()


def discard_draft(*, version: PlanVersion, lock: int, by: User, at: datetime) -> None:
    """Throw a draft away. The active version is not touched; a plan that never was active ends.

    Raises DraftChanged when somebody changed the draft since it was shown: their work is not thrown away unseen.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=version.plan_id)
        change_draft(version, lock, at)
        number = version.number
        version.prescriptions.all().delete()
        version.delete()
        if plan.status == Plan.Status.DRAFT:
            plan.status = Plan.Status.ENDED
            plan.save(update_fields=["status"])
        note_event(patient=plan.patient, plan=plan, verb="draft discarded", at=at, by=by, version=number)


def missing_for_activation(version: PlanVersion, at: datetime) -> list[str]:
    """What stands in the way of activating this draft, as sentences. Empty means ready."""
    patient = version.plan.patient
    missing = []
    prescriptions = list(version.prescriptions.select_related("exercise_version"))
    if not prescriptions:
        missing.append(_("Add at least one exercise."))
    if not Screening.objects.of(patient).valid_on(local_date(at, patient.time_zone)).exists():
        missing.append(_("Record a readiness screening that is still valid."))
    stops = hard_stops(prescriptions, patient)
    missing += [
        _("%(exercise)s is not for people with %(condition)s. Take it out, or write the reason.")
        % {"exercise": p.exercise_version.said.name, "condition": c.condition.said}
        for p, c in stops
        if not p.override_reason.strip()
    ]
    return missing


def activate(*, version: PlanVersion, lock: int, why: str, by: User, at: datetime) -> PlanVersion:
    """Freeze the draft as the plan's active version; the one before is kept and marked as replaced.

    Raises NotReady (no exercise, no valid screening, a hard stop without a reason) and DraftChanged.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().select_related("patient").get(pk=version.plan_id)
        if plan.patient.status == Patient.Status.DISCHARGED:
            raise Refused(_("This patient has been discharged. Readmit them before you activate a plan."))
        change_draft(version, lock, at)
        missing = missing_for_activation(version, at)
        if missing:
            raise NotReady(missing)
        version.steps.all().delete()
        plan.versions.filter(state=PlanVersion.State.ACTIVE).update(state=PlanVersion.State.SUPERSEDED)
        version.refresh_from_db()
        version.state = PlanVersion.State.ACTIVE
        version.why = why
        version.activated_at, version.activated_by = at, by
        version.save()
        plan.active_version = version
        if plan.status == Plan.Status.DRAFT:
            plan.status = Plan.Status.ACTIVE
        plan.save(update_fields=["active_version", "status"])
        schedule_first(plan=plan, by=by, at=at)
        note_event(
            patient=plan.patient,
            plan=plan,
            verb="plan activated",
            at=at,
            by=by,
            version=version.number,
            why=why,
        )
    return version


def _keep_quota_true(prescription: Prescription) -> None:
    """A quota starts at the dose: it follows a changed dose, and goes when its measure is gone."""
    quota: Quota | None = getattr(prescription, "quota", None)
    if quota is None:
        return
    amount = getattr(prescription, quota.measure)
    if amount is None:
        quota.delete()
        Prescription._meta.get_field("quota").set_cached_value(prescription, None)  # it has none any more
    elif amount != quota.start:
        quota.start, quota.ceiling = Decimal(amount), max(quota.ceiling, Decimal(amount))
        quota.save(update_fields=["start", "ceiling"])


def copy_exercises(source: PlanVersion, draft: PlanVersion, *, at: datetime) -> None:
    """Fill an empty draft with another version's exercises, doses as they are today, and quotas."""
    today = local_date(at, draft.plan.patient.time_zone)
    for held in dosed_for(source.prescriptions.select_related("quota"), today):
        copied = _copy(held, draft)
        copied.save()
        quota = getattr(held, "quota", None)
        if quota is not None:
            start = getattr(held, quota.measure)
            Quota.objects.create(
                prescription=copied,
                measure=quota.measure,
                start=start,
                step_percent=quota.step_percent,
                ceiling=max(quota.ceiling, start),
                approved_ahead=quota.approved_ahead,
            )


def _copy(prescription: Prescription, version: PlanVersion) -> Prescription:
    fields = {name: getattr(prescription, name) for name in [*DOSE_FIELDS, "position", "override_reason"]}
    return Prescription(version=version, exercise_version_id=prescription.exercise_version_id, **fields)


def starting_dose(exercise: ExerciseVersion) -> dict[str, Any]:
    """The dose fields with which an exercise is put into a plan: the library's start, at an easy effort."""
    dose = exercise.dose()
    dose["sets"] = dose["sets"] or 1
    dose["effort"] = min(exercise.effort_max, max(exercise.effort_min, 2))
    return dose


def hard_stops(prescriptions: Sequence[Prescription], patient: Patient) -> list[tuple[Prescription, Caution]]:
    """Which of these are contraindicated for the patient's recorded conditions, with the reason. One query."""
    ids: set[UUID] = {p.exercise_version_id for p in prescriptions}
    cautions = Caution.objects.filter(
        version_id__in=ids, kind=Caution.Kind.CONTRAINDICATED, condition__in=patient.profile.conditions.all()
    ).select_related("condition")
    return [(p, c) for p in prescriptions for c in cautions if c.version_id == p.exercise_version_id]
