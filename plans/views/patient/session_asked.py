"""What the log of a session asks for about one patient, as one question."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.together import one_of_many, together
from exercises.said import language
from exercises.translated import SOURCE
from plans.models import BodySite, PlanVersion, Prescription, Session
from plans.views.patient import mine

NOTHING = UUID(int=0)
OF_EXERCISES = (
    "version", "section", "position", "sets", "repetitions", "hold_seconds", "duration_minutes", "distance_metres",
    "per_side", "effort", "weekdays", "times_a_week", "exercise_version__name", "exercise_version__position",
    "exercise_version__figure", "exercise_version__figure_digest",
)  # fmt: skip
"""What a line of the form, and a session that is stored, says of them: the steps of an exercise, what to feel and what
to avoid are longer than all of it, and PostgreSQL keeps them apart. Readers of another language have its translations.
"""


@dataclass(frozen=True)
class Asked:
    """`versions` are all that were ever active, the oldest first; `rows` the exercises of the version that was asked
    for, of whomever it is (mine.of_version makes them that of one of `versions`). `logged` are the days with a
    session since the day asked for; `stored` says that this entry is there already.
    """

    versions: list[PlanVersion]
    rows: list[Prescription]
    sites: list[BodySite]
    logged: set[date]
    stored: bool


def asked(*, patient: UUID, version: UUID | None, day: date, since: date, entry: UUID | None) -> Asked:
    """One query. `day` is the one whose doses the exercises have."""
    versions, rows, sites, sessions = together(
        _versions(patient=patient),
        mine.exercise_rows(*_of_exercises(), version=version or NOTHING, day=day),
        _sites(patient=patient),
        _sessions(patient=patient, since=since, entry=entry or NOTHING),
    )
    logged = {on for _key, state, on in sessions if state == Session.State.DONE and on >= since}
    return Asked(versions, rows, sites, logged, any(key == entry for key, _state, _on in sessions))


def _of_exercises() -> tuple[str, ...]:
    return OF_EXERCISES if language() == SOURCE else (*OF_EXERCISES, "exercise_version__translations")


@one_of_many
def _versions(*, patient: UUID) -> QuerySet[PlanVersion, PlanVersion]:
    activated = PlanVersion.objects.filter(plan__patient=patient).exclude(state=PlanVersion.State.DRAFT)
    return activated.only("plan", "state", "activated_at").order_by("activated_at")


@one_of_many
def _sites(*, patient: UUID) -> QuerySet[BodySite, BodySite]:
    return BodySite.objects.filter(patient=patient)


@one_of_many
def _sessions(*, patient: UUID, since: date, entry: UUID) -> QuerySet[Session, Any]:
    near = Q(state=Session.State.DONE, local_date__gte=since) | Q(pk=entry)
    return Session.objects.filter(near, patient=patient).order_by().values_list("pk", "state", "local_date")
