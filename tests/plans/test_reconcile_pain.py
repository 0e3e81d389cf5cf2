"""R3 of everybody at once: who is not as plans/pain.py says is suspected, nobody else; a broken run is gone on with."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient
from plans.actions import flags, jobs, reconcile, reconcile_pain, scheduled, sessions, thresholds, watching
from plans.models import Decision, Flag, JobRun, PainScore, PainWatch
from tests.cast import NOON, TODAY, log_days, make_patient

DAY = timedelta(days=1)
WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture
def judged(anna, ben) -> Patient:
    log_days(anna, WORSE)
    log_days(anna, [3, None, 4.5, 4], site=1)
    log_days(ben, [3, 3] * 10)
    watching.sweep(at=NOON)
    assert Flag.objects.get(rule="R3").patient == anna
    return anna


@pytest.fixture
def closer(monkeypatch) -> list[str]:
    """Who was judged by plans/pain.py as well."""
    seen: list[str] = []

    def and_tell(site, stored, differs=reconcile_pain._differs):
        seen.append(Patient.objects.get(pk=site.patient).first_name)
        return differs(site, stored)

    monkeypatch.setattr(reconcile_pain, "_differs", and_tell)
    return seen


def suspected() -> list[str]:
    looked = reconcile_pain.look(after=None, most=100)
    return [Patient.objects.get(pk=key).first_name for key in looked.suspected]


def test_plain_diaries_and_one_flag_need_no_closer_look(judged, closer):
    assert suspected() == []
    assert closer == []


def test_several_episodes_need_no_closer_look(anna, closer):
    log_days(anna, [4] * 30 + [7] * 7 + [4] * 30 + [7] * 7)
    watching.sweep(at=NOON)
    flag = Flag.objects.get(rule="R3")
    assert flag.evidence["episodes"] == 2
    assert (suspected(), closer) == ([], [])
    flag.evidence["episodes"] = 1
    flag.save()
    assert suspected() == ["Anna"]


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "watch"},
        {"evidence": {}},
        {"since_on": TODAY - 30 * DAY},
        {"rule_version": 2},
        {"state": "withdrawn", "ended_at": NOON},
        {"rule": "R1"},
    ],
)
def test_a_flag_that_says_something_else_is_suspected(judged, change):
    Flag.objects.filter(rule="R3").update(**change)
    assert suspected() == ["Anna"]
    assert reconcile.differences(patient_id=judged.pk)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in ("usual", "spread") for value in (None, 0.5, True, "4", [])),
        *(("ready", value) for value in (None, 2, False, "true", [])),
    ],
)
def test_a_level_that_says_something_else_is_suspected(judged, name, value):
    watch = PainWatch.objects.get(pk=judged.pk)
    site = f"R3:{judged.sites.first().pk}"
    watch.state[site][name] = value
    watch.save()
    assert suspected() == ["Anna"]
    assert reconcile.differences(patient_id=judged.pk)


def test_a_score_that_came_past_the_ledger_is_suspected(judged, closer):
    score = PainScore.objects.filter(patient=judged).first()
    score.pk, score.value, score.local_date = None, 9, TODAY - 20 * DAY
    score.save(force_insert=True)
    assert suspected() == ["Anna"]
    assert closer == ["Anna"]


def test_scores_that_do_not_count_change_nothing(judged):
    site = judged.sites.first()
    current = PainScore.objects.filter(site=site).first()
    sessions.amend_score(score=current, value=Decimal("6"), by=judged.user, at=NOON)
    sessions.amend_score(score=current, value=current.value, by=judged.user, at=NOON)
    sessions.amend_score(score=PainScore.objects.filter(site=site).last(), value=None, by=judged.user, at=NOON)
    watching.sweep(at=NOON)
    assert suspected() == []


@pytest.mark.parametrize(("action", "flags_found"), [("new usual", 1), ("other", 2)])
def test_what_was_decided_needs_no_closer_look(judged, alice, closer, action, flags_found):
    flags.resolve(flag=Flag.objects.get(rule="R3"), action_taken=action, note="", useful=True, by=alice, at=NOON)
    log_days(judged, [7.5, 8, 7.5, 8], last=TODAY + 4 * DAY)
    watching.sweep(at=NOON + 4 * DAY)
    assert Flag.objects.filter(rule="R3").count() == flags_found
    assert (suspected(), closer) == ([], [])
    Flag.objects.filter(rule="R3", state="resolved").update(evidence={})
    assert suspected() == ["Anna"]


def test_a_new_baseline_and_thresholds_are_left_to_the_rules_themselves(judged, ben, alice, closer):
    Decision.objects.create(
        patient=judged, site=judged.sites.first(), rule="R3", kind="new baseline", on=TODAY - DAY, at=NOON, by=alice
    )
    PainWatch.objects.filter(pk=judged.pk).update(dirty_since=NOON)
    thresholds.set_for_patient(
        patient=ben, rule="R3", name="least_rise", value=2, effective_on=TODAY, reason="Fewer", by=alice, at=NOON
    )
    watching.sweep(at=NOON)
    assert suspected() == []
    assert sorted(closer) == ["Anna", "Ben"]
    PainWatch.objects.filter(pk=ben.pk).update(state={})
    assert suspected() == ["Ben"]


def test_who_waits_is_left_out_and_nobody_twice(judged, ben):
    log_days(ben, [9], last=TODAY)
    Flag.objects.update(severity="watch")
    looked = reconcile_pain.look(after=None, most=100)
    assert (looked.patients, looked.skipped, looked.suspected) == (2, 1, [judged.pk])
    assert reconcile_pain.look(after=looked.last, most=100) == reconcile_pain.Looked(0)


def test_many_patients_cost_no_more_questions(judged, harbour, alice):
    with CaptureQueriesContext(connection) as few:
        reconcile_pain.look(after=None, most=100)
    for name in ("Carl Carter", "Dora Dean", "Emil Ernst"):
        log_days(make_patient(name, harbour, alice), WORSE)
    watching.sweep(at=NOON)
    with CaptureQueriesContext(connection) as many:
        assert reconcile_pain.look(after=None, most=100).suspected == []
    assert len(few) == len(many)


class Broken(Exception):
    pass


def test_a_run_that_was_broken_off_is_gone_on_with(judged, ben, monkeypatch):
    monkeypatch.setattr(reconcile_pain, "CHUNK", 1)
    Flag.objects.filter(patient=judged).update(severity="watch")
    first = judged.pk < ben.pk

    def break_off(done: int, _total: int) -> None:
        if done == (1 if first else 2):
            raise Broken

    moments = iter(NOON + timedelta(minutes=n) for n in range(100))
    with pytest.raises(Broken):
        scheduled.reconcile_now(clock=lambda: next(moments), watch=break_off)
    broken = JobRun.objects.get(name="reconcile")
    assert (broken.error, broken.counts["at"], broken.counts["differences"]) == ("Broken", "pain", 1)
    asked = []
    look = reconcile_pain.look
    monkeypatch.setattr(reconcile_pain, "look", lambda **given: asked.append(given["after"]) or look(**given))
    row = scheduled.reconcile_now(clock=lambda: next(moments), watch=lambda _done, _total: None)
    assert str(asked[0]) == broken.counts["after"]
    assert row.counts == {"patients": 2, "by_every_rule": 1, "skipped": 0, "differences": 1, "failed": 0}


def test_each_night_goes_on_where_the_last_one_ended(judged, ben):
    order = sorted([judged.pk, ben.pk])
    one = reconcile.reconcile(at=NOON, most=1)
    assert (one["patients"], one["by_every_rule"], one["next_after"]) == (2, 1, str(order[0]))
    two = reconcile.reconcile(at=NOON, most=1, last_run=one)
    assert (two["patients"], two["by_every_rule"], two["next_after"]) == (2, 1, str(order[1]))
    assert reconcile.reconcile(at=NOON, most=1, last_run=two)["next_after"] == str(order[0])
    assert "next_after" not in reconcile.reconcile(at=NOON, last_run=two)


def test_a_patient_who_cannot_be_judged_holds_up_nobody(judged, ben, monkeypatch):
    def fail(*, patient_id):
        raise ValueError

    Flag.objects.update(severity="watch")
    monkeypatch.setattr(reconcile, "differences", fail)
    counts = reconcile.reconcile(at=NOON)
    assert (counts["failed"], counts["patients"], counts["by_every_rule"]) == (2, 2, 0)


def test_the_command_tells_counts_and_ends_with_an_error_when_something_differs(judged):
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue() == "2 patients, 2 by every rule, 0 skipped, 0 differences, 0 failed\n"
    Flag.objects.update(severity="watch")
    with pytest.raises(CommandError, match="1 patients differ"):
        call_command("reconcile", stdout=out)
    assert PainWatch.objects.get(pk=judged.pk).dirty_since is not None


def test_a_job_that_knows_nothing_of_the_last_run_is_run_as_before(db):
    jobs.run(name="long", work=lambda *, at, progress: progress(1, 2) or {"rows": 1}, clock=lambda: NOON)
    assert JobRun.objects.get(name="long").counts == {"rows": 1}
