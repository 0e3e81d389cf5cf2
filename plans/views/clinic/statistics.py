"""How the rules do in this clinic: flags a month, called useful, seen how soon, ended how. The last 12 months."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import replica
from accounts.policy import lead
from plans import bars
from plans.models import Flag
from plans.schedule import local_date
from plans.views import doors
from plans.views.clinic.frame import clinic_of, frame
from plans.wording import in_sentence
from plans.wording_thresholds import rule_name

MONTHS = 12
FEW = 5
"""From so many answers on a share is told."""
BAR_WIDTH, BAR_HEIGHT = 132, 30


class Median(Aggregate):
    """The median of the rows that have a value (PostgreSQL)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class RuleNumbers:
    """One rule in the last 12 months. `useful` of `answered`; `seen_in` is the median time to acknowledgement."""

    rule: str
    name: str
    raised: int
    answered: int
    useful: int
    seen_in: timedelta | None
    open_now: int
    escalated: int
    ended: list[tuple[str, int]]
    months: list[int] = field(default_factory=list)
    picture: bars.Bars | None = None

    @property
    def percent_useful(self) -> int | None:
        """Of those who were asked and answered; None for too few answers."""
        return round(100 * self.useful / self.answered) if self.answered >= FEW else None

    @property
    def seen_words(self) -> str:
        return how_long(self.seen_in) if self.seen_in is not None else ""


@lead
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Per rule: how many flags, useful or not, seen how soon, and how they ended."""
    at, here = timezone.now(), clinic_of(request)
    months = last_months(local_date(at, here.time_zone))
    zone = ZoneInfo(here.time_zone)
    since = datetime(months[0].year, months[0].month, 1, tzinfo=zone)
    flags = Flag.objects.visible_to(doors.user(request), at).filter(patient__clinic=here)
    rows = replica.read(lambda: _by_rule(flags, since, months, zone))
    context = {
        **frame(request, "clinic_rules"),
        "rows": rows,
        "sentences": in_sentences(rows),
        "months": [(month, date_format(month, "M")) for month in months],
        "since": months[0],
        "few": FEW,
    }
    return render(request, "plans/clinic/rules.html", context)


def last_months(today: date) -> list[date]:
    """The first days of the last 12 months, this one last."""
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def how_long(waited: timedelta) -> str:
    """A time in words: "20 min", "3 h", "2 days"."""
    minutes = int(waited.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d h") % {"n": round(minutes / 60)}
    days = round(minutes / (24 * 60))
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def in_sentences(rows: list[RuleNumbers]) -> list[str]:
    """What the table comes to, in a few sentences."""
    raised = sum(row.raised for row in rows)
    if not raised:
        return []
    said = [
        ngettext("%(n)d flag was raised in 12 months.", "%(n)d flags were raised in 12 months.", raised) % {"n": raised}
    ]
    answered, useful = sum(row.answered for row in rows), sum(row.useful for row in rows)
    if answered >= FEW:
        said.append(_("%(useful)d of %(n)d were called useful.") % {"useful": useful, "n": answered})
    else:
        said.append(_("Too few were answered to say whether they are useful."))
    judged = [row for row in rows if row.percent_useful is not None]
    worst = min(judged, key=lambda row: (row.percent_useful or 0, row.rule), default=None)
    if worst is not None and worst.useful * 2 < worst.answered:
        words = _("Less than half of %(rule)s were useful: try other numbers on your own past.")
        said.append(words % {"rule": f"“{worst.name}”"})
    escalated = sum(row.escalated for row in rows)
    if escalated:
        words = ngettext(
            "%(n)d went to the lead because nobody had seen it in time.",
            "%(n)d went to the lead because nobody had seen them in time.",
            escalated,
        )
        said.append(words % {"n": escalated})
    return said


def _by_rule(flags: QuerySet[Flag], since: datetime, months: list[date], zone: ZoneInfo) -> list[RuleNumbers]:
    recent = Q(raised_at__gte=since)
    waited = ExpressionWrapper(F("acknowledged_at") - F("raised_at"), output_field=DurationField())
    over = {f"did_{n}": Q(action_taken=action) for n, action in enumerate(Flag.Action.values)}
    over |= {"closed": Q(state=Flag.State.CLOSED), "withdrawn": Q(state=Flag.State.WITHDRAWN)}
    found: Iterable[Any] = (
        flags.order_by()
        .values("rule")
        .annotate(
            raised=Count("pk", filter=recent),
            answered=Count("pk", filter=recent & Q(useful__isnull=False)),
            found_useful=Count("pk", filter=recent & Q(useful=True)),
            seen_in=Median(waited, filter=recent, output_field=DurationField()),
            open_now=Count("pk", filter=Q(state__in=[Flag.State.OPEN, Flag.State.ACKNOWLEDGED])),
            escalated=Count("pk", filter=recent & Q(escalated_at__isnull=False)),
            **{name: Count("pk", filter=recent & condition) for name, condition in over.items()},
        )
    )
    numbers = {row["rule"]: row for row in found}
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    by_month = flags.filter(recent).order_by().values("rule", month=TruncMonth("raised_at", tzinfo=zone))
    for each in by_month.annotate(n=Count("pk")):
        counts[each["rule"]][each["month"].date()] = each["n"]
    highest = max((n for months_of in counts.values() for n in months_of.values()), default=0)
    rows = []
    for rule in Flag.Rule.values:
        row = numbers.get(rule)
        series = [counts[rule].get(month, 0) for month in months]
        rows.append(
            RuleNumbers(
                rule=rule,
                name=rule_name(rule),
                raised=row["raised"] if row else 0,
                answered=row["answered"] if row else 0,
                useful=row["found_useful"] if row else 0,
                seen_in=row["seen_in"] if row else None,
                open_now=row["open_now"] if row else 0,
                escalated=row["escalated"] if row else 0,
                ended=_ended(row) if row else [],
                months=series,
                picture=bars.bars(series, highest=highest, width=BAR_WIDTH, height=BAR_HEIGHT),
            )
        )
    return rows


def _ended(row: dict[str, Any]) -> list[tuple[str, int]]:
    """How the flags ended, in words with counts; the most frequent first."""
    words = [(in_sentence(str(label)), row[f"did_{n}"]) for n, label in enumerate(Flag.Action.labels)]
    words += [(_("closed by itself"), row["closed"]), (_("withdrawn"), row["withdrawn"])]
    return sorted(((word, n) for word, n in words if n), key=lambda entry: -entry[1])
