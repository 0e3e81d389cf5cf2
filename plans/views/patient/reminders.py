"""Reminders: the patient's choice, and the page behind the link that stops them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.policy import patient, public
from plans.actions import reminders
from plans.actions.refusals import Refused
from plans.forms.patient_reminders import RemindersForm
from plans.models import Plan, ReminderSettings
from plans.views import doors


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def my_reminders(request: HttpRequest) -> HttpResponse:
    """When to be reminded, once or twice a day, or not at all."""
    me, at = doors.my_record(request), timezone.now()
    known = ReminderSettings.objects.of(me).first()
    posted = request.POST if request.method == "POST" else None
    form = RemindersForm(posted, known=known or ReminderSettings(is_on=False))
    if posted is not None and form.is_valid():
        try:
            row = reminders.choose(
                patient=me,
                is_on=form.cleaned_data["is_on"],
                morning_at=form.cleaned_data["morning_at"],
                evening_at=form.cleaned_data["evening_at"],
                by=doors.user(request),
                at=at,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Reminders are on.") if row.is_on else _("Reminders are off."))
            return redirect("reminders")
    context = {
        "nav": "help",
        "form": form,
        "email": doors.user(request).email,
        "zone": me.time_zone.rpartition("/")[2].replace("_", " "),
        "paused": Plan.objects.of(me).filter(status=Plan.Status.PAUSED).exists(),
    }
    return render(request, "plans/patient/reminders.html", context)


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_stop(request: HttpRequest) -> HttpResponse:
    """The link in a reminder: looking changes nothing, the button (or the mail program's own, RFC 8058) stops.

    The token in the address is the whole permission, so a request from a mail program needs no cookie.
    """
    token = request.GET.get("token", "")
    if request.method == "POST":
        state = "stopped" if reminders.stop(token=token, at=timezone.now()) else "unknown"
    else:
        row = reminders.by_token(token)
        state = "unknown" if row is None else "asks" if row.is_on else "stopped"
    status = 404 if state == "unknown" and token else 200
    return render(request, "plans/patient/reminders_stop.html", {"state": state}, status=status)
