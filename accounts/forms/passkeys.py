"""What a browser answers about a passkey. It is JSON from outside: whatever is wrong with it is one kind of wrong."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


class AddPasskeyForm(SignupWebAuthnForm):
    """A new passkey. It must have asked for a finger, a face or a PIN, so that it can stand for both steps."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name"), help_text=_("Where it is: my telephone, the key on my ring."), max_length=LONGEST_NAME,
            required=False, initial=self.initial["name"],
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            raise
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class Malformed(forms.Form):
    """An answer that cannot be read is an answer that is not right."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            raise
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return found


class PasskeySignInForm(Malformed, LoginWebAuthnForm):
    """Signing in with a passkey alone: it has asked for a finger, a face or a PIN."""


class PasskeyStepForm(Malformed, AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class ConfirmPasskeyForm(Malformed, ReauthenticateWebAuthnForm):
    """A passkey, before something that matters."""
