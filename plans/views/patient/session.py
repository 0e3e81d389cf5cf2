"""The session log: one form, one call; and the page that says what comes next."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Patient
from accounts.policy import patient
from plans.actions.refusals import Refused
from plans.actions.sessions import BACKDATE_DAYS, record_session, version_on
from plans.forms.patient_session import SessionForm
from plans.models import PainScore, Plan, PlanVersion, Session
from plans.schedule import is_session_day, local_date, week_of
from plans.views import doors
from plans.views.asked import day_of, uuid_of
from plans.views.patient import mine, session_asked
from plans.wording import day_in_words


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def log_session(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    what = _Asking(request, me, at)
    version = what.version()
    if version is None:
        return render(request, "plans/patient/no_session.html", {"plan": mine.current_plan(me)})
    form = what.form(version)
    if request.method == "POST" and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        fitting = version_on(what.versions, form.day, version, form.zone)
        if fitting is None:
            form.add_error("on", _("Your plan starts later than that day. Choose another day, or log your pain only."))
        elif fitting.pk != version.pk:
            form = what.form(fitting)
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
                    prescriptions=form.prescriptions if form.day == what.day else None,
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


class _Asking:
    """What a form of the log is made of: the day and entry that were sent, and what was asked for with them."""

    def __init__(self, request: HttpRequest, me: Patient, at: datetime) -> None:
        self.me, self.at = me, at
        self.zone = mine.zone_here(request, me)
        self.posted: QueryDict | None = request.POST if request.method == "POST" else None
        sent: Mapping[str, str] = self.posted or {}
        today = local_date(at, self.zone)
        self.day = day_of(sent.get("on", "")) or today
        self.since = min(week_of(self.day)[0], today - timedelta(days=BACKDATE_DAYS + 1))
        self._entry, self._named = uuid_of(sent.get("entry", "")), uuid_of(sent.get("version", ""))
        self._found = self._ask(self._named) if self.posted is not None else None

    @property
    def versions(self) -> list[PlanVersion]:
        return self._found.versions if self._found else []

    def version(self) -> PlanVersion | None:
        """The version the form was made for, else the one of the active plan."""
        found = next((version for version in self.versions if version.pk == self._named), None)
        if found is not None:
            return found
        plan = mine.current_plan(self.me)
        if plan is None or plan.status != Plan.Status.ACTIVE:
            return None
        return plan.active_version

    def form(self, version: PlanVersion) -> SessionForm:
        """The form about the exercises of this version, with what was sent in it."""
        found = self._found
        if found is None or version.pk != self._named:
            found = self._ask(version.pk)
        prescriptions = mine.of_version(version, found.rows)
        before = sum(1 for logged_day in found.logged if week_of(self.day)[0] <= logged_day < self.day)
        if self.posted is not None and version.pk != self._named:
            self.posted = self.posted.copy()
            self.posted["version"] = str(version.pk)
        return SessionForm(
            self.posted,
            patient=self.me,
            zone=self.zone,
            at=self.at,
            sites=found.sites,
            prescriptions=prescriptions,
            due=mine.due_on(prescriptions, self.day, before) or prescriptions,
            version_id=version.pk,
            logged_days=found.logged,
            stored=found.stored,
        )

    def _ask(self, version: UUID | None) -> session_asked.Asked:
        return session_asked.asked(
            patient=self.me.pk, version=version, day=self.day, since=self.since, entry=self._entry
        )
