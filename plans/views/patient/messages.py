"""Questions about the plan: the patient writes, the clinic answers, and the page says how soon."""

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Patient
from accounts.policy import patient
from plans.actions import messages
from plans.views import doors
from plans.views.conversation import page_of, shown_ids, written
from plans.views.patient import mine


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def my_messages(request: HttpRequest) -> HttpResponse:
    """The conversation, and a new message under it."""
    me, at = doors.my_record(request), timezone.now()
    form, is_sent = written(request, me, at)
    if is_sent:
        toasts.success(request, _("Your message is sent."))
        return redirect("messages")
    page = page_of(request, me)
    context = {
        "nav": "help",
        "page": page,
        "written": list(page)[::-1],
        "unread": [message for message in page if not message.from_patient and message.read_at is None],
        "form": form,
        "closed": me.status == Patient.Status.DISCHARGED,
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
        "clinician": mine.clinician_name(me, at),
    }
    return render(request, "plans/patient/messages.html", context)


@patient
@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    """What was shown has been read. Sent by the page itself, or by its button."""
    me = doors.my_record(request)
    messages.mark_read(patient=me, shown=shown_ids(request), by=doors.user(request), at=timezone.now())
    return redirect("messages")
