"""What waits, asked for in one query: the whole list, and the little of it that the frame of every page counts."""

from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string

from accounts.backend import standing_of
from accounts.middleware import actor_of
from accounts.models import Clinic
from plans.actions import beating
from plans.models import Flag, PainWatch, Reevaluation
from plans.views.clinician import items, waiting_number
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.waiting import first_tab, waiting
from plans.views.clinician.waiting_number import Frame, in_frame
from tests.cast import NOON, TODAY, make_active_plan, make_patient
from tests.plans.inbox_rows import away, flag_of, write


@pytest.fixture
def crowd(alice, bob, lena, charlie, harbour, hill):
    """Patients of everybody, with items that are their clinician's, were handed on, or are another clinic's."""
    own = [make_patient(f"Own {n}", harbour, alice) for n in range(3)]
    others = [make_patient(f"Other {n}", harbour, bob) for n in range(4)]
    abroad = [make_patient(f"Abroad {n}", hill, charlie) for n in range(2)]
    alone = make_patient("Alone", harbour, alice)
    alone.assignments.update(valid_until=NOON - timedelta(days=1))
    for patient in [*own[:2], *others[:3], *abroad, alone]:
        flag_of(patient, "important")
    write(own[2])
    write(others[3])
    Flag.objects.filter(patient=others[0]).update(assigned_to=alice)
    Flag.objects.filter(patient=own[0]).update(assigned_to=bob)
    seen = {"state": Flag.State.ACKNOWLEDGED, "acknowledged_at": NOON, "acknowledged_by": alice}
    asleep = {"snoozed_until": TODAY + timedelta(days=3), "snoozed_at": NOON, "snoozed_by": alice}
    Flag.objects.filter(patient=own[1]).update(**seen, **asleep)


def leave(absent: str, alice, bob, lena, harbour) -> None:
    """Who is away: nobody, one, both (each for the other), or two in a chain that ends at the lead."""
    stand_ins = {
        "nobody": [],
        "bob": [(bob, alice)],
        "alice": [(alice, bob)],
        "both": [(alice, bob), (bob, alice)],
        "chain": [(alice, bob), (bob, lena)],
    }
    for gone, instead in stand_ins[absent]:
        away(gone, instead, harbour)


@pytest.mark.parametrize("access", ["open", "assigned"])
@pytest.mark.parametrize("absent", ["nobody", "bob", "alice", "both", "chain"])
def test_the_frame_counts_what_the_list_holds(crowd, absent, access, alice, bob, lena, charlie, harbour):
    leave(absent, alice, bob, lena, harbour)
    Clinic.objects.update(record_access=access)
    due = make_active_plan(make_patient("Due", harbour, bob), by=bob).plan.reevaluations.get()
    Reevaluation.objects.filter(pk=due.pk).update(due_on=TODAY)
    numbers = set()
    for user in (alice, bob, lena, charlie):
        for known in (False, True):
            me = actor_of(user, None)
            if known:  # as in a request
                user.standing = standing_of(user.pk)
            whole, frame = waiting(me, NOON), in_frame(me, NOON, watch=True)
            assert frame.number == whole.count(first_tab(me))
            assert frame.watch == whole.watch
            assert in_frame(me, NOON, watch=False) == Frame(frame.number)
            numbers.add(frame.number)
    assert len(numbers) > 1


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_the_frame_counts_no_further_than_it_shows(crowd, most, monkeypatch, alice, bob, harbour):
    for n in range(2):
        patient = make_patient(f"Due {n}", harbour, alice)
        due = make_active_plan(patient, by=alice).plan.reevaluations.get()
        Reevaluation.objects.filter(pk=due.pk).update(due_on=TODAY)
        flag_of(patient, "watch")
    monkeypatch.setattr(waiting_number, "MOST", most)
    waiting_number._number.cache_clear()
    try:
        for user in (alice, bob):
            me = actor_of(user, None)
            assert in_frame(me, NOON, watch=False).number == min(waiting(me, NOON).count("mine"), most + 1)
    finally:
        waiting_number._number.cache_clear()


def test_the_frame_says_how_far_the_rules_looked_as_the_list_does(crowd, anna, zoe, alice, charlie):
    beating.go_on(beating.begin(at=NOON - timedelta(minutes=2)), at=NOON - timedelta(minutes=1))
    PainWatch.objects.update_or_create(patient=anna, defaults={"dirty_since": NOON - timedelta(minutes=7)})
    PainWatch.objects.update_or_create(patient=zoe, defaults={"quarantined_at": NOON - timedelta(hours=1)})
    told = {}
    for user in (alice, charlie):
        me = actor_of(user, None)
        told[user] = in_frame(me, NOON, watch=True).watch
        assert told[user] == waiting(me, NOON).watch
    assert told[alice].up_to == NOON - timedelta(minutes=7) and told[alice].waiting and not told[alice].apart
    assert told[charlie].up_to == NOON - timedelta(minutes=1) and told[charlie].apart == [zoe]


def test_nobody_reads_another_clinics(crowd, alice, charlie):
    whole, abroad = waiting(actor_of(alice, None), NOON), waiting(actor_of(charlie, None), NOON)
    assert len(abroad.found) == 2
    assert not {one.patient_id for one in abroad.found} & {one.patient_id for one in whole.found}


@pytest.mark.parametrize(("number", "shown"), [(0, "hidden>0<"), (1, ">1<"), (99, ">99<"), (100, ">99+<")])
def test_beyond_ninety_nine_the_number_is_not_exact(number, shown):
    assert shown in render_to_string("_inbox_count.html", {"inbox_count": number})


def test_the_sql_that_is_kept_for_a_day_depends_on_the_day_alone():
    def made(at):
        items.of_kinds.cache_clear()
        with time_machine.travel(at, tick=False):
            return items.of_kinds(KINDS, TODAY)

    assert made(NOON) == made(NOON + timedelta(days=40))
    assert made(NOON) != items.of_kinds(KINDS, TODAY + timedelta(days=1))
