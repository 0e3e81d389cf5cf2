"""What a patient does on a phone of 390 or 320 px: join, log in three taps, a flare, a check-in, a copy to keep."""

import json
import re
from datetime import date, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import reauth
from accounts.models import Clinic, Patient, User
from painplan.processes import free_port
from plans.actions import patients
from plans.models import CheckIn, PainScore, ReminderSettings, Report, Session
from tests.browser import patient_steps as phone
from tests.browser import people
from tests.browser.conftest import NARROW, PASSWORD, SignIn
from tests.browser.elsewhen import last_change_of_clocks, web_at
from tests.browser.pages import addresses
from tests.browser.stack import Stack
from tests.cast import make_active_plan

NARROWEST = 320
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
# What an exercise costs beside doing it, at most 8 s: a tap is given 2 s, the countdown is 3 s, the server gets 1 s.
TAP_SECONDS, COUNTDOWN_SECONDS, SERVER_SECONDS, MOST_SECONDS = 2, 3, 1, 8
OF_NOBODY = {"left"}


def test_join(in_stack: Stack, visit: SignIn):
    hester, path = people.invited("Hester Quillan", birth_on=date(1950, 3, 2), sites=("Hip",))
    visitor = visit(width=NARROW)
    page = visitor.page
    visitor.go(path)
    expect(page.get_by_text("Nobody watches live.")).to_be_visible()
    visitor.at_ease()
    page.get_by_label("Choose a password").fill("seven quiet grey boats")
    page.get_by_role("radio", name="Yes, in the morning").check()
    page.get_by_role("checkbox", name="I have read this and I agree.").check()
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_url("**/today/")
    visitor.at_ease()
    row = ReminderSettings.objects.get(patient=hester)
    assert (row.is_on, row.evening) == (True, False)
    # The key is used up: whoever finds the letter later learns nothing.
    assert page.request.get(in_stack.url + path).status == 404


def test_the_finder_of_the_clinic_fits_the_phone(in_stack: Stack, sign_in: SignIn):
    page = sign_in("clinician", width=NARROW).page
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Find").click()
    finder = page.get_by_role("dialog", name="Find")
    expect(finder.get_by_role("searchbox")).to_be_focused()
    box = finder.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= NARROW


