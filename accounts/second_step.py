"""The second step of signing in: an authenticator app or a passkey, and recovery codes. Staff must have one."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import sealing
from accounts.adapter import SignInAdapter
from accounts.policy import Actor
from accounts.turning_away import send_to

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
View = Callable[..., Any]


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets are stored sealed; names are ours."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": SignInAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "Painplan"

    def build_totp_svg(self, url: str) -> str:
        """Dark on white with a margin, whatever the colours of the page: a camera must read it."""
        drawn = BytesIO()
        code = segno.make(url, error="m")
        code.save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False)
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(n)d") % {"n": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Painplan"}


def has_second_step(user: AbstractBaseUser) -> bool:
    """True when an authenticator app or a passkey is set up; recovery codes alone are none."""
    return bool(is_mfa_enabled(user, STEPS))


def must_have_second_step(actor: Actor) -> bool:
    return bool(settings.REQUIRE_MFA) and actor.is_staff


def is_last_step(authenticator: Authenticator) -> bool:
    """True when without this one the person would have no second step left."""
    return (
        not Authenticator.objects.filter(user=authenticator.user, type__in=STEPS).exclude(pk=authenticator.pk).exists()
    )


def before_second_step(view: View) -> View:
    """Mark a view that staff may open before they have set up their second step. Put it below the policy."""
    view.before_second_step = True  # type: ignore[attr-defined]
    return view


class SecondStepMiddleware:
    """Staff without a second step reach the pages that set one up, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        if not request.user.is_authenticated or not must_have_second_step(request.actor):  # type: ignore[attr-defined]
            return None
        if getattr(view, "policy", "") == "public" or getattr(view, "before_second_step", False):
            return None
        return None if has_second_step(request.user) else send_to(request, reverse("mfa_index"))
