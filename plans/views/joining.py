"""The door for those who were invited. Whoever has no valid key learns nothing."""

from datetime import datetime
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import joining_passkey
from accounts.models import Invitation, User
from accounts.policy import public
from plans.actions import invitations, reminders, staff
from plans.actions.invitations import Passkey
from plans.actions.refusals import Refused
from plans.forms.joining import EntryForm, JoinForm
from plans.forms.staff import StaffJoinForm


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, so that a mail scanner that opens links uses nothing up; POST joins and signs in."""
    at = timezone.now()
    invitation = invitations.usable(token, at)
    if invitation is None:
        return _closed(request)
    if invitation.patient is None:
        return _join_staff(request, token, invitation, at)
    patient, account = invitation.patient, invitations.account_of(invitation)
    form = JoinForm(
        request.POST if request.method == "POST" else None,
        account=account,
        is_right=lambda password: account is not None and _is_right(request, account, password),
        email=invitation.email,
        name=patient.full_name,
        time_zone=patient.time_zone,
    )
    if form.is_valid():
        try:
            passkey = _passkey(request, form)
            given = {name: form.cleaned_data[name] for name in ("password", "language", "time_zone")}
            user = invitations.accept(token=token, at=at, passkey=passkey, **given)
        except ValidationError as error:
            form.add_error(None, error)
        except Refused:
            return _closed(request)
        else:
            reminders.choose_at_start(patient=patient, wish=form.cleaned_data["reminders"], by=user, at=at)
            return _enter(request, user, by_passkey=passkey is not None, is_new=account is None, to="today")
    page = {
        "form": form,
        "clinic_name": patient.clinic.name,
        "clinic_rules": patient.clinic,
        "name": patient.first_name,
        "passkey_url": None if account else reverse("join_passkey", args=[token]),
    }
    return render(request, "plans/patient/join.html", page, status=422 if form.errors else 200)


def _join_staff(request: HttpRequest, token: str, invitation: Invitation, at: datetime) -> HttpResponse:
    """The same door for somebody who is to work in the clinic."""
    account = invitations.account_of(invitation)
    form = StaffJoinForm(
        request.POST if request.method == "POST" else None,
        account=account,
        is_right=lambda password: account is not None and _is_right(request, account, password),
        email=invitation.email,
        name=invitation.full_name,
        time_zone=invitation.clinic.time_zone,
    )
    if form.is_valid():
        try:
            passkey = _passkey(request, form)
            given = {name: form.cleaned_data[name] for name in ("password", "language", "time_zone")}
            user = staff.accept(token=token, at=at, passkey=passkey, **given)
        except ValidationError as error:
            form.add_error(None, error)
        except Refused:
            return _closed(request)
        else:
            return _enter(request, user, by_passkey=passkey is not None, is_new=account is None, to="home")
    page = {
        "form": form,
        "clinic_name": invitation.clinic.name,
        "name": invitation.full_name,
        "role_name": invitation.get_role_display(),
        "second_step_asked": settings.REQUIRE_MFA,
        "passkey_url": None if account else reverse("join_passkey", args=[token]),
    }
    return render(request, "plans/clinic/join.html", page, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
def join_passkey(request: HttpRequest, token: str) -> HttpResponse:
    """What the browser is asked to make, for those who join with a passkey."""
    invitation = invitations.usable(token, timezone.now())
    if invitation is None or invitations.account_of(invitation) is not None:
        return _closed(request)
    name = invitation.patient.full_name if invitation.patient else invitation.full_name
    options = joining_passkey.begin(request, email=invitation.email, name=name)
    return JsonResponse({"creation_options": options})


def _is_right(request: HttpRequest, account: User, password: str) -> bool:
    """Asked like a sign-in, so that it is counted like one."""
    found: User | None = get_adapter().authenticate(request, email=account.email, password=password)
    return found == account


def _passkey(request: HttpRequest, form: EntryForm) -> Passkey | None:
    """The passkey that was made, checked. Raises ValidationError."""
    if not form.by_passkey:
        return None
    credential = form.cleaned_data["credential"]
    user_id: UUID = joining_passkey.complete(request, credential)
    return Passkey(user_id, credential)


def _enter(request: HttpRequest, user: User, *, by_passkey: bool, is_new: bool, to: str) -> HttpResponse:
    """Sign in by the usual steps: a login that existed before and has a second step is asked for it."""
    if by_passkey:
        key = joining_passkey.passkey_of(user)
        record_authentication(request, user, "mfa", id=key.pk, type=key.type, passwordless=True)
    else:
        record_authentication(request, user, "password")
    where = reverse("mfa_view_recovery_codes" if by_passkey else to)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=where, signup=is_new))
    return answer


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "plans/patient/join_closed.html", status=404)
