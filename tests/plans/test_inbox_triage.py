"""Handing over, letting sleep, acknowledging several, taking back: what is stored, and what is refused."""

from datetime import date, timedelta

import pytest
import time_machine

from plans.actions import flags, triage
from plans.actions.refusals import Refused
from plans.models import Flag, PlanEvent
from tests.cast import NOON, TODAY, log_days
from tests.plans.inbox_rows import flag_of, listed

NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def events_of(flag):
    found = PlanEvent.objects.filter(detail__flag=str(flag.pk)).order_by("at", "id")
    return list(found.values_list("verb", flat=True))


def asleep(patient, by, severity="watch", **fields) -> Flag:
    return triage.snooze(flag=flag_of(patient, severity, **fields), until=NEXT_WEEK, by=by, at=NOON)


# --- handing over ---


def test_a_flag_is_handed_to_a_colleague_who_finds_it_under_mine(client, alice, bob, anna):
    flag = flag_of(anna)
    client.force_login(alice)
    page = client.get(f"/flags/{flag.pk}/assign/").content.decode()
    assert "Bob Brook" in page
    response = client.post(f"/flags/{flag.pk}/assign/", {"to": bob.pk, "next": "/inbox/?tab=clinic"}, follow=True)
    assert "Flag of Anna Anders handed to Bob Brook." in response.content.decode()
    assert "with Bob Brook" in response.content.decode()
    flag.refresh_from_db()
    assert (flag.assigned_to, flag.state) == (bob, "open")
    assert events_of(flag) == ["flag assigned"]
    assert listed(client, bob) == ["Anna Anders"]


def test_nobody_outside_the_clinic_can_be_given_a_flag(client, alice, charlie, cora, anna):
    flag = flag_of(anna)
    client.force_login(alice)
    assert "Charlie Cliff" not in client.get(f"/flags/{flag.pk}/assign/").content.decode()
    for stranger in (charlie, cora, anna.user):
        response = client.post(f"/flags/{flag.pk}/assign/", {"to": stranger.pk})
        assert "This person does not work here now." in response.content.decode()
        with pytest.raises(Refused):
            triage.assign(flag=flag, to=stranger, by=alice, at=NOON)
    flag.refresh_from_db()
    assert flag.assigned_to is None


def test_where_records_open_to_assigned_ones_only_a_flag_goes_to_nobody_else(client, harbour, alice, bob, lena, anna):
    harbour.record_access = "assigned"
    harbour.save()
    flag = flag_of(anna)
    with pytest.raises(Refused, match="Bob Brook may not open this record"):
        triage.assign(flag=flag, to=bob, by=alice, at=NOON)
    triage.assign(flag=flag, to=lena, by=alice, at=NOON)
    assert Flag.objects.get().assigned_to == lena


# --- sleep ---


def test_sleep_acknowledges_and_moves_to_its_own_list(client, alice, anna):
    flag = flag_of(anna)
    client.force_login(alice)
    assert client.get(f"/flags/{flag.pk}/snooze/").status_code == 200
    response = client.post(f"/flags/{flag.pk}/snooze/", {"until": "2026-11-26", "next": "/inbox/"}, follow=True)
    assert "Flag of Anna Anders acknowledged and asleep until 26 Nov." in response.content.decode()
    flag.refresh_from_db()
    assert (flag.state, flag.acknowledged_by, flag.snoozed_until) == ("acknowledged", alice, NEXT_WEEK)
    assert (listed(client, alice), listed(client, alice, "clinic")) == ([], [])
    assert listed(client, alice, "asleep") == ["Anna Anders"]
    assert "asleep until 26 Nov" in client.get("/inbox/?tab=asleep").content.decode()


def test_one_press_of_a_preset_is_enough(client, alice, anna):
    flag = flag_of(anna)
    client.force_login(alice)
    client.post(f"/flags/{flag.pk}/snooze/", {"days": "3", "until": "nonsense"})
    assert Flag.objects.get().snoozed_until == TODAY + timedelta(days=3)


def test_an_urgent_flag_never_sleeps(client, alice, anna):
    flag = flag_of(anna, "urgent")
    client.force_login(alice)
    assert "An urgent flag cannot wait." in client.get(f"/flags/{flag.pk}/snooze/").content.decode()
    response = client.post(f"/flags/{flag.pk}/snooze/", {"until": "2026-11-26"})
    assert "An urgent flag cannot wait." in response.content.decode()
    flag.refresh_from_db()
    assert (flag.state, flag.snoozed_until) == ("open", None)


@pytest.mark.parametrize(("until", "error"), [
    ("2026-11-19", "Choose a day after today"), ("2026-11-18", "Choose a day after today"),
    ("2026-12-18", "at most 28 days"), ("", "Choose a day."), ("soon", "Give the date as day, month and year"),
])  # fmt: skip
def test_a_day_that_will_not_do_is_said_and_kept(client, alice, anna, until, error):
    flag = flag_of(anna)
    client.force_login(alice)
    html = client.post(f"/flags/{flag.pk}/snooze/", {"until": until, "next": "/inbox/?tab=clinic"}).content.decode()
    assert error in html
    assert not until or f'value="{until}"' in html
    assert 'value="/inbox/?tab=clinic"' in html
    assert Flag.objects.get().snoozed_until is None


