"""Signing in, and saying again who one is."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.account.internal.flows.login import perform_password_login
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """E-mail address and password. The same words whether the address or the password is wrong, or the login ended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget = forms.EmailInput(
            attrs={"autocomplete": "username webauthn", "inputmode": "email", "autofocus": True}
        )
        self.fields["login"].help_text = _("Use the e-mail address that your clinic knows.")
        self.fields["password"].help_text = ""
        del self.fields["password"].widget.attrs["placeholder"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.user is not None and not self.user.is_active:
            raise get_adapter().validation_error("email_password_mismatch")
        return cleaned

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Go on with the second step, or in. How long the session lasts is the adapter's to say."""
        self._login.redirect_url = redirect_url
        answer: HttpResponse = perform_password_login(request, self.user_credentials(), self._login)
        return answer


class ConfirmPasswordForm(ReauthenticateForm):
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label = _("Your password")
        field.help_text = ""
        field.widget.attrs = {"autocomplete": "current-password", "autofocus": True}
