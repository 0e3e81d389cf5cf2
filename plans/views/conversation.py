"""What the two sides of a conversation share: writing, a page of it, and which messages stood on that page."""

from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from accounts.models import Patient
from plans.actions import messages
from plans.actions.refusals import Refused
from plans.forms.words import MessageForm
from plans.models import Message
from plans.views.asked import uuid_of
from plans.views.doors import user

A_PAGE = 40


def page_of(request: HttpRequest, patient: Patient) -> "Page[Message]":
    """A page of the conversation with the newest messages first."""
    rows = Message.objects.of(patient).select_related("author", "read_by").order_by("-at", "-id")
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


def written(request: HttpRequest, patient: Patient, at: datetime) -> tuple[MessageForm, bool]:
    """The form for the next message, and whether the one that was posted is on its way."""
    form = MessageForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form, False
    try:
        messages.write(
            patient=patient,
            message_id=form.entry_id,
            text=form.cleaned_data["text"],
            answers=shown_ids(request),
            by=user(request),
            at=at,
        )
    except Refused as refused:
        form.renew()
        form.add_error(None, str(refused))
        return form, False
    return form, True


def shown_ids(request: HttpRequest) -> list[UUID]:
    """The messages that stood on the page, as the form names them; what is no id is left out."""
    named = (uuid_of(text) for text in request.POST.getlist("shown")[:A_PAGE])
    return [found for found in named if found is not None]
