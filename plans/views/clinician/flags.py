"""Dealing with a flag: "I have seen it", and "this is what I did"."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import clinical
from plans.actions import flags
from plans.actions.refusals import Refused
from plans.forms.clinician_flags import ResolveForm
from plans.models import Flag
from plans.views import doors
from plans.views.clinician.panel import PAGE_SIZES, flag_panel
from plans.views.clinician.people import safe_next
from plans.views.clinician.triage import undo_tag


@clinical
@require_POST
def acknowledge(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Say that one has seen the flag, and go on to where the button leads."""
    flag = doors.flag(request, flag_id)
    target = safe_next(request, f"{reverse('inbox')}?flag={flag.pk}")
    flags.acknowledge(flag=flag, by=doors.user(request), at=timezone.now())
    # What somebody had seen before stays seen: only one's own step can be taken back.
    tag = undo_tag([flag], target) if flag.state == Flag.State.OPEN else ""
    messages.success(request, _("Flag of %(name)s acknowledged.") % {"name": flag.patient.full_name}, extra_tags=tag)
    return redirect(target)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """The form that ends an episode: what was done, a note, and whether the flag was useful."""
    at = timezone.now()
    flag = doors.flag(request, flag_id)
    target = safe_next(request, reverse("inbox"))
    if request.method != "POST" and not flag.is_open:
        return redirect(f"{reverse('inbox')}?tab=resolved&flag={flag.pk}")
    form = ResolveForm(request.POST if request.method == "POST" else None, flag=flag)
    if form.is_valid():
        given = form.cleaned_data
        try:
            flags.resolve(
                flag=flag,
                action_taken=given["action_taken"],
                note=given["note"],
                useful=given["useful"],
                by=doors.user(request),
                at=at,
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _done(flag, given["action_taken"]))
            return redirect(target)
    page = {
        "form": form,
        "p": flag_panel(flag, at, sizes=PAGE_SIZES),
        "next": target,
        "options": _options(form, flag),
        "nav": "inbox",
    }
    return render(request, "plans/clinician/flag_resolve.html", page)


def _done(flag: Flag, action: str) -> str:
    if action == Flag.Action.NEW_USUAL:
        return _("Flag of %(name)s resolved. The new usual level counts from the next log on.") % {
            "name": flag.patient.full_name
        }
    return _("Flag of %(name)s resolved.") % {"name": flag.patient.full_name}


def _options(form: ResolveForm, flag: Flag) -> list[tuple[str, str, str]]:
    """The actions, with what follows from the one that changes the rule's memory."""
    mean = flag.evidence.get("mean")
    follows = {}
    if mean is not None:
        follows[Flag.Action.NEW_USUAL.value] = _(
            "The mean of this time becomes the usual level. Only a rise above it raises the next flag."
        )
    choices = form.fields["action_taken"].choices  # type: ignore[attr-defined]
    return [(value, str(label), follows.get(value, "")) for value, label in choices]
