"""A person's own sign-in: second step, recovery codes, where they are signed in."""

from typing import Any, cast

from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.flows import deactivate_totp
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import remove_authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import browsers, session_limits
from accounts.models import User
from accounts.policy import signed_in
from accounts.reauth import confirmed_lately
from accounts.second_step import before_second_step, has_second_step, is_last_step, must_have_second_step


class AddPasskeyView(AddWebAuthnView):
    """Every key is made to stand for both steps: it asks for a finger, a face or a PIN, and knows whose it is."""

    template_name = "accounts/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options = begin_registration(cast(User, self.request.user), passwordless=True)
        context: dict[str, Any] = super(AddWebAuthnView, self).get_context_data(**kwargs)
        return context | {"js_data": {"creation_options": options}}


def _own(view: Any) -> Any:
    """The policy of the pages that set up a second step: anybody signed in, staff without one too."""
    return signed_in(before_second_step(never_cache(view)))


add_passkey = _own(AddPasskeyView.as_view())
_activate = ActivateTOTPView.as_view(template_name="accounts/app_add.html")
_show_codes = ViewRecoveryCodesView.as_view(template_name="accounts/recovery_codes.html")
_make_codes = GenerateRecoveryCodesView.as_view(template_name="accounts/recovery_codes_new.html")


@_own
def add_app(request: HttpRequest) -> HttpResponse:
    """One app is enough: whoever has one turns that off first."""
    return _go_back() if _steps_of(cast(User, request.user))["totp"].exists() else _activate(request)


@_own
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes, when they are new; how many are left, later on."""
    return _show_codes(request) if _steps_of(cast(User, request.user))["recovery_codes"].exists() else _go_back()


@_own
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Codes stand in for a second step, so there must be one."""
    return _make_codes(request) if has_second_step(cast(User, request.user)) else _go_back()


@_own
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    user = cast(User, request.user)
    mine = {kind: list(rows) for kind, rows in _steps_of(user).items()}
    app = next(iter(mine["totp"]), None)
    codes = next(iter(mine["recovery_codes"]), None)
    required = must_have_second_step(request.actor)  # type: ignore[attr-defined]
    passkeys = [
        {
            "id": row.pk, "name": row.wrap().name, "made_at": row.created_at, "used_at": row.last_used_at,
            "may_go": not (required and is_last_step(row)),
        }
        for row in mine["webauthn"]
    ]  # fmt: skip
    page = {
        "must_add": required and not has_second_step(user),
        "has_password": user.has_usable_password(),
        "app": app,
        "app_may_go": app is not None and not (required and is_last_step(app)),
        "passkeys": passkeys,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": [_shown(session, request) for session in UserSession.objects.purge_and_list(user)],
    }
    return render(request, "accounts/security.html", page)


@_own
@require_POST
@confirmed_lately
def remove_app(request: HttpRequest) -> HttpResponse:
    return _remove(request, _steps_of(cast(User, request.user))["totp"].first(), deactivate_totp)


@_own
@require_POST
@confirmed_lately
def remove_passkey(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("passkey", "")
    rows = _steps_of(cast(User, request.user))["webauthn"]
    return _remove(request, next((row for row in rows if str(row.pk) == chosen), None), remove_authenticator)


@_own
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign out one other browser."""
    chosen = request.POST.get("session", "")
    rows = UserSession.objects.filter(user=request.user)
    session = next((row for row in rows if str(row.pk) == chosen), None)
    if session is None:
        raise Http404
    end_sessions(request, [session])
    messages.success(request, _("That browser is signed out."))
    return redirect("mfa_index")


@_own
@require_POST
def end_sessions_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out every browser, this one too."""
    end_sessions(request, UserSession.objects.filter(user=request.user))
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


def _go_back() -> HttpResponse:
    return redirect("mfa_index")


def _steps_of(user: User) -> dict[str, Any]:
    rows = Authenticator.objects.filter(user=user).order_by("created_at")
    return {kind: rows.filter(type=kind) for kind in Authenticator.Type.values}


def _remove(request: HttpRequest, row: Authenticator | None, remove: Any) -> HttpResponse:
    """Take a second step away; staff keep at least one. Recovery codes go with the last."""
    if row is None:
        raise Http404
    if must_have_second_step(request.actor) and is_last_step(row):  # type: ignore[attr-defined]
        messages.error(request, _("This is your only second step. Add another one first."))
    else:
        remove(request, row)
        messages.success(request, _("Removed."))
    return redirect("mfa_index")


def _shown(row: UserSession, request: HttpRequest) -> dict[str, Any]:
    return {
        "id": row.pk,
        "browser": browsers.named(row.user_agent),
        "place": row.ip,
        "began_at": row.created_at,
        "active_at": session_limits.active_at(row._session_store(row.session_key)) or row.created_at,
        "here": row.session_key == request.session.session_key,
    }
