"""The session player: one screen for each step, every step saved at once, everything works without JavaScript."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Patient
from accounts.policy import patient
from plans.actions import player
from plans.actions.player import AFTER, BEFORE
from plans.actions.refusals import Refused
from plans.forms.patient_player import AfterForm, BeforeForm, ExerciseForm, StepForm
from plans.forms.patient_safety import SafetyForm
from plans.models import ExerciseLog, Plan, Prescription, Session
from plans.models.quota import dosed_for
from plans.schedule import local_date, week_of
from plans.views import doors
from plans.views.asked import uuid_of
from plans.views.patient import mine
from plans.views.patient.media import media_of
from plans.views.patient.safety import questions
from plans.wording import dose_in_words


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def play_start(request: HttpRequest) -> HttpResponse:
    """The safety questions. "None of these" begins the session; a yes goes to the page of the safety questions."""
    me, at = doors.my_record(request), timezone.now()
    running = Session.objects.of(me).in_progress().first()
    if running is not None:
        return redirect("play_next", running.pk)
    plan = mine.current_plan(me)
    if plan is None or plan.status != Plan.Status.ACTIVE or plan.active_version is None:
        return render(request, "plans/patient/no_session.html", {"plan": plan})
    form = SafetyForm(request.POST if request.method == "POST" else None, zone=mine.zone_here(request, me))
    error = ""
    if request.method == "POST" and request.POST.get("answer") == "none":
        form.full_clean()
        mine.remember_zone(request, me, form.zone)
        try:
            session = player.begin(
                patient=me,
                session_id=uuid_of(request.POST.get("entry", "")) or UUID(str(form.initial["entry"])),
                plan_version=plan.active_version,
                exercises=[p.pk for p in _due(plan, me, local_date(at, form.zone))],
                time_zone=form.zone,
                by=doors.user(request),
                at=at,
            )
        except Refused as refused:
            error = str(refused)
        else:
            return redirect("play_next", session.pk)
    context = {"form": form, "error": error, "first": not Session.objects.of(me).exists(), **questions(request, me)}
    return render(request, "plans/patient/play_start.html", context)


@patient
@require_safe
def play_next(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """To the first step that has no answer yet."""
    session = doors.my_session(request, session_id)
    if session.state != Session.State.IN_PROGRESS:
        return redirect("session_done", session.pk)
    said = player.said(session)
    for step in [BEFORE, *player.exercise_ids(session)]:
        if step not in said:
            return redirect(_address(session, step))
    return redirect("play_after", session.pk)


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def play_before(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """How much it hurts before starting."""
    me, session = doors.my_record(request), doors.my_session(request, session_id)
    if session.state != Session.State.IN_PROGRESS and request.method != "POST":
        return redirect("session_done", session.pk)
    known = player.said(session).get(BEFORE, {}).get("scores")
    form = BeforeForm(
        _posted(request), sites=list(me.sites.all()), sequence=player.next_sequence(session, BEFORE), known=known
    )
    if form.is_valid():
        answer = _save(request, session, BEFORE, form, form.content())
        if answer is not None:
            return answer
    context = {"form": form, "session": session, "known": known is not None}
    return render(request, "plans/patient/play_before.html", context)


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def play_exercise(request: HttpRequest, session_id: UUID, prescription_id: UUID) -> HttpResponse:
    """One exercise: picture, dose, steps, counting; then done, partly, or skipped with a reason."""
    session = doors.my_session(request, session_id)
    if session.state != Session.State.IN_PROGRESS and request.method != "POST":
        return redirect("session_done", session.pk)
    ids = player.exercise_ids(session)
    step = str(prescription_id)
    if step not in ids:
        if session.state != Session.State.IN_PROGRESS:
            return redirect("session_done", session.pk)
        raise Http404
    said = player.said(session)
    form = ExerciseForm(_posted(request), sequence=player.next_sequence(session, step))
    if form.is_valid():
        answer = _save(request, session, step, form, form.content())
        if answer is not None:
            return answer
    number = ids.index(step) + 1
    prescription = _dosed(session, prescription_id)
    known = said.get(step)
    context = {
        "form": form,
        "session": session,
        "prescription": prescription,
        "exercise": prescription.exercise_version,
        "media": _media(session, prescription),
        "dose": dose_in_words(prescription),
        "number": number,
        "total": len(ids),
        "is_last": number == len(ids),
        "reasons": ExerciseLog.SkipReason.choices,
        "previous": _address(session, ids[number - 2] if number > 1 else BEFORE),
        "known": dict(ExerciseLog.State.choices).get(known["state"]) if known else "",
    }
    return render(request, "plans/patient/play_exercise.html", context)


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def play_after(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The highest pain, the effort, a word; then the session is in the diary."""
    me, at = doors.my_record(request), timezone.now()
    session = doors.my_session(request, session_id)
    if session.state != Session.State.IN_PROGRESS and request.method != "POST":
        return redirect("session_done", session.pk)
    said = player.said(session)
    form = AfterForm(_posted(request), sites=list(me.sites.all()), sequence=player.next_sequence(session, AFTER))
    if form.is_valid():
        answer = _save(request, session, AFTER, form, form.content(), ends=True)
        if answer is not None:
            return answer
    ids = player.exercise_ids(session)
    context = {
        "form": form,
        "session": session,
        "previous": _address(session, ids[-1] if ids else BEFORE),
        "open_exercises": sum(1 for key in ids if key not in said),
        "clinician": mine.clinician_name(me, at),
    }
    return render(request, "plans/patient/play_after.html", context)


