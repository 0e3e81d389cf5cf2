"""A lost password, a new one. Neither touches the second step."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_change import change_password, finalize_password_change
from allauth.account.internal.flows.password_reset import finalize_password_reset
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.adapter import SignInAdapter
from accounts.forms.passwords import LostPasswordForm, NewPasswordForm
from accounts.models import User
from accounts.password_reset import user_of
from accounts.policy import public, signed_in
from accounts.reauth import confirmed_lately
from accounts.second_step import before_second_step
from accounts.sign_in_news import LOST_PASSWORD

RESET_KEY = "password_reset_key"
METHODS = ["GET", "HEAD", "POST"]


@public
@never_cache
@require_http_methods(METHODS)
def lost(request: HttpRequest) -> HttpResponse:
    """Ask for a letter. The answer is the same whether somebody has the address or not."""
    form = LostPasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "accounts/password_lost.html", {"form": form}, status=422 if form.errors else 200)
    email = form.cleaned_data["email"]
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password", key=email)
    if refused:
        return refused
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None:
        cast(SignInAdapter, get_adapter()).tell(user, LOST_PASSWORD)
    return redirect("password_sent")


@public
@never_cache
@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_sent.html")


@public
@never_cache
@require_http_methods(["GET", "HEAD"])
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter. The key moves into the session, so that the page's address does not show it."""
    if user_of(token) is None:
        return _closed(request)
    request.session[RESET_KEY] = token
    return redirect("password_new")


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Choose a new password with the key of a letter; everybody else of this login is signed out."""
    if RESET_KEY not in request.session:
        return redirect("password_lost")
    user = user_of(request.session[RESET_KEY])
    if user is None:
        return _closed(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if not form.is_valid():
        return render(request, "accounts/password_new.html", {"form": form}, status=422 if form.errors else 200)
    change_password(user, form.cleaned_data["password"])
    finalize_password_reset(request, user)
    cast(SignInAdapter, get_adapter()).forget_failures(request, user)
    request.session.flush()
    messages.success(request, _("Your new password is set. Sign in with it."))
    return redirect("account_login")


@signed_in
@before_second_step
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(METHODS)
@confirmed_lately
def change(request: HttpRequest) -> HttpResponse:
    """Another password, or the first one of somebody who came with a passkey. Other sessions end."""
    user = cast(User, request.user)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if not form.is_valid():
        page = {"form": form, "has_password": user.has_usable_password()}
        return render(request, "accounts/password_change.html", page, status=422 if form.errors else 200)
    change_password(user, form.cleaned_data["password"])
    finalize_password_change(request, user)
    messages.success(request, _("Your password is changed. Wherever else you were signed in, you are signed out."))
    return redirect("mfa_index")


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_closed.html", status=404)
