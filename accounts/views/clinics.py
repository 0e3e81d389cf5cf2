"""Choosing the clinic to work in."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Clinic, Membership, User
from accounts.policy import signed_in


@signed_in
@require_POST
def choose_clinic(request: HttpRequest) -> HttpResponse:
    """Work in another of one's own clinics from now on."""
    mine = Membership.objects.open(timezone.now()).filter(user=cast(User, request.user)).values("clinic_id")
    clinic = get_object_or_404(Clinic.objects.filter(pk__in=mine), slug=request.POST.get("clinic", ""))
    request.session["clinic"] = str(clinic.pk)
    return redirect("home")
