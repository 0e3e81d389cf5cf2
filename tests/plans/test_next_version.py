"""The draft that a re-evaluation prepares: doses a tenth up or a fifth down, nothing active before it is activated."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from plans.actions import deciding, flags, next_version, plans
from plans.actions.refusals import Refused
from plans.models import Flag, Note, PlanEvent, PlanVersion, Quota, QuotaStep, Reevaluation
from tests.cast import NOON, TODAY, log_days, make_active_plan

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7
DECISION = {
    "note": "Goes well",
    "words_for_patient": "",
    "next_due_on": TODAY + timedelta(days=28),
    "resolve_flags": False,
    "accept_usual": False,
}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def active(anna, alice) -> PlanVersion:
    """Walking for ten minutes, and two sets of ten side leg lifts, each side."""
    version = make_active_plan(anna, alice, exercises=("standing-hip-abduction", "walking-on-level-ground"))
    draft = plans.revise(plan=version.plan, by=alice, at=NOON - timedelta(days=60))
    legs, walk = draft.prescriptions.in_order()
    for row, changes in ((legs, {"sets": 2, "repetitions": 10}), (walk, {"duration_minutes": Decimal(10)})):
        lock = PlanVersion.objects.get(pk=draft.pk).lock
        plans.change_dose(prescription=row, changes=changes, lock=lock, by=alice, at=NOON - timedelta(days=60))
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    return plans.activate(version=draft, lock=lock, why="More", by=alice, at=NOON - timedelta(days=60))


def doses(version: PlanVersion) -> list[tuple]:
    rows = version.prescriptions.in_order()
    return [(row.sets, row.repetitions, row.duration_minutes, row.weekdays) for row in rows]


@pytest.mark.parametrize(
    ("decision", "legs", "minutes", "changed"),
    [("progress", 11, Decimal("11.0"), 2), ("regress", 8, Decimal("8.0"), 2), ("change", 10, Decimal("10.0"), 0)],
)
def test_the_doses_are_prepared(active, alice, anna, decision, legs, minutes, changed):
    before = doses(active)
    made = next_version.prepare(plan=active.plan, decision=decision, by=alice, at=NOON)
    assert (made.was_there, made.changed) == (False, changed)
    assert (made.draft.state, made.draft.number, made.draft.based_on) == ("draft", 3, active)
    assert doses(made.draft) == [(2, legs, None, [1, 3, 4]), (1, None, minutes, [1, 3, 4])]
    active.refresh_from_db()
    assert active.state == "active"
    assert doses(active) == before
    events = PlanEvent.objects.of(anna).filter(verb="doses prepared")
    assert [event.detail["decision"] for event in events] == ([decision] if changed else [])


def test_the_library_and_small_numbers_set_limits(active, alice):
    draft = plans.revise(plan=active.plan, by=alice, at=NOON)
    legs, walk = draft.prescriptions.in_order()
    highest = legs.exercise_version.dose_range["repetitions"][1]
    for row, changes in ((legs, {"repetitions": highest}), (walk, {"duration_minutes": Decimal(2)})):
        lock = PlanVersion.objects.get(pk=draft.pk).lock
        plans.change_dose(prescription=row, changes=changes, lock=lock, by=alice, at=NOON)
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    version = plans.activate(version=draft, lock=lock, why="x", by=alice, at=NOON)
    made = next_version.prepare(plan=version.plan, decision="progress", by=alice, at=NOON)
    assert [row[1:3] for row in doses(made.draft)] == [(highest, None), (None, Decimal("2.5"))]
    assert made.changed == 1


def test_a_draft_that_was_begun_is_left_alone(active, alice, bob):
    draft = plans.revise(plan=active.plan, by=bob, at=NOON)
    made = next_version.prepare(plan=active.plan, decision="progress", by=alice, at=NOON)
    assert (made.draft, made.was_there, made.changed) == (draft, True, 0)
    assert doses(made.draft) == doses(active)
    assert not PlanEvent.objects.filter(verb="doses prepared").exists()


def test_steps_that_were_approved_are_where_the_next_ones_start(anna, alice, active):
    draft = plans.revise(plan=active.plan, by=alice, at=NOON)
    legs = draft.prescriptions.in_order()[0]
    quota = Quota.objects.create(prescription=legs, measure="repetitions", start=10, step_percent=10, ceiling=12)
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    version = plans.activate(version=draft, lock=lock, why="Quota", by=alice, at=NOON)
    given = {"quota": quota, "from_value": 10, "proposed_at": NOON, "decided_at": NOON, "decided_by": alice}
    monday = TODAY - timedelta(days=TODAY.weekday())
    QuotaStep.objects.create(week_on=monday, to_value=11, state="approved", effective_on=TODAY, **given)
    tomorrow = TODAY + timedelta(days=1)
    QuotaStep.objects.create(
        week_on=monday + timedelta(days=7), to_value=12, state="approved", effective_on=tomorrow, **given
    )
    made = next_version.prepare(plan=version.plan, decision="regress", by=alice, at=NOON)
    assert doses(made.draft)[0][1] == 9  # a fifth less than the eleven that are done now


def test_the_builder_shows_what_the_decision_prepared(client, alice, active):
    row = Reevaluation.objects.get(plan=active.plan, state="open")
    client.force_login(alice)
    given = {"decision": "regress", "note": "Easier", "next_due_on": "2026-12-10"}
    response = client.post(f"/reevaluations/{row.pk}/", given, follow=True)
    html = response.content.decode()
    assert "v3 is prepared with changed doses. Nothing changes until you activate it." in html
    draft = PlanVersion.objects.get(plan=active.plan, state="draft")
    assert response.redirect_chain == [(f"/plans/{draft.pk}/", 302)]
    activation = client.get(f"/plans/{draft.pk}/activate/").content.decode()
    assert "2 sets of 8 times, each side (was 2 sets of 10 times, each side)." in activation
    assert "8 minutes (was 10 minutes)." in activation


def test_the_decision_is_all_or_nothing(active, alice, anna, monkeypatch):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    row = Reevaluation.objects.get(plan=active.plan, state="open")

    def fails(**given):
        raise Refused("no draft today")

    monkeypatch.setattr(next_version, "prepare", fails)
    given = DECISION | {"decision": "progress", "resolve_flags": True, "words_for_patient": "Well done"}
    with pytest.raises(Refused, match="no draft today"):
        deciding.decide(reevaluation=row, **given, by=alice, at=NOON)
    row.refresh_from_db()
    assert row.state == "open"
    assert Flag.objects.get(patient=anna).state == "open"
    assert Reevaluation.objects.filter(plan=active.plan).count() == 1
    assert not Note.objects.exists()


@pytest.mark.parametrize("decision", ["continue", "refer", "discharge"])
def test_other_decisions_prepare_nothing(active, alice, decision):
    row = Reevaluation.objects.get(plan=active.plan, state="open")
    decided = deciding.decide(reevaluation=row, **DECISION | {"decision": decision}, by=alice, at=NOON)
    assert decided.next_version is None
    assert (decided.following is None) == (decision == "discharge")
    assert not PlanVersion.objects.filter(plan=active.plan, state="draft").exists()


def test_words_for_the_patient_become_a_note_she_may_read(active, alice, anna):
    row = Reevaluation.objects.get(plan=active.plan, state="open")
    given = DECISION | {"decision": "continue", "words_for_patient": "You walk further than in May."}
    deciding.decide(reevaluation=row, **given, by=alice, at=NOON)
    note = Note.objects.of(anna).shared().get()
    assert (note.text, note.author, note.at) == ("You walk further than in May.", alice, NOON)
    row.refresh_from_db()
    assert row.note == "Goes well"  # the note for the team stays where it was
