"""Daily life, sleep, confidence and goals on Progress: each a sentence first, then a small picture, then a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Patient
from plans.chart_small import SmallChart, small_chart
from plans.models import CheckIn, Goal
from plans.wording import day_in_words
from plans.wording_checkins import shown
from plans.wording_numbers import rounded

WEEKS = 12
QUIET_DAYS = 21
GOAL_EVERY_DAYS = 28
# From which change on it is called a change. PEG: Krebs 2009; the others: two points.
MATTERS = {"PEG": Decimal(1), "sleep": Decimal(2), "confidence": Decimal(2)}
ICONS = {"PEG": "person-walking", "sleep": "moon-stars", "confidence": "emoji-smile"}


@dataclass(frozen=True)
class Told:
    """`headline` and `text` say how it goes; `rows` are (day, number in words), the newest first."""

    key: str
    icon: str
    name: str
    headline: str
    text: str
    chart: SmallChart | None
    rows: list[tuple[date, str]]


@dataclass(frozen=True)
class GoalTold:
    goal: Goal
    text: str
    chart: SmallChart | None
    rows: list[tuple[date, str]]


def life(me: Patient, today: date) -> list[Told]:
    """What was answered in the last twelve weeks; kinds without a complete answer are left out. One query."""
    first = today - timedelta(weeks=WEEKS)
    rows = CheckIn.objects.of(me).current().filter(local_date__range=(first, today), total__isnull=False)
    known: dict[str, list[tuple[date, Decimal]]] = {kind: [] for kind in MATTERS}
    for kind, day, total in rows.order_by("local_date", "answered_at").values_list("kind", "local_date", "total"):
        if kind in known and total is not None:
            known[kind].append((day, total))
    return [_told(kind, answers, first, today) for kind, answers in known.items() if answers]


def goals(me: Patient, today: date) -> list[GoalTold]:
    """The standing goals with how close they feel. Two queries."""
    found = []
    for goal in Goal.objects.of(me).standing().prefetch_related("ratings"):
        by_day = {rating.on: rating.closeness for rating in goal.ratings.all()}  # the last of a day counts
        ratings = sorted(by_day.items())
        found.append(
            GoalTold(
                goal,
                _closeness(ratings),
                _chart(ratings, min([today, *by_day]), today, GOAL_EVERY_DAYS),
                [(day, _("%(n)d of 10") % {"n": n}) for day, n in reversed(ratings)],
            )
        )
    return found


def reached(me: Patient) -> list[Goal]:
    """The goals that were reached, the newest first."""
    return list(Goal.objects.of(me).filter(end=Goal.End.REACHED).order_by("-ended_at")[:5])


def _told(kind: str, answers: list[tuple[date, Decimal]], first: date, today: date) -> Told:
    (start_on, start), (last_on, last) = answers[0], answers[-1]
    change = rounded(float(last)) - rounded(float(start))
    up = (change > 0) - (change < 0) if abs(change) >= MATTERS[kind] else 0
    names = {"PEG": _("Doing things"), "sleep": _("Sleep"), "confidence": _("How sure you feel")}
    headlines = {
        "PEG": (_("Doing things is easier."), _("Doing things is about the same."), _("Doing things is harder.")),
        "sleep": (_("Sleep is easier."), _("Sleep is about the same."), _("Sleep is harder.")),
        "confidence": (
            _("You feel less sure about your plan."),
            _("You feel about as sure of your plan."),
            _("You feel surer about your plan."),
        ),
    }
    says = {
        "PEG": _("Pain got in the way of daily life %(n)s out of 10."),
        "sleep": _("Pain disturbed it %(n)s out of 10."),
        "confidence": _("%(n)s out of 10."),
    }
    headline, text = headlines[kind][up + 1], says[kind] % {"n": shown(kind, last)}
    if len(answers) == 1:
        headline = {"PEG": _("Doing things:"), "sleep": _("Sleep:"), "confidence": _("Your plan:")}[kind]
    else:
        same = rounded(float(start)) == rounded(float(last))
        words = _("As on %(day)s.") if same else _("It was %(n)s on %(day)s.")
        text += " " + words % {"n": shown(kind, start), "day": day_in_words(start_on)}
    if today - last_on > timedelta(days=QUIET_DAYS):
        headline = _("%(name)s: last answered on %(day)s.") % {"name": names[kind], "day": day_in_words(last_on)}
        text += " " + _("Any week is a good week to begin again.")
    return Told(
        kind,
        ICONS[kind],
        names[kind],
        headline,
        text,
        _chart([(day, float(total)) for day, total in answers], first, today, CheckIn.every_days[kind]),
        [(day, shown(kind, total)) for day, total in reversed(answers)],
    )


def _chart(answers: Sequence[tuple[date, float]], first: date, today: date, every_days: int) -> SmallChart | None:
    """A picture needs two answers."""
    if len(answers) < 2:
        return None
    return small_chart(answers, first=first, last=today, top=10, every_days=every_days)


def _closeness(ratings: Sequence[tuple[date, int]]) -> str:
    if not ratings:
        return _("Say how close you feel, and see how it changes.")
    (start_on, start), (last_on, last) = ratings[0], ratings[-1]
    if len(ratings) == 1:
        return _("You felt %(n)d of 10 close on %(day)s.") % {"n": last, "day": day_in_words(last_on)}
    words = {"n": last, "was": start, "day": day_in_words(start_on)}
    if last == start:
        return _("You feel %(n)d of 10 close, as on %(day)s.") % words
    return _("You feel %(n)d of 10 close. It was %(was)d on %(day)s.") % words
