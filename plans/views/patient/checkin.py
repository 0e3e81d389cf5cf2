"""Check-ins: one question a screen, nothing chosen beforehand, any question may be skipped."""

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import patient
from plans import measures
from plans.actions.checkins import amend_checkin
from plans.actions.refusals import Refused
from plans.forms.patient_checkin import AnswerForm
from plans.models import CheckIn
from plans.views import doors
from plans.views.patient import checkin_flow, mine
from plans.wording_checkins import answer_in_words, question, said_of, said_of_mood, short_name


@patient
@require_safe
def check_in(request: HttpRequest) -> HttpResponse:
    """To the first open question, or to what was answered."""
    me, at = doors.my_record(request), timezone.now()
    flow = checkin_flow.current_or_due(request, me, at)
    item = flow.next_open() if flow else None
    return redirect(_address("checkin_question", item)) if item else redirect("checkin_done")


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def checkin_question(request: HttpRequest) -> HttpResponse:
    """One question of the check-in under way; `about` in the address names it."""
    me, at = doors.my_record(request), timezone.now()
    item = request.GET.get("about", "")
    flow = checkin_flow.current(request, me, at) or checkin_flow.current_or_due(request, me, at)
    if flow is None or item not in flow.items:
        return redirect("checkin_done")
    kind = checkin_flow.KIND_OF[item]
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(
        posted,
        highest=measures.HIGHEST_ANSWER[kind],
        zone=mine.zone_here(request, me),
        known=flow.answers.get(item),
    )
    if posted is not None and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        try:
            checkin_flow.answer(request, me, flow, item, form.cleaned_data["answer"], form.zone, at)
        except Refused as refused:
            form.add_error("answer", str(refused))
        else:
            after = flow.next_open()
            return redirect(_address("checkin_question", after) if after else "checkin_done")
    before = flow.before(item)
    context = {
        "question": question(item),
        "form": form,
        "step": flow.items.index(item) + 1,
        "steps": len(flow.items),
        "before_url": _address("checkin_question", before) if before else reverse("today"),
        "is_mood": kind == CheckIn.Kind.PHQ4,
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
    }
    return render(request, "plans/patient/checkin.html", context)


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def checkin_correct(request: HttpRequest) -> HttpResponse:
    """Change one answer of this period's check-in (`about` in the address); the earlier answer is kept."""
    me, at = doors.my_record(request), timezone.now()
    item = request.GET.get("about", "")
    rows = {row.kind: row for row in checkin_flow.answered_now(me, mine.today_here(request, me, at))}
    kind = checkin_flow.KIND_OF.get(item)
    if kind is None or kind not in rows:
        return redirect("checkin_done")
    row = rows[kind]
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(posted, highest=measures.HIGHEST_ANSWER[kind], zone=mine.zone_here(request, me))
    if posted is not None and form.is_valid():
        amend_checkin(
            checkin=row, answers=row.items | {item: form.cleaned_data["answer"]}, by=doors.user(request), at=at
        )
        messages.success(request, _("Corrected. The earlier answer is kept beside it."))
        return redirect("checkin_done")
    context = {
        "question": question(item),
        "form": form,
        "was": answer_in_words(item, row.items.get(item)),
        "before_url": reverse("checkin_done"),
        "is_mood": kind == CheckIn.Kind.PHQ4,
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
    }
    return render(request, "plans/patient/checkin.html", context)


@patient
@require_safe
def checkin_done(request: HttpRequest) -> HttpResponse:
    """What was answered, in kind words, and every answer can be corrected."""
    me, at = doors.my_record(request), timezone.now()
    clinician = mine.clinician_name(me, at)
    rows = checkin_flow.answered_now(me, mine.today_here(request, me, at))
    said, mood = [], ""
    for row in rows:
        if row.kind == CheckIn.Kind.PHQ4:
            mood = said_of_mood(row.items, clinician)
        else:
            said.append(said_of(row.kind, row.total, _before(row)))
    answers = [
        {
            "url": _address("checkin_correct", item),
            "name": short_name(item),
            "answer": answer_in_words(item, row.items.get(item)),
        }
        for row in rows
        for item in measures.ITEMS[row.kind]
    ]
    flow = checkin_flow.current(request, me, at)
    context = {
        "said": said,
        "mood": mood,
        "answers": answers,
        "goes_on": flow is not None and flow.next_open() is not None,
        "clinician": clinician,
        "clinic": me.clinic,
        "tel": mine.telephone(me.clinic),
    }
    return render(request, "plans/patient/checkin_done.html", context)


def _before(row: CheckIn) -> tuple[date, Decimal] | None:
    """The day and result of the last complete check-in of that kind before this one."""
    earlier = CheckIn.objects.of(row.patient).current().filter(kind=row.kind, local_date__lt=row.local_date)
    last = earlier.filter(total__isnull=False).first()
    return None if last is None or last.total is None else (last.local_date, last.total)


def _address(name: str, item: str) -> str:
    return f"{reverse(name)}?about={item}"
