"""A check-in on its way: which questions, what was answered. It stays with the sign-in until each part is stored.

A part (PEG, sleep ..) is stored when its last question was answered or skipped; until then its answers wait in the
session on the server, so that closing the browser loses none of them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Patient, new_id
from plans import measures
from plans.actions.checkins import due_kinds, period_of, record_checkin
from plans.models import CheckIn
from plans.views import doors
from plans.views.patient import mine

KEY = "checkin"
LASTS = timedelta(hours=24)
KIND_OF = {item: kind for kind, items in measures.ITEMS.items() for item in items}


@dataclass
class Flow:
    """`kinds` in the order asked; `answers` by item (None: skipped); `ids` by kind. All plain values."""

    patient_id: str
    started_at: datetime
    kinds: list[str]
    ids: dict[str, str]
    answers: dict[str, int | None] = field(default_factory=dict)

    @property
    def items(self) -> list[str]:
        return [item for kind in self.kinds for item in measures.ITEMS[kind]]

    def next_open(self) -> str | None:
        """The first question without an answer."""
        return next((item for item in self.items if item not in self.answers), None)

    def before(self, item: str) -> str | None:
        """The question before that one."""
        place = self.items.index(item)
        return self.items[place - 1] if place else None

    def is_complete(self, kind: str) -> bool:
        return all(item in self.answers for item in measures.ITEMS[kind])


def current(request: HttpRequest, me: Patient, at: datetime) -> Flow | None:
    """The check-in that this person began here within a day, if there is one."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept or kept["patient_id"] != str(me.pk):
        return None
    started_at = datetime.fromisoformat(kept["started_at"])
    if not timedelta(0) <= at - started_at <= LASTS:
        return None
    return Flow(kept["patient_id"], started_at, kept["kinds"], kept["ids"], kept["answers"])


def begin(me: Patient, at: datetime, kinds: list[str]) -> Flow:
    """A new one; it is kept with its first answer."""
    return Flow(str(me.pk), at, kinds, {kind: str(new_id()) for kind in kinds})


def current_or_due(request: HttpRequest, me: Patient, at: datetime) -> Flow | None:
    """The check-in under way, else a new one of what is due today, else nothing."""
    flow = current(request, me, at)
    if flow is not None and flow.next_open() is not None:
        return flow
    kinds = due_kinds(patient=me, on=mine.today_here(request, me, at))
    return begin(me, at, kinds) if kinds else None


def keep(request: HttpRequest, flow: Flow) -> None:
    request.session[KEY] = {
        "patient_id": flow.patient_id,
        "started_at": flow.started_at.isoformat(),
        "kinds": flow.kinds,
        "ids": flow.ids,
        "answers": flow.answers,
    }


def answer(
    request: HttpRequest, me: Patient, flow: Flow, item: str, value: int | None, zone: str, at: datetime
) -> None:
    """Keep one answer, and store its part once every question of it has one; a changed one is an amendment."""
    flow.answers[item] = value
    kind = KIND_OF[item]
    if flow.is_complete(kind):
        record_checkin(
            patient=me,
            checkin_id=UUID(flow.ids[kind]),
            kind=kind,
            answers={name: flow.answers[name] for name in measures.ITEMS[kind]},
            time_zone=zone,
            source="quick",
            by=doors.user(request),
            at=at,
            answered_at=flow.started_at,
        )
    keep(request, flow)


def answered_now(me: Patient, today: date) -> list[CheckIn]:
    """The check-ins of the periods that today belongs to, in the order in which they are asked."""
    rows = CheckIn.objects.of(me).current().filter(local_date__gte=today - timedelta(days=28))
    by_kind = {row.kind: row for row in rows.order_by("local_date", "answered_at")}
    return [
        by_kind[kind]
        for kind in ("PEG", "sleep", "confidence", "PHQ-4")
        if kind in by_kind and by_kind[kind].local_date >= period_of(kind, today)
    ]


def offered(request: HttpRequest, me: Patient, at: datetime) -> dict[str, object]:
    """For _checkin_due.html on Today: how many questions wait, and whether some are answered already."""
    flow = current(request, me, at)
    if flow is not None and flow.next_open() is not None:
        left = sum(1 for item in flow.items if item not in flow.answers)
        return {"checkin_due": left, "checkin_begun": bool(flow.answers)}
    kinds = due_kinds(patient=me, on=mine.today_here(request, me, at))
    return {"checkin_due": sum(len(measures.ITEMS[kind]) for kind in kinds), "checkin_begun": False}
