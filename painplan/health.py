"""Is it alive, is it ready, is it safe? For supervisors and monitors; no word about any patient."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import public
from plans.actions import watching

OLDEST_WAIT = timedelta(minutes=2)


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
    """503 when a patient waits too long for evaluation, or was set apart after repeated failures."""
    try:
        facts = watching.health(at=timezone.now())
    except DatabaseError:
        return JsonResponse({"status": "database not reachable"}, status=503)
    late = facts["oldest_waits_seconds"] > OLDEST_WAIT.total_seconds()
    breach = late or bool(facts["quarantined"])
    return JsonResponse({"status": "breach" if breach else "safe", **facts}, status=503 if breach else 200)