def _save(
    request: HttpRequest, session: Session, step: str, form: StepForm, content: dict[str, Any], *, ends: bool = False
) -> HttpResponse | None:
    """Keep the answer of a step, and where it leads; None when it was refused (the form says why)."""
    by, at = doors.user(request), timezone.now()
    try:
        saved = player.save_step(session=session, step=step, sequence=form.number, content=content, by=by, at=at)
        if ends and saved.session.state == Session.State.IN_PROGRESS:
            player.finish(session=session, by=by, at=at)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    if ends or saved.session.state != Session.State.IN_PROGRESS:
        return redirect("session_done", session.pk)
    if saved.conflict:
        messages.info(request, _("This session is over already. What you sent now is kept beside it."))
    ids = player.exercise_ids(session)
    place = 0 if step == BEFORE else ids.index(step) + 1
    return redirect(_address(session, ids[place] if place < len(ids) else AFTER))


def _address(session: Session, step: str) -> str:
    if step == BEFORE:
        return reverse("play_before", args=[session.pk])
    if step == AFTER:
        return reverse("play_after", args=[session.pk])
    return reverse("play_exercise", args=[session.pk, step])


def _due(plan: Plan, me: Patient, day: date) -> list[Prescription]:
    """The exercises of that day, all of them on a day without any."""
    assert plan.active_version is not None
    prescriptions = mine.exercises(plan.active_version, day)
    week = Session.objects.of(me).finished().filter(local_date__gte=week_of(day)[0], local_date__lt=day)
    before = len(set(week.values_list("local_date", flat=True)))
    return mine.due_on(prescriptions, day, before) or prescriptions


def _dosed(session: Session, prescription_id: UUID) -> Prescription:
    """The exercise with the dose of the day on which the session was begun."""
    rows = session.plan_version.prescriptions.select_related("exercise_version").filter(pk=prescription_id)
    return dosed_for(rows, session.local_date)[0]


def _media(session: Session, prescription: Prescription) -> list[Any]:
    """Pictures and videos; they are served for the plan as it is now, not for one that was replaced meanwhile."""
    plan = session.plan_version.plan
    return media_of(prescription) if plan.active_version_id == session.plan_version_id else []


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
