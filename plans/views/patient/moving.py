"""The patient decides whether their care goes on in another clinic."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Transfer
from accounts.policy import patient
from accounts.reauth import confirmed_to_send
from plans.actions import transfers
from plans.actions.refusals import Refused
from plans.views import doors


def _moves(request: HttpRequest) -> bool:
    return request.POST.get("answer") == "yes"


@patient
@require_http_methods(["GET", "HEAD", "POST"])
@partial(confirmed_to_send, when=_moves)
def my_move(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """What would change, and a yes or a no (POST `answer`: yes, no)."""
    transfer = doors.transfer_of(doors.my_record(request), transfer_id)
    problem = ""
    if request.method == "POST":
        answer, me, at = request.POST.get("answer"), doors.user(request), timezone.now()
        clinic = {"clinic": transfer.to_clinic.name}
        try:
            if answer == "yes":
                transfers.accept(transfer=transfer, by=me, at=at)
                messages.success(request, _("Your care goes on at %(clinic)s.") % clinic)
                return redirect("today")
            if answer == "no":
                transfers.decline(transfer=transfer, by=me, at=at)
                messages.success(request, _("You stay where you are. Your clinic can see that."))
                return redirect("today")
            problem = _("Choose yes or no.")
        except Refused as refused:
            problem = str(refused)
    open_ = transfer.state == Transfer.State.ASKED
    page = {"transfer": transfer, "open": open_, "problem": problem, "nav": "help"}
    return render(request, "plans/patient/move.html", page, status=422 if problem else 200)
