"""The inbox by keys alone, and an open page that keeps itself up to date while somebody looks at it."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Patient
from plans.models import Flag
from tests.browser import people
from tests.browser.conftest import SignIn
from tests.browser.keys import focused
from tests.browser.looking import settled
from tests.browser.stack import Stack

MOST_ROWS = 200
SOONER = """() => document.querySelector("[data-live]").dispatchEvent(new CustomEvent("poll"))"""


def flagged(name: str, *, days: int = 400) -> Flag:
    """Somebody with a flag to watch, older than all of the demo's, so that it stands first in its group."""
    people.new_patient(name)
    today = people.today()
    return Flag.objects.create(
        patient=Patient.objects.get(full_name=name), rule="R9", rule_version=1, severity="watch", since_on=today,
        first_alert_on=today, last_alert_on=today, raised_at=timezone.now() - timedelta(days=days),
    )  # fmt: skip


def go_down_to(page: Page, name: str) -> None:
    page.wait_for_load_state()  # the keys listen from then on
    for _row in range(MOST_ROWS):
        page.keyboard.press("j")
        if focused(page)["name"].find(name) >= 0:
            return
    raise AssertionError(f"the key j never came to {name}")


def test_triage_with_the_keys_alone(in_stack: Stack, sign_in: SignIn):
    first, second = flagged("Keya Underhill", days=401), flagged("Lowri Vance", days=400)
    clinician = sign_in("clinician")
    page, keys = clinician.page, clinician.page.keyboard
    clinician.go("/inbox/")
    go_down_to(page, "Keya Underhill")
    keys.press("j")
    assert "Lowri Vance" in focused(page)["name"]
    keys.press("ArrowUp")
    assert "Keya Underhill" in focused(page)["name"]
    keys.press("Enter")
    panel = page.locator("[data-panel]")
    expect(panel.get_by_role("heading", name="Keya Underhill")).to_be_visible()
    settled(page)
    assert "Keya Underhill" in focused(page)["name"], "the focus stays in the list"
    clinician.at_ease()

    keys.press("a")
    toast = page.get_by_role("status").filter(has_text="Flag of Keya Underhill acknowledged.")
    expect(toast).to_be_visible()
    expect(page.locator("[data-panel]")).to_contain_text("Seen by Tom Brennan")
    toast.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()
    first.refresh_from_db()
    assert first.state == "open"

    go_down_to(page, "Lowri Vance")
    keys.press("x")
    expect(page.get_by_role("checkbox", name="Tick Lowri Vance")).to_be_checked()
    keys.press("?")
    dialog = page.get_by_role("dialog", name="Keys of the inbox")
    expect(dialog).to_be_visible()
    clinician.at_ease()
    keys.press("Escape")
    keys.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Let this flag sleep")
    clinician.at_ease()
    page.get_by_role("button", name="In 3 days").click()
    expect(page.get_by_role("status").filter(has_text="Flag of Lowri Vance acknowledged and asleep")).to_be_visible()
    second.refresh_from_db()
    assert second.snoozed_until == people.today() + timedelta(days=3)

    # Nothing has the focus now: the key means whom the panel shows.
    expect(page.locator("[data-panel]").get_by_role("heading", name="Keya Underhill")).to_be_visible()
    page.wait_for_load_state()
    keys.press("r")
    expect(page.get_by_role("heading", level=1)).to_have_text("Resolve this flag")


def test_the_letters_can_be_switched_off(in_stack: Stack, sign_in: SignIn):
    flagged("Mabel Wick")
    clinician = sign_in("clinician")
    page = clinician.page
    clinician.go("/inbox/")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Single letters work as keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('[data-row]')") is False
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_role("checkbox", name="Single letters work as keys").check()


def test_an_open_page_offers_what_is_new_but_asks_nothing_out_of_sight(in_stack: Stack, sign_in: SignIn):
    clinician = sign_in("clinician")
    page = clinician.page
    in_stack.nothing_waits()  # what other tests have logged must not add to the count meanwhile
    clinician.go("/inbox/")
    before = int(page.locator("#tab-mine").inner_text())
    flagged("Nesta Yarrow", days=0)
    with page.expect_response("**/inbox/live/**"):
        page.evaluate(SOONER)
    expect(page.locator("#inbox-news")).to_contain_text("1 new: show")
    expect(page.locator("#tab-mine")).to_have_text(str(before + 1))
    clinician.at_ease()
    page.get_by_role("link", name="1 new: show").click()
    expect(page.locator("a.pp-flag").filter(has_text="Nesta Yarrow")).to_be_visible()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/inbox/live/" in request.url else None)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    assert asked == []
    page.evaluate("delete document.hidden")
    with page.expect_response("**/inbox/live/**"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_going_somewhere_by_name(in_stack: Stack, sign_in: SignIn):
    people.new_patient("Wilfreda Oakshott")
    clinician = sign_in("clinician")
    page, keys = clinician.page, clinician.page.keyboard
    clinician.go("/library/")
    page.wait_for_load_state()
    keys.press("?")
    expect(page.get_by_role("dialog").get_by_role("heading", name="Keys")).to_be_visible()
    keys.press("Escape")
    keys.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("link", name="Inbox")).to_be_visible()
    keys.type("oaksh")
    hit = page.get_by_role("dialog").get_by_role("link", name="Wilfreda Oakshott")
    expect(hit).to_be_visible()
    clinician.at_ease()
    keys.press("ArrowDown")
    expect(hit).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Wilfreda Oakshott")).to_be_visible()
