"""How long somebody stays signed in: staff 15 minutes without doing anything and 12 hours at most, patients 30 days.

What a page asks by itself (accounts/activity.no_activity) is nobody's doing and extends nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.policy import Actor
from accounts.turning_away import to_sign_in

STARTED, ACTIVE = "signed_in_at", "active_at"
STAFF_NOTED_AFTER, PATIENTS_NOTED_AFTER = timedelta(minutes=1), timedelta(hours=1)
"""How long it takes until it is written again that somebody is there: against a quarter of an hour a minute counts,
against thirty days an hour does not, and most visits of a patient are shorter.
"""
WARN_BEFORE = timedelta(minutes=3)


@dataclass(frozen=True)
class Limits:
    """The longest time without a request of the person's own, and the longest time at all; `noted_after` is how exactly
    it is known when the last one was.
    """

    idle: timedelta
    whole: timedelta
    noted_after: timedelta


def limits_of(actor: Actor) -> Limits:
    if actor.is_staff:
        idle, whole, noted = settings.STAFF_IDLE_SECONDS, settings.STAFF_SESSION_SECONDS, STAFF_NOTED_AFTER
    else:
        idle, whole, noted = settings.SESSION_COOKIE_AGE, settings.SESSION_COOKIE_AGE, PATIENTS_NOTED_AFTER
    return Limits(timedelta(seconds=idle), timedelta(seconds=whole), noted)


def begin(session: SessionBase, *, at: datetime) -> None:
    """The clock starts when somebody signs in."""
    session[STARTED] = session[ACTIVE] = int(at.timestamp())


def active_at(session: SessionBase) -> datetime | None:
    """When the person last did something: of staff to the minute, of patients to the hour."""
    stamp = session.get(ACTIVE)
    return datetime.fromtimestamp(stamp, tz=timezone.get_default_timezone()) if stamp else None


def has_ended(session: SessionBase, limits: Limits, *, at: datetime) -> bool:
    """True when the person was away for too long or signed in too long ago."""
    now = at.timestamp()
    away, since = now - float(session.get(ACTIVE, now)), now - float(session.get(STARTED, now))
    return away >= limits.idle.total_seconds() or since >= limits.whole.total_seconds()


@dataclass(frozen=True)
class Left:
    """Whole seconds until somebody is signed out, counted from when they last did something; `warn`: so many before
    the end they are asked whether they are there. `may_stay` is false when doing something puts the end off no more.
    """

    seconds: int
    may_stay: bool
    warn: int


def left(session: SessionBase, limits: Limits, *, at: datetime) -> Left:
    now = at.timestamp()
    idle = limits.idle.total_seconds() - (now - float(session.get(ACTIVE, now)))
    whole = limits.whole.total_seconds() - (now - float(session.get(STARTED, now)))
    warn = min(WARN_BEFORE, limits.idle / 3)
    return Left(max(0, int(min(idle, whole))), whole > idle, int(warn.total_seconds()))


class SessionLimitMiddleware:
    """Signs out who was away too long, before any view answers; notes that the others are there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        at, session, limits = timezone.now(), request.session, limits_of(request.actor)  # type: ignore[attr-defined]
        if has_ended(session, limits, at=at):
            logout(request)
            del request.actor  # type: ignore[attr-defined]
            if getattr(view, "policy", "") == "public":
                return None
            return to_sign_in(request, was_away=True)
        if STARTED not in session:
            begin(session, at=at)  # a session from before there were limits
        elif not getattr(view, "no_activity", False) and _is_news(session, limits, at=at):
            session[ACTIVE] = int(at.timestamp())
        return None


def _is_news(session: SessionBase, limits: Limits, *, at: datetime) -> bool:
    return at.timestamp() - float(session[ACTIVE]) > limits.noted_after.total_seconds()
