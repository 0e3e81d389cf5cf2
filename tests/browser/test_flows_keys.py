"""Joining, the short log, a question and its answer, a decision, a new version of an exercise: by the keys alone."""

import re
from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Patient, User
from exercises.actions import lifecycle
from exercises.models import ExerciseVersion
from plans.models import Message, PainScore, Plan, ReminderSettings, Session
from tests.browser import furniture, people
from tests.browser.conftest import NARROW, WIDE, SignIn, Visitor
from tests.browser.keys import focused, tab_to
from tests.browser.looking import settled
from tests.browser.stack import Stack
from tests.browser.test_inbox_keys import go_down_to
from tests.cast import make_active_plan

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
NEW_WORDS = "four quiet grey boats"


def arrows_to(page: Page, words: str, key: str = "ArrowDown") -> None:
    """From one of some radio buttons to another one of them."""
    for _each in range(12):
        if focused(page)["name"].startswith(words):
            return
        page.keyboard.press(key)
    raise AssertionError(f"no {words} among the choices")


def answer(page: Page, number: int) -> None:
    """The next scale on the page: nothing is chosen before, the arrows choose."""
    tab_to(page, "0", type="radio")
    page.keyboard.press("Space")
    for _step in range(number):
        page.keyboard.press("ArrowRight")
    assert focused(page)["value"] == str(number)


def test_joining(in_stack: Stack, visit: SignIn):
    isolde, path = people.invited("Isolde Farrant", birth_on=date(1955, 8, 2), sites=("Neck",))
    visitor = visit(width=NARROW)
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go(path)
    tab_to(page, "Skip to the main part", press=True)
    tab_to(page, "Choose a password")
    keys.type(NEW_WORDS)
    keys.press("Enter")  # too early: the consent is missing
    expect(page.get_by_role("alert").filter(has_text="Tick this if you agree")).to_be_focused()
    assert [said for said in visitor.complaints if "422" not in said] == []
    visitor.complaints.clear()
    tab_to(page, "I have read this and I agree.", tag="a", press=True)
    assert focused(page)["type"] == "checkbox", "the error leads to what it is about"
    keys.press("Space")
    tab_to(page, "No, thank you", back=True)
    arrows_to(page, "Yes, in the morning")
    tab_to(page, "Choose a password", back=True)
    keys.type(NEW_WORDS)
    tab_to(page, "Join", tag="button", press=True)
    page.wait_for_url("**/today/")
    visitor.at_ease()
    isolde.refresh_from_db()
    assert isolde.user is not None
    assert isolde.user.check_password(NEW_WORDS)
    assert ReminderSettings.objects.get(patient=isolde).is_on


