"""The doors to rows: each view gets its object through one function that also decides access and writes the log."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.actions import list_look, log_access, log_list
from accounts.looking import looked_at, with_look
from accounts.models import (
    Absence,
    BreakGlass,
    CareAssignment,
    Clinic,
    Holiday,
    Invitation,
    LegalHold,
    Membership,
    Patient,
    Transfer,
    User,
)
from accounts.policy import Actor
from accounts.together import Added, Part
from plans.actions.break_glass import reason_of
from plans.models import (
    Flag,
    Goal,
    Note,
    PainScore,
    Plan,
    PlanTemplate,
    PlanVersion,
    Prescription,
    QuotaStep,
    Reevaluation,
    Report,
    RuleTrial,
    SavedFilter,
    Session,
)


def actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def user(request: HttpRequest) -> User:
    return cast(User, request.user)


def my_record(request: HttpRequest) -> Patient:
    """The patient's own record, for views with the policy `patient`."""
    return cast(Patient, actor(request).patient)


def my_session(request: HttpRequest, session_id: UUID) -> Session:
    """A session of the patient who is signed in, or 404."""
    return get_object_or_404(Session.objects.of(my_record(request)), pk=session_id)


def my_score(request: HttpRequest, score_id: UUID) -> PainScore:
    """A pain score of the patient who is signed in, or 404."""
    return get_object_or_404(PainScore.objects.of(my_record(request)).select_related("site"), pk=score_id)


def my_safety_report(request: HttpRequest, report_id: UUID) -> Report:
    """A safety report of the patient who is signed in, or 404."""
    return get_object_or_404(Report.objects.of(my_record(request)).filter(kind=Report.Kind.SAFETY), pk=report_id)


def my_goal(request: HttpRequest, goal_id: UUID) -> Goal:
    """A goal of the patient who is signed in, or 404."""
    return get_object_or_404(Goal.objects.of(my_record(request)), pk=goal_id)


def my_reevaluation(request: HttpRequest, reevaluation_id: UUID) -> Reevaluation:
    """A re-evaluation that was done, of the patient who is signed in, or 404."""
    rows = Reevaluation.objects.of(my_record(request)).filter(state=Reevaluation.State.DONE)
    return get_object_or_404(rows.select_related("plan__patient__clinic", "plan__active_version"), pk=reevaluation_id)


def my_prescription(request: HttpRequest, prescription_id: UUID) -> Prescription:
    """An exercise of the plan that the patient who is signed in has now, or 404."""
    rows = Prescription.objects.of(my_record(request)).filter(version__plan__active_version=F("version"))
    current = rows.filter(version__plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED])
    return get_object_or_404(current.select_related("exercise_version", "version"), pk=prescription_id)


def patient_record(request: HttpRequest, patient_id: UUID, *beside: str) -> Patient:
    """A patient of the clinic that the clinician works in now, or 404. Writes the access log.

    `beside` names what else of the patient comes with the same query.
    """
    me = actor(request)
    missing = Http404("No Patient matches the given query.")
    if me.clinic is None:
        raise missing
    found = _record(_route(request), *beside, user=me.user, at=timezone.now(), clinic=me.clinic.pk, patient=patient_id)
    if not found:
        raise missing
    found[0].clinic = me.clinic
    return found[0]


@looked_at
def _record(*beside: str, user: User, at: datetime, clinic: UUID, patient: UUID) -> QuerySet[Patient, Patient]:
    rows = Patient.objects.visible_to(user, at).filter(clinic=clinic, pk=patient)
    return with_look(rows.select_related("profile", *beside), "", user, at)


def flag(request: HttpRequest, flag_id: UUID) -> Flag:
    me = actor(request)
    rows = Flag.objects.visible_to(me.user).filter(patient__clinic=me.clinic)
    found = get_object_or_404(rows.select_related("patient__clinic", "site"), pk=flag_id)
    _write_log(request, found.patient)
    return found


def note(request: HttpRequest, note_id: UUID) -> Note:
    me = actor(request)
    rows = Note.objects.visible_to(me.user).filter(patient__clinic=me.clinic)
    found = get_object_or_404(rows.select_related("patient__clinic"), pk=note_id)
    _write_log(request, found.patient)
    return found


