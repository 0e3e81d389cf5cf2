"""How far the rules have looked: shown on every page with flags, so that nobody takes silence for "all is well"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.timesince import timesince
from django.utils.timezone import localtime

from accounts.compiled import Piece, piece
from accounts.models import Clinic, Patient, User
from plans.actions import beating
from plans.models import PainWatch
from plans.views.clinician.items import Level, light
from plans.wording_numbers import short_day

LATE = timedelta(minutes=5)
NAMED = 5

ROWS = (SWEPT, DIRTY, ILL) = ("last sweep", "waits longest", "set apart")
"""What tells how far the rules have looked."""

PAGES = frozenset(
    ["inbox", "caseload", "patient", "reevaluation", "flag_resolve", "flag_snooze", "flag_assign", "patient_messages"]
)
"""Names of the routes whose pages show flags."""


class Line(NamedTuple):
    """What `Evaluated` says of all patients, for `{% line %}` of templates/_evaluated_line.html. `ago` only if late."""

    up_to: str
    ago: str
    late: bool
    waiting: bool


@dataclass(frozen=True)
class Evaluated:
    """Everything that arrived before `up_to` is judged (None: nothing ever was). `late`: older than five minutes.

    `waiting` says that answers wait, else it is the sweep that stands still. `apart` are patients whose data could
    not be judged; `more` counts those not named.
    """

    up_to: datetime | None
    late: bool
    waiting: bool
    apart: Sequence[Patient]
    more: int

    @property
    def clock(self) -> str:
        """The time of day of `up_to`, for the reader."""
        return f"{localtime(self.up_to):%H:%M}" if self.up_to else ""

    @property
    def moment(self) -> str:
        """The same with the day."""
        return f"{short_day(localtime(self.up_to).date())}, {self.clock}" if self.up_to else ""

    @property
    def line(self) -> Line:
        """What is said of all patients."""
        if not self.late:
            return Line(self.clock, "", late=False, waiting=False)
        ago = timesince(self.up_to) if self.up_to else ""
        return Line(self.moment, ago, late=True, waiting=self.waiting)


def columns(clinic: Clinic, at: datetime) -> Piece:
    """What `told` reads, as columns of a longer question: a moment, or nothing, for each of ROWS."""
    made = [piece or ("SELECT NULL AS i_since", []) for piece in _rows(clinic, at)]
    columns = ", ".join(f"(SELECT i_since FROM ({text}) looked)" for text, _values in made)  # noqa: S608  # nosec B608
    return columns, [value for _text, values in made for value in values]


def _rows(clinic: Clinic, at: datetime) -> list[Piece | None]:
    return [_swept(at=at), _waits(clinic=clinic.pk), _ill(clinic=clinic.pk)]


@piece
def _swept(*, at: datetime) -> QuerySet[Any, Any]:
    rows = light(beating.beats(at=at), kind=SWEPT, level=Level.URGENT, patient="pk", since=F("touched_at"))
    return rows.order_by("-touched_at")[:1]


@piece
def _waits(*, clinic: UUID) -> QuerySet[Any, Any]:
    rows = PainWatch.objects.dirty().filter(patient__clinic=clinic)
    return light(rows, kind=DIRTY, level=Level.URGENT, since=F("dirty_since")).order_by("dirty_since")[:1]


@piece
def _ill(*, clinic: UUID) -> QuerySet[Any, Any]:
    rows = PainWatch.objects.filter(patient__clinic=clinic, quarantined_at__isnull=False)
    return light(rows, kind=ILL, level=Level.URGENT, since=F("quarantined_at"))[:1]


def told(moments: Iterable[datetime | None], *, clinic: Clinic, user: User, at: datetime) -> Evaluated:
    """From the values of `columns`, for one clinic as one person may see it. One query or two when somebody was set
    apart, else none.
    """
    since = {name: moment for name, moment in zip(ROWS, moments, strict=True) if moment}
    swept, oldest = since.get(SWEPT), since.get(DIRTY)
    up_to = oldest or swept
    late = up_to is None or at - up_to > LATE or swept is None or at - swept > LATE
    waiting = oldest is not None and at - oldest > LATE
    if ILL not in since:
        return Evaluated(up_to, late, waiting, [], 0)
    ill = PainWatch.objects.filter(patient__clinic=clinic, quarantined_at__isnull=False)
    visible = Patient.objects.in_clinic(clinic).visible_to(user, at).filter(pk__in=ill.values("pk"))
    named = list(visible[: NAMED + 1])
    more = visible.count() - NAMED if len(named) > NAMED else 0
    return Evaluated(up_to, late, waiting, named[:NAMED], more)
