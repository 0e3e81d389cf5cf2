"""A rule tried on the clinic's own past: what it would have raised, resumable, and leading to the thresholds."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AccessLog, Membership
from exercises.actions import bell
from plans import trial_results
from plans.actions import flags, trials
from plans.actions.refusals import Refused
from plans.models import Flag, RuleTrial
from plans.tasks import run_rule_trial
from plans.thresholds import Setting
from tests.cast import NOON, TODAY, log_days, make_patient

CALM = [4, 4, 5, 4, 4, 5, 4] * 5
SMALL_RISE = [*CALM, *[5.5] * 21]  # about 1.2 above usual: below the default least rise of 1.5
BIG_RISE = [*CALM, *[8] * 7]
QUARTER = TODAY - timedelta(days=89)


@pytest.fixture(autouse=True)
def traveller():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def rung(monkeypatch) -> list:
    """The bell, listened to instead of rung."""
    heard: list = []
    monkeypatch.setattr(trials, "ring_after_commit", lambda task, row_id: heard.append((task, row_id)))
    monkeypatch.setattr(trials, "ring", lambda task, row_id: heard.append((task, row_id)))
    return heard


def now():
    from django.utils import timezone

    return timezone.now()


def begin(clinic, by, values=None, *, rule="R3", first_on=QUARTER, last_on=TODAY) -> RuleTrial:
    return trials.start(
        clinic=clinic, rule=rule, values=values or {}, first_on=first_on, last_on=last_on, by=by, at=now(), clock=now
    )


def counts(trial: RuleTrial) -> dict:
    return {name: n for name, n in trial.result["counts"].items() if n}


def test_lower_numbers_raise_more_and_real_flags_say_how_they_ended(harbour, lena, anna, ben, alice):
    log_days(anna, BIG_RISE)
    log_days(ben, SMALL_RISE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    flags.resolve(flag=Flag.objects.get(), action_taken="talked", note="", useful=True, by=alice, at=NOON)
    before = list(Flag.objects.values())
    trial = begin(harbour, lena, {"least_rise": 0.8, "allowance_highest": 0.5})
    assert (trial.state, trial.done, trial.total, trial.finished_at) == ("done", 2, 2, NOON)
    found = counts(trial)
    assert (found["now"], found["tried"], found["both"], found["new"], found["useful_kept"]) == (1, 2, 1, 1, 1)
    rows = {row["patient"]: row for row in trial.result["rows"]}
    assert (rows[str(anna.pk)]["kind"], rows[str(anna.pk)]["ended"], rows[str(anna.pk)]["useful"]) == (
        "both", "talked", True,
    )  # fmt: skip
    assert (rows[str(ben.pk)]["kind"], rows[str(ben.pk)]["ended"]) == ("new", None)
    assert sum(sum(week.values()) for week in trial.result["weeks"].values()) == 2
    assert list(Flag.objects.values()) == before  # a replay raises nothing


def test_todays_numbers_find_what_production_finds(harbour, lena, anna, ben):
    log_days(anna, BIG_RISE)
    log_days(ben, SMALL_RISE)
    for patient in (anna, ben):
        flags.evaluate(patient_id=patient.pk, at=NOON)
    trial = begin(harbour, lena)
    stored = {(str(f.patient_id), f.first_alert_on.isoformat()) for f in Flag.objects.filter(rule="R3")}
    assert {(row["patient"], row["now_on"]) for row in trial.result["rows"]} == stored
    assert counts(trial)["both"] == len(stored) == 1 and "new" not in counts(trial) and "gone" not in counts(trial)


def test_higher_numbers_lose_a_flag_that_was_useful_and_the_page_says_so(client, harbour, lena, anna, alice):
    log_days(anna, BIG_RISE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    flags.resolve(flag=Flag.objects.get(), action_taken="changed", note="", useful=True, by=alice, at=NOON)
    trial = begin(harbour, lena, {"least_rise": 4, "limit_lowest": 12})
    assert counts(trial)["useful_gone"] == 1 and "tried" not in counts(trial)
    client.force_login(lena)
    page = client.get(reverse("rule_trial", args=[trial.pk])).content.decode()
    assert "1 flag fewer: 0 new, 1 no longer raised." in page
    assert "1 flag that was called useful would not have been raised." in page
    assert "Anna Anders" in page and "changed the plan, called useful" in page


def test_only_what_was_raised_in_the_period_counts(harbour, lena, anna):
    log_days(anna, [*BIG_RISE, *[4] * 40], last=TODAY)
    inside = begin(harbour, lena)
    raised_on = date.fromisoformat(inside.result["rows"][0]["now_on"])
    after = begin(harbour, lena, first_on=raised_on + timedelta(days=1))
    until = begin(harbour, lena, last_on=raised_on)
    before = begin(harbour, lena, last_on=raised_on - timedelta(days=1))
    assert [len(t.result["rows"]) for t in (inside, after, until, before)] == [1, 0, 1, 0]


def test_other_rules_are_replayed_with_their_own_functions(harbour, lena, anna, annas_plan):
    log_days(anna, [*CALM, 7])
    default = begin(harbour, lena, rule="R4")
    low = begin(harbour, lena, {"severe": 7}, rule="R4")
    since = TODAY - timedelta(days=110)
    silent = begin(harbour, lena, {"watch_days": 3, "important_days": 4}, rule="R5", first_on=since)
    assert (counts(default).get("tried", 0), counts(low)["new"]) == (0, 1)
    assert (counts(silent)["both"], counts(silent)["sooner_days"]) == (1, 4)  # the plan began long before the first log


def test_a_patients_own_numbers_stay(harbour, lena, ben):
    log_days(ben, SMALL_RISE)
    own = [Setting("R3", "least_rise", 3, date.min, for_patient=True), Setting("R3", "least_rise", 2, date.min)]
    applied = trial_results.applied(own, "R3", {"least_rise": 1})
    assert applied.value("R3", "least_rise", TODAY) == 3
    assert trial_results.applied(own[1:], "R3", {"least_rise": 1}).value("R3", "least_rise", TODAY) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": "R0"}, "no numbers"),
        ({"values": {"least_rise": 99}}, "limits"),
        ({"values": {"unheard_of": 1}}, "limits"),
        ({"values": {"least_rise": float("nan")}}, "limits"),
        ({"last_on": TODAY + timedelta(days=1)}, "past"),
        ({"first_on": TODAY - timedelta(days=400)}, "past"),
        ({"first_on": TODAY, "last_on": QUARTER}, "past"),
    ],
)
def test_what_makes_no_sense_is_refused(harbour, lena, changes, words):
    with pytest.raises(Refused, match=words):
        begin(harbour, lena, **changes)
    assert not RuleTrial.objects.exists()


def test_only_a_lead_of_the_clinic_replays(harbour, hill, lena, alice):
    for clinic, who in ((harbour, alice), (hill, lena)):
        with pytest.raises(Refused):
            begin(clinic, who)


def many(harbour, alice, monkeypatch) -> None:
    monkeypatch.setattr(trials, "SMALL", 1)
    monkeypatch.setattr(trials, "SLICE", 2)
    for name in ("Cleo Cole", "Dan Dorn", "Eva Ernst"):
        log_days(make_patient(name, harbour, alice), BIG_RISE)


def test_the_worker_is_rung_and_rings_again_for_the_rest(harbour, lena, alice, monkeypatch, rung):
    many(harbour, alice, monkeypatch)
    monkeypatch.setattr(trials, "RUN", 2)
    trial = begin(harbour, lena)
    assert (trial.state, trial.done, rung) == ("waiting", 0, [(trials.TASK, trial.pk)])
    trials.run(trial_id=trial.pk, clock=now, most=2)
    trial.refresh_from_db()
    assert (trial.state, trial.done, rung[1:]) == ("waiting", 2, [(trials.TASK, str(trial.pk))])
    run_rule_trial(str(trial.pk))
    trial.refresh_from_db()
    assert (trial.state, trial.done, counts(trial)["both"]) == ("done", 3, 3)
    run_rule_trial(str(trial.pk))  # rung twice does no harm
    assert RuleTrial.objects.get().result == trial.result


def test_with_redis_away_the_sweep_takes_it_up_and_goes_on_at_each_turn(
    harbour, lena, alice, monkeypatch, rung, traveller
):
    many(harbour, alice, monkeypatch)
    trial = begin(harbour, lena)
    assert trials.go_on(clock=now) == 0  # the worker that was rung comes first
    traveller.shift(11)
    taken = [trials.go_on(clock=now, most=1) for _ in range(5)]
    trial.refresh_from_db()
    assert (taken, trial.state, trial.done, counts(trial)["both"]) == ([1, 1, 1, 0, 0], "done", 3, 3)


def test_a_worker_that_died_is_replaced_and_a_living_one_is_not(harbour, lena, alice, monkeypatch, rung, traveller):
    many(harbour, alice, monkeypatch)
    trial = begin(harbour, lena)
    RuleTrial.objects.update(state="running", touched_at=NOON)
    traveller.shift(60)
    assert trials.go_on(clock=now) == 0 and not trials.run(trial_id=trial.pk, clock=now)
    traveller.shift(61)
    assert trials.go_on(clock=now, most=2) == 2
    assert trials.go_on(clock=now, most=2) == 1


def test_two_workers_count_nobody_twice(harbour, lena, alice, monkeypatch, rung):
    many(harbour, alice, monkeypatch)
    trial = begin(harbour, lena)
    take, other = trials._take, []

    def slowly(row, patient):
        if not other:
            other.append(True)  # meanwhile somebody else, who thought this one dead, has done the first slice
            RuleTrial.objects.filter(pk=row.pk).update(done=2)
        take(row, patient)

    monkeypatch.setattr(trials, "_take", slowly)
    assert not trials.run(trial_id=trial.pk, clock=now)
    assert RuleTrial.objects.get().done == 2 and RuleTrial.objects.get().result["rows"] == []


def test_given_up_it_stops_and_another_can_begin(client, harbour, lena, alice, monkeypatch, rung):
    many(harbour, alice, monkeypatch)
    trial = begin(harbour, lena)
    with pytest.raises(Refused, match="running"):
        begin(harbour, lena)
    client.force_login(lena)
    client.post(reverse("rule_trial_cancel", args=[trial.pk]))
    run_rule_trial(str(trial.pk))
    trial.refresh_from_db()
    assert (trial.state, trial.done, trial.finished_at) == ("cancelled", 0, NOON)
    assert "Given up after 0 of 3 patients." in client.get(reverse("rule_trial", args=[trial.pk])).content.decode()
    with pytest.raises(Refused):
        trials.cancel(trial=trial, by=lena, at=NOON)
    begin(harbour, lena)


def test_a_fault_of_ours_is_written_down_without_the_patients_words(client, harbour, lena, anna, monkeypatch):
    def broken(patient):
        raise ValueError("Anna wrote something private")

    monkeypatch.setattr(trials, "known_of", broken)
    trial = begin(harbour, lena)
    assert (trial.state, trial.error) == ("failed", "ValueError")
    client.force_login(lena)
    page = client.get(reverse("rule_trial", args=[trial.pk])).content.decode()
    assert "fault of ours" in page and "private" not in page


def test_only_a_thousand_are_named_and_all_are_counted():
    result = trial_results.empty({})
    row = {
        "kind": "new", "flag": None, "ended": None, "useful": None, "now_on": None, "tried_on": "2026-11-01",
        "now_days": None, "tried_days": 3, "now_severity": None, "tried_severity": "watch", "now_alone": False,
        "tried_alone": True,
    }  # fmt: skip
    for n in range(trial_results.ROWS_KEPT + 5):
        trial_results.add(result, str(n), [(None, row)])
    assert len(result["rows"]) == trial_results.ROWS_KEPT
    assert result["counts"]["new"] == result["counts"]["tried_patients"] == trial_results.ROWS_KEPT + 5
    assert result["weeks"] == {"2026-10-26": {"both": 0, "new": trial_results.ROWS_KEPT + 5, "gone": 0}}


def test_the_page_asks_shows_progress_and_leads_to_the_thresholds(client, harbour, lena, alice, monkeypatch, rung):
    many(harbour, alice, monkeypatch)
    client.force_login(lena)
    page = client.get(reverse("clinic_trials") + "?rule=R3").content.decode()
    assert "Smallest mean rise that counts" in page and 'value="1.5"' in page
    given = {name: str(value) for name, value in trial_results.all_values("R3", {}).items() if name != "on"}
    given |= {"first_on": QUARTER.isoformat(), "last_on": TODAY.isoformat()}
    assert client.post(reverse("clinic_trials"), given | {"least_rise": "99"}).status_code == 422
    response = client.post(reverse("clinic_trials") + "?rule=R3", given | {"least_rise": "1.2"})
    trial = RuleTrial.objects.get()
    assert response.headers["Location"] == reverse("rule_trial", args=[trial.pk])
    assert "0 of 3 patients replayed" in client.get(response.headers["Location"]).content.decode()
    fragment = client.get(response.headers["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "0 of 3" in fragment and "<html" not in fragment
    run_rule_trial(str(trial.pk))
    assert client.get(response.headers["Location"], headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    done = client.get(response.headers["Location"])
    assert "Use these numbers from 20 Nov" in done.content.decode()
    form = client.get(done.context["use_url"].split("#")[0])
    assert form.context["form"]["least_rise"].value() == "1.2"
    assert form.context["form"]["effective_on"].value() == TODAY + timedelta(days=1)


def test_patients_who_are_not_visible_any_more_are_not_named(client, harbour, lena, anna):
    log_days(anna, BIG_RISE)
    trial = begin(harbour, lena)
    client.force_login(lena)
    url = reverse("rule_trial", args=[trial.pk])
    assert "Anna Anders" in client.get(url).content.decode()
    Membership.objects.filter(user=lena).update(valid_until=NOON)
    assert client.get(url).status_code == 404
    assert not AccessLog.objects.filter(user=lena).exists()  # a list, not a look at a record


def test_the_bell_of_the_library_is_the_one_that_is_rung():
    assert trials.ring is bell.ring and trials.ring_after_commit is bell.ring_after_commit
