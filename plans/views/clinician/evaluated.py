"""How far the rules have looked: shown on every page with flags, so that nobody takes silence for "all is well"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import Clinic, Patient, User
from plans.actions import beating
from plans.models import PainWatch

LATE = timedelta(minutes=5)
NAMED = 5

PAGES = frozenset(
    ["inbox", "caseload", "patient", "reevaluation", "flag_resolve", "flag_snooze", "flag_assign", "patient_messages"]
)
"""Names of the routes whose pages show flags."""


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


def evaluated(*, clinic: Clinic, user: User, at: datetime) -> Evaluated:
    """For one clinic as one person may see it. One query, two or three more when somebody was set apart."""
    dirty = PainWatch.objects.dirty().filter(patient__clinic=OuterRef("pk"))
    ill = PainWatch.objects.filter(patient__clinic=clinic, quarantined_at__isnull=False)
    facts = Clinic.objects.filter(pk=clinic.pk).values_list(
        Subquery(beating.beats(at=at).values("touched_at")[:1]),
        Subquery(dirty.values("dirty_since")[:1]),
        Exists(ill),
    )
    swept, oldest, any_ill = facts.get()
    up_to = oldest or swept
    late = up_to is None or at - up_to > LATE or swept is None or at - swept > LATE
    waiting = oldest is not None and at - oldest > LATE
    if not any_ill:
        return Evaluated(up_to, late, waiting, [], 0)
    visible = Patient.objects.in_clinic(clinic).visible_to(user, at).filter(pk__in=ill.values("pk"))
    named = list(visible[: NAMED + 1])
    more = visible.count() - NAMED if len(named) > NAMED else 0
    return Evaluated(up_to, late, waiting, named[:NAMED], more)
