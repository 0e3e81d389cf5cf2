"""What the builder says beside the exercises of a version: conditions, open flags, readiness, the last change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from exercises.models import Condition
from plans.models import ClinicalProfile, Flag, PlanVersion, Screening
from plans.models.draft import DraftStep
from plans.schedule import local_date


@dataclass(frozen=True)
class Around:
    """`conditions` by name; without a valid screening `screened_until` is None, without a change `last_change`."""

    conditions: list[Condition]
    open_flags: int
    screened_until: date | None
    last_change: str | None


def with_around(versions: QuerySet[PlanVersion]) -> QuerySet[PlanVersion]:
    """The versions with what `around` reads, in the same query."""
    flags = Flag.objects.filter(patient=OuterRef("plan__patient")).open().order_by().values("patient")
    # All of them: the patient's own date, by which one holds, is known only with the row.
    screenings = Screening.objects.filter(patient=OuterRef("plan__patient")).order_by()
    held = ClinicalProfile.conditions.through.objects.filter(clinicalprofile__patient=OuterRef("plan__patient"))
    steps = DraftStep.objects.filter(version=OuterRef("pk")).order_by("-lock")
    condition = JSONObject(slug="condition__slug", name="condition__name", icd10="condition__icd10")
    return versions.annotate(
        said_around=JSONObject(
            flags=Coalesce(Subquery(flags.annotate(n=Count("pk")).values("n")), 0),
            screenings=ArraySubquery(screenings.values(row=JSONObject(done="done_on", until="expires_on"))),
            conditions=ArraySubquery(held.values(row=condition)),
            last=Subquery(steps.values("what")[:1]),
        )
    )


def slugs_around(version: PlanVersion) -> list[str]:
    """The conditions of the patient of a version that came `with_around`."""
    return [row["slug"] for row in version.said_around["conditions"]]  # type: ignore[attr-defined]


def around(version: PlanVersion, at: datetime) -> Around:
    """What stands beside this version; one query, none when the version came `with_around`."""
    asked = version if hasattr(version, "said_around") else with_around(PlanVersion.objects.filter(pk=version.pk)).get()
    said: Mapping[str, Any] = asked.said_around  # type: ignore[attr-defined]
    today = local_date(at, version.plan.patient.time_zone)
    until = [
        date.fromisoformat(row["until"])
        for row in said["screenings"]
        if date.fromisoformat(row["done"]) <= today <= date.fromisoformat(row["until"])
    ]
    return Around(
        conditions=sorted((Condition(**row) for row in said["conditions"]), key=lambda condition: condition.said),
        open_flags=said["flags"],
        screened_until=max(until, default=None),
        last_change=version.last_change or said["last"],
    )
