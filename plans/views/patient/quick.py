""" "I did it": a number and Save. A yes on the safety list is stored before anything else."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import patient
from plans.actions.quick import log_done
from plans.actions.refusals import Refused
from plans.actions.sessions import BACKDATE_DAYS, version_on
from plans.forms.patient_quick import QuickForm
from plans.forms.patient_safety import happened
from plans.models import Plan
from plans.schedule import local_date, week_of
from plans.views import doors
from plans.views.asked import uuid_of
from plans.views.patient import mine, session_asked
from plans.views.patient.safety import questions, tell


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def quick_log(request: HttpRequest) -> HttpResponse:
    """Three taps: "I did it", a number, Save."""
    me, at = doors.my_record(request), timezone.now()
    zone = mine.zone_here(request, me)
    posted = request.POST if request.method == "POST" else None
    today = local_date(at, zone)
    since = today - timedelta(days=BACKDATE_DAYS + 7)
    entry = uuid_of(posted.get("entry", "")) if posted is not None else None
    found = session_asked.asked(patient=me.pk, version=None, day=today, since=since, entry=entry)
    logged = found.logged
    form = QuickForm(
        posted, patient=me, zone=zone, at=at, sites=found.sites, logged_days=logged, stored=found.stored
    )  # fmt: skip
    plan = mine.current_plan(me)
    version = plan.active_version if plan is not None else None
    answers = happened(posted) if posted is not None else []
    report = None
    if answers:
        try:
            report = tell(request, me, str(form.entry_id), answers, form.zone, at)
        except Refused as refused:
            form.full_clean()
            form.add_error(None, str(refused))
    elif version is None or plan is None or plan.status != Plan.Status.ACTIVE:
        return render(request, "plans/patient/no_session.html", {"plan": plan})
    if form.is_valid() and version is not None:
        mine.remember_zone(request, me, form.zone)
        fitting = version_on(found.versions, form.when.day, version, form.zone)
        if fitting is None:
            form.add_error("on", _("Your plan starts later than that day. Choose another day, or log your pain only."))
        else:
            day = form.when.day
            prescriptions = mine.exercises(fitting, day)
            before = sum(1 for known in logged if week_of(day)[0] <= known < day)
            due = mine.due_on(prescriptions, day, before) or prescriptions
            try:
                recorded = log_done(
                    patient=me, plan_version=fitting, given=form.session_input(due), pains=form.pains(),
                    by=doors.user(request), at=at, prescriptions=prescriptions,
                )  # fmt: skip
            except Refused as refused:
                form.renew()
                form.add_error(None, str(refused))
            else:
                if report is None:
                    return redirect("session_done", recorded.session.pk)
    if report is not None:
        # What to do now comes before any number that is still missing; that day can be logged later.
        return redirect("safety_told", report.pk)
    context = {"form": form, "day": local_date(at, form.zone), **questions(request, me)}
    return render(request, "plans/patient/quick_log.html", context)
