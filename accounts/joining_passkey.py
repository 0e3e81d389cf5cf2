"""A passkey made while joining, before there is a login: the person's id is chosen first, the login made with it."""

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.forms.passkeys import MALFORMED
from accounts.models import User
from accounts.models.base import new_id

SESSION_KEY = "joining_user"


def begin(request: HttpRequest, *, email: str, name: str) -> dict[str, Any]:
    """What the browser is asked to make, for somebody who has no login yet."""
    user = User(pk=new_id(), email=email, full_name=name)
    request.session[SESSION_KEY] = str(user.pk)
    options: dict[str, Any] = auth.begin_registration(user, passwordless=True)
    return options


def complete(request: HttpRequest, credential: Any) -> UUID:
    """Check the browser's answer; returns the id that the login must have. Raises ValidationError."""
    chosen = request.session.pop(SESSION_KEY, None)
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
        return UUID(chosen)
    except (ValidationError, *MALFORMED) as error:
        raise ValidationError(_("The passkey did not work. Try again, or choose a password.")) from error


def keep(user: User, credential: dict[str, Any]) -> None:
    """Store the passkey, and recovery codes for the day when the telephone is lost."""
    auth.WebAuthn.add(user, _("Passkey %(n)d") % {"n": 1}, credential)
    RecoveryCodes.activate(user)


def passkey_of(user: User) -> Authenticator:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)
