"""How long a session lasts yet, and staying: what static/js/idle.js asks before it warns, and after."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import session_limits
from accounts.activity import no_activity
from accounts.policy import signed_in


@signed_in
@never_cache
@require_safe
@no_activity
def session_left(request: HttpRequest) -> HttpResponse:
    """Asked by a page that is left open; keeps nobody signed in."""
    return _left(request)


@signed_in
@never_cache
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person is there: SessionLimitMiddleware has noted it, as for everything they do."""
    return _left(request)


def _left(request: HttpRequest) -> HttpResponse:
    """Seconds to the end, whether staying is possible, who is signed in, and the token that forms need now: somebody
    who signed in anew in another tab goes on with the form that they were filling in.
    """
    left = session_limits.left(request.session, session_limits.limits_of(request.actor), at=timezone.now())  # type: ignore[attr-defined]
    told = {
        "seconds": left.seconds,
        "may_stay": left.may_stay,
        "who": str(request.user.pk),
        "token": get_token(request),
    }
    return JsonResponse(told)
