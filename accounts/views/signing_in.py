"""The ways in and out. The steps are django-allauth's, the pages ours."""

from typing import Any

from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import reauth
from accounts.policy import public, signed_in
from accounts.second_step import before_second_step


class SecondStepView(AuthenticateView):
    """A passkey, a code from the app, or a recovery code."""

    template_name = "accounts/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passkeys = Authenticator.objects.filter(user=self.stage.login.user, type=Authenticator.Type.WEBAUTHN)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"has_passkey": passkeys.exists()}


class PasskeySignInView(LoginWebAuthnView):
    """GET asks for what the browser must sign, POST brings the answer."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse({"request_options": begin_authentication(user=None)})

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("Painplan does not know this passkey. Sign in with your password."))
        return redirect("account_login")


class Confirming:
    """Whichever way it was shown, it counts the same."""

    request: HttpRequest
    template_name = "accounts/confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        reauth.confirm(self.request, timezone.now())
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class ConfirmView(Confirming, ReauthenticateView):
    """The password again."""


class ConfirmByCodeView(Confirming, ReauthenticateByCodeView):
    """A code from the app, or a recovery code."""


class ConfirmByPasskeyView(Confirming, ReauthenticateWebAuthnView):
    """A passkey."""

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("That did not work. Try again."))
        return redirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"redirect_field_value": self.get_next_url() or ""}


asked_or_sent = require_http_methods(["GET", "HEAD", "POST"])
"""The library's views would take PUT for POST."""


def _confirming(view: type[Confirming]) -> Any:
    """The policy of the pages that ask who is there: anybody signed in, staff without a second step too."""
    return signed_in(before_second_step(asked_or_sent(never_cache(view.as_view()))))  # type: ignore[attr-defined]


sign_in = public(asked_or_sent(LoginView.as_view(template_name="accounts/sign_in.html")))
# Open to all: whoever stands before the second step is not signed in yet and may want to start again.
sign_out = public(require_POST(LogoutView.as_view()))
second_step = public(asked_or_sent(SecondStepView.as_view()))
by_passkey = public(asked_or_sent(never_cache(PasskeySignInView.as_view())))
confirm = _confirming(ConfirmView)
confirm_by_code = _confirming(ConfirmByCodeView)
confirm_by_passkey = _confirming(ConfirmByPasskeyView)


@signed_in
@never_cache
@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """A form that was held back until it was clear who sends it, to be sent as it was filled in."""
    held = reauth.held(request, timezone.now())
    if held is None:
        return redirect("home")
    return render(request, "accounts/go_on.html", {"held": held})
