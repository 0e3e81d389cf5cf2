"""What every page's frame shows: the clinic, the person's role, how much waits in the inbox."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Patient
from accounts.policy import Actor
from plans.models import Flag, Message, PainWatch

LATE = timedelta(minutes=5)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for the page frame; the counts are asked for only by pages that show them."""
    actor: Actor | None = getattr(request, "actor", None)
    context: dict[str, Any] = {"demo_mode": settings.DEMO, "role": actor.role if actor else ""}
    if actor is not None and actor.patient is not None:
        mine = actor.patient
        context["unread_messages"] = SimpleLazyObject(lambda: Message.objects.of(mine).unread_by_patient().count())
    if actor is None or actor.clinic is None:
        return context
    context["clinic"] = actor.clinic
    if actor.is_clinical:
        clinic = actor.clinic
        patients = Patient.objects.in_clinic(clinic).visible_to(actor.user).values("pk")
        context["inbox_count"] = SimpleLazyObject(
            lambda: Flag.objects.open().filter(patient__in=patients).values("patient").distinct().count()
        )
        context["watch"] = SimpleLazyObject(lambda: evaluated_up_to(clinic.pk))
    return context


def evaluated_up_to(clinic_id: UUID) -> dict[str, Any]:
    """Up to when everything logged in the clinic has been evaluated: now, unless something waits."""
    now = timezone.now()
    waiting = PainWatch.objects.filter(patient__clinic_id=clinic_id, dirty_since__isnull=False)
    oldest = waiting.order_by("dirty_since").values_list("dirty_since", flat=True).first()
    return {"evaluated_up_to": oldest or now, "evaluated_late": oldest is not None and now - oldest > LATE}
