"""How the exercises of a plan went: pain on each, what was skipped and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.compiled import compiled
from accounts.models import Patient
from exercises.said import name_fields, name_from
from plans.models import ExerciseLog, PlanVersion

PAINFUL = 6  # from here on an exercise's mean pain is shown as a warning
RECENT_LOGS = 120
LAST_SESSIONS = 3


@dataclass
class Went:
    """One exercise over some time. `pains` (0-10) are those that were answered, in the order of the days; those from
    the day on which a rise began stand in `pains_since` as well. `dose` is that of the version active now, in words.
    """

    name: str
    done: int = 0
    partly: int = 0
    skipped: int = 0
    pains: list[int] = field(default_factory=list)
    pains_since: list[int] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    dose: str = ""

    @property
    def asked(self) -> int:
        return self.done + self.partly + self.skipped

    @property
    def pain(self) -> float | None:
        return fmean(self.pains) if self.pains else None

    @property
    def pain_before(self) -> float | None:
        """The mean before the rise; all of it when there is none."""
        earlier = self.pains[: len(self.pains) - len(self.pains_since)]
        return fmean(earlier) if earlier else None

    @property
    def pain_since(self) -> float | None:
        return fmean(self.pains_since) if self.pains_since else None

    @property
    def reasons_in_words(self) -> str:
        """ "Pain (2), Tired": why it was skipped, the most frequent first."""
        labels = dict(ExerciseLog.SkipReason.choices)
        return ", ".join(
            f"{labels.get(reason, reason)}" + (f" ({n})" if n > 1 else "") for reason, n in self.reasons.most_common()
        )


def recent_pains(patient: Patient, version: PlanVersion | None) -> dict[UUID, list[int]]:
    """By prescription, the pain in the last three sessions in which it was answered, oldest first. One query."""
    if version is None:
        return {}
    return last_pains(_recent(RECENT_LOGS, patient=patient.pk, version=version.pk))


def last_pains(rows: Iterable[tuple[UUID, int | None]]) -> dict[UUID, list[int]]:
    """The same from the prescriptions and pains of logs, the newest first."""
    found: dict[UUID, list[int]] = defaultdict(list)
    for prescription, pain in rows:
        if pain is not None and len(found[prescription]) < LAST_SESSIONS:
            found[prescription].insert(0, pain)
    return found


@compiled
def _recent(most: int, *, patient: UUID, version: UUID) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    return newest_pains(most, patient, version)


def newest_pains(most: int, patient: UUID, version: Any) -> QuerySet[ExerciseLog, tuple[UUID, int | None]]:
    """Logs with a pain of the exercises of a version (or of a query of one), the newest first."""
    logs = ExerciseLog.objects.filter(session__patient=patient, prescription__version=version, pain__isnull=False)
    logs = logs.order_by("-session__local_date", "-session__started_at")
    return logs.values_list("prescription", "pain")[:most]


def how_they_went(
    patient: Patient, first: date, last: date, *, since: date | None = None, doses: Mapping[UUID, str] | None = None
) -> list[Went]:
    """Every exercise logged from `first` to `last`, in whichever version, the most painful first. One query.

    `since`: the day on which a rise began. `doses`: by exercise, the dose of the version active now, in words.
    """
    logs = ExerciseLog.objects.filter(session__patient=patient, session__local_date__range=(first, last))
    rows = logs.order_by("session__local_date", "session__started_at").values_list(
        "prescription__exercise_version__exercise",
        *name_fields("prescription__exercise_version__"),
        "session__local_date",
        "state",
        "skip_reason",
        "pain",
    )
    found: dict[UUID, Went] = {}
    for key, english, translation, day, state, reason, pain in rows:
        name = name_from(english, translation)
        went = found.setdefault(key, Went(name, dose=(doses or {}).get(key, "")))
        went.name = name
        if state == ExerciseLog.State.DONE:
            went.done += 1
        elif state == ExerciseLog.State.PARTLY:
            went.partly += 1
        else:
            went.skipped += 1
            went.reasons[reason] += 1
        if pain is not None:
            went.pains.append(pain)
            if since is not None and day >= since:
                went.pains_since.append(pain)
    return sorted(found.values(), key=lambda went: (-(went.pain if went.pain is not None else -1.0), went.name))
