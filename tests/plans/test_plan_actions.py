"""Building, activating, revising, re-evaluating: every step through the actions."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exercises.models import Caution, Exercise
from plans.actions import patients, plans, reevaluations
from plans.actions.refusals import DraftChanged, NotReady, Refused
from plans.models import Plan, PlanEvent, PlanVersion, Prescription, Reevaluation
from tests.cast import NOON, TODAY, make_active_plan

DAY = timedelta(days=1)


def lock_of(version: PlanVersion) -> int:
    return PlanVersion.objects.get(pk=version.pk).lock


def add(version: PlanVersion, slug: str, by, section: str = "main") -> Prescription:
    exercise = Exercise.objects.get(slug=slug, clinic=None).current_version
    return plans.add_exercise(
        version=version, exercise_version=exercise, section=section, lock=lock_of(version), by=by, at=NOON
    )


def screen(patient, by, on=TODAY):
    patients.record_screening(
        patient=patient, tool="Form", done_on=on, expires_on=on + timedelta(days=100), by=by, at=NOON
    )


@pytest.fixture
def draft(anna, alice) -> PlanVersion:
    return plans.start(patient=anna, title="Plan", by=alice, at=NOON)


def names(version: PlanVersion) -> list[tuple[str, str]]:
    rows = Prescription.objects.filter(version=version).select_related("exercise_version__exercise").in_order()
    return [(p.section, p.exercise_version.exercise.slug) for p in rows]


def test_starting_twice_gives_the_same_draft(anna, alice, bob, draft):
    assert plans.start(patient=anna, title="Other", by=bob, at=NOON) == draft
    assert Plan.objects.get(patient=anna).title == "Plan"


def test_an_added_exercise_has_its_starting_dose_on_the_plans_days(draft, alice):
    first = add(draft, "bridge", alice)
    plans.set_weekdays(version=draft, weekdays=[6, 2, 2], lock=lock_of(draft), by=alice, at=NOON)
    second = add(draft, "clamshell", alice)
    dose = first.exercise_version.starting_dose
    assert (first.sets, first.repetitions, first.per_side) == (dose["sets"], dose["repetitions"], dose["per_side"])
    assert second.weekdays == [2, 6]


def test_order_goes_within_and_across_sections(draft, alice):
    for slug in ("bridge", "clamshell", "cat-cow"):
        add(draft, slug, alice)
    cat_cow = Prescription.objects.get(version=draft, exercise_version__exercise__slug="cat-cow")
    for _ in range(2):
        plans.move(prescription=cat_cow, steps=-1, lock=lock_of(draft), by=alice, at=NOON)
        cat_cow.refresh_from_db()
    assert names(draft) == [("main", "cat-cow"), ("main", "bridge"), ("main", "clamshell")]
    plans.move(prescription=cat_cow, steps=-1, lock=lock_of(draft), by=alice, at=NOON)
    assert names(draft) == [("warm-up", "cat-cow"), ("main", "bridge"), ("main", "clamshell")]
    cat_cow.refresh_from_db()
    plans.move(prescription=cat_cow, steps=-1, lock=lock_of(draft), by=alice, at=NOON)
    assert names(draft)[0] == ("warm-up", "cat-cow")
    plans.remove(prescription=cat_cow, lock=lock_of(draft), by=alice, at=NOON)
    assert names(draft) == [("main", "bridge"), ("main", "clamshell")]


def test_the_second_of_two_clinicians_on_one_draft_overwrites_nothing(draft, alice, bob):
    bridge = add(draft, "bridge", alice)
    shown = lock_of(draft)
    plans.change_dose(prescription=bridge, changes={"sets": 3}, lock=shown, by=alice, at=NOON)
    with pytest.raises(DraftChanged):
        plans.change_dose(prescription=bridge, changes={"sets": 1}, lock=shown, by=bob, at=NOON)
    bridge.refresh_from_db()
    assert bridge.sets == 3


def test_nothing_is_activated_without_exercises_and_a_valid_screening(anna, draft, alice):
    with pytest.raises(NotReady) as error:
        plans.activate(version=draft, lock=lock_of(draft), why="", by=alice, at=NOON)
    assert len(error.value.missing) == 2
    add(draft, "bridge", alice)
    screen(anna, alice, on=TODAY - timedelta(days=101))
    with pytest.raises(NotReady, match="screening"):
        plans.activate(version=draft, lock=lock_of(draft), why="", by=alice, at=NOON)
    screen(anna, alice)
    active = plans.activate(version=draft, lock=lock_of(draft), why="A start", by=alice, at=NOON)
    plan = Plan.objects.get(patient=anna)
    assert (active.state, plan.status, plan.active_version) == ("active", "active", active)
    assert Reevaluation.objects.get(plan=plan).due_on == TODAY + 14 * DAY
    assert PlanEvent.objects.filter(plan=plan, verb="plan activated", by=alice).count() == 1


def test_a_hard_stop_needs_a_written_reason_that_is_kept(anna, draft, alice):
    caution = Caution.objects.filter(kind="contraindicated", version__exercise__clinic=None).first()
    anna.profile.conditions.add(caution.condition)
    screen(anna, alice)
    unsafe = add(draft, caution.version.exercise.slug, alice)
    with pytest.raises(NotReady, match=caution.version.name):
        plans.activate(version=draft, lock=lock_of(draft), why="", by=alice, at=NOON)
    reason = {"override_reason": "Agreed with the surgeon."}
    plans.change_dose(prescription=unsafe, changes=reason, lock=lock_of(draft), by=alice, at=NOON)
    active = plans.activate(version=draft, lock=lock_of(draft), why="", by=alice, at=NOON)
    assert active.prescriptions.get().override_reason == "Agreed with the surgeon."
    assert plans.revise(plan=active.plan, by=alice, at=NOON).prescriptions.get().override_reason


def test_a_revision_copies_and_the_old_version_stays(anna, annas_plan, alice):
    before = names(annas_plan)
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    assert (draft.number, draft.based_on, names(draft)) == (2, annas_plan, before)
    add(draft, "bridge", alice)
    second = plans.activate(version=draft, lock=lock_of(draft), why="More strength", by=alice, at=NOON)
    annas_plan.refresh_from_db()
    assert (annas_plan.state, names(annas_plan)) == ("superseded", before)
    assert Plan.objects.get(pk=annas_plan.plan_id).active_version == second
    assert Reevaluation.objects.filter(plan=annas_plan.plan, state="open").count() == 1


def test_a_discarded_draft_leaves_the_active_version(annas_plan, alice):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    plans.discard_draft(version=draft, lock=lock_of(draft), by=alice, at=NOON)
    plan = Plan.objects.get(pk=annas_plan.plan_id)
    assert (plan.status, plan.active_version, plan.versions.count()) == ("active", annas_plan, 1)


def complete(row, by, **changes):
    values = {"decision": "continue", "note": "Going well.", "next_due_on": None}
    return reevaluations.complete(reevaluation=row, by=by, at=NOON, **(values | changes))


def test_completing_a_reevaluation_opens_exactly_one_next(annas_plan, alice):
    row = Reevaluation.objects.get(plan=annas_plan.plan)
    following = complete(row, alice)
    row.refresh_from_db()
    assert (row.state, row.decision, row.next) == ("done", "continue", following)
    assert (following.due_on, following.why) == (TODAY + 28 * DAY, "periodic")
    assert Reevaluation.objects.open().filter(plan=annas_plan.plan).count() == 1
    with pytest.raises(Refused):
        complete(row, alice)


@pytest.mark.parametrize("days", [0, -1, 85])
def test_the_next_date_is_within_twelve_weeks(annas_plan, alice, days):
    row = Reevaluation.objects.get(plan=annas_plan.plan)
    with pytest.raises(Refused):
        complete(row, alice, next_due_on=TODAY + days * DAY)
    row.refresh_from_db()
    assert row.state == "open"


def test_discharge_ends_the_plan_and_opens_nothing(annas_plan, alice):
    assert complete(Reevaluation.objects.get(plan=annas_plan.plan), alice, decision="discharge") is None
    assert Plan.objects.get(pk=annas_plan.plan_id).status == "ended"
    assert reevaluations.keep_one_open(at=NOON) == {"made": 0, "cancelled": 0}


def test_the_sweep_repairs_a_plan_without_an_open_reevaluation(annas_plan):
    Reevaluation.objects.filter(plan=annas_plan.plan).update(state="cancelled")
    assert reevaluations.keep_one_open(at=NOON) == {"made": 1, "cancelled": 0}
    assert reevaluations.keep_one_open(at=NOON) == {"made": 0, "cancelled": 0}
    assert Reevaluation.objects.open().get(plan=annas_plan.plan).due_on == TODAY


def test_discharging_a_patient_ends_everything_and_readmission_starts_anew(anna, annas_plan, alice):
    plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    patients.discharge(patient=anna, note="Moved away", by=alice, at=NOON)
    anna.refresh_from_db()
    assert anna.status == "discharged"
    assert Plan.objects.get(patient=anna).status == "ended"
    assert not Reevaluation.objects.open().filter(plan__patient=anna).exists()
    with pytest.raises(Refused):
        plans.start(patient=anna, title="New", by=alice, at=NOON)
    readmitted = patients.readmit(patient=anna, by=alice, at=NOON + DAY)
    assert make_active_plan(readmitted, alice, at=NOON + DAY).number == 1
    assert [d.kind for d in anna.decisions.all()] == ["new baseline", "new baseline"]


def test_sites_can_be_renamed_swapped_and_added_but_not_lost(anna, alice):
    from tests.cast import log_days

    log_days(anna, [4], site=1)
    main, second = anna.sites.all()

    def sites(*wanted):
        given = patients.PatientInput(full_name=anna.full_name, birth_on=anna.birth_on, sites=wanted)
        patients.update(patient=anna, given=given, by=alice, at=NOON)

    sites("Right knee", "Lower back", "Neck")
    main.refresh_from_db()
    second.refresh_from_db()
    assert (main.name, second.name, anna.sites.count()) == ("Right knee", "Lower back", 3)
    with pytest.raises(Refused):
        sites("Right knee")
    with pytest.raises(Refused):
        sites("Neck", "neck", "Back")


def test_possible_duplicates(anna, ben, harbour, hill):
    assert patients.possible_duplicates(harbour, "ANNA  Ánders", None, None) == [anna]
    assert patients.possible_duplicates(harbour, "Ana Anderson", anna.birth_on, None) == [anna]
    assert patients.possible_duplicates(harbour, "Somebody Else", None, None) == []
    assert patients.possible_duplicates(hill, "Anna Anders", anna.birth_on, None) == []
    assert anna.profile.usual_pain_at_intake == Decimal(4)
