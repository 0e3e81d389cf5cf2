"""The session log: one form, one call; and the page that says what comes next."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.compiled import compiled
from accounts.models import Patient
from accounts.policy import patient
from plans.actions.refusals import Refused
from plans.actions.sessions import BACKDATE_DAYS, record_session, version_on
from plans.forms.patient_session import SessionForm
from plans.models import BodySite, PainScore, Plan, PlanVersion, Prescription, Session
from plans.schedule import is_session_day, local_date, week_of
from plans.views import doors
from plans.views.asked import day_of, uuid_of
from plans.views.patient import mine
from plans.wording import day_in_words

NO_ENTRY = UUID(int=0)


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def log_session(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    known = my_versions(me) if request.method == "POST" else []
    version = _version_of(request, me, known)
    if version is None:
        return render(request, "plans/patient/no_session.html", {"plan": mine.current_plan(me)})
    form, dosed = _form(request, me, version, at)
    if request.method == "POST" and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        fitting = version_on(known, form.day, version, form.zone)
        if fitting is None:
            form.add_error("on", _("Your plan starts later than that day. Choose another day, or log your pain only."))
        elif fitting.pk != version.pk:
            form, _dosed = _form(request, me, fitting, at)
            form.full_clean()
            form.add_error(
                "on",
                _("On %(day)s your plan was another one. Here are its exercises: please say what you did.")
                % {"day": day_in_words(form.day)},
            )
            version = fitting
        else:
            try:
                recorded = record_session(
                    patient=me,
                    plan_version=version,
                    given=form.session_input(),
                    by=doors.user(request),
                    at=at,
                    prescriptions=dosed.get(form.day),
                )
            except Refused as refused:
                form.renew()
                form.add_error(None, str(refused))
            else:
                return redirect("session_done", recorded.session.pk)
    day = local_date(at, form.zone)
    return render(
        request,
        "plans/patient/log_session.html",
        {"form": form, "version": version, "day": day, "clinician": mine.clinician_name(me, at)},
    )


@patient
@require_safe
def session_done(request: HttpRequest, session_id: UUID) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    session = doors.my_session(request, session_id)
    today = mine.today_here(request, me, at)
    asked = session.local_date + timedelta(days=1)
    answered = PainScore.objects.filter(session=session, moment=PainScore.Moment.NEXT_MORNING).exists()
    context = {
        "nav": "today",
        "session": session,
        "is_today": session.local_date == today,
        "morning": "later" if asked > today else "now" if asked == today and not answered else "",
        "conflict": session.conflicts.exists(),
        "next_day": next_session_day(me, today),
        "clinician": mine.clinician_name(me, at),
    }
    return render(request, "plans/patient/session_done.html", context)


def next_session_day(me: Patient, today: date) -> date | None:
    """The next day after today on which the plan asks for a session, within a week."""
    plan = mine.current_plan(me)
    if plan is None or plan.status != Plan.Status.ACTIVE or plan.active_version is None:
        return None
    planned = mine.planned(mine.exercises(plan.active_version, today))
    recent = Session.objects.of(me).finished().filter(local_date__gte=week_of(today)[0])
    done = set(recent.values_list("local_date", flat=True))
    for ahead in range(1, 8):
        day = today + timedelta(days=ahead)
        this_week = len(done) if day in week_of(today) else 0
        if is_session_day(planned, day, this_week):
            return day
    return None


def _form(
    request: HttpRequest, me: Patient, version: PlanVersion, at: datetime
) -> tuple[SessionForm, dict[date, list[Prescription]]]:
    """The form, and the exercises by the day whose dose they have."""
    zone = mine.zone_here(request, me)
    day = local_date(at, zone)
    posted = None
    if request.method == "POST":
        posted = request.POST.copy()
        posted["version"] = str(version.pk)
        day = day_of(posted.get("on", "")) or day
    prescriptions = mine.exercises(version, day)
    since = min(week_of(day)[0], local_date(at, zone) - timedelta(days=BACKDATE_DAYS + 1))
    entry = uuid_of(posted.get("entry", "")) if posted is not None else None
    rows = _sessions_near(patient=me.pk, since=since, entry=entry or NO_ENTRY)
    logged = {on for _pk, state, on in rows if state == Session.State.DONE and on >= since}
    before = sum(1 for logged_day in logged if week_of(day)[0] <= logged_day < day)
    form = SessionForm(
        posted,
        patient=me,
        zone=zone,
        at=at,
        sites=_sites_of(patient=me.pk),
        prescriptions=prescriptions,
        due=mine.due_on(prescriptions, day, before) or prescriptions,
        version_id=version.pk,
        logged_days=logged,
        stored=any(pk == entry for pk, _state, _on in rows),
    )
    return form, {day: prescriptions}


def _version_of(request: HttpRequest, me: Patient, known: Sequence[PlanVersion]) -> PlanVersion | None:
    """The version the form was made for, else the one of the active plan."""
    posted = uuid_of(request.POST.get("version", "")) if request.method == "POST" else None
    found = next((version for version in known if version.pk == posted), None)
    if found is not None:
        return found
    plan = mine.current_plan(me)
    if plan is None or plan.status != Plan.Status.ACTIVE:
        return None
    return plan.active_version


def my_versions(me: Patient) -> list[PlanVersion]:
    """All that were ever active, the oldest first."""
    return _versions_of(patient=me.pk)


@compiled
def _versions_of(*, patient: UUID) -> QuerySet[PlanVersion, PlanVersion]:
    activated = PlanVersion.objects.filter(plan__patient=patient).exclude(state=PlanVersion.State.DRAFT)
    return activated.select_related("plan").order_by("activated_at")


@compiled
def _sites_of(*, patient: UUID) -> QuerySet[BodySite, BodySite]:
    return BodySite.objects.filter(patient=patient)


@compiled
def _sessions_near(*, patient: UUID, since: date, entry: UUID) -> QuerySet[Session, tuple[UUID, str, date]]:
    near = Q(state=Session.State.DONE, local_date__gte=since) | Q(pk=entry)
    return Session.objects.filter(near, patient=patient).order_by().values_list("pk", "state", "local_date")


def is_stored(me: Patient, entry: str) -> bool:
    key = uuid_of(entry)
    return key is not None and Session.objects.of(me).filter(pk=key).exists()
