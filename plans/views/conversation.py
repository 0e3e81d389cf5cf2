"""What the two sides of a conversation share: a page of it, and which messages stood on that page."""

from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from accounts.models import Patient
from plans.models import Message

A_PAGE = 40


def page_of(request: HttpRequest, patient: Patient) -> "Page[Message]":
    """A page of the conversation with the newest messages first."""
    rows = Message.objects.of(patient).select_related("author", "read_by").order_by("-at", "-id")
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


def shown_ids(request: HttpRequest) -> list[UUID]:
    """The messages that stood on the page, as the form names them; what is no id is left out."""
    found = []
    for text in request.POST.getlist("shown")[:A_PAGE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
