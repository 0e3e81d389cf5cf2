"""What must never be stored of sessions, scores and flags is refused by PostgreSQL itself, whoever asks."""

from datetime import timedelta
from decimal import Decimal

import pytest

from plans.models import (
    ExerciseLog,
    Flag,
    PainScore,
    PlanVersion,
    Session,
)
from tests.cast import NOON, TODAY, make_active_plan
from tests.plans.constraint_rows import delete, flag_of, refused, score_of, seen, session_of

DAY = timedelta(days=1)


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
