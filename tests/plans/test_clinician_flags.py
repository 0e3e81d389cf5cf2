"""Dealing with flags: seen, resolved, accepted as the new usual; and the words that say what a flag found."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from plans import wording_flags
from plans.actions import flags
from plans.models import Decision, Flag, PainWatch
from tests.cast import NOON, TODAY, log_days

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def flag(anna):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    return Flag.objects.get(patient=anna)


def test_acknowledging_names_the_person_and_goes_back(client, alice, flag):
    client.force_login(alice)
    response = client.post(f"/flags/{flag.pk}/acknowledge/", {"next": "/patients/"})
    assert response.status_code == 302
    assert response["Location"] == "/patients/"
    flag.refresh_from_db()
    assert (flag.state, flag.acknowledged_by, flag.acknowledged_at) == ("acknowledged", alice, NOON)
    assert "seen by Alice Archer on 19 Nov" in client.get("/inbox/").content.decode()


def test_the_first_who_acknowledged_stays(client, alice, bob, flag):
    for person in (alice, bob):
        client.force_login(person)
        client.post(f"/flags/{flag.pk}/acknowledge/")
    flag.refresh_from_db()
    assert flag.acknowledged_by == alice


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_going_back_never_leaves_the_site(client, alice, flag, target):
    client.force_login(alice)
    response = client.post(f"/flags/{flag.pk}/acknowledge/", {"next": target})
    assert response["Location"] == f"/inbox/?flag={flag.pk}"


def test_looking_at_a_flag_is_not_acknowledging_it(client, alice, flag):
    client.force_login(alice)
    assert client.get(f"/flags/{flag.pk}/acknowledge/").status_code == 405
    client.get(f"/inbox/?flag={flag.pk}")
    client.get(f"/flags/{flag.pk}/resolve/")
    flag.refresh_from_db()
    assert flag.state == "open"


def test_resolving_keeps_what_was_done(client, alice, flag):
    client.force_login(alice)
    page = client.get(f"/flags/{flag.pk}/resolve/").content.decode()
    assert "Accepted as the new usual" in page
    given = {"action_taken": "talked", "note": "Slept badly", "useful": "no", "next": "/inbox/?tab=clinic"}
    response = client.post(f"/flags/{flag.pk}/resolve/", given, follow=True)
    assert response.redirect_chain == [("/inbox/?tab=clinic", 302)]
    assert "Flag of Anna Anders resolved." in response.content.decode()
    flag.refresh_from_db()
    assert (flag.state, flag.action_taken, flag.note, flag.useful) == ("resolved", "talked", "Slept badly", False)
    assert (flag.resolved_by, flag.acknowledged_by) == (alice, alice)
    assert Decision.objects.get(flag=flag).kind == "resolved"


def test_not_saying_whether_it_was_useful_is_no_answer(client, alice, flag):
    client.force_login(alice)
    client.post(f"/flags/{flag.pk}/resolve/", {"action_taken": "watching"})
    flag.refresh_from_db()
    assert (flag.state, flag.useful) == ("resolved", None)


def test_a_form_with_a_gap_keeps_what_was_entered(client, alice, flag):
    client.force_login(alice)
    response = client.post(f"/flags/{flag.pk}/resolve/", {"note": "Slept badly", "useful": "yes"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Say what you did." in html
    assert "Slept badly" in html
    assert 'value="yes" id="id_useful_0" checked' in html
    flag.refresh_from_db()
    assert flag.state == "open"


def test_accepted_as_the_new_usual(client, alice, anna, flag):
    client.force_login(alice)
    response = client.post(f"/flags/{flag.pk}/resolve/", {"action_taken": "new usual"}, follow=True)
    assert "The new usual level counts from the next log on." in response.content.decode()
    decision = Decision.objects.get(flag=flag)
    assert (decision.kind, decision.since_on, decision.until_on) == ("accepted", TODAY - timedelta(days=6), TODAY)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    state = PainWatch.objects.get(pk=anna.pk).state[f"R3:{flag.site_id}"]
    assert state["usual"] == pytest.approx(7.0)
    assert "Pain is around its usual level" in client.get(f"/patients/{anna.pk}/").content.decode()


def test_only_a_sustained_increase_can_become_the_usual(client, alice, anna):
    silence = Flag.objects.create(
        patient=anna, rule="R5", rule_version=1, severity="watch", since_on=TODAY, first_alert_on=TODAY,
        last_alert_on=TODAY, raised_at=NOON,
    )  # fmt: skip
    client.force_login(alice)
    assert "Accepted as the new usual" not in client.get(f"/flags/{silence.pk}/resolve/").content.decode()
    assert client.post(f"/flags/{silence.pk}/resolve/", {"action_taken": "new usual"}).status_code == 200
    silence.refresh_from_db()
    assert silence.state == "open"


def test_resolving_twice_says_what_happened_and_keeps_the_note(client, alice, bob, flag):
    flags.resolve(flag=flag, action_taken="talked", note="First", useful=None, by=bob, at=NOON)
    client.force_login(alice)
    response = client.post(f"/flags/{flag.pk}/resolve/", {"action_taken": "changed", "note": "Second"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "not open any more" in html
    assert "Second" in html
    flag.refresh_from_db()
    assert (flag.note, flag.resolved_by) == ("First", bob)
    # Coming to the form of a flag that is over leads to what was done.
    assert client.get(f"/flags/{flag.pk}/resolve/")["Location"] == f"/inbox/?tab=resolved&flag={flag.pk}"


@pytest.mark.parametrize("what", ["acknowledge", "resolve"])
def test_strangers_find_nothing_and_change_nothing(client, charlie, cora, ben, anna, flag, what):
    for stranger in (charlie, cora, ben.user, anna.user):
        client.force_login(stranger)
        assert client.post(f"/flags/{flag.pk}/{what}/", {"action_taken": "talked"}).status_code == 404
        assert client.get(f"/flags/{flag.pk}/{what}/").status_code in (404, 405)
    flag.refresh_from_db()
    assert flag.state == "open"


def made(**evidence):
    """A flag that is only read."""
    known = {"mean": 6.44, "usual": 4.25, "logged_days": 8, "since_on": "2026-11-09", "over": False, **evidence}
    return Flag(
        rule="R3", evidence=known, since_on=TODAY, first_alert_on=TODAY, last_alert_on=TODAY, state="open",
        severity="watch",
    )  # fmt: skip


def test_the_numbers_of_the_sentence_agree_with_each_other():
    assert wording_flags.sentence(made()) == (
        "Since 9 Nov (8 logged days) pain has averaged 6.4, which is 2.1 points above the usual 4.3."
    )


def test_one_logged_day_is_said_as_one():
    assert "(1 logged day)" in wording_flags.sentence(made(logged_days=1))


def test_a_rise_that_is_over_is_told_as_over():
    flag = made(over=True, quiet_logged_days=4, last_log_on="2026-11-30")
    assert wording_flags.sentence(flag).startswith("From 9 Nov to 19 Nov (8 logged days) pain averaged 6.4")
    assert wording_flags.since_then(flag) == "No longer above usual: 4 quieter days were logged since 19 Nov."
    silent = made(over=True, quiet_logged_days=0, last_log_on="2026-11-19")
    assert wording_flags.since_then(silent) == "No logs since 19 Nov."
    assert wording_flags.since_then(made()) == ""


def test_another_place_is_named(anna):
    flag = made()
    flag.site = anna.sites.get(position=2)
    assert wording_flags.sentence(flag).startswith("Right knee: since 9 Nov")


def test_marks_escape_what_people_wrote(anna):
    site = anna.sites.get(position=2)
    site.name = "<b>Knee</b>"
    flag = made()
    flag.site = site
    said = wording_flags.marked_sentence(flag)
    assert "&lt;b&gt;Knee&lt;/b&gt;" in said
    assert '<b class="is-alert">6.4</b>' in said
    assert '<b class="is-alert">2.1 points</b>' in said
    assert "<b>4.3</b>" in said


@pytest.mark.parametrize(("value", "shown"), [(6.25, "6.3"), (4.25, "4.3"), (6.449, "6.4"), (0, "0.0"), (10, "10.0")])
def test_halves_are_rounded_up_everywhere(value, shown):
    assert wording_flags.points(value) == shown


def test_a_rule_without_its_own_words_still_has_a_name():
    flag = SimpleNamespace(rule="R5", evidence={}, since_on=TODAY, get_rule_display=lambda: "Silence", site=None)
    assert wording_flags.sentence(flag) == "Silence since 19 Nov."
    assert wording_flags.limit(flag) == ""
