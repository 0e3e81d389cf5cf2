"""The door for those who were invited. Whoever has no valid key learns nothing."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.policy import public
from plans.actions import invitations, reminders
from plans.actions.refusals import Refused
from plans.forms.joining import JoinForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, so that a mail scanner that opens links uses nothing up; POST joins and signs in."""
    at = timezone.now()
    invitation = invitations.usable(token, at)
    if invitation is None or invitation.patient is None:
        return _closed(request)
    patient = invitation.patient
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        account=invitations.account_of(invitation),
        email=invitation.email,
        name=patient.full_name,
        time_zone=patient.time_zone,
    )
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("password", "language", "time_zone")}
        try:
            user = invitations.accept(token=token, at=at, **given)
        except Refused:
            return _closed(request)
        reminders.choose_at_start(patient=patient, wish=form.cleaned_data["reminders"], by=user, at=at)
        login(request, user, backend=BACKEND)
        return redirect("today")
    page = {
        "form": form,
        "clinic_name": patient.clinic.name,
        "clinic_rules": patient.clinic,
        "name": patient.first_name,
    }
    return render(request, "plans/patient/join.html", page, status=422 if form.errors else 200)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "plans/patient/join_closed.html", status=404)
