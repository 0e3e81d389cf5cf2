"""The pain that clinicians' pages draw: one value per logged day, the usual level, and the episodes above it."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Protocol
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, IntegerField, QuerySet, Subquery
from django.db.models.functions import Cast

from accounts.compiled import compiled
from accounts.together import one_of_many
from plans import rules
from plans.actions.facts import settings_of, site_facts
from plans.models import BodySite, Flag, FlagLike, PainScore, PainWatch
from plans.schedule import local_date
from plans.scores import COUNTED_MOMENTS
from plans.thresholds import Thresholds
from plans.usual import LEARNING_DAYS

Days = list[tuple[date, float]]


@dataclass(frozen=True)
class Level:
    """What the detector last knew of a site, in points; `usual` is None until it is ready to judge."""

    usual: float | None
    spread: float
    learned: int

    @property
    def ready(self) -> bool:
        return self.usual is not None

    @property
    def needed(self) -> int:
        return LEARNING_DAYS

    @property
    def low(self) -> float | None:
        return None if self.usual is None else max(self.usual - self.spread, 0.0)

    @property
    def high(self) -> float | None:
        return None if self.usual is None else min(self.usual + self.spread, 10.0)


class FlagWithEnd(FlagLike, Protocol):
    """And when it was over, for the episode that is made from it."""

    @property
    def resolved_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Rise:
    """An episode as charts draw it (plans.charts.EpisodeLike), made from a flag."""

    since_on: date
    raised_on: date
    last_alert_on: date
    mean: float
    closed_on: date | None


def day_values(sites: Collection[UUID], first: date, last: date) -> dict[UUID, Days]:
    """By site, one value for each logged day from `first` to `last`: the mean that rule R3 sees. One query."""
    found: dict[UUID, Days] = {site: [] for site in sites}
    for site, days, tenths in _answers(sites=list(sites), first=first, last=last):
        found[site] = means(zip(days, tenths, strict=True))
    return found


@compiled
def _answers(*, sites: Sequence[UUID], first: date, last: date) -> QuerySet[Any, Any]:
    """Site, the days of its answers, and the answers in tenths of a point, which are whole."""
    return (
        PainScore.objects.current()
        .answered()
        .filter(site__in=sites, moment__in=COUNTED_MOMENTS, local_date__gte=first, local_date__lte=last)
        .order_by()
        .values("site")
        .annotate(days=ArrayAgg("local_date"), tenths=ArrayAgg(Cast(F("value") * 10, IntegerField())))
        .values_list("site", "days", "tenths")
    )


def means(answers: Iterable[tuple[date, int]]) -> Days:
    """The mean of each day, by day, from answers in tenths of a point."""
    answers = sorted(answers)
    if len(dict(answers)) == len(answers):  # most say it once a day
        return [(day, value / 10) for day, value in answers]
    found: Days = []
    latest, total, number = None, 0, 0
    for day, value in answers:
        if day == latest:
            total, number = total + value, number + 1
            found[-1] = (day, total / (10 * number))
        else:
            latest, total, number = day, value, 1
            found.append((day, value / 10))
    return found


@one_of_many
def answers_at(*, patient: UUID, site: UUID, first: date, last: date) -> QuerySet[Any, Any]:
    """For `means`: the answers of a patient for one of their places."""
    return _in_tenths(patient, first, last).filter(site=site)


@one_of_many
def answers_at_first(*, patient: UUID, first: date, last: date) -> QuerySet[Any, Any]:
    """The same for the first of their places."""
    return _in_tenths(patient, first, last).filter(
        site=Subquery(BodySite.objects.filter(patient=patient).values("pk")[:1])
    )


def _in_tenths(patient: UUID, first: date, last: date) -> QuerySet[Any, Any]:
    rows = PainScore.objects.current().answered().filter(patient=patient, moment__in=COUNTED_MOMENTS)
    rows = rows.filter(local_date__gte=first, local_date__lte=last).order_by()
    return rows.values_list("local_date", Cast(F("value") * 10, IntegerField()))


def level(watch: PainWatch | None, site: UUID) -> Level:
    """The usual level of a site as the last evaluation left it."""
    return level_in(watch.state if watch else {}, site)


def level_in(states: Mapping[str, Any], site: UUID) -> Level:
    """The same from the state of a watch."""
    return level_of(states.get(f"R3:{site}", {}))


def level_of(state: Mapping[str, Any]) -> Level:
    """The same from what the state of a watch says of the site."""
    usual = state.get("usual")
    return Level(
        usual=float(usual) if state.get("ready") and usual is not None else None,
        spread=float(state.get("spread") or 0),
        learned=int(state.get("learned") or 0),
    )


def level_on(site: BodySite, day: date) -> Level:
    """The usual level as it was known on that day: what was looked at then must not change with what came later."""
    facts = site_facts(site)
    known = replace(
        facts,
        scores=[score for score in facts.scores if score.on <= day],
        decisions=[decision for decision in facts.decisions if decision.on <= day],
    )
    replay = rules.replay_site(known, Thresholds(settings_of(site.patient)), until=day)
    return Level(replay.usual if replay.ready else None, replay.spread, replay.learned)


def mean_between(days: Sequence[tuple[date, float]], first: date, last: date) -> float | None:
    """The mean of the days from `first` to `last`, or None when nothing was logged. In the order of the days."""
    from_first = days[bisect_left(days, first, key=itemgetter(0)) :]
    values = [value for day, value in from_first if day <= last]
    return sum(values) / len(values) if values else None


def rises(flags: Iterable[FlagWithEnd], time_zone: str) -> list[Rise]:
    """The sustained increases among the flags, oldest first; withdrawn ones never were."""
    found = []
    for flag in flags:
        if flag.rule != Flag.Rule.R3 or flag.state == Flag.State.WITHDRAWN or "mean" not in flag.evidence:
            continue
        closed_at = flag.resolved_at or flag.ended_at
        found.append(
            Rise(
                since_on=date.fromisoformat(flag.evidence["since_on"]),
                raised_on=flag.first_alert_on,
                last_alert_on=flag.last_alert_on,
                mean=float(flag.evidence["mean"]),
                closed_on=local_date(closed_at, time_zone) if closed_at else None,
            )
        )
    return sorted(found, key=lambda rise: rise.since_on)
