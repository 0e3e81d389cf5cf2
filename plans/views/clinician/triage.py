"""Handing a flag to a colleague, letting it sleep, acknowledging several at once, and taking that back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import clinical
from plans.actions import triage
from plans.actions.refusals import Refused
from plans.forms.clinician_triage import AssignForm, SnoozeForm
from plans.models import Flag
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinician.panel import flag_panel
from plans.views.clinician.people import near_day, safe_next

SNOOZE_DAYS = (1, 3, 7, 14)
MOST_TICKED = 200


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Choose the colleague who looks after a flag."""
    at = timezone.now()
    flag = doors.flag(request, flag_id)
    target = safe_next(request, f"{reverse('inbox')}?flag={flag.pk}")
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        colleagues=triage.colleagues(patient=flag.patient, at=at),
        initial={"to": flag.assigned_to_id},
    )
    if form.is_valid():
        try:
            to = form.cleaned_data["to"]
            triage.assign(flag=flag, to=to, by=doors.user(request), at=at)
        except Refused as error:
            form.add_error("to", str(error))
        else:
            words = _("Flag of %(name)s handed to %(who)s.") % {"name": flag.patient.full_name, "who": to.full_name}
            messages.success(request, words, extra_tags=undo_tag([flag], target))
            return redirect(target)
    page = {"form": form, "p": flag_panel(flag, at), "next": target, "nav": "inbox"}
    return render(request, "plans/clinician/flag_assign.html", page)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Choose the day on which a flag comes back; that acknowledges it. `days` is the answer of a single press."""
    at = timezone.now()
    flag = doors.flag(request, flag_id)
    today = local_date(at, flag.patient.clinic.time_zone)
    target = safe_next(request, reverse("inbox"))
    given = request.POST.copy()
    if given.get("days") in {str(days) for days in SNOOZE_DAYS}:
        given["until"] = (today + timedelta(days=int(str(given["days"])))).isoformat()
    form = SnoozeForm(given if request.method == "POST" else None, today=today)
    if form.is_valid():
        until = form.cleaned_data["until"]
        try:
            triage.snooze(flag=flag, until=until, by=doors.user(request), at=at)
        except Refused as error:
            form.add_error("until", str(error))
        else:
            told = {"name": flag.patient.full_name, "day": near_day(until, today, inside=True)}
            words = _("Flag of %(name)s acknowledged and asleep until %(day)s.") % told
            messages.success(request, words, extra_tags=undo_tag([flag], target))
            return redirect(target)
    page = {
        "form": form,
        "p": flag_panel(flag, at),
        "next": target,
        "presets": [(days, _preset(days)) for days in SNOOZE_DAYS],
        "nav": "inbox",
    }
    return render(request, "plans/clinician/flag_snooze.html", page)


@clinical
@require_POST
def wake(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Bring a sleeping flag back."""
    flag = doors.flag(request, flag_id)
    target = safe_next(request, f"{reverse('inbox')}?flag={flag.pk}")
    try:
        triage.wake(flag=flag, by=doors.user(request), at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Flag of %(name)s is awake again.") % {"name": flag.patient.full_name})
    return redirect(target)


@clinical
@require_POST
def acknowledge_ticked(request: HttpRequest) -> HttpResponse:
    """Acknowledge the ticked flags. Only those worth watching: graver ones are named, to be opened one by one."""
    target = safe_next(request, reverse("inbox"))
    found = _flags(request, ",".join(request.POST.getlist("flags")))
    if not found:
        messages.warning(request, _("Tick the patients first whose flags you have seen."))
        return redirect(target)
    done = triage.acknowledge_watch(flags=found, by=doors.user(request), at=timezone.now())
    if done.graver:
        names = ", ".join(sorted({flag.patient.full_name for flag in done.graver}))
        words = _("Not acknowledged, because it is more than something to watch: %(names)s. Open it and look.")
        messages.warning(request, words % {"names": names})
    if done.seen:
        words = ngettext("%(n)d flag acknowledged.", "%(n)d flags acknowledged.", len(done.seen))
        messages.success(request, words % {"n": len(done.seen)}, extra_tags=undo_tag(done.seen, target))
    elif not done.graver:
        messages.success(request, _("Somebody had acknowledged these before."))
    return redirect(target)


@clinical
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back one's own last step with the flags in the address."""
    found = _flags(request, request.GET.get("flags", ""))
    if not found:
        raise Http404
    target = safe_next(request, reverse("inbox"))
    taken_back, refused = 0, ""
    for flag in found:
        try:
            triage.undo(flag=flag, by=doors.user(request), at=timezone.now())
            taken_back += 1
        except Refused as error:
            refused = str(error)
    if refused:
        messages.error(request, refused)
    if taken_back:
        messages.success(request, _("Taken back."))
    return redirect(target)


def undo_tag(flags: Sequence[Flag], target: str) -> str:
    """The tag of a toast that can be undone, for these flags."""
    query = urlencode({"flags": ",".join(str(flag.pk) for flag in flags), "next": target})
    return f"undo:{reverse('flags_undo')}?{query}"


def _flags(request: HttpRequest, words: str) -> list[Flag]:
    """Flags by their ids in a list, each through its door; 404 for one that is not there for this person."""
    try:
        ids = {UUID(word) for word in words.split(",") if word}
    except ValueError:
        raise Http404 from None
    if len(ids) > MOST_TICKED:
        raise Http404
    return [doors.flag(request, flag_id) for flag_id in sorted(ids)]


def _preset(days: int) -> str:
    if days == 1:
        return _("Tomorrow")
    if days % 7 == 0:
        return ngettext("In %(n)d week", "In %(n)d weeks", days // 7) % {"n": days // 7}
    return ngettext("In %(n)d day", "In %(n)d days", days) % {"n": days}
