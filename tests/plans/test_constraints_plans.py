"""What must never be stored of exercises, plans, doses and re-evaluations is refused by PostgreSQL itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exercises.models import Caution, Condition, Exercise, ExerciseLink, ExerciseVersion
from plans.models import (
    Plan,
    PlanVersion,
    Prescription,
    Reevaluation,
)
from tests.cast import NOON, TODAY, make_active_plan
from tests.plans.constraint_rows import delete, refused

DAY = timedelta(days=1)


def test_a_published_exercise_version_is_immutable(db):
    version = ExerciseVersion.objects.filter(state="published", cautions__isnull=False).first()
    rows = ExerciseVersion.objects.filter(pk=version.pk)
    refused("exerciseversion_published_is_immutable", lambda: rows.update(name="Other"))
    refused("exerciseversion_published_is_immutable", lambda: rows.update(state="draft"))
    refused("Cannot delete", lambda: delete(rows))
    refused("caution_of_a_draft_only", lambda: Caution.objects.filter(version=version).update(reason="other"))
    refused("caution_of_a_draft_only", lambda: delete(Caution.objects.filter(version=version)))
    unused = Condition.objects.exclude(pk__in=version.cautions.values("condition")).first()
    new = {"version": version, "condition": unused, "kind": "caution", "reason": "x"}
    refused("caution_of_a_draft_only", lambda: Caution.objects.create(**new))


def test_exercise_versions(db, alice, bob):
    exercise = Exercise.objects.first()

    def version(**changes):
        values = {
            "exercise": exercise,
            "number": 9,
            "name": "N",
            "goal": "mobility",
            "position": "sitting",
            "impact": "none",
        }
        return ExerciseVersion.objects.create(**(values | changes))

    published = {"state": "published", "published_at": NOON}
    refused("exerciseversion_second_person_publishes", lambda: version(**published))
    refused("exerciseversion_second_person_publishes", lambda: version(**published, author=alice, publisher=alice))
    refused("exerciseversion_effort_0_to_10", lambda: version(effort_min=5, effort_max=11))
    refused("exerciseversion_effort_0_to_10", lambda: version(effort_min=5, effort_max=4))
    refused("exerciseversion_met_with_source", lambda: version(met_value=Decimal("2.5")))
    refused("exerciseversion_known_words", lambda: version(body_regions=["left-wing"]))
    refused("exerciseversion_number_unique", lambda: version(number=1))
    version()
    refused("exerciseversion_one_in_work", lambda: version(number=10))
    version_of_another = Exercise.objects.exclude(pk=exercise.pk).first().current_version
    refused(
        "exercise_current_is_own_published",
        lambda: Exercise.objects.filter(pk=exercise.pk).update(current_version=version_of_another),
    )
    refused("exercise_slug_unique_in_library", lambda: Exercise.objects.create(slug=exercise.slug))
    refused("exercise_retired_at_and_by", lambda: Exercise.objects.filter(pk=exercise.pk).update(retired_at=NOON))


def test_chains_have_no_loops(db):
    a, b, c = (Exercise.objects.create(slug=slug) for slug in ("loop-a", "loop-b", "loop-c"))
    ExerciseLink.objects.create(easier=a, harder=b)
    ExerciseLink.objects.create(easier=b, harder=c)
    refused("exerciselink_no_loops", lambda: ExerciseLink.objects.create(easier=c, harder=a))
    refused("exerciselink_unique", lambda: ExerciseLink.objects.create(easier=a, harder=b))
    refused("exerciselink_no", lambda: ExerciseLink.objects.create(easier=a, harder=a))


def test_plans(anna, ben, annas_plan, alice):
    plan = annas_plan.plan
    another = {"patient": anna, "title": "Second", "owner": alice, "created_at": NOON}
    refused("plan_one_current_per_patient", lambda: _second_current(another))
    refused("plan_current_has_a_version", lambda: Plan.objects.filter(pk=plan.pk).update(active_version=None))
    refused("Cannot update", lambda: Plan.objects.filter(pk=plan.pk).update(patient=ben))
    bens = make_active_plan(ben, alice)
    refused("plan_active_version_is_own", lambda: Plan.objects.filter(pk=plan.pk).update(active_version=bens))


def _second_current(values: dict) -> None:
    plan = Plan.objects.create(**values)
    version = PlanVersion.objects.create(
        plan=plan, number=1, state="active", saved_at=NOON, activated_at=NOON, activated_by=values["owner"]
    )
    Plan.objects.filter(pk=plan.pk).update(status="active", active_version=version)


def test_an_activated_plan_version_is_immutable(annas_plan, alice):
    rows = PlanVersion.objects.filter(pk=annas_plan.pk)
    refused("planversion_activated_is_immutable", lambda: rows.update(why="Other"))
    refused(
        "planversion_activated_is_immutable", lambda: rows.update(state="draft", activated_at=None, activated_by=None)
    )
    refused("Cannot delete", lambda: delete(rows))
    prescriptions = Prescription.objects.filter(version=annas_plan)
    refused("prescription_of_a_draft_only", lambda: prescriptions.update(sets=3))
    refused("prescription_of_a_draft_only", lambda: delete(prescriptions))
    plan = annas_plan.plan
    draft = {"plan": plan, "state": "draft", "saved_at": NOON}
    PlanVersion.objects.create(**draft, number=2)
    refused("planversion_one_draft", lambda: PlanVersion.objects.create(**draft, number=3))
    active = {"plan": plan, "state": "active", "saved_at": NOON, "activated_at": NOON, "activated_by": alice}
    refused("planversion_one_active", lambda: PlanVersion.objects.create(**active, number=3))
    refused("planversion_number_unique", lambda: PlanVersion.objects.create(**(draft | active), number=1))
    refused(
        "planversion_activated_at_and_by",
        lambda: PlanVersion.objects.create(plan=plan, state="superseded", saved_at=NOON, activated_at=NOON, number=4),
    )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("prescription_weekdays_or_times", {"times_a_week": 2}),
        ("prescription_weekdays_or_times", {"weekdays": None}),
        ("prescription_weekdays_1_to_7", {"weekdays": [1, 8]}),
        ("prescription_weekdays_1_to_7", {"weekdays": []}),
        ("prescription_has_a_measure", {"repetitions": None}),
        ("prescription_sane_amounts", {"sets": 11}),
        ("prescription_sane_amounts", {"repetitions": 101}),
        ("prescription_sane_amounts", {"effort": 11}),
        ("prescription_sane_amounts", {"duration_minutes": Decimal(121)}),
        ("prescription_sane_amounts", {"hold_seconds": 601}),
        ("prescription_section_known", {"section": "encore"}),
        ("prescription_position_unique", {}),
    ],
)
def test_doses(anna, alice, constraint, changes):
    draft = PlanVersion.objects.create(
        plan=Plan.objects.create(patient=anna, title="P", owner=alice, created_at=NOON), number=1, saved_at=NOON
    )
    exercise = Exercise.objects.prescribable().first().current_version
    values = {"version": draft, "exercise_version": exercise, "position": 0, "repetitions": 6, "weekdays": [1, 3]}
    Prescription.objects.create(**values)
    position = {} if constraint == "prescription_position_unique" else {"position": 1}
    refused(constraint, lambda: Prescription.objects.create(**(values | position | changes)))


def test_a_version_stays_in_its_plan(annas_plan, anna, alice):
    plan = Plan.objects.create(patient=anna, title="P", owner=alice, created_at=NOON)
    rows = PlanVersion.objects.filter(pk=PlanVersion.objects.create(plan=plan, number=1, saved_at=NOON).pk)
    refused("planversion_stays_in_its_plan", lambda: rows.update(plan=annas_plan.plan))
    refused("planversion_based_on_own", lambda: rows.update(based_on=annas_plan))
    of_another = {"plan": plan, "based_on": annas_plan, "number": 2, "saved_at": NOON}
    refused("planversion_based_on_own", lambda: PlanVersion.objects.create(**of_another))


def test_only_published_exercises_of_the_own_library_are_prescribed(anna, alice, hill):
    draft = PlanVersion.objects.create(
        plan=Plan.objects.create(patient=anna, title="P", owner=alice, created_at=NOON), number=1, saved_at=NOON
    )
    foreign = Exercise.objects.create(slug="foreign", clinic=hill)
    common = {"name": "N", "goal": "mobility", "position": "sitting", "impact": "none", "number": 1}
    published = ExerciseVersion.objects.create(
        exercise=foreign, **common, state="published", published_at=NOON, shipped_release="test"
    )
    unpublished = ExerciseVersion.objects.create(exercise=Exercise.objects.create(slug="unfinished"), **common)
    for version in (published, unpublished):
        values = {"version": draft, "exercise_version": version, "position": 0, "repetitions": 6, "weekdays": [1]}
        refused(
            "prescription_exercise_of_own_library",
            lambda values=values: Prescription.objects.create(**values),
        )
    mine = Prescription.objects.create(
        **values | {"exercise_version": Exercise.objects.prescribable()[0].current_version}
    )
    own = Prescription.objects.filter(pk=mine.pk)
    for version in (published, unpublished):
        refused("prescription_exercise_of_own_library", lambda version=version: own.update(exercise_version=version))


def test_reevaluations(annas_plan, alice):
    open_one = Reevaluation.objects.get(plan=annas_plan.plan)
    another = {"plan": annas_plan.plan, "due_on": TODAY, "why": "asked", "created_at": NOON}
    refused("reevaluation_one_open_per_plan", lambda: Reevaluation.objects.create(**another))
    rows = Reevaluation.objects.filter(pk=open_one.pk)
    done = {"state": "done", "done_at": NOON, "done_by": alice}
    refused("reevaluation_done_has_a_decision", lambda: rows.update(**done, note="Because"))
    refused("reevaluation_done_has_a_decision", lambda: rows.update(**done, decision="continue"))
    refused("reevaluation_done_at_and_by", lambda: rows.update(done_at=NOON))
    refused("Cannot delete", lambda: delete(rows))
