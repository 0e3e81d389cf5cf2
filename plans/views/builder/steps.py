"""The easier and the harder neighbour of each exercise of a draft, with what speaks against it for this patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from exercises.models import ExerciseVersion
from plans.actions.swaps import Steps
from plans.models import Prescription
from plans.wording_safety import care_with, not_for


@dataclass(frozen=True)
class Step:
    """One exercise next in the chain. `stop` and `care` are sentences for this patient, empty when nothing is to say;
    `harder` is the direction.
    """

    version: ExerciseVersion
    harder: bool
    stop: str
    care: str


def steps_of(
    row: Prescription,
    steps: Steps,
    reasons: Mapping[UUID, Mapping[str, Mapping[str, str]]],
    person: str,
    in_plan: set[UUID],
) -> list[Step]:
    """What can take the place of this exercise, the easier ones first; what is in the plan already is left out.

    On each side first what nothing speaks against, then what is counted in the same measure.
    """
    sides = steps.get(row.exercise_version.exercise_id, {"easier": [], "harder": []})
    found = []
    for side in ("easier", "harder"):
        for version in sides[side]:
            if version.exercise_id in in_plan:
                continue
            mine = reasons.get(version.pk, {"contraindicated": {}, "caution": {}})
            stop = not_for(person, mine["contraindicated"]) if mine["contraindicated"] else ""
            care = care_with(mine["caution"]) if mine["caution"] else ""
            found.append(Step(version, side == "harder", stop, care))
    measure = row.main_measure
    return sorted(
        found,
        key=lambda step: (
            step.harder,
            bool(step.stop),
            bool(step.care),
            step.version.starting_dose.get(measure) is None,
            step.version.said.name,
        ),
    )
