"""A session in the player on a phone: counted along with a fake clock, interrupted, continued, finished."""

from playwright.sync_api import expect

from accounts.models import Patient
from plans.models import Report, Session
from tests.browser import patient_steps as phone
from tests.browser import people
from tests.browser.conftest import NARROW, SignIn
from tests.browser.stack import Stack


def test_a_session_interrupted_and_continued(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Sable Thornhill", plan=True)
    patient = sign_in(email, width=NARROW)
    page = patient.page
    patient.go("/session/play/")
    patient.at_ease()
    page.get_by_role("button", name="None of these").click()
    phone.choose(page, "How much pain do you have right now?", 4)
    patient.at_ease()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/exercise/**")
    patient.at_ease()

    # Leave in the middle, as with an incoming call; the browser forgets everything but the sign-in.
    session = Session.objects.get(patient__full_name="Sable Thornhill")
    assert session.state == "in progress"
    patient.go("/today/")
    patient.at_ease()
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/exercise/**")
    assert page.evaluate("() => Object.keys(localStorage).filter((key) => !/sound|vibrate|theme/.test(key))") == []

    counter = page.get_by_role("region", name="Counting along")
    expect(counter).to_be_visible()
    page.locator("summary", has_text="This hurts").click()
    phone.choose(page, "Pain on this exercise", 3)
    patient.at_ease()
    page.get_by_role("button", name="Done all the same").click()
    expect(page.get_by_role("img", name="Exercise 2 of 2")).to_be_visible()
    page.locator("summary", has_text="Not all of it").click()
    patient.at_ease()
    page.get_by_role("button", name="Afraid it harms").click()
    page.wait_for_url("**/after/")
    phone.choose(page, "Highest pain in your lower back", 5)
    patient.at_ease()
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/done/")
    patient.at_ease()
    session.refresh_from_db()
    assert session.state == "done"
    assert sorted(session.scores.values_list("moment", "value")) == [("after", 5), ("before", 4)]
    assert set(session.logs.values_list("state", "pain", "skip_reason")) == {
        ("done", 3, ""), ("skipped", None, "afraid"),
    }  # fmt: skip


def test_the_counter_counts_and_pauses(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Corin Vale", plan=True, exercises=("bridge",))
    patient = sign_in(email, width=NARROW)
    page = patient.page
    page.clock.install()
    patient.go("/session/play/")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url("**/exercise/**")
    counter = page.get_by_role("region", name="Counting along")
    dose = Patient.objects.get(full_name="Corin Vale").plans.get().active_version.prescriptions.get()
    counter.get_by_role("button", name="Start").click()
    expect(counter).to_contain_text("get ready")
    page.clock.run_for(3500)
    expect(counter.get_by_role("button", name="Pause")).to_be_visible()
    counter.get_by_role("button", name="Pause").click()
    shown = counter.locator("[data-number]").inner_text()
    page.clock.run_for(60_000)
    assert counter.locator("[data-number]").inner_text() == shown
    counter.get_by_role("button", name="Carry on").click()
    page.clock.run_for((dose.hold_seconds + 1) * 1000)
    expect(counter).to_contain_text("get ready")
    patient.at_ease()
    for _ in range(2 * dose.sets * (dose.repetitions or 1)):
        page.clock.run_for((dose.hold_seconds + 4) * 1000)
    expect(counter).to_contain_text("Done. Take your time.")
    page.get_by_role("button", name="Done", exact=True).click()
    page.wait_for_url("**/after/")
    session = Session.objects.get(patient__full_name="Corin Vale")
    assert session.steps.get(step=str(dose.pk)).content["sets"] == dose.sets


def test_the_figure_follows_the_side_that_is_counted(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Isolde Marrack", plan=True, exercises=("step-up",))
    patient = sign_in(email, width=NARROW)
    page = patient.page
    patient.go("/session/play/")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url("**/exercise/**")
    right, left = page.locator(".pp-figure-side").all()
    counter = page.get_by_role("region", name="Counting along")
    expect(right).to_be_visible()
    expect(left).to_be_hidden()
    right.get_by_text("Show movement").click()
    counter.get_by_role("button", name="Start").click()
    expect(counter).to_contain_text("Right side")
    counter.get_by_role("button", name="Set done").click()
    expect(counter).to_contain_text("Left side")
    expect(right).to_be_hidden()
    expect(left.locator("picture img.pp-on-light")).to_be_visible()
    assert (
        left.locator("picture img.pp-on-light").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    )
    # Whoever wants to look at the other side does.
    page.get_by_role("radio", name="Right side").check()
    expect(right).to_be_visible()
    patient.at_ease()


def test_a_yes_shows_the_words_without_a_network_and_arrives_by_itself(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Petra Longmire", plan=True)
    patient = sign_in(email, width=NARROW)
    page = patient.page
    patient.go("/session/play/")
    page.context.set_offline(True)
    page.locator("summary", has_text="One of these happened").click()
    expect(page.get_by_role("heading", name="Get help first")).to_be_visible()
    page.get_by_role("checkbox", name="A calf that is swollen and hot?").check()
    expect(page.get_by_text("your clinic does not know yet")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Your clinic has been told.")).to_be_visible()
    assert Report.objects.get(patient__full_name="Petra Longmire").answers == ["swollen-calf"]
    page.get_by_role("button", name="Tell my clinic").click()
    page.wait_for_url("**/safety/**")
    assert Report.objects.filter(patient__full_name="Petra Longmire").count() == 1
    assert not Session.objects.filter(patient__full_name="Petra Longmire").exists()


def test_a_session_without_javascript(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Osric Penhale", plan=True)
    patient = sign_in(email, width=320, script=False)
    page = patient.page
    patient.go("/session/play/")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="Not now").click()
    page.get_by_role("button", name="Done, next exercise").click()
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("button", name="Skip the rest").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That was today’s session")
    session = Session.objects.get(patient__full_name="Osric Penhale")
    assert (session.state, session.logs.count()) == ("done", 2)
