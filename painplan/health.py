"""Is it alive, is it ready, is it safe? For supervisors and monitors; no word about any patient."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import public
from plans.actions import soundness


@public
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@public
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database not reachable"}, status=503)
    return JsonResponse({"status": "ready"})


@public
@require_safe
def safety(request: HttpRequest) -> JsonResponse:
    """503, the names of what is wrong and since when: somebody waits or was set apart, no sweep, mail late."""
    at = timezone.now()
    try:
        facts = soundness.facts(at=at)
        wrong = soundness.breaches(facts)
        since = soundness.since(at=at, wrong=wrong)
    except DatabaseError:
        return JsonResponse({"status": "database not reachable"}, status=503)
    status = "breach" if wrong else "safe"
    told = {"status": status, "breaches": wrong, "since": since, **facts}
    return JsonResponse(told, status=503 if wrong else 200)
