"""What a plan can start from, as the pages show it: exercises with their doses, and what does not suit this patient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Patient
from accounts.names import folded
from exercises.drawn import Drawn
from exercises.models import Exercise
from plans.actions.drafts_stored import DOSE_FIELDS
from plans.lines import line_of
from plans.models import Dose, PlanTemplate, PlanVersion, Prescription
from plans.views.builder.draft_known import reasons_for
from plans.views.patient.mine import Item, about_in_words
from plans.wording import dose_in_words, short_days_in_words
from plans.wording_safety import cannot_be_in, care_with, not_for


@dataclass(frozen=True)
class Offered:
    """One exercise. `stop` and `care` are sentences for this patient, `gone` says that the library has retired it."""

    name: str
    position: str
    drawn: Drawn | None
    dose: str
    days: str
    minutes: float
    stop: str
    reasons: list[str]
    care: str
    gone: bool


@dataclass(frozen=True)
class Offer:
    """A template or a version with its exercises in order. `about` is "4 exercises, about 18 minutes"."""

    template: PlanTemplate | None
    version: PlanVersion | None
    rows: list[Offered]
    about: str

    @property
    def stops(self) -> int:
        return sum(1 for row in self.rows if row.stop)

    @property
    def cautions(self) -> int:
        return sum(1 for row in self.rows if row.care)


def of_templates(templates: Iterable[PlanTemplate], patient: Patient | None = None) -> list[Offer]:
    """Templates (with `items__exercise__current_version` prefetched), each exercise judged for this patient."""
    pairs = [(template, sorted(template.items.all(), key=_order)) for template in templates]
    doses = [[(item.exercise, item) for item in items] for _template, items in pairs]
    judged = _judged(doses, patient)
    return [Offer(pair[0], None, rows, _about(rows)) for pair, rows in zip(pairs, judged, strict=True)]


def of_versions(versions: Iterable[PlanVersion], patient: Patient, *, newest: bool = False) -> list[Offer]:
    """Versions (with `prescriptions__exercise_version__exercise__current_version` prefetched).

    `newest` judges the current version of each exercise instead of the one held.
    """
    pairs = [(version, sorted(version.prescriptions.all(), key=_order)) for version in versions]
    doses: list[list[tuple[Exercise, Dose]]] = [[(p.exercise_version.exercise, p) for p in ps] for _v, ps in pairs]
    judged = _judged(doses, patient, held=not newest)
    return [Offer(None, pair[0], rows, _about(rows)) for pair, rows in zip(pairs, judged, strict=True)]


def matching(offers: Sequence[Offer], words: str) -> list[Offer]:
    """Offers whose name, purpose or exercises hold every one of the words, accents and case aside."""
    wanted = folded(words).split()
    found = []
    for offer in offers:
        template = offer.template
        names = [template.said.name, template.said.meant_for] if template else []
        text = folded(" ".join([*names, *(row.name for row in offer.rows)]))
        if all(word in text for word in wanted):
            found.append(offer)
    return found


def _order(dose: Dose) -> tuple[int, int]:
    return (Dose.Section.values.index(dose.section), dose.position)


def _judged(
    lists: Sequence[Sequence[tuple[Exercise, Dose]]], patient: Patient | None, *, held: bool = False
) -> list[list[Offered]]:
    """Every exercise of every list, in a fixed number of queries."""
    conditions = [c.pk for c in patient.profile.conditions.all()] if patient else []
    avoided = patient.profile.avoided_positions if patient else []
    ids: set[UUID] = set()
    for pairs in lists:
        for exercise, dose in pairs:
            ids.update(pk for pk in (exercise.current_version_id, getattr(dose, "exercise_version_id", None)) if pk)
    reasons = reasons_for(list(ids), conditions) if conditions else {}
    person = patient.first_name if patient else ""
    judged = []
    for pairs in lists:
        rows = []
        for exercise, dose in pairs:
            version = dose.exercise_version if held and isinstance(dose, Prescription) else exercise.current_version
            if version is None:
                continue
            mine = reasons.get(version.pk, {"contraindicated": {}, "caution": {}})
            stops, cautions = mine["contraindicated"], mine["caution"]
            care = [care_with(cautions)] if cautions else []
            if version.position in avoided:
                care.append(cannot_be_in(person, version.position))
            amounts = {name: getattr(dose, name) for name in DOSE_FIELDS}
            rows.append(
                Offered(
                    name=version.said.name,
                    position=version.position,
                    drawn=version.drawn,
                    dose=dose_in_words(dose),
                    days=short_days_in_words(dose.weekdays, dose.times_a_week),
                    minutes=line_of(Prescription(exercise_version=version, position=0, **amounts)).minutes,
                    stop=not_for(person, stops) if stops else "",
                    reasons=list(stops.values()),
                    care=". ".join(care),
                    gone=not held and exercise.retired_at is not None,
                )
            )
        judged.append(rows)
    return judged


def _about(rows: Sequence[Offered]) -> str:
    blank = Prescription()
    return about_in_words([Item(blank, row.name, row.dose, row.days, row.position, row.minutes) for row in rows])
