"""The library beside the plan: what fits this patient, what is unsafe and why, what is in the plan already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from accounts.models import User
from exercises.forms import LibraryFilter, kept
from exercises.models import Exercise, ExerciseVersion
from exercises.search import Found, find, in_order
from plans.models import Dose, PlanVersion
from plans.views.builder.draft import reasons_for
from plans.wording_safety import care_with, not_for

PAGE = 20
CLOSING = (ExerciseVersion.Goal.RELAXATION, ExerciseVersion.Goal.BREATHING)


@dataclass(frozen=True)
class Shown:
    """An exercise of the shelf. `stop` and `care` are sentences for this patient, empty when nothing is to say."""

    exercise: Exercise
    version: ExerciseVersion
    section: str
    stop: str
    reasons: list[str]
    care: str
    in_plan: bool


@dataclass(frozen=True)
class Shelf:
    """The library as the builder shows it. `fitting` counts what is not ruled out; `query` is the address's part.

    `checked` is false when no condition is recorded: then nothing could be ruled out.
    """

    form: LibraryFilter
    page: Page[Found]
    rows: list[Shown]
    fitting: int
    checked: bool
    query: str


def read(version: PlanVersion, query: QueryDict, user: User, at: datetime) -> Shelf:
    """The page of the library that the address asks for, hard stops last, in a fixed number of queries."""
    patient = version.plan.patient
    form = LibraryFilter(query)
    exercises = Exercise.objects.visible_to(user, at).prescribable()
    # Another clinic's own exercises cannot stand in this patient's plan, even when the user works there too.
    found = find(exercises.for_clinic(patient.clinic_id), form.wanted())
    conditions = list(patient.profile.conditions.values_list("pk", flat=True))
    reasons = reasons_for([each.version_id for each in found], conditions)
    ruled_out = {key for key, kinds in reasons.items() if kinds["contraindicated"]}
    ordered = sorted(found, key=lambda each: each.version_id in ruled_out)
    page = Paginator(ordered, PAGE).get_page(query.get("page"))
    here = set(version.prescriptions.values_list("exercise_version__exercise_id", flat=True))
    rows = [_shown(row, reasons, patient.first_name, row.pk in here) for row in in_order(list(page.object_list))]
    return Shelf(form, page, rows, len(found) - len(ruled_out), bool(conditions), kept(query))


def _shown(exercise: Exercise, reasons: Mapping[Any, Any], person: str, in_plan: bool) -> Shown:
    version = exercise.current_version
    assert version is not None
    mine = reasons.get(version.pk, {"contraindicated": {}, "caution": {}})
    stops, cautions = mine["contraindicated"], mine["caution"]
    return Shown(
        exercise=exercise,
        version=version,
        section=Dose.Section.COOL_DOWN if version.goal in CLOSING else Dose.Section.MAIN,
        stop=not_for(person, stops) if stops else "",
        reasons=list(stops.values()),
        care=care_with(cautions) if cautions else "",
        in_plan=in_plan,
    )