def test_a_session_by_the_short_way(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Jocasta Merriman")
    jocasta = Patient.objects.get(full_name="Jocasta Merriman")
    make_active_plan(jocasta, people.clinician(), weekdays=EVERY_DAY, at=timezone.now() - timedelta(days=2))
    visitor = sign_in(email, width=NARROW)
    page = visitor.page
    visitor.go("/today/")
    tab_to(page, "I did it", press=True)
    page.wait_for_url("**/session/quick/")
    answer(page, 4)
    tab_to(page, "Highest pain, during or after", press=True)
    answer(page, 6)
    tab_to(page, "Save", press=True)
    page.wait_for_url("**/done/")
    session = Session.objects.get(patient=jocasta)
    assert (session.state, session.source) == ("done", "quick")
    scores = PainScore.objects.of(jocasta).answered().values_list("moment", "value")
    assert set(scores) == {("daily", 4), ("after", 6)}


def test_a_question_and_its_answer(in_stack: Stack, sign_in: SignIn):
    name, asked, told = "Leopold Ashdown", "May I swim on Friday?", "Yes, as long as it feels easy."
    patient, clinician = sign_in(people.new_patient(name, plan=True), width=NARROW), sign_in("clinician", width=WIDE)
    page, keys = patient.page, patient.page.keyboard
    patient.go("/help/")
    tab_to(page, "Question about my plan", press=True)
    page.wait_for_url("**/messages/")
    tab_to(page, "Your message")
    keys.type(asked)
    tab_to(page, "Send", press=True)
    expect(page.get_by_role("status").filter(has_text="Your message is sent.")).to_be_visible()

    desk, hands = clinician.page, clinician.page.keyboard
    clinician.go("/inbox/")
    go_down_to(desk, name)
    hands.press("Enter")
    expect(desk.locator("[data-panel]").get_by_role("link", name="Read and answer")).to_be_visible()
    settled(desk)
    tab_to(desk, "Read and answer", press=True)
    reads_and_answers(clinician, asked, told)
    question = Message.objects.get(patient__full_name=name, from_patient=True)
    reply = Message.objects.get(patient__full_name=name, from_patient=False)
    assert (question.text, question.read_by) == (asked, people.clinician())
    assert (reply.text, reply.author) == (told, people.clinician())

    patient.go("/today/")
    tab_to(page, "Help", press=True)
    page.wait_for_url("**/help/")
    tab_to(page, "Question about my plan", press=True)
    page.wait_for_url("**/messages/")
    expect(page.get_by_role("listitem").filter(has_text=told)).to_be_visible()
    expect(page.get_by_role("button", name="I have read it")).to_be_hidden()  # the page says so by itself
    reply.refresh_from_db()
    assert reply.read_at is not None
    patient.at_ease()


def reads_and_answers(clinician: Visitor, asked: str, told: str) -> None:
    page, keys = clinician.page, clinician.page.keyboard
    page.wait_for_url("**/messages/**")
    expect(page.get_by_role("listitem").filter(has_text=asked)).to_be_visible()
    tab_to(page, "Your answer")
    keys.type(told)
    tab_to(page, "Send answer", press=True)
    expect(page.get_by_role("status").filter(has_text="Sent to")).to_be_visible()


def test_a_decision_at_the_reevaluation(in_stack: Stack, sign_in: SignIn):
    name, note = "Marguerite Ollerton", "Slowly on. We look again in two weeks."
    people.new_patient(name, plan=True)
    patient = Patient.objects.get(full_name=name)
    people.log_until(patient, people.QUIET_WEEK, days_ago=1)
    clinician = sign_in("clinician", width=WIDE)
    page, keys = clinician.page, clinician.page.keyboard
    clinician.go(f"/patients/{patient.pk}/")
    tab_to(page, "More", tag="summary", press=True)
    tab_to(page, "Start re-evaluation", press=True)
    page.wait_for_url("**/reevaluations/**")
    tab_to(page, "Chart of daily pain")
    keys.press("End")
    expect(page.locator(".pp-readout").first).not_to_have_text("Left and right arrows go from day to day.")
    tab_to(page, "Continue", type="radio")
    arrows_to(page, "Ease")
    tab_to(page, "Note")
    keys.type(note)
    tab_to(page, "Words for Marguerite")
    keys.type("We make it easier for two weeks.")
    tab_to(page, "Complete re-evaluation", press=True)
    expect(page.get_by_role("status").filter(has_text="Re-evaluation done.")).to_be_visible()
    plan = Plan.objects.get(patient=patient)
    done = plan.reevaluations.get(state="done")
    assert (done.decision, done.note, done.done_by) == ("regress", note, people.clinician())
    assert plan.reevaluations.get(state="open") == done.next


def test_a_new_version_by_one_and_published_by_another(in_stack: Stack, sign_in: SignIn):
    name = "Scarf pull behind the back"
    maren, ravi = (User.objects.get(email=f"{who}@demo.example") for who in ("curator", "curator2"))
    at = timezone.now()
    version = furniture.write(name, maren, at)
    furniture.send_to_review(version, maren, at)
    first = lifecycle.publish(version=furniture.fresh(version), by=ravi, at=at)
    writer = sign_in("curator", width=WIDE)
    page, keys = writer.page, writer.page.keyboard
    writer.go(f"/library/{first.exercise_id}/")
    tab_to(page, "New version", press=True)
    page.wait_for_url("**/drafts/**")
    tab_to(page, "Step 1")
    keys.press("End")
    keys.press("Enter")
    assert focused(page)["name"] == "Step 2"
    keys.type("Take the scarf in both hands.")
    tab_to(page, "What changed and why")
    keys.type("Where the hands go was missing.")
    expect(page.locator("#saved")).to_contain_text("Saved")
    tab_to(page, "Send to review", press=True)
    expect(page.locator("#main")).to_contain_text("Take it back to change it")

    reader = sign_in("curator2", width=WIDE)
    page = reader.page
    reader.go("/library/review/?list=waiting")
    tab_to(page, name, press=True)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    for judged in ("Steps are safe", "Pictures match", "Cautions agree"):
        tab_to(page, judged, key="Space")
    tab_to(page, "Publish version 2", press=True)
    expect(page.get_by_text(re.compile(f"^{name}, version 2, is published"))).to_be_visible()
    second = ExerciseVersion.objects.get(exercise=first.exercise, number=2)
    assert (second.state, second.author, second.publisher) == ("published", maren, ravi)
    assert second.steps[:2] == ["Lie on your back.", "Take the scarf in both hands."]
    reader.at_ease()
