"""A score travels: ledger row and dirty mark in one transaction, evaluation, flag, re-evaluation brought forward."""

from datetime import timedelta

import pytest

from plans.actions import flags, watching
from plans.models import Flag, PainWatch, Reevaluation
from tests.cast import NOON, TODAY, log_days

STEADY_THEN_WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7, 7, 7, 7, 7, 7, 7]


def test_a_sustained_increase_becomes_a_flag(anna, annas_plan):
    log_days(anna, STEADY_THEN_WORSE)
    assert PainWatch.objects.get(pk=anna.pk).dirty_since is not None

    assert watching.sweep(at=NOON) == {"evaluated": 1, "failed": 0}

    flag = Flag.objects.get(patient=anna)
    assert (flag.rule, flag.state, flag.severity) == ("R3", "open", "important")
    assert flag.since_on == TODAY - timedelta(days=6)
    assert flag.site.is_main
    assert flag.evidence["usual"] == pytest.approx(4.2857, abs=1e-3)
    watch = PainWatch.objects.get(pk=anna.pk)
    assert watch.dirty_since is None
    assert watch.evaluated_at == NOON


def test_an_important_flag_brings_the_reevaluation_forward(anna, annas_plan):
    log_days(anna, STEADY_THEN_WORSE)
    Reevaluation.objects.filter(plan=annas_plan.plan).update(due_on=TODAY + timedelta(days=20))
    flags.evaluate(patient_id=anna.pk, at=NOON)
    reevaluation = Reevaluation.objects.get(plan=annas_plan.plan)
    assert (reevaluation.due_on, reevaluation.why) == (TODAY + timedelta(days=3), "flag")


def test_evaluating_again_changes_nothing(anna, annas_plan):
    log_days(anna, STEADY_THEN_WORSE)
    for _ in range(3):
        flags.evaluate(patient_id=anna.pk, at=NOON)
    assert Flag.objects.filter(patient=anna).count() == 1
    assert anna.events.filter(verb="flag raised").count() == 1
