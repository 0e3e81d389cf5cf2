"""Single questions: how the pain is today, how yesterday settled, and correcting a number."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import patient
from plans.actions.refusals import Refused
from plans.actions.sessions import amend_score, record_daily, record_next_morning
from plans.forms.patient_pain import CorrectionForm, DailyForm, OneScaleForm
from plans.models import PainScore, Session
from plans.schedule import local_date
from plans.views import doors
from plans.views.patient import mine
from plans.wording import day_in_words, in_sentence


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def log_pain(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    posted = request.POST if request.method == "POST" else None
    form = DailyForm(posted, patient=me, zone=mine.zone_here(request, me), at=at, sites=list(me.sites.all()))
    if posted is not None and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        when, site, value = form.when, form.cleaned_data["site"], form.cleaned_data["pain"]
        try:
            record_daily(
                patient=me,
                score_id=form.score_id,
                site=site,
                value=value,
                occurred_at=when.occurred_at,
                time_zone=when.time_zone,
                source=when.source,
                by=doors.user(request),
                at=at,
                note=form.cleaned_data["note"],
                on=when.day,
            )
        except Refused as refused:
            form.add_error("on", str(refused))
        else:
            messages.success(request, saved_in_words(value, site.name, when.day, local_date(at, form.zone)))
            return redirect("today")
    day = local_date(at, form.zone)
    return render(request, "plans/patient/log_pain.html", {"form": form, "top": day_in_words(day, weekday=True)})


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def next_morning(request: HttpRequest, session_id: UUID) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    session = doors.my_session(request, session_id)
    site = me.sites.all()[0]
    posted = request.POST if request.method == "POST" else None
    form = OneScaleForm(posted, zone=mine.zone_here(request, me))
    refused_because = closed_because(session, local_date(at, form.zone))
    if posted is not None and not refused_because and form.is_valid():
        mine.remember_zone(request, me, form.zone)
        try:
            record_next_morning(
                session=session, site=site, value=form.value, time_zone=form.zone, by=doors.user(request), at=at
            )
        except Refused as refused:
            refused_because = str(refused)
        else:
            messages.success(
                request, _("Saved. Thank you.") if form.value is not None else _("Left open. That is fine.")
            )
            return redirect("today")
    if refused_because:
        return render(request, "plans/patient/morning_closed.html", {"why": refused_because})
    known = PainScore.objects.current().filter(session=session, moment=PainScore.Moment.NEXT_MORNING).first()
    context = {"form": form, "session": session, "place": in_sentence(site.name), "known": known}
    return render(request, "plans/patient/next_morning.html", context)


@patient
@require_http_methods(["GET", "HEAD", "POST"])
def correct_score(request: HttpRequest, score_id: UUID) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    score = doors.my_score(request, score_id)
    while score.superseded_by_id is not None:
        score = doors.my_score(request, score.superseded_by_id)
    posted = request.POST if request.method == "POST" else None
    form = CorrectionForm(posted, zone=mine.zone_here(request, me))
    if posted is not None and form.is_valid():
        amend_score(score=score, value=form.value, by=doors.user(request), at=at)
        messages.success(request, _("Corrected. The earlier number is kept beside it."))
        return redirect("progress")
    context = {"form": form, "score": score, "was": number_in_words(score.value), "day": day_in_words(score.local_date)}
    return render(request, "plans/patient/correct.html", context)


def closed_because(session: Session, today: date) -> str:
    """Why the question about the morning after cannot be answered on that day; empty when it can."""
    asked = session.local_date + timedelta(days=1)
    if today == asked:
        return ""
    if today < asked:
        return _("We ask this tomorrow morning, when your body has had the night to settle.")
    return _("This question was about the morning of %(day)s. It is closed now, and nothing is lost.") % {
        "day": day_in_words(asked)
    }


def number_in_words(value: Decimal | None) -> str:
    """A score as it is shown: "4", "4.5", or "no number"."""
    if value is None:
        return _("no number")
    return f"{value.normalize():f}" if value else "0"


def saved_in_words(value: Decimal | None, site: str, day: date, today: date) -> str:
    """What just happened: "Saved: 4 for your lower back"."""
    words = {"number": number_in_words(value), "place": in_sentence(site), "day": day_in_words(day)}
    if day == today:
        return _("Saved: %(number)s for your %(place)s today") % words
    return _("Saved: %(number)s for your %(place)s on %(day)s") % words