def test_it_wakes_by_itself_on_its_day_of_the_clinic(client, alice, anna, harbour):
    harbour.time_zone = "Pacific/Auckland"  # there it is the 20th already
    harbour.save()
    triage.snooze(flag=flag_of(anna), until=date(2026, 11, 22), by=alice, at=NOON)
    with time_machine.travel(NOON + timedelta(hours=46), tick=False):  # 21 Nov 10:00 UTC, 21 Nov 23:00 there
        assert listed(client, alice) == []
    with time_machine.travel(NOON + timedelta(hours=48), tick=False):
        assert listed(client, alice) == ["Anna Anders"]
        assert "awake again since today" in client.get("/inbox/").content.decode()


@pytest.mark.parametrize(("rule", "change", "wakes"), [
    ("R3", {"severity": "important"}, True),
    ("R3", {"last_alert_on": TODAY + timedelta(days=1)}, True),
    ("R3", {"evidence": {"quiet_logged_days": 2}}, False),
    ("R3", {"last_alert_on": TODAY}, False),
    ("R9", {"severity": "urgent"}, True),
    ("R5", {"last_alert_on": TODAY + timedelta(days=1)}, False),
    ("R5", {"severity": "important"}, True),
    ("R3", {"state": "closed", "ended_at": NOON}, True),
    ("R3", {"state": "open", "acknowledged_at": None, "acknowledged_by": None}, True),
])  # fmt: skip
def test_it_wakes_when_something_new_is_found_whoever_writes_it(alice, anna, rule, change, wakes):
    flag = asleep(anna, alice, rule=rule)
    Flag.objects.filter(pk=flag.pk).update(**change)
    flag.refresh_from_db()
    assert (flag.snoozed_until is None) is wakes
    assert (flag.snoozed_at is None) is wakes


def test_new_days_above_usual_wake_it_through_the_evaluation(client, alice, anna):
    log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    triage.snooze(flag=Flag.objects.get(), until=NEXT_WEEK, by=alice, at=NOON)
    assert listed(client, alice) == []
    tomorrow = NOON + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        log_days(anna, [8], last=TODAY + timedelta(days=1))
        flags.evaluate(patient_id=anna.pk, at=tomorrow)
        assert listed(client, alice) == ["Anna Anders"]


def test_a_quieter_day_lets_it_sleep(client, alice, anna):
    log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    triage.snooze(flag=Flag.objects.get(), until=NEXT_WEEK, by=alice, at=NOON)
    tomorrow = NOON + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        log_days(anna, [0], last=TODAY + timedelta(days=1))
        flags.evaluate(patient_id=anna.pk, at=tomorrow)
        assert Flag.objects.get().snoozed_until == NEXT_WEEK
        assert listed(client, alice, "asleep") == ["Anna Anders"]


def test_wake_now(client, alice, bob, anna):
    flag = asleep(anna, alice)
    client.force_login(bob)
    assert "Wake now" in client.get(f"/inbox/?tab=asleep&flag={flag.pk}").content.decode()
    client.post(f"/flags/{flag.pk}/wake/", {"next": "/inbox/"})
    assert listed(client, alice) == ["Anna Anders"]
    assert events_of(flag) == ["flag put to sleep", "flag woken"]


# --- several at once ---


def test_ticked_flags_to_watch_are_acknowledged_together_and_graver_ones_refused(client, alice, anna, ben, harbour):
    watch, other = flag_of(anna), flag_of(ben)
    client.force_login(alice)
    page = client.get("/inbox/?tab=clinic").content.decode()
    assert page.count('name="flags"') == 2
    Flag.objects.filter(pk=other.pk).update(severity="important")  # it became graver after the page was read
    response = client.post("/flags/acknowledge/", {"flags": [str(watch.pk), str(other.pk)]}, follow=True)
    html = response.content.decode()
    assert "1 flag acknowledged." in html
    assert "Not acknowledged, because it is more than something to watch: Ben Bauer." in html
    assert {f.pk: f.state for f in Flag.objects.all()} == {watch.pk: "acknowledged", other.pk: "open"}
    assert client.get("/inbox/?tab=clinic").content.decode().count('name="flags"') == 0


def test_a_row_with_something_graver_has_no_tick_and_one_tick_takes_all_its_flags(client, alice, anna, ben):
    flag_of(anna, "important")
    flag_of(anna, "watch")
    two = {str(flag_of(ben, "watch", rule=rule).pk) for rule in ("R2", "R6")}
    client.force_login(alice)
    groups = client.get("/inbox/?tab=clinic").context["groups"]
    ticks = {row.patient.full_name: row.ticks for group in groups for row in group.rows}
    assert ticks["Anna Anders"] == ""
    assert set(ticks["Ben Bauer"].split(",")) == two
    client.post("/flags/acknowledge/", {"flags": ticks["Ben Bauer"]})
    assert set(Flag.objects.filter(state="acknowledged").values_list("patient__full_name", flat=True)) == {"Ben Bauer"}