def test_the_quick_log_is_three_taps(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Ottilie Marsh")
    ottilie = Patient.objects.get(full_name="Ottilie Marsh")
    make_active_plan(ottilie, people.clinician(), weekdays=EVERY_DAY, at=timezone.now() - timedelta(days=2))
    visitor = sign_in(email, width=NARROWEST)
    page, taps = visitor.page, Taps(visitor.page)
    visitor.go("/today/")
    page.get_by_role("link", name="I did it").click()
    page.wait_for_url("**/session/quick/")
    visitor.at_ease()
    page.locator("label", has=page.locator("input[value='4']")).first.click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/done/")
    assert taps.count() == 3
    visitor.at_ease()
    session = Session.objects.get(patient__full_name="Ottilie Marsh")
    assert (session.state, session.source) == ("done", "quick")
    assert list(PainScore.objects.filter(patient=session.patient).values_list("moment", "value")) == [("daily", 4)]


def test_the_player_asks_for_two_taps_an_exercise_at_most(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Bertram Sole", plan=True, exercises=("bridge", "knee-rolls"))
    visitor = sign_in(email, width=NARROW)
    page = visitor.page
    visitor.go("/session/play/")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url("**/exercise/**")
    taps = Taps(page)
    page.get_by_role("button", name="Start", exact=True).click()
    first = page.url
    page.get_by_role("button", name="Done, next exercise").click()
    page.wait_for_function("before => location.href !== before", arg=first)
    assert taps.count() * TAP_SECONDS + COUNTDOWN_SECONDS + SERVER_SECONDS <= MOST_SECONDS
    server = page.evaluate("() => performance.getEntriesByType('navigation')[0].responseStart") / 1000
    print(f"an exercise: {taps.count()} taps, {server:.2f} s until the next one answers")


def test_a_number_over_midnight_after_the_clocks_changed(in_stack: Stack, sign_in: SignIn, visit: SignIn):
    """Asked on the evening of a day of 23 or 25 hours, sent after midnight; then a session of that day."""
    midnight = last_change_of_clocks(people.LONDON, timezone.now())
    changed = midnight.date()
    begun = midnight - timedelta(days=10)
    given = patients.PatientInput(full_name="Linnet Frayne", birth_on=date(1949, 1, 2), sites=("Neck",))
    by = people.clinician()
    linnet = patients.register(clinic=Clinic.objects.get(slug="demo"), given=given, by=by, at=begun)
    email = people.give_login(linnet)
    make_active_plan(linnet, by, at=begun)
    visitor, port = visit(width=NARROWEST, script=False), free_port()
    page = visitor.page
    evening = midnight.replace(hour=23, minute=50)
    with web_at(in_stack, evening, port) as url:
        page.goto(url + "/sign-in/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(url + "/pain/")
        phone.choose(page, "How is your pain today?", 6)
    night = (midnight + timedelta(days=1)).replace(hour=0, minute=10)
    with web_at(in_stack, night, port) as url:
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("main")).to_contain_text("A new day has begun since you opened this page.")
        expect(page.locator("input[value='6']").first).to_be_checked()
        page.get_by_label("Which day?").select_option(value=changed.isoformat())
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/today/")
        page.goto(url + "/session/")
        phone.choose(page, "Pain before you started", 5)
        page.get_by_role("radio", name="All of it").check()
        page.locator("summary", has_text="Another day").click()
        page.get_by_label("Which day?").select_option(value=changed.isoformat())
        page.get_by_role("button", name="Skip the rest").click()
        page.wait_for_url("**/done/")
    scores = PainScore.objects.of(linnet).answered().order_by("occurred_at")
    assert {(score.moment, score.local_date, int(score.value)) for score in scores} == {
        ("daily", changed, 6), ("before", changed, 5),
    }  # fmt: skip
    assert {score.occurred_at.astimezone(people.LONDON).date() for score in scores} == {changed}
    assert Session.objects.get(patient=linnet).local_date == changed


def test_a_lost_connection_keeps_the_answer_and_says_so(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Dorcas Wynn")
    visitor = sign_in(email, width=NARROWEST)
    page = visitor.page
    visitor.go("/pain/")
    phone.choose(page, "How is your pain today?", 5)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What you entered is still here")).to_be_visible()
    expect(page.locator("input[value='5']").first).to_be_checked()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/today/")
    assert [int(s.value) for s in PainScore.objects.filter(patient__full_name="Dorcas Wynn")] == [5]


def test_a_flare(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Marigold Tench", plan=True)
    visitor = sign_in(email, width=NARROWEST)
    page = visitor.page
    visitor.go("/today/")
    page.get_by_role("link", name="flare").first.click()
    page.wait_for_url("**/flare/")
    visitor.at_ease()
    page.get_by_role("button", name="I am in a flare").click()
    expect(page.get_by_text("You said it today.")).to_be_visible()
    visitor.at_ease()
    assert Report.objects.get(patient__full_name="Marigold Tench").kind == "flare"


def test_a_day_of_the_chart_is_read_with_a_finger(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Prudence Hale", plan=True)
    people.log_until(Patient.objects.get(full_name="Prudence Hale"), people.QUIET_WEEK, days_ago=0)
    visitor = sign_in(email, width=NARROW)
    page = visitor.page
    visitor.go("/progress/")
    said = page.locator(".pp-readout").first
    expect(said).to_have_text("Touch a day to see what was logged.")
    page.locator("[data-chart] svg circle:has(title):visible").last.tap()
    expect(said).to_have_text(re.compile(rf"^\d+ \w{{3}}: {people.QUIET_WEEK[-1]}"))
    visitor.at_ease()


def test_a_check_in_one_question_a_screen(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Rowena Lisle", plan=True)
    visitor = sign_in(email, width=NARROW)
    page = visitor.page
    visitor.go("/check-in/")
    asked, crisis_shown = 0, 0
    while "/done/" not in page.url:
        if asked in (0, 5):
            visitor.at_ease()
        crisis_shown += page.get_by_role("heading", name="If it is too much right now").count()
        assert page.get_by_role("radio", checked=True).count() == 0, "nothing is chosen beforehand"
        page.locator("label", has=page.locator("input[value='1']")).first.click()
        before = page.url
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(lambda url, before=before: url != before)
        asked += 1
        assert asked < 20
    visitor.at_ease()
    kinds = set(CheckIn.objects.filter(patient__full_name="Rowena Lisle").values_list("kind", flat=True))
    assert {"PEG", "sleep", "confidence"} <= kinds
    assert crisis_shown == (4 if "PHQ-4" in kinds else 0)


def test_a_copy_to_keep_and_leaving(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Odelia Crane", plan=True)
    patient = Patient.objects.get(full_name="Odelia Crane")
    people.log_until(patient, people.QUIET_WEEK, days_ago=1)
    visitor = sign_in(email, width=NARROWEST)
    page = visitor.page
    ten_minutes_later(page)
    visitor.go("/my-data/")
    visitor.at_ease()
    page.get_by_role("link", name="Show first that it is you").click()
    visitor.at_ease()
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/my-data/")
    visitor.at_ease()
    got = {}
    for name in ("Everything", "Every pain score", "Every session", "Summary to read or print"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        got[download.value.suggested_filename] = download.value.path().read_bytes()
    assert len(json.loads(got["my-data.json"])["tables"]["plans.PainScore"]) == len(people.QUIET_WEEK)
    assert got["my-pain.csv"].count(b"\n") == 1 + len(people.QUIET_WEEK)
    assert got["my-summary.pdf"].startswith(b"%PDF-")
    page.get_by_role("link", name="What happens then").click()
    visitor.at_ease()
    page.get_by_role("checkbox", name="I want to stop using Painplan.").check()
    page.get_by_role("button", name="Stop using Painplan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left Painplan")
    visitor.at_ease()
    assert patient.has_left


def test_text_and_colours_go_with_the_person(in_stack: Stack, sign_in: SignIn):
    email = people.new_patient("Isolde Perrin", plan=True)
    visitor = sign_in(email, width=NARROW)
    page = visitor.page
    visitor.go("/account/preferences/")
    page.get_by_role("radio", name="Very large").check()
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("on every device")
    for path in ("/today/", "/pain/", "/progress/"):
        visitor.go(path)
        visitor.at_ease()
        assert page.locator("html").get_attribute("data-bs-theme") == "dark"
        assert page.evaluate("() => getComputedStyle(document.body).zoom") == "1.3"
    # On another device, before any script has run.
    other = sign_in(email, width=NARROWEST, script=False)
    other.go("/today/")
    assert other.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(20, 27, 29)"
    page.locator("summary", has_text="Your account").click()
    with page.expect_response("**/account/theme/"):
        page.get_by_role("button", name="Light colours").click()
    assert User.objects.get(email=email).theme == "light"


def test_every_page_of_a_patient_without_javascript_at_320_px(in_stack: Stack, sign_in: SignIn):
    user = people.who("patient")
    assert user is not None
    visitor = sign_in("patient", width=NARROWEST, script=False)
    page, wrong, seen = visitor.page, [], set()
    for address in addresses("patient", user):
        if not address.path or not address.allowed or address.name in seen | OF_NOBODY:
            continue
        answer = page.request.get(in_stack.url + address.path, max_redirects=0)
        if answer.status != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        seen.add(address.name)
        visitor.go(address.path)
        width = page.evaluate("() => document.documentElement.scrollWidth")
        if width > NARROWEST:
            wrong.append(f"{address.name}: {width} px wide")
        if not page.locator("main h1").first.is_visible():
            wrong.append(f"{address.name}: nothing to read")
        buttons = page.locator("main form[method=post]").get_by_role("button")
        said = page.locator("[data-passkey-none]").first.is_visible()  # a passkey cannot be made without scripts
        if (
            page.locator("main form[method=post]").count()
            and not said
            and not any(b.is_visible() for b in buttons.all())
        ):
            wrong.append(f"{address.name}: a form without a button")
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 20
    assert visitor.complaints == []


def ten_minutes_later(page: Page) -> None:
    """The sign-in goes on, but nobody has shown lately who they are."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    del session[reauth.CONFIRMED]
    session.save()


class Taps:
    """Counts taps on the pages that follow."""

    def __init__(self, page: Page) -> None:
        self._seen: list[int] = []
        page.expose_function("tapped", lambda: self._seen.append(1))
        page.add_init_script("addEventListener('click', (event) => event.isTrusted && window.tapped(), true)")
        page.evaluate("addEventListener('click', (event) => event.isTrusted && window.tapped(), true)")

    def count(self) -> int:
        return len(self._seen)
