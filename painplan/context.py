"""What every page's frame shows: the clinic, the person's role, how much waits in the inbox."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.policy import Actor
from accounts.session_limits import Left, left, limits_of
from plans.models import Message
from plans.views.clinician import evaluated
from plans.views.clinician.waiting_number import in_frame

Said = TypeVar("Said")


def once(ask: Callable[[], Said]) -> Callable[[], Said]:
    """What is asked when the page first shows it. functools.cache does the same, and takes as long as a template."""
    answer: list[Said] = []

    def said() -> Said:
        if not answer:
            answer.append(ask())
        return answer[0]

    return said


class Idle(NamedTuple):
    """How long somebody may do nothing (accounts.session_limits.Left), and who it is, as the page tells its script."""

    seconds: str
    warn: str
    who: str
    may_stay: bool

    @classmethod
    def of(cls, rest: Left, actor: Actor) -> "Idle":
        return cls(str(rest.seconds), str(rest.warn), str(actor.user.pk), rest.may_stay)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for the page frame; the counts are asked for only by pages that show them."""
    actor: Actor | None = getattr(request, "actor", None)
    context: dict[str, Any] = {
        "demo_mode": settings.DEMO,
        "second_step_off": not settings.REQUIRE_MFA,
        "role": actor.role if actor else "",
        "languages": settings.LANGUAGES,
    }
    if actor is not None and actor.is_staff:
        here, asked_at = limits_of(actor), timezone.now()
        context["session_left"] = once(lambda: Idle.of(left(request.session, here, at=asked_at), actor))
    if actor is not None and actor.patient is not None:
        mine = actor.patient
        context["unread_messages"] = once(lambda: Message.objects.of(mine).unread_by_patient().count())
    if actor is None or actor.clinic is None:
        return context
    context["clinic"] = actor.clinic
    if actor.is_clinical:
        match, at = request.resolver_match, timezone.now()
        shows_flags = match is not None and match.url_name in evaluated.PAGES
        frame = once(lambda: in_frame(actor, at, watch=shows_flags))
        context["inbox_count"] = lambda: frame().number
        context["shows_flags"] = shows_flags
        context["watch"] = lambda: frame().watch
    return context
