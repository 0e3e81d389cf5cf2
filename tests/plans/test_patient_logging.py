"""The patient logs: the session form, the quick log, the morning after, corrections. Nothing is lost or invented."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from plans.actions import plans as plan_actions
from plans.models import ExerciseLog, PainScore, PainWatch, Plan, PlanVersion, Session, SessionConflict
from tests.cast import NOON, TODAY, make_active_plan
from tests.plans.test_patient_pages import do_session, page


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    return client


def hidden(text: str) -> dict[str, str]:
    """The hidden inputs of a page, as a browser sends them back."""
    found = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        found[name[1]] = value[1] if value else ""
    del found["csrfmiddlewaretoken"]
    return found


def open_form(client, name, *args, at=NOON) -> dict[str, str]:
    with time_machine.travel(at, tick=False):
        return hidden(client.get(reverse(name, args=args)).content.decode())


def send(client, name, data, *args, at=NOON):
    with time_machine.travel(at, tick=False):
        return client.post(reverse(name, args=args), data)


def session_data(client, patient, version, at=NOON, **changes) -> dict[str, str]:
    site = patient.sites.first().pk.hex
    data = open_form(client, "log_session", at=at)
    data |= {f"before_{site}": "4", f"after_{site}": "5", "what": "all", "effort": "3", "on": "today", "note": ""}
    return data | changes


def test_the_form_asks_with_nothing_chosen(phone, annas_plan):
    text = phone.get(reverse("log_session")).content.decode()
    radios = re.findall(r'<input type="radio"[^>]*>', text)
    assert len([tag for tag in radios if "before_" in tag]) == 11 * 2 + 1
    assert not [tag for tag in radios if "checked" in tag]
    assert "Something new happened" in text and reverse("safety") in text
    assert "usual" not in text.lower()


def test_the_form_asks_no_more_in_another_language(phone, anna, annas_plan, django_assert_num_queries):
    """What it reads of an exercise is enough to name and draw it, in either language."""
    phone.get(reverse("log_session"))
    with CaptureQueriesContext(connection) as english:
        phone.get(reverse("log_session"))
    User.objects.filter(pk=anna.user_id).update(language="es")
    with django_assert_num_queries(len(english)):
        assert "¿Cómo" in phone.get(reverse("log_session")).content.decode()


def test_a_session_is_stored_with_scores_and_logs(phone, anna, annas_plan):
    data = session_data(phone, anna, annas_plan, note="Slept badly")
    response = send(phone, "log_session", data, at=NOON + timedelta(minutes=3))
    session = Session.objects.get()
    assert response.url == reverse("session_done", args=[session.pk])
    assert str(session.pk) == data["entry"]
    assert (session.local_date, session.effort, session.note, session.source) == (TODAY, 3, "Slept badly", "quick")
    assert session.plan_version == annas_plan
    assert {s.moment: s.value for s in session.scores.all()} == {"before": Decimal(4), "after": Decimal(5)}
    assert set(session.logs.values_list("state", flat=True)) == {"done"}
    assert session.logs.count() == annas_plan.prescriptions.count()
    assert PainWatch.objects.get(pk=anna.pk).dirty_since is not None


def test_sending_twice_stores_once(phone, anna, annas_plan):
    data = session_data(phone, anna, annas_plan)
    first = send(phone, "log_session", data)
    again = send(phone, "log_session", data, at=NOON + timedelta(minutes=2))
    assert first.url == again.url
    assert Session.objects.count() == 1
    assert PainScore.objects.count() == 2
    assert SessionConflict.objects.count() == 0


def test_sending_twice_around_midnight_stores_once(phone, anna, annas_plan):
    late = datetime(2026, 11, 19, 23, 58, tzinfo=UTC)
    data = session_data(phone, anna, annas_plan, at=late)
    first = send(phone, "log_session", data, at=late)
    again = send(phone, "log_session", data, at=late + timedelta(minutes=5))
    assert again.url == first.url
    assert Session.objects.get().local_date == TODAY
    assert SessionConflict.objects.count() == 0


def test_other_content_is_kept_and_the_patient_is_told(phone, anna, annas_plan):
    data = session_data(phone, anna, annas_plan)
    send(phone, "log_session", data)
    send(phone, "log_session", data | {"effort": "8"})
    assert Session.objects.get().effort == 3
    assert SessionConflict.objects.get().content["effort"] == 8
    text = page(phone, "session_done", data["entry"])
    assert "The first ones count. The others are kept for Alice to look at" in text


def test_going_back_and_sending_again_asks_whether_it_is_another_session(phone, anna, annas_plan):
    send(phone, "log_session", session_data(phone, anna, annas_plan))
    fresh = session_data(phone, anna, annas_plan)
    assert "A session of today is in your diary already." in page(phone, "log_session")
    text = send(phone, "log_session", fresh).content.decode()
    assert "If this is another one, please say so." in text
    assert Session.objects.count() == 1
    send(phone, "log_session", fresh | {"again": "on"})
    assert Session.objects.count() == 2


def test_an_untouched_scale_is_refused_and_every_input_is_kept(phone, anna, annas_plan):
    main, other = [site.pk.hex for site in anna.sites.all()]
    prescription = annas_plan.prescriptions.first().pk.hex
    data = session_data(phone, anna, annas_plan) | {
        f"before_{main}": "", f"after_{main}": "0", f"after_{other}": "7", "what": "some",
        f"state_{prescription}": "skipped", f"reason_{prescription}": "tired", f"pain_{prescription}": "2",
        "note": "A note",
    }  # fmt: skip
    response = send(phone, "log_session", data)
    text = response.content.decode()
    assert response.status_code == 200
    assert "Choose a number, or “Not now”." in text
    assert Session.objects.count() == 0
    kept = {
        (re.search(r'name="([^"]*)"', tag)[1], re.search(r'value="([^"]*)"', tag)[1])
        for tag in re.findall(r'<input type="radio"[^>]*checked[^>]*>', text)
    }
    assert kept == {
        (f"after_{main}", "0"), (f"after_{other}", "7"), ("what", "some"), ("effort", "3"),
        (f"state_{prescription}", "skipped"), (f"pain_{prescription}", "2"),
    }  # fmt: skip
    assert '<option value="tired" selected>' in text
    assert "A note</textarea>" in text
    assert hidden(text)["entry"] == data["entry"]
    assert hidden(text)["opened"] == data["opened"]


def test_not_now_is_stored_as_asked_and_not_answered(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    data = session_data(phone, anna, annas_plan) | {f"before_{site}": "not-now", f"after_{site}": "not-now"}
    send(phone, "log_session", data)
    assert {s.moment: s.value for s in PainScore.objects.all()} == {"before": None, "after": None}


def test_skip_the_rest_puts_off_what_comes_after(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    data = session_data(phone, anna, annas_plan, effort="", what="", skip="rest")
    del data[f"after_{site}"]
    send(phone, "log_session", data)
    assert {s.moment: s.value for s in PainScore.objects.all()} == {"before": Decimal(4), "after": None}
    assert Session.objects.get().effort is None
    assert ExerciseLog.objects.count() == 0


def test_skip_the_rest_still_asks_for_the_pain_before(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    data = session_data(phone, anna, annas_plan, skip="rest")
    del data[f"before_{site}"]
    assert "Choose a number" in send(phone, "log_session", data).content.decode()
    assert Session.objects.count() == 0


def test_zero_is_a_number(phone, anna, annas_plan):
    site = anna.sites.first().pk.hex
    send(phone, "log_session", session_data(phone, anna, annas_plan, effort="0", **{f"before_{site}": "0"}))
    assert PainScore.objects.get(moment="before").value == Decimal(0)
    assert Session.objects.get().effort == 0


@pytest.mark.parametrize("wrong", ["11", "-1", "4.5", "four", "NaN"])
def test_a_number_off_the_scale_is_refused(phone, anna, annas_plan, wrong):
    site = anna.sites.first().pk.hex
    response = send(phone, "log_session", session_data(phone, anna, annas_plan, **{f"before_{site}": wrong}))
    assert "Choose a whole number from 0 to 10" in response.content.decode()
    assert Session.objects.count() == 0


def test_the_other_site_is_stored_only_when_touched(phone, anna, annas_plan):
    other = anna.sites.all()[1]
    send(phone, "log_session", session_data(phone, anna, annas_plan, **{f"before_{other.pk.hex}": "2"}))
    assert list(PainScore.objects.filter(site=other).values_list("moment", "value")) == [("before", Decimal(2))]


def test_exercises_one_by_one(phone, anna, annas_plan):
    first, second = annas_plan.prescriptions.all()
    data = session_data(phone, anna, annas_plan, what="some") | {
        f"state_{first.pk.hex}": "partly", f"pain_{first.pk.hex}": "6",
        f"state_{second.pk.hex}": "skipped", f"reason_{second.pk.hex}": "pain",
    }  # fmt: skip
    send(phone, "log_session", data)
    rows = {log.prescription_id: (log.state, log.skip_reason, log.pain) for log in ExerciseLog.objects.all()}
    assert rows == {first.pk: ("partly", "", 6), second.pk: ("skipped", "pain", None)}


def test_skipped_asks_for_the_reason(phone, anna, annas_plan):
    key = annas_plan.prescriptions.first().pk.hex
    data = session_data(phone, anna, annas_plan, what="some", **{f"state_{key}": "skipped"})
    assert "Choose what was in the way." in send(phone, "log_session", data).content.decode()
    assert Session.objects.count() == 0


def test_all_of_it_and_skipped_contradict_each_other(phone, anna, annas_plan):
    key = annas_plan.prescriptions.first().pk.hex
    data = session_data(phone, anna, annas_plan, **{f"state_{key}": "skipped", f"reason_{key}": "ill"})
    assert "Which one is right?" in send(phone, "log_session", data).content.decode()
    assert Session.objects.count() == 0


def test_up_to_14_days_back(phone, anna, annas_plan):
    day = TODAY - timedelta(days=14)
    send(phone, "log_session", session_data(phone, anna, annas_plan, on=day.isoformat()))
    session = Session.objects.get()
    assert (session.local_date, session.source) == (day, "backdated")
    assert session.started_at.date() == day


@pytest.mark.parametrize(
    ("days", "words"),
    [(-15, "That is more than 14 days ago"), (1, "That day is still to come"), (None, "Choose today or one of")],
)
def test_other_days_are_refused(phone, anna, annas_plan, days, words):
    on = "2026-13-40" if days is None else (TODAY + timedelta(days=days)).isoformat()
    response = send(phone, "log_session", session_data(phone, anna, annas_plan, on=on))
    assert words in response.content.decode()
    assert Session.objects.count() == 0


def test_the_local_date_is_that_of_the_browsers_zone(phone, anna, annas_plan):
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    data = session_data(phone, anna, annas_plan, at=late, time_zone="Australia/Sydney")
    send(phone, "log_session", data, at=late)
    session = Session.objects.get()
    assert (session.time_zone, session.local_date) == ("Australia/Sydney", TODAY + timedelta(days=1))
    assert {s.local_date for s in session.scores.all()} == {TODAY + timedelta(days=1)}


def test_only_a_zone_that_is_not_the_clinics_is_noted_in_the_sign_in(phone, anna, annas_plan):
    """A note costs each log of a day a second transaction."""
    send(phone, "log_session", session_data(phone, anna, annas_plan, time_zone=anna.time_zone))
    assert "time_zone" not in phone.session
    for zone in ("Australia/Sydney", anna.time_zone):
        data = session_data(phone, anna, annas_plan, time_zone=zone, again="on")
        send(phone, "log_session", data)
        assert phone.session["time_zone"] == zone, "there, and home again"


def test_the_hour_that_the_clocks_repeat_stays_on_its_day(phone, anna, annas_plan):
    """25 October 2026, 01:30 comes twice in London; both are that day, and 23:30 UTC before is the next day."""
    at = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    send(phone, "log_session", session_data(phone, anna, annas_plan, at=at, time_zone="Europe/London"), at=at)
    assert Session.objects.get().local_date.isoformat() == "2026-10-25"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "x" * 500])
def test_an_unknown_zone_falls_back_to_the_patients(phone, anna, annas_plan, zone):
    send(phone, "log_session", session_data(phone, anna, annas_plan, time_zone=zone))
    assert Session.objects.get().time_zone == anna.time_zone


def test_after_midnight_the_day_is_asked_for(phone, anna, annas_plan):
    late = datetime(2026, 11, 19, 23, 50, tzinfo=UTC)
    data = session_data(phone, anna, annas_plan, at=late)
    response = send(phone, "log_session", data, at=late + timedelta(minutes=20))
    assert "A new day has begun since you opened this page." in response.content.decode()
    assert Session.objects.count() == 0
    send(phone, "log_session", data | {"on": "2026-11-20"}, at=late + timedelta(minutes=20))
    assert Session.objects.get().local_date == TODAY + timedelta(days=1)


def test_a_day_under_the_former_plan_version_asks_about_its_exercises(phone, anna, alice, annas_plan):
    at = NOON - timedelta(days=5)
    draft = plan_actions.revise(plan=annas_plan.plan, by=alice, at=at)
    plan_actions.activate(version=draft, lock=draft.lock, why="Next", by=alice, at=at)
    data = session_data(phone, anna, annas_plan, on=(TODAY - timedelta(days=9)).isoformat())
    text = send(phone, "log_session", data).content.decode()
    assert "your plan was another one" in text
    assert Session.objects.count() == 0
    send(phone, "log_session", data | hidden(text))
    session = Session.objects.get()
    assert session.plan_version == annas_plan
    assert {log.prescription.version_id for log in session.logs.all()} == {annas_plan.pk}


def test_a_form_opened_before_the_plan_changed_is_about_the_plan_it_showed(phone, anna, alice, annas_plan):
    data = session_data(phone, anna, annas_plan)
    draft = plan_actions.revise(plan=annas_plan.plan, by=alice, at=NOON)
    plan_actions.activate(version=draft, lock=draft.lock, why="Next", by=alice, at=NOON)
    send(phone, "log_session", data, at=NOON + timedelta(minutes=30))
    assert Session.objects.get().plan_version == annas_plan


def test_a_day_before_the_plan_began_is_refused(phone, anna, alice):
    version = make_active_plan(anna, alice, at=NOON - timedelta(days=3))
    data = session_data(phone, anna, version, on=(TODAY - timedelta(days=8)).isoformat())
    assert "Your plan starts later than that day." in send(phone, "log_session", data).content.decode()
    assert Session.objects.count() == 0


def test_the_plan_of_somebody_else_cannot_be_named(phone, anna, annas_plan, ben, bob):
    bens = make_active_plan(ben, bob)
    send(phone, "log_session", session_data(phone, anna, annas_plan) | {"version": str(bens.pk)})
    assert Session.objects.get().plan_version == annas_plan


def test_an_id_that_is_taken_is_told_and_replaced(phone, anna, annas_plan, ben, bob):
    taken = do_session(ben, make_active_plan(ben, bob))
    response = send(phone, "log_session", session_data(phone, anna, annas_plan, entry=str(taken.pk)))
    text = response.content.decode()
    assert "Please start again" in text
    assert hidden(text)["entry"] != str(taken.pk)
    assert Session.objects.of(anna).count() == 0


def test_without_an_active_plan_there_is_no_session_to_log(phone, anna, annas_plan):
    Plan.objects.update(status=Plan.Status.PAUSED)
    assert "Your plan is paused" in phone.get(reverse("log_session")).content.decode()
    assert PlanVersion.objects.count() == 1


def test_the_closing_page_says_what_comes_next(phone, anna, annas_plan):
    session = do_session(anna, annas_plan)
    with time_machine.travel(NOON, tick=False):
        text = phone.get(reverse("session_done", args=[session.pk])).content.decode()
    assert "Tomorrow morning we ask how it settled." in text
    assert "Your next session is on Monday 23 November." in text
    assert "!" not in re.sub(r"<[^>]*>", "", text)


def test_pages_about_the_sessions_and_numbers_of_others_are_not_there(phone, anna, ben, bob):
    session = do_session(ben, make_active_plan(ben, bob))
    score = session.scores.first()
    for name, key in [
        ("session_done", session.pk), ("next_morning", session.pk), ("correct_score", score.pk),
        ("session_done", uuid4()), ("correct_score", uuid4()),
    ]:  # fmt: skip
        assert phone.get(reverse(name, args=[key])).status_code == 404
        if name != "session_done":
            assert phone.post(reverse(name, args=[key]), {"pain": "3"}).status_code == 404
    assert PainScore.objects.count() == 2
