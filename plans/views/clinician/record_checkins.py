"""Check-ins on the patient page: for each kind a sentence, the change, and a small chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext as _

from accounts.together import one_of_many
from plans import measures
from plans.chart_small import SmallChart, small_chart
from plans.models import CheckIn
from plans.wording_flags import points, rounded, short_day

MOOD_NOTE = 3
# By kind: the end of the scale, whether more is worse, and from which change on it is marked (PEG: Krebs 2009).
SCALES: dict[str, tuple[int, bool, Decimal]] = {
    "PEG": (10, True, Decimal(1)),
    "sleep": (10, True, Decimal(2)),
    "PHQ-4": (12, True, Decimal(2)),
    "confidence": (10, False, Decimal(2)),
}


@dataclass(frozen=True)
class Answered:
    """One kind of check-in over the time shown. `last` and `change` are None when nothing was answered completely."""

    kind: str
    name: str
    top: int
    last: Decimal | None
    change: Decimal | None
    worse: bool
    sentence: str
    chart: SmallChart | None
    rows: list[tuple[date, Decimal | None]]


def names() -> dict[str, str]:
    return {
        "PEG": _("Daily life (PEG)"),
        "sleep": _("Sleep disturbed"),
        "PHQ-4": _("Mood, worry (PHQ-4)"),
        "confidence": _("Confidence"),
    }


def checkins(given: Iterable[Any], first: date, today: date) -> list[Answered]:
    """The four kinds, in their order, from the rows of `answers`; those never asked say so."""
    known: dict[str, list[tuple[date, Decimal | None]]] = {kind: [] for kind in SCALES}
    mood: dict[str, Any] = {}
    for kind, day, total, items in given:
        known[kind].append((day, total))
        if items is not None:
            mood = items
    if not any(known.values()):
        return []
    found = {kind: _answered(kind, name, known[kind], first, today) for kind, name in names().items()}
    low = _mood(measures.mood(mood))
    found["PHQ-4"] = replace(found["PHQ-4"], sentence=f"{found['PHQ-4'].sentence} {low}".strip())
    return list(found.values())


@one_of_many
def answers(*, patient: UUID, first: date, last: date) -> QuerySet[Any, Any]:
    """Kind, day, total; and the single answers where they are told."""
    rows = CheckIn.objects.filter(patient=patient).current().filter(local_date__gte=first, local_date__lte=last)
    single = Case(When(kind=CheckIn.Kind.PHQ4, then="items"))
    return rows.order_by("local_date", "answered_at").values_list("kind", "local_date", "total", single)


def _mood(last: measures.Mood) -> str:
    """What the last PHQ-2 and GAD-2 speak for, from 3 of 6 on (docs/clinical-rules.md, rule R8)."""
    said = []
    if last.phq2 is not None and last.phq2 >= MOOD_NOTE:
        said.append(_("low mood %(n)d of 6") % {"n": last.phq2})
    if last.gad2 is not None and last.gad2 >= MOOD_NOTE:
        said.append(_("worry %(n)d of 6") % {"n": last.gad2})
    if not said:
        return ""
    return _("Worth asking about, no diagnosis: %(what)s.") % {"what": ", ".join(said)}


def _answered(kind: str, name: str, rows: Sequence[tuple[date, Decimal | None]], first: date, today: date) -> Answered:
    top, more_is_worse, marked = SCALES[kind]
    given = [(day, total) for day, total in rows if total is not None]
    if not given:
        return Answered(kind, name, top, None, None, False, _("Not asked in this time."), None, list(rows))
    (first_on, start), (last_on, last) = given[0], given[-1]
    change = rounded(float(last)) - rounded(float(start)) if len(given) > 1 else None
    worse = change is not None and abs(change) >= marked and (change > 0) == more_is_worse
    chart = small_chart(
        [(day, float(total)) for day, total in given],
        first=first,
        last=today,
        top=float(top),
        every_days=CheckIn.every_days[kind],
    )
    words: dict[str, str | int] = {
        "last": points(last),
        "day": short_day(last_on),
        "since": short_day(first_on),
        "top": top,
    }
    return Answered(kind, name, top, last, change, worse, _sentence(change, more_is_worse, words), chart, list(rows))


def _sentence(change: Decimal | None, more_is_worse: bool, words: dict[str, str | int]) -> str:
    if change is None:
        return _("%(last)s of %(top)s on %(day)s, answered once in this time.") % words
    if change == 0:
        return _("%(last)s of %(top)s on %(day)s, as on %(since)s.") % words
    words["size"] = points(abs(change))
    if (change > 0) == more_is_worse:
        return _("%(last)s of %(top)s on %(day)s, %(size)s worse than on %(since)s.") % words
    return _("%(last)s of %(top)s on %(day)s, %(size)s better than on %(since)s.") % words
