"""The chart of the patient page: pain, usual level, flags, plan versions and sessions, under a title that answers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Patient
from plans import charts
from plans.models import BodySite, ExerciseLog, Flag, Plan, PlanVersion, Session
from plans.schedule import local_date
from plans.views.clinician import adherence, pain_days
from plans.wording_flags import points, rounded, short_day

WIDE = (738, 322)
NARROW = (576, 322)
WEEKS = (12, 26, 52)
QUIET_DAYS = 14
SAME_POINTS = 1


@dataclass(frozen=True)
class Shown:
    """The chart at two widths, its title, and the day values it is made of."""

    title: str
    wide: charts.PainChart
    narrow: charts.PainChart
    days: pain_days.Days


def weeks_asked(text: str | None) -> int:
    """How many weeks back: 12 unless one of the offered numbers was asked for."""
    return next((weeks for weeks in WEEKS if str(weeks) == text), WEEKS[0])


def weeks_links(now: int, site: BodySite | None) -> list[dict[str, Any]]:
    """The other spans of time as links."""
    words = {12: _("12 weeks"), 26: _("6 months"), 52: _("1 year")}
    keep: dict[str, str | int] = {"site": str(site.pk)} if site else {}
    return [
        {"url": f"?{urlencode({**keep, 'weeks': weeks})}", "label": words[weeks], "on": weeks == now} for weeks in WEEKS
    ]


def record_chart(
    patient: Patient,
    site: BodySite,
    level: pain_days.Level | None,
    flags: list[Flag],
    plan: Plan | None,
    spans: list[adherence.Span],
    first: date,
    today: date,
) -> Shown:
    """The chart of one place from `first` to `today` (local dates of the patient)."""
    days = pain_days.day_values([site.pk], first, today)[site.pk]
    here = [flag for flag in flags if flag.site_id == site.pk]
    given: dict[str, Any] = {
        "days": days,
        "usual": level.usual if level else None,
        "spread": level.spread if level else 0.0,
        "episodes": pain_days.rises(here, patient.time_zone),
        "first": first,
        "last": today,
        "versions": versions(patient, plan),
        "sessions": session_marks(patient, spans, first, today),
        "lanes": bool(spans),
    }
    wide = charts.pain_chart(**given, width=WIDE[0], height=WIDE[1] if spans else WIDE[1] - 58)
    narrow = charts.pain_chart(**given, width=NARROW[0], height=NARROW[1] if spans else NARROW[1] - 58)
    return Shown(_title(wide, level, days, today), wide, narrow, days)


def versions(patient: Patient, plan: Plan | None) -> list[tuple[date, str]]:
    """The activated versions of the current plan with their first days and words. One query."""
    if plan is None:
        return []
    rows = PlanVersion.objects.filter(plan=plan).exclude(state=PlanVersion.State.DRAFT).order_by("number")
    return [
        (local_date(row.activated_at, patient.time_zone), f"{row} {row.why}".strip())
        for row in rows
        if row.activated_at
    ]


def session_marks(patient: Patient, spans: list[adherence.Span], first: date, today: date) -> list[tuple[date, str]]:
    """Sessions done, partly done (left early, or not every exercise) and missed, one a day. One query."""
    unfinished = ExerciseLog.objects.filter(session=OuterRef("pk")).exclude(state=ExerciseLog.State.DONE)
    rows = (
        Session.objects.of(patient)
        .exclude(state=Session.State.IN_PROGRESS)
        .filter(local_date__range=(first, today))
        .annotate(part=Exists(unfinished))
        .values_list("local_date", "state", "part")
    )
    states: dict[date, str] = {}
    for day, state, part in rows:
        whole = state == Session.State.DONE and not part
        # Two sessions on a day: the fuller one stands for the day.
        if whole or day not in states:
            states[day] = "done" if whole else "part"
    missed = adherence.missed_days(spans, set(states), first, today)
    return [*states.items(), *((day, "missed") for day in missed)]


def _title(chart: charts.PainChart, level: pain_days.Level | None, days: pain_days.Days, today: date) -> str:
    """The answer to "how is it going?", in one line."""
    if chart.current:
        return _("Pain has been above usual since %(day)s") % {"day": short_day(chart.current.since_on)}
    if not days:
        return _("No pain logged in this time")
    if (today - days[-1][0]).days >= QUIET_DAYS:
        return _("Nothing logged since %(day)s") % {"day": short_day(days[-1][0])}
    if level is None or level.usual is None:
        known, needed = (level.learned, level.needed) if level else (0, 7)
        return _("Learning the usual level (%(known)d of %(needed)d days)") % {"known": known, "needed": needed}
    week = pain_days.mean_between(days, today - timedelta(days=6), today)
    if week is None:
        return _("No pain logged in the last 7 days")
    change = rounded(week) - rounded(level.usual)
    if change >= SAME_POINTS:
        return _("This week’s pain is %(n)s above the usual level") % {"n": points(change)}
    if change <= -SAME_POINTS:
        return _("This week’s pain is %(n)s below the usual level") % {"n": points(-change)}
    return _("Pain is around its usual level")
