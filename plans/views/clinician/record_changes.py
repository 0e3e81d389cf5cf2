"""What changed on a record since this person last looked at it, in short sentences with dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.compiled import compiled
from accounts.models import AccessLog, Patient, User
from plans.models import CheckIn, Flag, PainScore, PlanEvent
from plans.schedule import local_date
from plans.scores import COUNTED_MOMENTS
from plans.views.clinician import history, record_checkins
from plans.wording_flags import points, short_day

ONE_VISIT = timedelta(minutes=30)
LOOKS_READ = 100
EVENTS_READ = 300
SHOWN = 10

# Told in sentences of their own, or not worth one.
TOLD_APART = {*history.DAILY, "flag raised", "message written", "messages read"}


@dataclass(frozen=True)
class Changes:
    """`since` is the last look before this visit (None: the first one); `more` lines did not fit."""

    since: datetime | None
    lines: list[history.Line]
    more: int


def last_look(patient: Patient, user: User, at: datetime) -> datetime | None:
    """When this person last had the record open before this visit; looks within half an hour are one visit."""
    later = at
    for (look,) in _looks(LOOKS_READ, patient=patient.pk, user=user, at=at):
        if later - look > ONE_VISIT:
            return look
        later = look
    return None


@compiled
def _looks(most: int, *, patient: UUID, user: User, at: datetime) -> QuerySet[AccessLog, tuple[datetime]]:
    rows = AccessLog.objects.filter(patient=patient, user=user.pk, route="patient", at__lte=at)
    return rows.order_by("-at").values_list("at")[:most]


def changes(patient: Patient, user: User, since: datetime | None, flags: Iterable[Flag], messages: int) -> Changes:
    """What others did and the patient logged after `since`; `messages` are those the patient wrote. Three queries."""
    if since is None:
        return Changes(None, [], 0)
    events = _events(EVENTS_READ, patient=patient.pk, user=user, since=since)
    lines = [*_messages(patient, messages), *_flags(patient, flags, since), *_scores(patient, since)]
    lines += _sessions(patient, events)
    lines += _checkins(patient, since)
    lines += [
        history.Line(
            local_date(event.at, patient.time_zone), history.in_words(event), event.by.full_name if event.by else ""
        )
        for event in events
        if event.verb not in TOLD_APART
    ]
    return Changes(since, lines[:SHOWN], max(0, len(lines) - SHOWN))


@compiled
def _events(most: int, *, patient: UUID, user: User, since: datetime) -> QuerySet[PlanEvent, PlanEvent]:
    rows = PlanEvent.objects.filter(patient=patient, at__gt=since).exclude(by=user.pk)
    return rows.select_related("by")[:most]


def _messages(patient: Patient, number: int) -> list[history.Line]:
    if not number:
        return []
    said = ngettext("%(n)d new message.", "%(n)d new messages.", number) % {"n": number}
    return [history.Line(None, said, patient.full_name)]


def _flags(patient: Patient, flags: Iterable[Flag], since: datetime) -> list[history.Line]:
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


def _scores(patient: Patient, since: datetime) -> list[history.Line]:
    rows = PainScore.objects.of(patient).current().answered()
    new = rows.filter(received_at__gt=since, moment__in=COUNTED_MOMENTS)
    found: dict[str, Any] = new.aggregate(
        days=Count("local_date", distinct=True),
        first=Min("local_date"),
        last=Max("local_date"),
        low=Min("value"),
        high=Max("value"),
    )
    if not found["days"]:
        return []
    words = {
        "n": found["days"],
        "days": _days(found["first"], found["last"]),
        "low": points(found["low"]),
        "high": points(found["high"]),
    }
    if found["low"] == found["high"]:
        said = ngettext("Pain logged: %(low)s.", "Pain logged on %(n)d days (%(days)s): %(low)s.", found["days"])
    else:
        said = ngettext(
            "Pain logged: %(low)s to %(high)s.",
            "Pain logged on %(n)d days (%(days)s): %(low)s to %(high)s.",
            found["days"],
        )
    return [history.Line(found["last"], said % words, "")]


def _sessions(patient: Patient, events: Iterable[PlanEvent]) -> list[history.Line]:
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


def _checkins(patient: Patient, since: datetime) -> list[history.Line]:
    """The newest answer of each kind, in one sentence."""
    rows = CheckIn.objects.of(patient).current().filter(received_at__gt=since, total__isnull=False)
    newest = rows.order_by("kind", "-local_date", "-answered_at").distinct("kind")
    totals = {kind: (day, total) for kind, day, total in newest.values_list("kind", "local_date", "total")}
    if not totals:
        return []
    said = [
        f"{name} {points(total)}"
        for kind, name in record_checkins.names().items()
        if kind in totals and (total := totals[kind][1]) is not None
    ]
    day = max(day for day, _total in totals.values())
    return [history.Line(day, _("Check-ins: %(results)s.") % {"results": ", ".join(said)}, "")]


def _day_of(patient: Patient, event: PlanEvent) -> date:
    """The day a log is about; older events say only when it arrived."""
    try:
        return date.fromisoformat(str(event.detail.get("on")))
    except ValueError:
        return local_date(event.at, patient.time_zone)


def _days(first: date, last: date) -> str:
    if first == last:
        return short_day(first)
    return _("%(first)s to %(last)s") % {"first": short_day(first), "last": short_day(last)}
