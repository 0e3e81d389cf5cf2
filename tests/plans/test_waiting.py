"""What waits, asked for in one query: the whole list, and the little of it that the frame of every page counts."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.backend import standing_of
from accounts.middleware import actor_of
from accounts.models import Clinic
from plans.actions import beating
from plans.models import Flag, PainWatch, Reevaluation
from plans.views.clinician import items, waiting_number
from plans.views.clinician.inbox_asked import Asked
from plans.views.clinician.items import Level
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.waiting import Cut, first_tab, waiting
from plans.views.clinician.waiting_number import Frame, in_frame
from tests.cast import NOON, TODAY, make_active_plan, make_patient
from tests.plans.inbox_rows import away, flag_of, write
from tests.plans.whose import chosen, listed


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


@pytest.fixture
def shown_up_to(monkeypatch):
    """Sets beyond how many the number is not shown exactly, which the texts that are kept hold."""

    def forget():
        for kept in (waiting_number._number.cache_clear, waiting_number._due_alone.cache_clear):
            kept()
        waiting_number._LARGE.clear()

    def to(most: int):
        forget()
        monkeypatch.setattr(waiting_number, "MOST", most)

    yield to
    forget()


@pytest.fixture
def two_due(crowd, alice, harbour) -> list[Reevaluation]:
    found = []
    for n in range(2):
        patient = make_patient(f"Due {n}", harbour, alice)
        due = make_active_plan(patient, by=alice).plan.reevaluations.get()
        Reevaluation.objects.filter(pk=due.pk).update(due_on=TODAY)
        flag_of(patient, "watch")
        found.append(due)
    return found


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_the_frame_counts_no_further_than_it_shows(two_due, most, shown_up_to, alice, bob):
    shown_up_to(most)
    for user in (alice, bob):
        me = actor_of(user, None)
        for _time in range(3):
            assert in_frame(me, NOON, watch=False).number == min(waiting(me, NOON).count("mine"), most + 1)


def test_who_had_more_due_than_is_shown_is_asked_for_these_alone(two_due, shown_up_to, alice):
    """And for everything again as soon as they are fewer, so that the number is never a guess."""
    shown_up_to(1)
    me = actor_of(alice, None)

    def asked_for(number: int) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            frame = in_frame(me, NOON, watch=True)
        assert frame.number == number and frame.watch == waiting(me, NOON).watch
        return ["all" if "plans_flag" in each["sql"] else "due" for each in asked]

    assert [asked_for(2) for _time in range(3)] == [["all"], ["due"], ["due"]]
    later = TODAY + timedelta(days=60)
    Reevaluation.objects.filter(pk__in=[due.pk for due in two_due]).update(due_on=later)
    assert [asked_for(2) for _time in range(2)] == [["due", "all"], ["all"]], "by flags, not by what is due"


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
    whole, abroad = (waiting(actor_of(user, None), NOON, "clinic", Cut(size=50)) for user in (alice, charlie))
    assert len(abroad.entries) == 2
    assert not {patient for patient, _those in abroad.entries} & {patient for patient, _those in whole.entries}


@pytest.fixture
def chance(alice, bob, lena, harbour):
    """Patients with items of chance: many of one moment, several of one patient, some asleep or handed on."""
    dice = random.Random(8)
    people = [alice, bob, lena]
    patients = [make_patient(f"Chance {n}", harbour, dice.choice([alice, bob])) for n in range(24)]
    for patient in patients:
        for rule in dice.sample(["R1", "R2", "R4", "R9"], dice.randrange(3)):
            flag = flag_of(
                patient, dice.choice(["urgent", "important", "watch"]), rule=rule, hours=dice.randrange(1, 4)
            )
            fields = {"assigned_to": dice.choice([None, None, *people])}
            if flag.severity != "urgent" and dice.random() < 0.4:
                day = TODAY + timedelta(days=dice.choice([0, 2]))
                fields |= {"snoozed_until": day, "snoozed_at": NOON, "snoozed_by": alice}
                fields |= {"state": Flag.State.ACKNOWLEDGED, "acknowledged_at": NOON, "acknowledged_by": alice}
            Flag.objects.filter(pk=flag.pk).update(**fields)
        if dice.random() < 0.3:
            write(patient, hours=dice.randrange(1, 4))
        if dice.random() < 0.4:
            due = make_active_plan(patient, by=alice).plan.reevaluations.get()
            Reevaluation.objects.filter(pk=due.pk).update(due_on=TODAY + timedelta(days=dice.randrange(-1, 2)))
    for patient in patients[:4]:
        patient.assignments.update(valid_until=NOON - timedelta(days=1))


@pytest.mark.parametrize("access", ["open", "assigned"])
@pytest.mark.parametrize("absent", ["nobody", "bob", "both", "chain"])
def test_the_lists_are_counted_and_cut_as_by_hand(chance, absent, access, alice, bob, lena, harbour):
    leave(absent, alice, bob, lena, harbour)
    Clinic.objects.update(record_access=access)
    since, everybody = NOON - timedelta(hours=2, minutes=30), 0
    for user in (alice, bob, lena):
        me = actor_of(user, None)
        for tab, entries in listed(me, NOON).items():
            whole = waiting(me, NOON, tab, after=since)
            those = list(entries.values())
            assert whole.count(tab) == whole.counts()[tab] == len(entries)
            assert whole.flagged(tab) == sum(any(one.kind == "flag" for one in each) for each in those)
            assert whole.arrived(tab) == sum(any(one.arrived > since for one in each) for each in those)
            levels = {level: sum(any(one.level == level for one in each) for each in those) for level in Level}
            assert whole.by_level(tab) == levels
            everybody += len(entries)
            for what in (Asked(tab), Asked(tab, ("urgent", "due")), Asked(tab, newest=True), Asked(tab, ("message",))):
                wanted = chosen(entries, what)
                assert whole.chosen(tab, what.levels) == len(wanted)
                last = max(len(wanted) - 1, 0) // 5
                for page in {0, 1, last, last + 1, 9_999}:
                    read = waiting(me, NOON, tab, Cut(page, 5, what.levels, what.newest))
                    begin = min(page, last) * 5
                    assert [*read.entries] == wanted[begin : begin + 5]
                    assert read.mark == whole.mark
    assert everybody > 40


def test_the_mark_of_a_list_changes_with_what_is_in_it(anna, alice):
    def mark(tab="mine"):
        return waiting(actor_of(alice, None), NOON, tab).mark

    marks, asleep = [mark()], mark("asleep")
    flag = flag_of(anna)
    marks.append(mark())
    write(anna)
    marks.append(mark())
    Flag.objects.filter(pk=flag.pk).update(severity="important")
    marks.append(mark())
    Flag.objects.filter(pk=flag.pk).update(assigned_to=alice)
    assert len(set(marks)) == 4 and mark() == marks[-1]
    assert mark("asleep") == asleep


def test_who_works_nowhere_has_no_list(crowd, alice):
    nothing = waiting(replace(actor_of(alice, None), clinic=None), NOON, "clinic", Cut(size=5))
    assert (nothing.count("clinic"), nothing.entries, nothing.watch) == (0, [], None)


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
