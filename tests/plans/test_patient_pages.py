"""The patient's pages to read: Today, plan, exercise, help, progress."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Patient, new_id
from plans.actions import plans as plan_actions
from plans.actions import sessions
from plans.actions.sessions import ScoreInput, SessionInput
from plans.models import Plan, PlanVersion
from tests.cast import NOON, TODAY, log_days, make_active_plan, make_patient

THURSDAY_MORNING = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    return client


def do_session(patient, version, at=NOON, **changes):
    site = patient.sites.first()
    values = {
        "id": new_id(), "started_at": at, "finished_at": at, "time_zone": patient.time_zone, "source": "quick",
        "scores": [ScoreInput("before", site.pk, Decimal(4)), ScoreInput("after", site.pk, Decimal(5))],
    }  # fmt: skip
    given = SessionInput(**(values | changes))
    return sessions.record_session(patient=patient, plan_version=version, given=given, by=patient.user, at=at).session


def page(client, name, *args, at=NOON, **query) -> str:
    with time_machine.travel(at, tick=False):
        response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "evening"), (4, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_today_greets_by_the_patients_own_clock(phone, anna, hour, words):
    anna.time_zone = "America/New_York"
    anna.save()
    text = page(phone, "today", at=datetime(2026, 11, 19, hour, 30, tzinfo=UTC) + timedelta(hours=5))
    assert f"Good {words}, Anna" in text
    assert "Thursday 19 November" in text


def test_today_shows_the_session_of_a_session_day(phone, annas_plan):
    text = page(phone, "today", at=THURSDAY_MORNING)
    assert "2 gentle exercises, about" in text
    assert reverse("log_session") in text
    assert "0 of 3 sessions done. Today is your first." in text


def test_today_says_kindly_that_it_is_a_rest_day(phone, annas_plan):
    text = page(phone, "today", at=THURSDAY_MORNING + timedelta(days=1))
    assert "Today is a rest day" in text
    assert "0 of 3 sessions done. Nothing more is planned this week. Weeks like this happen." in text
    assert reverse("log_session") in text


def test_today_names_the_next_day_of_the_week(phone, annas_plan):
    text = page(phone, "today", at=THURSDAY_MORNING - timedelta(days=2))
    assert "The next one is on Wednesday." in text


def test_today_after_the_session(phone, anna, annas_plan):
    do_session(anna, annas_plan)
    text = page(phone, "today", at=NOON + timedelta(hours=1))
    assert "Today’s session is in your diary" in text
    assert "Tomorrow morning we ask how it settled" in text
    assert "1 of 3 sessions done." in text
    assert "Start my session" not in text


def test_today_without_a_plan(phone):
    text = page(phone, "today")
    assert "Your plan is being made" in text
    assert reverse("log_session") not in text


def test_today_with_a_paused_plan(phone, annas_plan):
    Plan.objects.update(status=Plan.Status.PAUSED)
    text = page(phone, "today")
    assert "Your plan is paused" in text
    assert reverse("log_session") not in text
    assert "sessions done" not in text


def test_today_asks_how_yesterday_settled_until_it_is_answered(phone, anna, annas_plan):
    session = do_session(anna, annas_plan, at=NOON - timedelta(days=1))
    question = reverse("next_morning", args=[session.pk])
    assert question in page(phone, "today", at=THURSDAY_MORNING)
    sessions.record_next_morning(
        session=session, site=anna.sites.first(), value=None, time_zone="Europe/London", by=anna.user,
        at=THURSDAY_MORNING,
    )  # fmt: skip
    assert question not in page(phone, "today", at=THURSDAY_MORNING)


def test_today_does_not_ask_about_the_day_before_yesterday(phone, anna, annas_plan):
    do_session(anna, annas_plan, at=NOON - timedelta(days=2))
    assert "How did yesterday settle?" not in page(phone, "today")


def test_today_explains_itself_on_the_first_day_and_no_longer(phone, anna, annas_plan):
    joined = NOON - timedelta(hours=6)
    Patient.objects.filter(pk=anna.pk).update(consented_at=joined)
    html = page(phone, "today")
    assert "Your first day: how it works" in html
    assert "Alice sees what you write and changes the plan with you." in html
    Patient.objects.filter(pk=anna.pk).update(consented_at=joined - timedelta(days=1))
    assert "Your first day" not in page(phone, "today")
    Patient.objects.filter(pk=anna.pk).update(consented_at=None)
    assert "Your first day" not in page(phone, "today")


def test_the_first_day_may_come_before_the_plan(phone, anna):
    Patient.objects.filter(pk=anna.pk).update(consented_at=NOON)
    html = page(phone, "today")
    assert "When your plan is ready, you have a short session on some days." in html
    assert "Your clinic sees what you write" in html


def test_today_needs_few_queries(phone, anna, annas_plan, django_assert_max_num_queries):
    do_session(anna, annas_plan, at=NOON - timedelta(days=1))
    page(phone, "today")
    with django_assert_max_num_queries(8):
        page(phone, "today")


def test_a_weekly_number_of_sessions_offers_any_day(phone, anna, alice):
    version = make_active_plan(anna, alice)
    draft = plan_actions.revise(plan=version.plan, by=alice, at=NOON - timedelta(days=50))
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    for prescription in draft.prescriptions.all():
        plan_actions.change_dose(
            prescription=prescription, changes={"weekdays": None, "times_a_week": 2}, lock=lock, by=alice, at=NOON
        )
        lock += 1
    version = plan_actions.activate(version=draft, lock=lock, why="Freer", by=alice, at=NOON - timedelta(days=50))
    friday = NOON + timedelta(days=1)
    assert "Today’s session" in page(phone, "today", at=friday)
    assert "2 times a week, on days that suit you" in page(phone, "plan", at=friday)
    do_session(anna, version, at=NOON - timedelta(days=2))
    do_session(anna, version, at=NOON - timedelta(days=1))
    assert "Today is a rest day" in page(phone, "today", at=friday)


def test_the_plan_in_words(phone, annas_plan, anna, alice):
    anna.profile.goal = "Stairs at my daughter’s by Christmas"
    anna.profile.save()
    text = page(phone, "plan")
    assert "Stairs at my daughter’s by Christmas" in text
    assert "Made with Alice on 11 August." in text
    assert "Monday: session" in text and "Tuesday: rest" in text
    for prescription in annas_plan.prescriptions.select_related("exercise_version"):
        assert prescription.exercise_version.name in text
        assert reverse("plan_exercise", args=[prescription.pk]) in text


def test_no_plan_yet_says_so(phone):
    assert "Your plan is being made" in page(phone, "plan")


def test_an_exercise_page_has_steps_and_guidance(phone, annas_plan):
    prescription = annas_plan.prescriptions.select_related("exercise_version").first()
    text = page(phone, "plan_exercise", prescription.pk)
    exercise = prescription.exercise_version
    from django.utils.html import escape

    for words in [*exercise.steps, *exercise.cues, *exercise.stop_if, exercise.should_feel]:
        assert escape(words) in text
    assert "Monday, Wednesday and Thursday" in text


def test_exercises_of_others_of_drafts_and_of_former_versions_are_not_there(phone, annas_plan, anna, alice, ben, bob):
    bens = make_active_plan(ben, bob)
    draft = plan_actions.revise(plan=annas_plan.plan, by=alice, at=NOON)
    for version in (bens, draft):
        address = reverse("plan_exercise", args=[version.prescriptions.first().pk])
        assert phone.get(address).status_code == 404


def test_help_has_the_clinics_words_and_number(phone, harbour):
    text = page(phone, "help")
    assert "Call 999." in text
    assert 'href="tel:01632960100"' in text
    assert harbour.answer_promise in text
    assert "Nobody watches this live" in text


def test_progress_while_learning(phone, anna):
    assert "Nothing logged yet" in page(phone, "progress")
    log_days(anna, [4, 5, None, 4])
    assert "Learning your usual level (3 of 7)" in page(phone, "progress")


def test_progress_about_usual(phone, anna):
    log_days(anna, [4, 5] * 20)
    text = page(phone, "progress")
    assert "Your pain has been about your usual" in text
    assert "<svg" in text and "Show as a table" in text


def test_progress_above_usual_since_the_true_start(phone, anna):
    log_days(anna, [3, 4] * 20 + [8] * 7)
    text = page(phone, "progress")
    assert "Your pain has been above your usual since 13 November" in text
    assert "more pain does not usually mean harm. Alice can see it." in text


def test_progress_does_not_call_silence_usual(phone, anna):
    log_days(anna, [4, 5] * 20, last=TODAY - timedelta(days=20))
    text = page(phone, "progress")
    assert "Your last number was on 30 October" in text


def test_progress_of_another_site_and_of_a_strangers_site(phone, anna, ben):
    log_days(anna, [1, 2] * 10, site=1)
    other = anna.sites.all()[1]
    assert "Your pain has been about your usual" in page(phone, "progress", site=other.pk)
    assert "Nothing logged yet" in page(phone, "progress")
    for wrong in (ben.sites.first().pk, "nonsense"):
        assert phone.get(reverse("progress"), {"site": str(wrong)}).status_code == 404


def test_progress_counts_sessions_without_blame(phone, anna, annas_plan):
    for back in (0, 1, 3):
        do_session(anna, annas_plan, at=NOON - timedelta(days=back))
    text = page(phone, "progress")
    assert "You did 3 of 12 sessions in the last 4 weeks. Weeks like this happen." in text
    for word in ("only", "failed", "should", "missed"):
        assert f" {word} " not in text.lower()


def test_a_plan_that_began_this_week_is_not_behind(phone, anna, alice):
    make_active_plan(anna, alice, at=NOON - timedelta(hours=2))
    text = page(phone, "progress")
    assert "No session was planned yet." in text


@pytest.mark.parametrize("name", ["today", "progress", "plan", "help", "log_session", "log_pain"])
def test_staff_and_strangers_find_nothing(client, alice, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(alice)
    assert client.get(reverse(name)).status_code == 404


def test_a_discharged_patient_has_no_pages(phone, anna, alice):
    from plans.actions import patients

    patients.discharge(patient=anna, note="Well", by=alice, at=NOON)
    assert phone.get(reverse("today")).status_code == 404


def test_the_other_clinics_patient_has_their_own_day(client, hill, charlie):
    zoe = make_patient("Zoe Zimmer", hill, charlie)
    client.force_login(zoe.user)
    text = page(client, "today", at=datetime(2026, 11, 19, 12, tzinfo=UTC))
    assert "Zoe" in text
    assert date(2026, 11, 19).strftime("%A %-d %B") in text
