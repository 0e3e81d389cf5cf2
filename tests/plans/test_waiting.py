"""What waits, asked for in one query: the whole list, and the little of it that the frame of every page counts."""

from datetime import timedelta

import pytest
import time_machine

from accounts.middleware import actor_of
from plans.models import Flag
from plans.views.clinician import items
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.waiting import first_tab, waiting, waiting_in_frame
from tests.cast import NOON, TODAY, make_patient
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


@pytest.mark.parametrize("absent", ["nobody", "bob", "alice"])
def test_the_frame_counts_what_the_list_holds(crowd, request, absent, alice, bob, lena, charlie, harbour):
    if absent != "nobody":
        gone = request.getfixturevalue(absent)
        away(gone, bob if gone == alice else alice, harbour)
    for user in (alice, bob, lena, charlie):
        me = actor_of(user, None)
        whole, frame = waiting(me, NOON), waiting_in_frame(me, NOON)
        assert frame.count(first_tab(me)) == whole.count(first_tab(me)) > 0
        assert frame.watch == whole.watch


def test_a_frame_reads_no_more_than_it_counts_and_nobody_reads_another_clinics(crowd, alice, lena, charlie):
    mine = waiting_in_frame(actor_of(alice, None), NOON)
    assert {one.patient_id for one in mine.of("mine")} <= {one.patient_id for one in mine.found}
    whole = waiting(actor_of(alice, None), NOON)
    assert 0 < len(mine.found) < len(whole.found)
    abroad = waiting(actor_of(charlie, None), NOON)
    assert len(abroad.found) == 2
    assert not {one.patient_id for one in abroad.found} & {one.patient_id for one in whole.found}


def test_the_sql_that_is_kept_for_a_day_depends_on_the_day_alone():
    def made(at):
        items._of_kinds.cache_clear()
        with time_machine.travel(at, tick=False):
            return items._of_kinds(KINDS, TODAY)

    assert made(NOON) == made(NOON + timedelta(days=40))
    assert made(NOON) != items._of_kinds(KINDS, TODAY + timedelta(days=1))