def test_nothing_ticked_and_strangers_flags(client, alice, charlie, anna):
    flag = flag_of(anna)
    client.force_login(alice)
    assert "Tick the patients first" in client.post("/flags/acknowledge/", follow=True).content.decode()
    assert client.post("/flags/acknowledge/", {"flags": "nonsense"}).status_code == 404
    client.force_login(charlie)
    for address in ("/flags/acknowledge/", "/flags/undo/"):
        assert client.post(f"{address}?flags={flag.pk}", {"flags": flag.pk}).status_code == 404
    flag.refresh_from_db()
    assert flag.state == "open"


# --- taking back ---


def undo_address(response) -> str:
    html = response.content.decode()
    toast = html[html.index('id="toasts"') :]
    return toast[toast.index('action="') + 8 :].split('"')[0].replace("&amp;", "&")


def test_an_acknowledgement_is_taken_back_from_the_toast(client, alice, anna, ben):
    both = [flag_of(anna), flag_of(ben)]
    client.force_login(alice)
    response = client.post("/flags/acknowledge/", {"flags": [flag.pk for flag in both]}, follow=True)
    response = client.post(undo_address(response), follow=True)
    assert "Taken back." in response.content.decode()
    for flag in Flag.objects.all():
        assert (flag.state, flag.acknowledged_at, flag.acknowledged_by) == ("open", None, None)
        assert events_of(flag) == ["flag acknowledged", "flag acknowledgement taken back"]


def test_sleep_is_taken_back_to_what_it_was(alice, bob, anna):
    flag = flag_of(anna)
    flags.acknowledge(flag=flag, by=bob, at=NOON)
    triage.snooze(flag=flag, until=NEXT_WEEK, by=alice, at=NOON + timedelta(minutes=1))
    triage.snooze(flag=flag, until=TODAY + timedelta(days=2), by=alice, at=NOON + timedelta(minutes=2))
    assert triage.undo(flag=flag, by=alice, at=NOON + timedelta(minutes=3)) == "flag put to sleep"
    flag.refresh_from_db()
    assert (flag.snoozed_until, flag.acknowledged_by) == (NEXT_WEEK, bob)
    unseen = flag_of(anna, rule="R2")
    triage.snooze(flag=unseen, until=NEXT_WEEK, by=alice, at=NOON)
    triage.undo(flag=unseen, by=alice, at=NOON)
    unseen.refresh_from_db()
    assert (unseen.state, unseen.snoozed_until, unseen.acknowledged_by) == ("open", None, None)


def test_handing_over_is_taken_back_to_whoever_had_it(alice, bob, lena, anna):
    flag = flag_of(anna, assigned_to=lena)
    triage.assign(flag=flag, to=bob, by=alice, at=NOON)
    triage.undo(flag=flag, by=alice, at=NOON)
    flag.refresh_from_db()
    assert flag.assigned_to == lena


@pytest.mark.parametrize("why", ["another person", "too late", "something since", "resolved", "nothing done"])
def test_only_ones_own_last_step_can_be_taken_back_and_soon(client, alice, bob, anna, why):
    flag, by, at = flag_of(anna), alice, NOON + timedelta(minutes=1)
    if why != "nothing done":
        flags.acknowledge(flag=flag, by=alice, at=NOON)
    if why == "another person":
        by = bob
    elif why == "too late":
        at = NOON + timedelta(minutes=11)
    elif why == "something since":
        triage.assign(flag=flag, to=bob, by=bob, at=NOON)
    elif why == "resolved":
        flags.resolve(flag=flag, action_taken="talked", note="", useful=None, by=alice, at=NOON)
    before = Flag.objects.values().get()
    with pytest.raises(Refused):
        triage.undo(flag=flag, by=by, at=at)
    assert Flag.objects.values().get() == before


def test_the_second_who_acknowledges_gets_no_undo(client, alice, bob, anna):
    flag = flag_of(anna)
    flags.acknowledge(flag=flag, by=alice, at=NOON)
    client.force_login(bob)
    response = client.post(f"/flags/{flag.pk}/acknowledge/", follow=True)
    assert "flags/undo" not in response.content.decode()


def test_a_flag_that_is_over_is_neither_handed_over_nor_put_to_sleep(client, alice, bob, anna):
    flag = flag_of(anna)
    flags.resolve(flag=flag, action_taken="talked", note="", useful=None, by=alice, at=NOON)
    client.force_login(alice)
    for address, body in (("assign", {"to": bob.pk}), ("snooze", {"days": "3"})):
        html = client.post(f"/flags/{flag.pk}/{address}/", body).content.decode()
        assert "This flag is not open any more." in html or "This flag is dealt with." in html
    assert "not open any more" in client.post(f"/flags/{flag.pk}/wake/", follow=True).content.decode()
    flag.refresh_from_db()
    assert (flag.assigned_to, flag.snoozed_until) == (None, None)
