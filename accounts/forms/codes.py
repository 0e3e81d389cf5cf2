"""Codes of six digits from an authenticator app, and recovery codes."""

import logging
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.sealing import Unreadable

logger = logging.getLogger(__name__)

# A code is right in its own half minute, one before and one after.
ONCE_WITHIN_SECONDS = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 2)
WIDGET = {"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}


class OnceOnly(forms.Form):
    """A code that was right works once, for as long as it would be right."""

    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("Six digits from your app, or one of your recovery codes.")
        self.fields["code"].widget = forms.TextInput(attrs=WIDGET | {"maxlength": 20})

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except Unreadable as error:
            logger.critical("%s", error)
            raise forms.ValidationError(
                _("Painplan cannot read your second step any more. Tell whoever runs Painplan for your clinic.")
            ) from error
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(letter for letter in code if letter.isalnum())
            if not cache.add(f"painplan.code.{self.user.pk}.{digits}", 1, timeout=ONCE_WITHIN_SECONDS):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OnceOnly, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(OnceOnly, ReauthenticateForm):
    """A code, before something that matters."""


class FirstCodeForm(ActivateTOTPForm):
    """The first code shows that the app and Painplan agree."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = gettext_lazy("The six digits that the app shows now")
        self.fields["code"].widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 10}
        )
