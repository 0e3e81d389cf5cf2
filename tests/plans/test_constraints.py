"""What must never be stored is refused by PostgreSQL itself, whoever asks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import AccessLog, Clinic, Membership, Patient, User
from exercises.models import Caution, Condition, Exercise, ExerciseLink, ExerciseVersion
from plans.models import (
    BodySite,
    ClinicalProfile,
    Decision,
    ExerciseLog,
    Flag,
    PainScore,
    Plan,
    PlanEvent,
    PlanVersion,
    Prescription,
    Reevaluation,
    Screening,
    Session,
)
from tests.cast import NOON, TODAY, make_active_plan

DAY = timedelta(days=1)


def refused(constraint: str, work) -> None:
    """The work fails, and it is this constraint or trigger that says no."""

    def at_once() -> None:
        with transaction.atomic():
            work()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as error:
        at_once()
    cause = error.value.__cause__
    named = cause.diag.constraint_name or str(cause)
    assert constraint in named, str(cause)


def delete(rows) -> None:
    """Delete in SQL, without Django looking at references first."""
    rows._raw_delete("default")


def session_of(patient: Patient, version: PlanVersion, **changes) -> Session:
    values = {
        "patient": patient, "plan_version": version, "source": "quick", "started_at": NOON, "finished_at": NOON,
        "local_date": TODAY, "time_zone": "Europe/London", "received_at": NOON, "recorded_by": patient.user,
    }  # fmt: skip
    return Session(**(values | changes))


def score_of(patient: Patient, **changes) -> PainScore:
    values = {
        "patient": patient, "site": patient.sites.first(), "moment": "daily", "value": Decimal(4),
        "occurred_at": NOON, "local_date": TODAY, "time_zone": "Europe/London", "received_at": NOON,
        "source": "quick", "recorded_by": patient.user,
    }  # fmt: skip
    return PainScore(**(values | changes))


def flag_of(patient: Patient, **changes) -> Flag:
    values = {
        "patient": patient, "site": patient.sites.first(), "rule": "R3", "rule_version": 1, "severity": "watch",
        "since_on": TODAY, "first_alert_on": TODAY, "last_alert_on": TODAY, "raised_at": NOON,
    }  # fmt: skip
    return Flag(**(values | changes))


def seen(patient: Patient) -> dict:
    return {"acknowledged_at": NOON, "acknowledged_by": patient.user}


def test_people(harbour, alice, anna):
    refused(
        "user_email_unique_in_any_case", lambda: User.objects.create(email="ALICE.archer@example.org", full_name="X")
    )
    refused("clinic_has_emergency_text", lambda: Clinic.objects.create(name="C", slug="c", emergency_text=""))
    for days in (0, 85):
        refused(
            "clinic_reevaluation_within_12_weeks",
            lambda days=days: Clinic.objects.filter(pk=harbour.pk).update(reevaluation_days=days),
        )
    again = {"user": alice, "clinic": harbour, "role": "clinician", "valid_from": NOON}
    refused("membership_one_open_per_role", lambda: Membership.objects.create(**again))
    refused("membership_ends_after_it_starts", lambda: Membership.objects.create(**again, valid_until=NOON - DAY))
    refused("membership_role_known", lambda: Membership.objects.create(**(again | {"role": "king"})))


def test_patients(harbour, alice, anna, ben):
    def change(patient, **values):
        Patient.objects.filter(pk=patient.pk).update(**values)

    change(anna, clinic_number="7")
    refused("patient_number_unique_in_clinic", lambda: change(ben, clinic_number="7"))
    refused("patient_one_per_user_and_clinic", lambda: change(ben, user=anna.user))
    refused("patient_number_empty_is_null", lambda: change(ben, clinic_number=""))
    refused("patient_discharged_at_and_by", lambda: change(ben, status="discharged", discharged_at=NOON))
    refused("patient_discharged_has_a_date", lambda: change(ben, status="discharged"))
    refused("assignment_one_responsible_per_patient", lambda: anna.assignments.create(clinician=alice, valid_from=NOON))
    refused("Cannot delete", lambda: delete(Patient.objects.filter(pk=anna.pk)))


def test_looks_are_insert_only(anna, alice):
    AccessLog.objects.create(at=NOON, user=alice, patient=anna, route="patient")
    refused("Cannot update", lambda: AccessLog.objects.update(route="nothing"))
    refused("Cannot delete", lambda: delete(AccessLog.objects.all()))
    refused("permission denied", lambda: connection.cursor().execute("TRUNCATE accounts_accesslog"))


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


def test_profile(anna, ben, alice):
    refused(
        "profile_usual_pain_0_to_10",
        lambda: ClinicalProfile.objects.filter(patient=anna).update(usual_pain_at_intake=Decimal("10.5")),
    )
    refused("bodysite_one_main", lambda: BodySite.objects.filter(patient=anna).update(is_main=True))
    refused("bodysite_at_most_three", lambda: anna.sites.create(name="Fourth", position=4))
    refused("bodysite_name_unique", lambda: anna.sites.create(name="Lower back", position=3))
    refused("Cannot update", lambda: BodySite.objects.filter(patient=anna, is_main=False).update(patient=ben))
    screening = {"patient": anna, "tool": "Form", "done_on": TODAY, "done_by": alice}
    for expires in (TODAY + 367 * DAY, TODAY):
        refused(
            "screening_expires_within_366_days",
            lambda expires=expires: Screening.objects.create(**screening, expires_on=expires),
        )


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


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("session_finishes_after_it_starts", {"finished_at": NOON - DAY}),
        ("session_over_has_an_end", {"state": "done", "finished_at": None}),
        ("session_over_has_an_end", {"state": "in progress"}),
        ("session_not_in_the_future", {"started_at": NOON + timedelta(minutes=6), "finished_at": NOON + DAY}),
        ("session_effort_0_to_10", {"effort": 11}),
    ],
)
def test_sessions(anna, annas_plan, constraint, changes):
    refused(constraint, lambda: session_of(anna, annas_plan, **changes).save(force_insert=True))


def test_a_session_belongs_to_the_patients_own_activated_plan(anna, ben, annas_plan, alice):
    refused("session_on_own_plan", lambda: session_of(ben, annas_plan).save(force_insert=True))
    draft = PlanVersion.objects.create(plan=annas_plan.plan, number=2, saved_at=NOON)
    refused("session_on_own_plan", lambda: session_of(anna, draft).save(force_insert=True))


def test_a_finished_session_and_its_logs_stay(anna, annas_plan, ben, alice):
    session = session_of(anna, annas_plan)
    session.save(force_insert=True)
    rows = Session.objects.filter(pk=session.pk)
    refused("Cannot update", lambda: rows.update(effort=3))
    refused("Cannot delete", lambda: delete(rows))
    first, second = annas_plan.prescriptions.all()
    ExerciseLog.objects.create(session=session, prescription=first, state="done")
    log = {"session": session, "prescription": second}
    refused("exerciselog_skipped_has_a_reason", lambda: ExerciseLog.objects.create(**log, state="skipped"))
    refused(
        "exerciselog_skipped_has_a_reason",
        lambda: ExerciseLog.objects.create(**log, state="done", skip_reason="pain"),
    )
    refused("exerciselog_pain_0_to_10", lambda: ExerciseLog.objects.create(**log, state="done", pain=11))
    refused(
        "exerciselog_once_per_session",
        lambda: ExerciseLog.objects.create(session=session, prescription=first, state="done"),
    )
    bens = make_active_plan(ben, alice).prescriptions.first()
    refused(
        "exerciselog_of_the_sessions_version",
        lambda: ExerciseLog.objects.create(session=session, prescription=bens, state="done"),
    )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("painscore_0_to_10_or_not_answered", {"value": Decimal("10.1")}),
        ("painscore_0_to_10_or_not_answered", {"value": Decimal("-0.1")}),
        ("painscore_session_moments_have_a_session", {"moment": "before"}),
        ("painscore_session_moments_have_a_session", {"moment": "whenever"}),
        ("painscore_not_in_the_future", {"occurred_at": NOON + timedelta(minutes=6)}),
    ],
)
def test_scores(anna, constraint, changes):
    refused(constraint, lambda: score_of(anna, **changes).save(force_insert=True))


def test_null_is_not_zero(anna):
    asked, zero = score_of(anna, value=None), score_of(anna, value=Decimal(0))
    asked.save(force_insert=True)
    zero.save(force_insert=True)
    assert list(PainScore.objects.answered()) == [zero]


def test_scores_stay_with_their_patient_and_never_change(anna, ben, annas_plan):
    refused("painscore_on_own_site", lambda: score_of(anna, site=ben.sites.first()).save(force_insert=True))
    session = session_of(anna, annas_plan)
    session.save(force_insert=True)
    in_annas = {"session": session, "moment": "before"}
    refused("painscore_in_own_session", lambda: score_of(ben, **in_annas).save(force_insert=True))
    score = score_of(anna, **in_annas)
    score.save(force_insert=True)
    refused(
        "painscore_one_current_per_session_moment_site",
        lambda: score_of(anna, **in_annas, value=Decimal(5)).save(force_insert=True),
    )
    rows = PainScore.objects.filter(pk=score.pk)
    refused("painscore_only_superseded_once", lambda: rows.update(value=Decimal(1)))
    refused("Cannot delete", lambda: delete(rows))
    amendment = score_of(anna)
    amendment.save(force_insert=True)
    rows.update(superseded_by=amendment)
    refused("painscore_only_superseded_once", lambda: rows.update(superseded_by=None))


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("flag_dates_in_order", {"last_alert_on": TODAY - DAY, "since_on": TODAY - DAY}),
        ("flag_since_before_alert", {"since_on": TODAY + DAY}),
        ("flag_acknowledged_at_and_by", {"acknowledged_at": NOON}),
        ("flag_acknowledged_has_a_date", {"state": "acknowledged"}),
        ("flag_resolved_at_and_by", {"resolved_at": NOON}),
        ("flag_resolved_says_what_was_done", {"state": "resolved"}),
        ("flag_ended_has_a_date", {"state": "withdrawn"}),
        ("flag_closed_was_seen", {"state": "closed", "ended_at": NOON}),
        ("flag_severity_known", {"severity": "mild"}),
    ],
)
def test_flags(anna, constraint, changes):
    refused(constraint, lambda: flag_of(anna, **changes).save(force_insert=True))


def test_one_open_flag_without_overlap(anna, ben):
    flag_of(anna, state="acknowledged", **seen(anna)).save(force_insert=True)
    earlier = {"since_on": TODAY - 9 * DAY, "first_alert_on": TODAY - 9 * DAY, "last_alert_on": TODAY - 5 * DAY}
    refused("flag_one_open_per_rule_and_site", lambda: flag_of(anna, **earlier).save(force_insert=True))
    past = {"state": "closed", "ended_at": NOON, **seen(anna)}
    refused("flag_no_overlap", lambda: flag_of(anna, **past).save(force_insert=True))
    flag_of(anna, **past, **earlier).save(force_insert=True)
    flag_of(anna, site=anna.sites.last()).save(force_insert=True)
    flag_of(anna, site=None, rule="R5").save(force_insert=True)
    refused(
        "flag_one_open_per_rule_and_site",
        lambda: flag_of(
            anna,
            site=None,
            rule="R5",
            since_on=TODAY - 9 * DAY,
            first_alert_on=TODAY - 9 * DAY,
            last_alert_on=TODAY - 9 * DAY,
        ).save(force_insert=True),
    )
    refused("flag_on_own_site", lambda: flag_of(anna, site=ben.sites.first()).save(force_insert=True))
    refused("Cannot delete", lambda: delete(Flag.objects.filter(patient=anna)))


def test_decisions_and_events_are_insert_only(anna, ben, alice, annas_plan):
    decision = {"patient": anna, "site": anna.sites.first(), "rule": "R3", "on": TODAY, "at": NOON, "by": alice}
    refused("decision_accepted_names_the_days", lambda: Decision.objects.create(**decision, kind="accepted"))
    refused(
        "decision_on_own_site",
        lambda: Decision.objects.create(**(decision | {"site": ben.sites.first()}), kind="resolved"),
    )
    Decision.objects.create(**decision, kind="resolved")
    refused("Cannot update", lambda: Decision.objects.update(on=TODAY - DAY))
    refused("Cannot update", lambda: PlanEvent.objects.update(verb="nothing"))
    refused("Cannot delete", lambda: delete(PlanEvent.objects.all()))
    refused(
        "planevent_same_patient",
        lambda: PlanEvent.objects.create(patient=ben, plan=annas_plan.plan, at=NOON, verb="x"),
    )


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


def test_the_app_can_neither_truncate_nor_change_tables(db):
    for statement in (
        "TRUNCATE plans_painscore CASCADE",
        "DROP TABLE plans_flag",
        "CREATE TABLE t (i int)",
        "ALTER TABLE plans_flag DISABLE TRIGGER ALL",
    ):
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)


def test_integrity_errors_are_what_django_raises(anna):
    with pytest.raises(IntegrityError):
        score_of(anna, value=Decimal(11)).save(force_insert=True)
