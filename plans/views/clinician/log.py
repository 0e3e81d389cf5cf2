"""A clinician logs what a patient without a phone told: a session, the pain of a day, the right number."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Patient
from accounts.policy import clinical
from plans.actions.refusals import Refused
from plans.actions.sessions import BACKDATE_DAYS, amend_score, record_daily, record_session, version_on
from plans.forms.clinician_log import AmendForm, PainForSomebody, SessionForSomebody
from plans.models import PainScore, Plan, PlanVersion, Session
from plans.schedule import local_date, week_of
from plans.views import doors
from plans.views.asked import day_of, uuid_of
from plans.views.clinician.people import about
from plans.views.patient import mine
from plans.wording import day_in_words

A_PAGE = 30


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def log_session(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A session of today or of the last 14 days, for the exercises that were the plan on that day."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    today = local_date(at, patient.time_zone)
    known = list(_versions(patient))
    if not known or patient.status == Patient.Status.DISCHARGED:
        return render(request, "plans/clinician/log_session.html", _frame(patient, today) | {"form": None})
    version = _chosen(known, request.POST.get("version") or request.GET.get("version"))
    form = _session_form(request, patient, version, at)
    if request.method == "POST" and form.is_valid():
        fitting = version_on(known, form.day, version, patient.time_zone)
        if fitting is None:
            form.add_error("on", _("The plan starts later than that day. Choose another day, or log the pain only."))
        elif fitting.pk != version.pk:
            version = fitting
            form = _session_form(request, patient, version, at)
            form.full_clean()
            form.add_error(
                "on",
                _("On %(day)s the plan was another one. Here are its exercises: please say what was done.")
                % {"day": day_in_words(form.day)},
            )
        else:
            try:
                record_session(
                    patient=patient, plan_version=version, given=form.session_input(), by=doors.user(request), at=at
                )
            except Refused as refused:
                form.renew()
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Session of %(day)s logged.") % {"day": day_in_words(form.day)})
                return redirect("patient", patient.pk)
    return render(
        request, "plans/clinician/log_session.html", _frame(patient, today) | {"form": form, "version": version}
    )


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def log_pain(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The pain of a day, at every place that was told."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    form = PainForSomebody(
        request.POST if request.method == "POST" else None,
        patient=patient,
        zone=patient.time_zone,
        at=at,
        sites=list(patient.sites.all()),
    )
    if request.method == "POST" and form.is_valid():
        when, note = form.when, form.said(form.cleaned_data["note"])
        try:
            with transaction.atomic():
                for site, value, score_id in form.scores():
                    record_daily(
                        patient=patient,
                        score_id=score_id,
                        site=site,
                        value=value,
                        occurred_at=when.occurred_at,
                        time_zone=when.time_zone,
                        source=when.source,
                        by=doors.user(request),
                        at=at,
                        note=note,
                        on=when.day,
                    )
        except Refused as refused:
            form.add_error("on", str(refused))
        else:
            messages.success(request, _("Pain of %(day)s logged.") % {"day": day_in_words(when.day)})
            return redirect("patient", patient.pk)
    frame = _frame(patient, local_date(at, patient.time_zone))
    return render(request, "plans/clinician/log_pain.html", frame | {"form": form})


@clinical
@require_safe
def scores(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every score with where it came from, the newest first, each to be corrected."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    earlier = PainScore.objects.filter(superseded_by=OuterRef("pk"))
    rows = (
        PainScore.objects.of(patient)
        .current()
        .select_related("site", "recorded_by")
        .annotate(corrected=Subquery(earlier.values("pk")[:1]), was=Subquery(earlier.values("value")[:1]))
        .order_by("-local_date", "-occurred_at", "-id")
    )
    frame = _frame(patient, local_date(at, patient.time_zone))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/clinician/scores.html", frame | {"page": page})


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def score_correct(request: HttpRequest, patient_id: UUID, score_id: UUID) -> HttpResponse:
    """Correct a score for the patient; the earlier number, who changed it and why stay beside it."""
    at = timezone.now()
    patient = doors.patient_record(request, patient_id)
    score = doors.score_of(request, patient, score_id)
    while score.superseded_by_id is not None:
        score = doors.score_of(request, patient, score.superseded_by_id)
    form = AmendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        amend_score(score=score, value=form.value, reason=form.cleaned_data["reason"], by=doors.user(request), at=at)
        messages.success(request, _("Corrected. The earlier number is kept beside it."))
        return redirect("patient_scores", patient.pk)
    frame = _frame(patient, local_date(at, patient.time_zone))
    return render(request, "plans/clinician/score_correct.html", frame | {"form": form, "score": score})


def _versions(patient: Patient) -> QuerySet[PlanVersion]:
    """The activated versions of the plan the patient has, oldest first; a paused one too: the day may lie before."""
    found = PlanVersion.objects.exclude(state=PlanVersion.State.DRAFT).filter(
        plan__patient=patient, plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED]
    )
    return found.select_related("plan").order_by("activated_at")


def _chosen(known: Sequence[PlanVersion], wanted: str | None) -> PlanVersion:
    """The version the form was made for, else the latest."""
    return next((version for version in known if str(version.pk) == wanted), known[-1])


def _session_form(request: HttpRequest, patient: Patient, version: PlanVersion, at: datetime) -> SessionForSomebody:
    today = local_date(at, patient.time_zone)
    posted = None
    day = today
    if request.method == "POST":
        posted = request.POST.copy()
        posted["version"] = str(version.pk)
        day = day_of(posted.get("on", "")) or today
    prescriptions = mine.exercises(version, day)
    since = min(week_of(day)[0], today - timedelta(days=BACKDATE_DAYS + 1))
    finished = Session.objects.of(patient).finished().filter(local_date__gte=since)
    logged = set(finished.values_list("local_date", flat=True))
    before = sum(1 for logged_day in logged if week_of(day)[0] <= logged_day < day)
    entry = uuid_of(posted.get("entry", "")) if posted is not None else None
    return SessionForSomebody(
        posted,
        patient=patient,
        zone=patient.time_zone,
        at=at,
        sites=list(patient.sites.all()),
        prescriptions=prescriptions,
        due=mine.due_on(prescriptions, day, before) or prescriptions,
        version_id=version.pk,
        logged_days=logged,
        stored=entry is not None and Session.objects.of(patient).filter(pk=entry).exists(),
    )


def _frame(patient: Patient, today: date) -> dict[str, object]:
    return {"patient": patient, "about": about(patient, today, all_sites=True), "today": today, "nav": "caseload"}
