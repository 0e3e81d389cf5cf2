"""The library beside the plan: what fits this patient, what is unsafe and why, what is in the plan already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from exercises import forms
from exercises.forms import LibraryFilter, Option
from exercises.models import Exercise, ExerciseVersion
from exercises.search import in_order, search
from exercises.search_catalogue import Found
from exercises.search_filters import HOME, NOTHING
from plans.models import Dose, PlanTemplate, PlanVersion
from plans.views.builder.draft import conditions_of
from plans.views.builder.draft_known import reasons_for
from plans.wording import in_a_row
from plans.wording_safety import cannot_be_in, care_with, not_for

PAGE = 20
CLOSING = (ExerciseVersion.Goal.RELAXATION, ExerciseVersion.Goal.BREATHING)
FITS, YES = "fits", "1"
"""Filters of the shelf alone: only what is not ruled out for this patient; HOME: only with what they have at home."""
POSITIONS_IN_SIGHT = 3
LOW = ExerciseVersion.Impact.LOW.value


@dataclass(frozen=True)
class Shown:
    """An exercise of the shelf. `stop`, `care` and `missing` (what is not at their home) are sentences for this
    patient, empty when nothing is to say.
    """

    exercise: Exercise
    version: ExerciseVersion
    section: str
    stop: str
    reasons: list[str]
    care: str
    missing: str
    in_plan: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is on or off: what the form sends, and how many exercises there would be with it."""

    name: str
    option: Option


@dataclass(frozen=True)
class Shelf:
    """The library as the builder shows it. `fitting` counts what is not ruled out; `query` is the address's part.

    `checked` is false when no condition is recorded: then nothing could be ruled out. `chips` are in sight, `more`
    wait with the other filters behind "More filters", open when one of those is in use (`has_more`).
    `here` is the page's address, `add` where an exercise is added, `lock` the state of what it is added to.
    """

    form: LibraryFilter
    page: Page[Found]
    rows: list[Shown]
    fitting: int
    checked: bool
    query: str
    chips: list[Chip]
    more: list[Chip]
    has_more: bool
    here: str
    add: str
    lock: int


def kept(query: QueryDict) -> str:
    """The shelf's search and filters of an address, to come back to the same list."""
    return forms.kept(query, (FITS, HOME))


def read(
    version: PlanVersion, query: QueryDict, user: User, at: datetime, *, here: Collection[UUID] | None = None
) -> Shelf:
    """The library beside a draft, judged for its patient.

    `here` are the exercises of the version, where they are known already.
    """
    patient = version.plan.patient
    if here is None:
        here = set(version.prescriptions.values_list("exercise_version__exercise_id", flat=True))
    urls = reverse("plan_builder", args=[version.pk]), reverse("builder_add", args=[version.pk])
    return _read(query, user, at, patient.clinic_id, patient, here, urls, version.lock)


def read_for_template(template: PlanTemplate, query: QueryDict, user: User, at: datetime) -> Shelf:
    """The library beside a template: nobody to judge it for."""
    assert template.clinic_id is not None
    here = set(template.items.values_list("exercise_id", flat=True))
    urls = reverse("template_builder", args=[template.pk]), reverse("template_add", args=[template.pk])
    return _read(query, user, at, template.clinic_id, None, here, urls, template.lock)


def _read(
    query: QueryDict,
    user: User,
    at: datetime,
    clinic_id: UUID,
    patient: Patient | None,
    here: Collection[UUID],
    urls: tuple[str, str],
    lock: int,
) -> Shelf:
    """The page of the library that the address asks for, hard stops last, in a fixed number of queries."""
    # Another clinic's own exercises cannot stand in this clinic's plans, even when the user works there too.
    exercises = Exercise.objects.visible_to(user, at).prescribable().for_clinic(clinic_id)
    form = LibraryFilter(query, exercises)
    conditions = [condition.pk for condition in conditions_of(patient)] if patient else []
    fits = query.get(FITS) == YES
    owned = tuple(patient.profile.equipment) if patient else ()
    at_home = bool(owned) and query.get(HOME) == YES
    wanted = replace(form.wanted(), conditions=tuple(conditions), keeps_unsafe=not fits, home=owned)
    if at_home:
        wanted = replace(wanted, equipment=tuple(sorted({*owned, *wanted.equipment})))
    results = search(exercises, wanted, stamp=form.stamp)
    form.count(results)
    page = Paginator(results.found, PAGE).get_page(query.get("page"))
    reasons = reasons_for([each.version_id for each in page.object_list], conditions)
    found = in_order(list(page.object_list))
    name = patient.first_name if patient else ""
    avoided = patient.profile.avoided_positions if patient else []
    rows = [_shown(row, reasons, name, avoided, row.pk in here, _missing(row, owned, form)) for row in found]
    fitting = len(results.found) - len(results.unsafe)
    person = {"person": name}
    chips = [Chip(FITS, Option(YES, _("Fits %(person)s") % person, fitting, fits))] if conditions else []
    if owned:
        label = _("Only with what %(person)s has at home") % person
        chips.append(Chip(HOME, Option(YES, label, results.counts["equipment"][HOME], at_home)))
    more = [Chip("position", option) for option in form.position_options()[POSITIONS_IN_SIGHT:]]
    asked = [form.cleaned_data.get(name) for name in ("family", "effort")]
    ticked = set(form.cleaned_data.get("equipment", [])) - {NOTHING}
    return Shelf(
        form=form,
        page=page,
        rows=rows,
        fitting=fitting,
        checked=bool(conditions),
        query=kept(query),
        chips=[*chips, *_chips(form)],
        more=more,
        has_more=any([*asked, ticked, *(chip.option.chosen for chip in more)]),
        here=urls[0],
        add=urls[1],
        lock=lock,
    )


def _chips(form: LibraryFilter) -> list[Chip]:
    """What is asked for most: little impact, nothing to buy, lying or sitting or standing."""
    chosen, counts = form.cleaned_data, form.counts
    bare = NOTHING in chosen.get("equipment", [])
    return [
        Chip("impact", Option(LOW, _("Low impact"), counts["impact"].get(LOW, 0), chosen.get("impact") == LOW)),
        Chip("equipment", Option(NOTHING, _("No equipment"), counts["equipment"].get(NOTHING, 0), bare)),
        *(Chip("position", option) for option in form.position_options()[:POSITIONS_IN_SIGHT]),
    ]


def _missing(exercise: Exercise, owned: Sequence[str], form: LibraryFilter) -> str:
    """What it needs that nobody has written down as being at home; nothing is said when nothing was written down."""
    version = exercise.current_version
    if not owned or version is None:
        return ""
    things = form.names("equipment", [slug for slug in version.equipment if slug not in owned])
    return _("Not at home: %(things)s") % {"things": in_a_row(things)} if things else ""


def _shown(
    exercise: Exercise,
    reasons: Mapping[Any, Any],
    person: str,
    avoided: Sequence[str],
    in_plan: bool,
    missing: str,
) -> Shown:
    version = exercise.current_version
    assert version is not None
    mine = reasons.get(version.pk, {"contraindicated": {}, "caution": {}})
    stops, cautions = mine["contraindicated"], mine["caution"]
    care = [care_with(cautions)] if cautions else []
    if version.position in avoided:
        care.append(cannot_be_in(person, version.position))
    return Shown(
        exercise=exercise,
        version=version,
        section=Dose.Section.COOL_DOWN if version.goal in CLOSING else Dose.Section.MAIN,
        stop=not_for(person, stops) if stops else "",
        reasons=list(stops.values()),
        care=". ".join(care),
        missing=missing,
        in_plan=in_plan,
    )
