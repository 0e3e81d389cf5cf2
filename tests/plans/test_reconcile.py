"""The nightly count finds what should never be: flags or levels that differ from what all rows say."""

from datetime import timedelta

import pytest

from accounts.models import Patient
from plans import tasks
from plans.actions import reconcile, watching
from plans.models import Flag, JobRun, PainScore, PainWatch
from tests.cast import NOON, TODAY, log_days

DAY = timedelta(days=1)
WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture
def judged(anna, ben, annas_plan) -> Patient:
    log_days(anna, [*WORSE[:-1], 9])
    log_days(ben, [3, 3])
    watching.sweep(at=NOON)
    return anna


def test_nothing_differs_after_an_evaluation(judged):
    none = {"skipped": 0, "differences": 0, "failed": 0}
    assert reconcile.reconcile(at=NOON) == {"patients": 2, "by_every_rule": 2, **none}
    assert reconcile.reconcile(at=NOON + 5 * DAY)["differences"] == 0


def test_who_waits_is_left_out(judged):
    log_days(judged, [3], last=TODAY)
    assert reconcile.reconcile(at=NOON)["skipped"] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda anna: Flag.objects.filter(rule="R3").update(severity="watch"),
        lambda anna: Flag.objects.filter(rule="R3").update(evidence={}),
        lambda anna: Flag.objects.filter(rule="R4").update(state="withdrawn", ended_at=NOON),
        lambda anna: PainWatch.objects.filter(pk=anna.pk).update(state={}),
        lambda anna: Flag(
            patient=anna, rule="R9", rule_version=1, severity="watch", since_on=TODAY - DAY, raised_at=NOON,
            first_alert_on=TODAY - DAY, last_alert_on=TODAY - DAY,
        ).save(),
    ],
)  # fmt: skip
def test_a_difference_is_counted_and_the_patient_evaluated_again(judged, change):
    change(judged)
    assert reconcile.reconcile(at=NOON)["differences"] == 1
    assert PainWatch.objects.get(pk=judged.pk).dirty_since == NOON
    watching.sweep(at=NOON)
    assert reconcile.reconcile(at=NOON)["differences"] == 0


def test_a_score_that_came_without_the_dirty_mark_is_found(judged):
    score = PainScore.objects.filter(patient=judged).first()
    score.pk, score.value = None, 10
    score.local_date = TODAY - 3 * DAY
    score.save(force_insert=True)
    assert reconcile.reconcile(at=NOON)["differences"] == 1


def test_progress_is_told_and_the_job_leaves_its_counts(judged):
    told = []
    reconcile.reconcile(at=NOON, progress=lambda done, total, so_far: told.append((done, total)))
    assert told == [(0, 4), (2, 4), (2, 4), (3, 4)]
    tasks.reconcile_all()
    assert JobRun.objects.get(name="reconcile").counts["differences"] == 0
