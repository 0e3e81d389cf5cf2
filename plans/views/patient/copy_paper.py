"""The words of a patient's own summary as PDF, as plans/reports/mine.typ lays them out: plain, no rules, no diagnosis.

Like the summary of a re-evaluation it holds no scores of mood or worry; those are in the full copy.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Patient
from plans.actions.flags import r3_replay
from plans.charts import pain_chart
from plans.models import PainScore, Session
from plans.reports.picture import chart_svg
from plans.views.patient import mine
from plans.views.patient.life import GoalTold, goals, life
from plans.views.patient.trend import trend
from plans.wording import day_in_words
from plans.wording_flags import points

CHART_DAYS = 84
WIDTH, HEIGHT = 640, 250
MONTHS = 12


def words(me: Patient, today: date, *, at: datetime) -> dict[str, Any]:
    """Everything that stands on the pages, in the active language."""
    language, _sep, region = (get_language() or "en").partition("-")
    day = day_in_words(localtime(at).date(), year=True)
    plan = mine.current_plan(me)
    version = plan.active_version if plan else None
    items = mine.items(mine.exercises(version, today)) if version else []
    told = trend(r3_replay(me.sites.all()[0]), today, mine.clinician_name(me, at))
    months = list(_months(me))
    return {
        "title": _("My Painplan"),
        "clinic": me.clinic.name,
        "patient": me.full_name,
        "covers": _("As of %(day)s.") % {"day": day},
        "foot": _("Made by %(name)s on %(day)s.") % {"name": me.full_name, "day": day},
        "page": _("Page {page} of {pages}"),
        "language": language,
        "region": region.upper() if len(region) == 2 else None,
        "facts": _facts(me),
        "plan_title": _("My plan"),
        "plan_head": [_("Exercise"), _("How much"), _("When")],
        "plan": [[item.name, item.dose, item.days] for item in items],
        "plan_none": _("There is no plan at the moment."),
        "goals_title": _("What I want to be able to do"),
        "goals": [_goal(row) for row in goals(me, today)],
        "pain_title": _("My pain"),
        "pain": [f"{told.headline}.", told.text],
        **_chart(me, today, told.headline),
        "sessions_title": _("What I did"),
        "sessions": _sessions(me),
        "months_head": [_("Month"), _("Sessions"), _("Days with a number"), _("Pain on average")],
        "months": months,
        "life_title": _("Daily life"),
        "life": [f"{row.headline} {row.text}" for row in life(me, today)],
        "more_title": _("Everything else"),
        "more": _("Each number, session, answer and message is in the full copy under “My data”."),
    }  # fmt: skip


def _facts(me: Patient) -> list[list[str]]:
    found = [[_("Name"), me.full_name], [_("Date of birth"), day_in_words(me.birth_on, year=True)]]
    if me.clinic_number:
        found.append([_("Clinic number"), me.clinic_number])
    return [*found, [_("Where it hurts"), ", ".join(site.name for site in me.sites.all())]]


def _goal(told: GoalTold) -> str:
    return f"{told.goal.text}. {told.text}" if told.rows else told.goal.text


def _chart(me: Patient, today: date, alt: str) -> dict[str, str | None]:
    replay = r3_replay(me.sites.all()[0])
    if not replay.days or replay.days[-1].day < today - timedelta(days=CHART_DAYS):
        return {"chart": None, "chart_alt": ""}
    first = max(today - timedelta(days=CHART_DAYS), min(replay.days[0].day, today - timedelta(days=27)))
    drawn = pain_chart(
        days=[(day.day, day.value) for day in replay.days],
        usual=replay.usual if replay.ready else None,
        spread=replay.spread,
        episodes=replay.episodes,
        first=first,
        last=today,
        width=WIDTH,
        height=HEIGHT,
    )
    return {"chart": chart_svg(drawn, mine=True), "chart_alt": alt}


def _sessions(me: Patient) -> str:
    done = Session.objects.of(me).finished()
    count, first = done.count(), done.order_by("local_date").values_list("local_date", flat=True).first()
    if first is None:
        return _("No session is in the diary yet.")
    said = ngettext("%(n)d session since %(day)s.", "%(n)d sessions since %(day)s.", count)
    return said % {"n": count, "day": day_in_words(first, year=True)}


def _months(me: Patient) -> Iterable[list[str]]:
    """By month, the newest first: sessions, days with a number, mean pain of that month."""
    month = TruncMonth("local_date")
    done = dict(Session.objects.of(me).finished().order_by().annotate(m=month).values_list("m").annotate(n=Count("pk")))
    daily = PainScore.objects.of(me).current().answered().filter(moment__in=["before", "daily"]).order_by()
    pain = {
        m: (days, mean)
        for m, days, mean in daily.annotate(m=month)
        .values_list("m")
        .annotate(days=Count("local_date", distinct=True), mean=Avg("value"))
    }
    for m in sorted(done.keys() | pain.keys(), reverse=True)[:MONTHS]:
        days, mean = pain.get(m, (0, None))
        # Translators: a month with its year, see the date filter of Django
        said = str(date_format(m, _("F Y")))
        yield [said, str(done.get(m, 0)), str(days), "" if mean is None else points(float(mean))]
