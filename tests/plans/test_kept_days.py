"""What the database keeps beside the rows for lists of a clinic: the last day with a log, whose a re-evaluation is."""

import random
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Max

from plans.actions.sessions import amend_score
from plans.models import PainScore, PainWatch, Reevaluation, Session
from tests.cast import NOON, TODAY, log_days, make_active_plan
from tests.plans.constraint_rows import refused, score_of, session_of
from tests.plans.test_patient_pages import do_session

DAY = timedelta(days=1)


def last_day(patient) -> date | None:
    return PainWatch.objects.get(patient=patient).last_day


def looked_for(patient) -> date | None:
    """The same, asked of the rows."""
    moved = Session.objects.of(patient).aggregate(day=Max("local_date"))["day"]
    said = PainScore.objects.of(patient).current().answered().aggregate(day=Max("local_date"))["day"]
    return max([day for day in (moved, said) if day], default=None)


def test_a_session_and_an_answer_are_of_their_day(anna, ben, annas_plan, alice):
    assert last_day(anna) is None
    do_session(anna, annas_plan, at=NOON - 3 * DAY)
    assert last_day(anna) == TODAY - 3 * DAY and last_day(ben) is None
    log_days(anna, [4.0, None], last=TODAY - DAY)
    assert last_day(anna) == TODAY - 2 * DAY, "a question that was not answered is no log"
    log_days(anna, [4.0], last=TODAY - 9 * DAY)
    assert last_day(anna) == TODAY - 2 * DAY, "what is logged for an earlier day leaves it"


def test_a_correction_may_leave_an_earlier_day(anna, annas_plan, alice):
    do_session(anna, annas_plan, at=NOON - 3 * DAY)
    log_days(anna, [4.0])
    latest = PainScore.objects.of(anna).get(local_date=TODAY)
    amend_score(score=latest, value=Decimal(5), by=alice, at=NOON, reason="Misheard")
    assert last_day(anna) == TODAY
    latest = PainScore.objects.of(anna).current().get(local_date=TODAY)
    amend_score(score=latest, value=None, by=alice, at=NOON, reason="Said by somebody else")
    assert last_day(anna) == TODAY - 3 * DAY == looked_for(anna)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_logged_and_in_whatever_order(anna, annas_plan, alice, seed):
    dice = random.Random(seed)
    for _each in range(12):
        day = TODAY - dice.randrange(20) * DAY
        current = PainScore.objects.of(anna).current().filter(session=None)
        match dice.randrange(3):
            case 0:
                do_session(anna, annas_plan, at=NOON - (TODAY - day))
            case 1:
                if not current.filter(local_date=day).exists():
                    log_days(anna, [dice.choice([None, 3.0])], last=day)
            case _ if current:
                score = dice.choice(list(current))
                value = dice.choice([None, Decimal(dice.randrange(11))])
                amend_score(score=score, value=value, by=alice, at=NOON, reason="Chance")
        assert last_day(anna) == looked_for(anna)


def test_a_session_that_is_still_going_on_may_change_its_day(anna, annas_plan):
    session = session_of(anna, annas_plan, state="in progress", finished_at=None)
    session.save(force_insert=True)
    assert last_day(anna) == session.local_date
    Session.objects.filter(pk=session.pk).update(local_date=session.local_date - DAY)
    assert last_day(anna) == session.local_date - DAY


def test_several_scores_at_once(anna, ben):
    PainScore.objects.bulk_create(
        [
            score_of(anna, local_date=TODAY - 2 * DAY),
            score_of(anna, local_date=TODAY - DAY),
            score_of(ben, local_date=TODAY - 5 * DAY),
        ]
    )
    assert (last_day(anna), last_day(ben)) == (TODAY - DAY, TODAY - 5 * DAY)


def test_a_reevaluation_is_of_its_plans_patient(anna, ben, annas_plan, alice):
    due = annas_plan.plan.reevaluations.get()
    assert due.patient_id == anna.pk
    rows = Reevaluation.objects.filter(pk=due.pk)
    refused("reevaluation_of_its_plans_patient", lambda: rows.update(patient=ben))
    rows.update(patient=None)
    assert rows.get().patient_id == anna.pk
    assert not apps.get_model("plans", "ReevaluationHistory").objects.exists(), "nothing about it has changed"
    bens = make_active_plan(ben, alice).plan
    bens.reevaluations.update(state=Reevaluation.State.CANCELLED)
    asked = {"plan": bens, "due_on": TODAY, "why": "asked", "created_at": NOON}
    refused("reevaluation_of_its_plans_patient", lambda: Reevaluation.objects.create(**asked, patient=anna))
    assert Reevaluation.objects.get(pk=Reevaluation.objects.create(**asked).pk).patient_id == ben.pk


def test_rows_that_were_there_before_are_filled(anna, ben, annas_plan):
    do_session(anna, annas_plan, at=NOON - 3 * DAY)
    log_days(ben, [4.0], last=TODAY - DAY)
    PainWatch.objects.update(last_day=None)
    filling = import_module("plans.migrations.0006_days_and_patients_filled")
    filling.fill(None, SimpleNamespace(connection=connection))
    assert (last_day(anna), last_day(ben)) == (TODAY - 3 * DAY, TODAY - DAY)
    PainWatch.objects.filter(patient=anna).update(last_day=TODAY)  # somebody logged meanwhile
    filling.fill(None, SimpleNamespace(connection=connection))
    assert last_day(anna) == TODAY