def score_of(request: HttpRequest, patient: Patient, score_id: UUID) -> PainScore:
    """A pain score of a patient who came through one of these doors, or 404."""
    return get_object_or_404(PainScore.objects.of(patient).select_related("site", "recorded_by"), pk=score_id)


def plan(request: HttpRequest, plan_id: UUID) -> Plan:
    me = actor(request)
    rows = Plan.objects.visible_to(me.user).filter(patient__clinic=me.clinic)
    found = get_object_or_404(rows.select_related("patient__clinic", "active_version"), pk=plan_id)
    _write_log(request, found.patient)
    return found


def plan_version(
    request: HttpRequest, version_id: UUID, also: Callable[[QuerySet[PlanVersion]], QuerySet[PlanVersion]] | None = None
) -> PlanVersion:
    """A version of a plan of the clinic worked in, or 404. Writes the access log. `also` adds to what is read of it."""
    me = actor(request)
    if me.clinic is None:
        raise Http404
    rows = _plan_versions(
        _route(request), also, user=me.user, at=timezone.now(), clinic=me.clinic.pk, version=version_id
    )
    if not rows:
        raise Http404
    return rows[0]


@looked_at
def _plan_versions(
    also: Callable[[QuerySet[PlanVersion]], QuerySet[PlanVersion]] | None,
    *,
    user: User,
    at: datetime,
    clinic: UUID,
    version: UUID,
) -> QuerySet[PlanVersion, PlanVersion]:
    rows = PlanVersion.objects.visible_to(user, at).filter(pk=version, plan__patient__clinic=clinic)
    rows = rows.select_related("plan__patient__clinic", "plan__patient__profile", "based_on")
    return with_look(also(rows) if also else rows, "plan__patient__", user, at)


def reevaluation(request: HttpRequest, reevaluation_id: UUID) -> Reevaluation:
    me = actor(request)
    rows = Reevaluation.objects.visible_to(me.user).filter(patient__clinic=me.clinic)
    found = get_object_or_404(rows.select_related("plan__patient__clinic", "plan__active_version"), pk=reevaluation_id)
    _write_log(request, found.plan.patient)
    return found


def quota_step(request: HttpRequest, step_id: UUID) -> QuotaStep:
    me = actor(request)
    rows = QuotaStep.objects.visible_to(me.user).filter(quota__prescription__version__plan__patient__clinic=me.clinic)
    rows = rows.select_related("quota__prescription__version__plan__patient", "quota__prescription__exercise_version")
    found = get_object_or_404(rows, pk=step_id)
    _write_log(request, found.quota.prescription.version.plan.patient)
    return found


def plan_template(request: HttpRequest, template_id: UUID) -> PlanTemplate:
    """A template for everyone or of the clinic worked in now, or 404."""
    me = actor(request)
    rows = PlanTemplate.objects.visible_to(me.user).filter(Q(clinic=me.clinic) | Q(clinic=None))
    return get_object_or_404(rows.select_related("clinic", "made_by"), pk=template_id)


def goal_of(patient: Patient, goal_id: UUID) -> Goal:
    """A goal of a patient who came through one of these doors, or 404."""
    return get_object_or_404(Goal.objects.of(patient), pk=goal_id)


def closed_record(request: HttpRequest, patient_id: UUID) -> Patient:
    """A patient of the clinic whose record is closed to this person, to be opened with a reason; else 404."""
    me = actor(request)
    closed = Patient.objects.filter(clinic=me.clinic, clinic__record_access=Clinic.RecordAccess.ASSIGNED)
    closed = closed.exclude(pk__in=Patient.objects.visible_to(me.user).values("pk"))
    return get_object_or_404(closed.select_related("clinic"), pk=patient_id)


def opened_record(request: HttpRequest, opened_id: UUID) -> BreakGlass:
    """A record of the clinic that somebody opened with a reason, or 404."""
    me = actor(request)
    visible = Patient.objects.visible_to(me.user).filter(clinic=me.clinic)
    found = get_object_or_404(BreakGlass.objects.filter(patient__in=visible.values("pk")), pk=opened_id)
    _write_log(request, found.patient)
    return found


