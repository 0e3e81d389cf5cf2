"""A prescription as the plain values that plans/safety.py works with."""

from collections.abc import Mapping

from plans.models import Prescription
from plans.safety import Line
from plans.schedule import Planned


def planned_of(prescription: Prescription) -> Planned:
    """When the exercise is planned: its weekdays, or so many times a week."""
    days = prescription.weekdays
    return Planned(
        weekdays=None if days is None else frozenset(days),
        times_a_week=prescription.times_a_week,
    )


def line_of(
    prescription: Prescription,
    contraindicated: Mapping[str, str] | None = None,
    cautioned: Mapping[str, str] | None = None,
) -> Line:
    """The line of one exercise. The two mappings are condition names -> reason, for this patient's conditions."""
    minutes, met = prescription.duration_minutes, prescription.exercise_version.met_value
    return Line(
        key=str(prescription.pk),
        name=prescription.exercise_version.said.name,
        sets=prescription.sets,
        repetitions=prescription.repetitions,
        hold_seconds=prescription.hold_seconds,
        duration_minutes=None if minutes is None else float(minutes),
        distance_metres=prescription.distance_metres,
        per_side=prescription.per_side,
        rest_seconds=prescription.rest_seconds,
        effort=prescription.effort,
        impact=prescription.exercise_version.impact,
        planned=planned_of(prescription),
        contraindicated=dict(contraindicated or {}),
        cautioned=dict(cautioned or {}),
        override_reason=prescription.override_reason,
        met=None if met is None else float(met),
        position=prescription.exercise_version.position,
    )
