"""Reads who is asking, on every request, so that an ended membership is out at the next click."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from accounts.backend import standing_of
from accounts.models import User
from accounts.policy import Actor
from accounts.session_store import whose
from accounts.turning_away import to_sign_in
from accounts.who_asks import Standing


def actor_of(user: User, wanted_clinic: str | None) -> Actor:
    """The actor for a signed-in user. `wanted_clinic` (an id) chooses among the clinics where they work."""
    standing: Standing = getattr(user, "standing", None) or standing_of(user.pk)
    open_now, record = standing.memberships, standing.record
    chosen = next((m.clinic for m in open_now if str(m.clinic_id) == wanted_clinic), None)
    clinic = chosen or (open_now[0].clinic if open_now else None)
    roles = frozenset(m.role for m in open_now if clinic is not None and m.clinic_id == clinic.pk)
    clinics = tuple({m.clinic_id: m.clinic for m in open_now}.values())
    home = clinic or (record.clinic if record else None)
    return Actor(user=user, clinic=home, roles=roles, patient=record, clinics=clinics)


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """As Django finds and verifies it, with what was read together with the session at hand."""
    with whose(request.session):
        found: User | AnonymousUser = get_user(request)
        return found


class UserMiddleware(AuthenticationMiddleware):
    """Django's, whose question for the user is answered by the one for the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view asks for a login unless its policy is `public`."""

    def handle_no_permission(self, request: HttpRequest, view_func: object) -> HttpResponse:  # type: ignore[override]
        return to_sign_in(request)


class ActorMiddleware:
    """Sets `request.actor` for signed-in people, in their language and time zone; no cache keeps their pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        # The row itself: what is read of it through Django's lazy one costs ten times as much, and a page reads a lot.
        request.user = user = getattr(request, "_cached_user", request.user)
        request.actor = actor_of(user, request.session.get("clinic"))  # type: ignore[attr-defined]
        language = user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with timezone.override(user.time_zone), translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response