def assignment_of(patient: Patient, assignment_id: UUID) -> CareAssignment:
    """An assignment of a patient who came through one of these doors, or 404."""
    return get_object_or_404(patient.assignments.select_related("patient", "clinician"), pk=assignment_id)


def transfer_of(patient: Patient, transfer_id: UUID) -> Transfer:
    """A transfer of a patient who came through one of these doors (or is signed in), or 404."""
    return get_object_or_404(patient.transfers.select_related("from_clinic", "to_clinic", "asked_by"), pk=transfer_id)


def holiday(request: HttpRequest, holiday_id: UUID) -> Holiday:
    """A holiday of the clinic worked in now, or 404."""
    return get_object_or_404(Holiday.objects.filter(clinic=actor(request).clinic), pk=holiday_id)


def absence(request: HttpRequest, absence_id: UUID) -> Absence:
    """Somebody's leave in the clinic worked in now, or 404. Whether they may change it is for the action."""
    rows = Absence.objects.filter(clinic=actor(request).clinic)
    return get_object_or_404(rows.select_related("clinic", "clinician", "stand_in"), pk=absence_id)


def membership(request: HttpRequest, membership_id: UUID) -> Membership:
    """Somebody's open role in the clinic worked in now, for its leads, or 404."""
    me, at = actor(request), timezone.now()
    rows = Membership.objects.visible_to(me.user, at).open(at).filter(clinic=me.clinic)
    return get_object_or_404(rows.select_related("user", "clinic"), pk=membership_id)


def staff_invitation(request: HttpRequest, invitation_id: UUID) -> Invitation:
    """A letter to somebody who is to work in the clinic worked in now, for its leads, or 404."""
    me = actor(request)
    return get_object_or_404(Invitation.objects.visible_to(me.user).filter(clinic=me.clinic), pk=invitation_id)


def legal_hold(request: HttpRequest, hold_id: UUID) -> LegalHold:
    """A hold on a record of the clinic worked in now, or 404. Writes the access log."""
    me = actor(request)
    visible = Patient.objects.visible_to(me.user).filter(clinic=me.clinic)
    found = get_object_or_404(LegalHold.objects.filter(patient__in=visible).select_related("patient"), pk=hold_id)
    _write_log(request, found.patient)
    return found


def rule_trial(request: HttpRequest, trial_id: UUID) -> RuleTrial:
    """A replay of the clinic worked in now, or 404. The patients in it come through `visible_to` each."""
    me = actor(request)
    rows = RuleTrial.objects.visible_to(me.user).filter(clinic=me.clinic)
    return get_object_or_404(rows.select_related("by", "clinic"), pk=trial_id)


def list_shown(request: HttpRequest, patients: Iterable[UUID], beside: Added | None = None) -> None:
    """Write down that a list with these patients is shown; for lists, whose rows come through `visible_to`. Nothing
    more where a question of the page has written it `beside`, with all of them.
    """
    here, those = actor(request).clinic, list(dict.fromkeys(patients))
    if here is not None and not (beside and beside.done and beside.values["patients"] == those):
        log_list(patients=those, clinic=here, by=user(request), route=_route(request), at=timezone.now())


def list_beside(request: HttpRequest, patients: Iterable[UUID], *, unless: Part | None = None) -> Added | None:
    """What `list_shown` writes, for a question of the page to write (accounts/together.py). `unless` is the part of it
    that may name others, who have to stand in the same line. To be given to `list_shown` when all are known.
    """
    here = actor(request).clinic
    if here is None:
        return None
    at, by = timezone.now(), user(request)
    return list_look(patients=patients, clinic=here, by=by, route=_route(request), at=at, unless=unless)


def saved_filter(request: HttpRequest, saved_filter_id: UUID) -> SavedFilter:
    """One of the clinician's own filters, or 404."""
    return get_object_or_404(SavedFilter.objects.visible_to(user(request)), pk=saved_filter_id)


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name or "") if match else ""


def _write_log(request: HttpRequest, patient: Patient) -> None:
    at = timezone.now()
    why = reason_of(patient=patient, by=user(request), at=at)
    log_access(patient=patient, by=user(request), route=_route(request), at=at, purpose=why)
