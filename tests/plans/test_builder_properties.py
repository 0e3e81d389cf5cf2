"""Any conditions, exercises, doses and reasons: nothing contraindicated gets past without a written reason."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.models import Caution, Condition, Exercise
from plans import safety
from plans.actions import patients, plans
from plans.actions.refusals import NotReady
from plans.models import PlanVersion, Prescription
from plans.schedule import Planned
from tests.cast import NOON, TODAY

CONDITIONS = [f"condition {n}" for n in range(6)]
blank_or_not = st.sampled_from(["", " ", "\n\t", "Agreed with the surgeon."])
reasons = st.dictionaries(st.sampled_from(CONDITIONS), st.just("It loads the scar."), max_size=4)
planned = st.one_of(
    st.frozensets(st.integers(1, 7), min_size=1).map(lambda days: Planned(weekdays=days)),
    st.integers(1, 7).map(lambda times: Planned(times_a_week=times)),
)


@st.composite
def lines(draw, key: str) -> safety.Line:
    amounts = draw(
        st.fixed_dictionaries(
            {
                "repetitions": st.none() | st.integers(1, 100),
                "hold_seconds": st.none() | st.integers(1, 600),
                "duration_minutes": st.none() | st.integers(1, 240).map(lambda n: n / 2),
                "distance_metres": st.none() | st.integers(1, 20_000),
            }
        )
    )
    return safety.Line(
        key=key,
        name=key,
        sets=draw(st.integers(1, 10)),
        **amounts,
        per_side=draw(st.booleans()),
        rest_seconds=draw(st.none() | st.integers(0, 900)),
        effort=draw(st.none() | st.integers(0, 10)),
        impact=draw(st.sampled_from(["none", "low", "moderate", "high"])),
        planned=draw(planned),
        contraindicated=draw(reasons),
        cautioned=draw(reasons),
        override_reason=draw(blank_or_not),
        met=draw(st.none() | st.floats(1, 10)),
    )


plan_lines = st.integers(0, 7).flatmap(lambda n: st.tuples(*(lines(f"line {i}") for i in range(n))))


@given(plan_lines, st.none() | st.floats(0, 2000), st.lists(st.sampled_from(CONDITIONS), unique=True))
def test_every_contraindication_is_said_and_stops_exactly_without_a_reason(found, last_week, conditions):
    said = safety.checks(found, last_week, conditions)
    about = {(c.line, c.numbers["condition"]): c.grade for c in said if c.rule == "contraindicated"}
    expected = {
        (line.key, condition): "warning" if line.override_reason.strip() else "stop"
        for line in found
        for condition in line.contraindicated
    }
    assert about == expected
    assert {(c.line, c.numbers["condition"]) for c in said if c.rule == "caution"} == {
        (line.key, condition) for line in found for condition in line.cautioned
    }
    grades = [safety.GRADES.index(c.grade) for c in said]
    assert grades == sorted(grades), "hard stops come first"


@given(plan_lines)
def test_totals_are_sums_and_work_is_never_more_than_the_session(found):
    total = safety.totals(found)
    assert total.moderate_minutes <= total.week_minutes + 1e-6
    known = [line for line in found if line.met is not None]
    assert total.met_minutes == pytest.approx(sum(line.met * line.work_minutes * line.days_a_week for line in known))
    assert total.without_met == len(found) - len(known)
    assert all(0 < line.work_minutes <= line.minutes + 1e-9 for line in found)


@pytest.fixture
def shelf(db) -> dict:
    """Exercises of the library with the conditions they are not for."""
    chosen = Exercise.objects.prescribable().filter(clinic=None).order_by("slug")[:40]
    versions = [row.current_version for row in chosen.select_related("current_version")]
    stops: dict = {version: set() for version in versions}
    by_pk = {version.pk: version for version in versions}
    for caution in Caution.objects.filter(version__in=versions, kind=Caution.Kind.CONTRAINDICATED):
        stops[by_pk[caution.version_id]].add(caution.condition_id)
    assert any(stops.values())
    return stops


def test_no_activation_of_a_contraindicated_exercise_without_a_reason(shelf, anna, alice):
    patients.record_screening(
        patient=anna, tool="Clinic form", done_on=TODAY, expires_on=TODAY + timedelta(days=365), by=alice, at=NOON
    )
    draft = plans.start(patient=anna, title="Any", by=alice, at=NOON)
    versions = list(shelf)
    against = sorted({slug for slugs in shelf.values() for slug in slugs})
    chosen = st.lists(
        st.tuples(st.sampled_from(versions), blank_or_not), min_size=1, max_size=5, unique_by=lambda x: x[0]
    )

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(chosen, st.sets(st.sampled_from(against), max_size=5), st.integers(1, 10), st.integers(1, 100))
    def any_plan(rows, conditions, sets, repetitions):
        with transaction.atomic():
            anna.profile.conditions.set(Condition.objects.filter(pk__in=conditions))
            for position, (version, reason) in enumerate(rows):
                Prescription.objects.create(
                    version=draft, exercise_version=version, section="main", position=position, weekdays=[1],
                    sets=sets, repetitions=repetitions, override_reason=reason,
                )  # fmt: skip
            unsafe = any(shelf[version] & conditions and not reason.strip() for version, reason in rows)
            lock = PlanVersion.objects.get(pk=draft.pk).lock
            try:
                with transaction.atomic():
                    plans.activate(
                        version=PlanVersion.objects.get(pk=draft.pk), lock=lock, why="Any", by=alice, at=NOON
                    )
                activated = True
            except NotReady:
                activated = False
            assert activated != unsafe
            transaction.set_rollback(True)

    any_plan()
