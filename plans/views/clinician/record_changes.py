"""What changed on a record since this person last looked at it, in short sentences with dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AccessLog, Patient, User
from accounts.together import Part, one_of_many, together
from plans.models import CheckIn, Flag, Message, PainScore, PlanEvent
from plans.schedule import local_date
from plans.scores import COUNTED_MOMENTS
from plans.views.clinician import history, record_checkins
from plans.views.clinician.record_read import FlagOfRecord, name_of
from plans.wording_flags import points, short_day

ONE_VISIT = timedelta(minutes=30)
LOOKS_READ = 100
EVENTS_READ = 300
SHOWN = 10

# Told in sentences of their own, or not worth one.
TOLD_APART = {*history.DAILY, "flag raised", "message written", "messages read"}


class Happened(NamedTuple):
    """What stands in the history; `who` is None for rules and jobs."""

    at: datetime
    verb: str
    detail: dict[str, Any]
    who: str | None


@dataclass(frozen=True)
class Changes:
    """`since` is the last look before this visit (None: the first one); `more` lines did not fit."""

    since: datetime | None
    lines: list[history.Line]
    more: int


def last_look(looks: Iterable[tuple[datetime]], at: datetime) -> datetime | None:
    """When this person last had the record open before this visit, from the rows of `own_looks`; looks within half an
    hour are one visit.
    """
    later = at
    for (look,) in looks:
        if later - look > ONE_VISIT:
            return look
        later = look
    return None


def own_looks(patient: Patient, user: User, at: datetime) -> Part:
    return _looks(LOOKS_READ, patient=patient.pk, user=user.pk, at=at)


@one_of_many
def _looks(most: int, *, patient: UUID, user: UUID, at: datetime) -> QuerySet[AccessLog, tuple[datetime]]:
    rows = AccessLog.objects.filter(patient=patient, user=user, route="patient", at__lte=at)
    return rows.order_by("-at").values_list("at")[:most]


def changes(patient: Patient, user: User, since: datetime | None, flags: Iterable[FlagOfRecord]) -> Changes:
    """What others did and the patient logged after `since`. One query."""
    if since is None:
        return Changes(None, [], 0)
    written, scores, newest, rows = together(
        _written(patient=patient.pk, user=user.pk, since=since),
        _logged(patient=patient.pk, since=since),
        _answered(patient=patient.pk, since=since),
        _events(EVENTS_READ, patient=patient.pk, user=user.pk, since=since),
    )
    events = [Happened(*row) for row in rows]
    lines = [*_messages(patient, written), *_flags(patient, flags, since), *_scores(scores)]
    lines += _sessions(patient, events)
    lines += _checkins(newest)
    lines += [
        history.Line(
            local_date(event.at, patient.time_zone), history.in_words(event.verb, event.detail), event.who or ""
        )
        for event in events
        if event.verb not in TOLD_APART
    ]
    return Changes(since, lines[:SHOWN], max(0, len(lines) - SHOWN))


@one_of_many
def _written(*, patient: UUID, user: UUID, since: datetime) -> QuerySet[Message, Any]:
    """How many messages of the patient this user has not read."""
    rows = Message.objects.filter(patient=patient, from_patient=True, at__gt=since).exclude(read_by=user)
    return rows.order_by().annotate(whole=Value(1)).values("whole").annotate(n=Count("pk")).values_list("n")


@one_of_many
def _logged(*, patient: UUID, since: datetime) -> QuerySet[PainScore, Any]:
    """On how many days, the first and last of them, the lowest and the highest score."""
    rows = PainScore.objects.filter(patient=patient).current().answered().order_by()
    new = rows.filter(received_at__gt=since, moment__in=COUNTED_MOMENTS).annotate(whole=Value(1)).values("whole")
    return new.annotate(
        days=Count("local_date", distinct=True),
        first=Min("local_date"),
        last=Max("local_date"),
        low=Min("value"),
        high=Max("value"),
    ).values_list("days", "first", "last", "low", "high")


@one_of_many
def _answered(*, patient: UUID, since: datetime) -> QuerySet[CheckIn, Any]:
    """The newest answer of each kind."""
    rows = CheckIn.objects.filter(patient=patient).current().filter(received_at__gt=since, total__isnull=False)
    newest = rows.order_by("kind", "-local_date", "-answered_at").distinct("kind")
    return newest.values_list("kind", "local_date", "total")


@one_of_many
def _events(most: int, *, patient: UUID, user: UUID, since: datetime) -> QuerySet[PlanEvent, Any]:
    rows = PlanEvent.objects.filter(patient=patient, at__gt=since).exclude(by=user)
    return rows.values_list("at", "verb", "detail", name_of("by"))[:most]


def _messages(patient: Patient, found: Sequence[tuple[int]]) -> list[history.Line]:
    number = found[0][0] if found else 0
    if not number:
        return []
    said = ngettext("%(n)d new message.", "%(n)d new messages.", number) % {"n": number}
    return [history.Line(None, said, patient.full_name)]


def _flags(patient: Patient, flags: Iterable[FlagOfRecord], since: datetime) -> list[history.Line]:
    return [
        history.Line(
            local_date(flag.raised_at, patient.time_zone),
            _("Flag raised: %(rule)s (%(severity)s).")
            % {"rule": flag.get_rule_display(), "severity": str(flag.get_severity_display()).lower()},
            "",
        )
        for flag in flags
        if flag.raised_at > since and flag.state != Flag.State.WITHDRAWN
    ]


def _scores(found: Sequence[tuple[int, date, date, Decimal, Decimal]]) -> list[history.Line]:
    if not found or not found[0][0]:
        return []
    [(days, first, last, low, high)] = found
    words = {"n": days, "days": _days(first, last), "low": points(low), "high": points(high)}
    if low == high:
        said = ngettext("Pain logged: %(low)s.", "Pain logged on %(n)d days (%(days)s): %(low)s.", days)
    else:
        said = ngettext(
            "Pain logged: %(low)s to %(high)s.",
            "Pain logged on %(n)d days (%(days)s): %(low)s to %(high)s.",
            days,
        )
    return [history.Line(last, said % words, "")]


def _sessions(patient: Patient, events: Iterable[Happened]) -> list[history.Line]:
    days, corrected, corrected_on = [], 0, None
    for event in events:
        if event.verb == "session logged":
            days.append(_day_of(patient, event))
        elif event.verb == "score corrected":
            corrected += 1
            corrected_on = corrected_on or local_date(event.at, patient.time_zone)
    lines = []
    if days:
        said = ngettext("%(n)d session logged.", "%(n)d sessions logged (%(days)s).", len(days))
        lines.append(history.Line(max(days), said % {"n": len(days), "days": _days(min(days), max(days))}, ""))
    if corrected:
        said = ngettext("%(n)d score corrected.", "%(n)d scores corrected.", corrected) % {"n": corrected}
        lines.append(history.Line(corrected_on, said, ""))
    return lines


def _checkins(newest: Iterable[tuple[str, date, Decimal]]) -> list[history.Line]:
    """The newest answer of each kind, in one sentence."""
    totals = {kind: (day, total) for kind, day, total in newest}
    if not totals:
        return []
    said = [
        f"{name} {points(total)}"
        for kind, name in record_checkins.names().items()
        if kind in totals and (total := totals[kind][1]) is not None
    ]
    day = max(day for day, _total in totals.values())
    return [history.Line(day, _("Check-ins: %(results)s.") % {"results": ", ".join(said)}, "")]


def _day_of(patient: Patient, event: Happened) -> date:
    """The day a log is about; older events say only when it arrived."""
    try:
        return date.fromisoformat(str(event.detail.get("on")))
    except ValueError:
        return local_date(event.at, patient.time_zone)


def _days(first: date, last: date) -> str:
    if first == last:
        return short_day(first)
    return _("%(first)s to %(last)s") % {"first": short_day(first), "last": short_day(last)}
