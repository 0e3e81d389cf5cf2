"""Signing in the way people do, for the tests that are about it."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.models import User
from tests.cast import PASSWORD

PERIOD = 30


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def with_app(user: User) -> str:
    """Give this person an authenticator app (and recovery codes); returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + steps)))


def recovery_codes_of(user: User) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes


def give_password(client: Client, user: User, password: str = PASSWORD, **headers):
    return client.post("/sign-in/", {"login": user.email, "password": password}, **headers)


def give_code(client: Client, code: str):
    return client.post("/sign-in/second-step/", {"code": code})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
