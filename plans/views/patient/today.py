"""Today: one thing to do, and how the week stands."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.compiled import compiled
from accounts.models import Patient
from accounts.policy import patient
from plans.models import PainScore, Pause, Plan, Report, Session
from plans.schedule import local_date, week_of
from plans.views import doors
from plans.views.patient import checkin_flow, mine
from plans.views.patient.changed import waits_to_be_read
from plans.views.patient.week import this_week


@patient
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    me = doors.my_record(request)
    at = timezone.now()
    zone = mine.zone_here(request, me)
    now = at.astimezone(ZoneInfo(zone))
    day = now.date()
    yesterday = day - timedelta(days=1)
    plan = mine.current_plan(me)
    since = min(week_of(day)[0], yesterday)
    found = _sessions(patient=me.pk, since=since, until=day)
    running = next((s for s in found if s.state == Session.State.IN_PROGRESS), None)
    recent = [s for s in found if s is not running]
    context: dict[str, Any] = {
        "running": running,
        "running_today": running is not None and running.local_date == day,
        "day": day,
        "greeting": greeting(now.hour) % {"name": me.first_name},
        "first_day": me.consented_at is not None and local_date(me.consented_at, zone) == day,
        "plan": plan,
        "asked_transfer": getattr(me, "asked_transfer", None),
        "morning_session": unanswered_morning([s for s in recent if s.local_date == yesterday]),
        "done_today": next((s for s in recent if s.local_date == day), None),
    }
    if plan is not None and plan.active_version is not None:
        context |= session_card(plan, day, zone, recent)
        context["flare_plan"] = plan.patient.profile.flare_plan
        context["changed"] = plan.status == Plan.Status.ACTIVE and waits_to_be_read(plan, me)
        if plan.status == Plan.Status.PAUSED:
            context["safety_report"] = report_that_paused(plan, me)
    if plan is not None:
        context["unread_messages"] = plan.new_messages  # type: ignore[attr-defined]
    return render(request, "plans/patient/today.html", context | checkin_flow.offered(request, me, at))


@compiled
def _sessions(*, patient: UUID, since: date, until: date) -> QuerySet[Session, Session]:
    finished = Q(state=Session.State.DONE, local_date__gte=since, local_date__lte=until)
    told = PainScore.objects.filter(session=OuterRef("pk"), moment=PainScore.Moment.NEXT_MORNING)
    rows = Session.objects.filter(finished | Q(state=Session.State.IN_PROGRESS), patient=patient)
    return rows.annotate(morning_told=Exists(told))


def session_card(plan: Plan, day: date, zone: str, recent: list[Session]) -> dict[str, object]:
    """What is due today, and the week around it."""
    version = plan.active_version
    assert version is not None and version.activated_at is not None
    prescriptions = mine.exercises(version, day)
    done_days = sorted({s.local_date for s in recent if s.local_date in week_of(day)})
    before_today = sum(1 for d in done_days if d < day)
    due = mine.items(mine.due_on(prescriptions, day, before_today))
    # Nothing was asked for, so nothing is missed, before the version came and while the plan rested.
    since = local_date(max(version.activated_at, plan.resumed_at or version.activated_at), zone)
    week = this_week(mine.planned(prescriptions), day, done_days, since)
    return {"due": due, "about": mine.about_in_words(due, gentle=True) if due else "", "week": week}


def report_that_paused(plan: Plan, me: Patient) -> Report | None:
    """The last yes on a safety question, while it is the reason why the plan rests."""
    if not plan.pauses.open().filter(why=Pause.Why.SAFETY).exists():
        return None
    return Report.objects.of(me).filter(kind=Report.Kind.SAFETY).order_by("-received_at").first()


def unanswered_morning(yesterdays: list[Session]) -> Session | None:
    """Yesterday's last session, as long as nobody has said how it settled (`morning_told`)."""
    last = max(yesterdays, key=lambda s: s.started_at, default=None)
    return None if last is None or last.morning_told else last  # type: ignore[attr-defined]


def greeting(hour: int) -> str:
    """The greeting of that hour (0-23), with a place for the name."""
    if 4 <= hour < 12:
        return _("Good morning, %(name)s")
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s")
    return _("Good evening, %(name)s")
