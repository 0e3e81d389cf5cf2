"""Leave: what happens with what was written, in plain words, and the way out."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import reauth
from accounts.policy import patient, public
from plans.actions import leaving
from plans.actions.refusals import Refused
from plans.forms.patient_leaving import LeaveForm
from plans.views import doors
from plans.views.patient import mine


@patient
@require_http_methods(["GET", "HEAD", "POST"])
@reauth.confirmed_lately
def leave(request: HttpRequest) -> HttpResponse:
    """Say what happens, then stop."""
    me, at = doors.my_record(request), timezone.now()
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            leaving.leave(patient=me, reason=form.cleaned_data["reason"], by=doors.user(request), at=at)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("my_data")
        logout(request)
        return redirect("left")
    page = {"nav": "help", "form": form, "clinic": me.clinic, "clinician": mine.clinician_name(me, at)}
    return render(request, "plans/patient/leave.html", page, status=422 if form.errors else 200)


@public
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Goodbye, for somebody who has just left; it tells nothing about anybody."""
    return render(request, "plans/patient/left.html")
