"""The caseload by keys alone: down the list, the gist beside it, back to the same row, a name, another page."""

from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import NARROW, SignIn
from tests.browser.keys import focused
from tests.browser.looking import settled
from tests.browser.stack import Stack


def test_the_gist_beside_the_list(in_stack: Stack, sign_in: SignIn):
    for name in ("Aaron Ellwood", "Aaron Eastgate"):
        people.new_patient(name)
    clinician = sign_in("clinician")
    page, keys = clinician.page, clinician.page.keyboard
    clinician.go("/patients/?sort=name&q=aaron+e")
    page.wait_for_load_state()
    keys.press("j")
    assert "Aaron Eastgate" in focused(page)["name"]
    keys.press("j")
    assert "Aaron Ellwood" in focused(page)["name"]
    keys.press("Enter")
    panel = page.locator("[data-panel]")
    expect(panel.get_by_role("heading", name="Aaron Ellwood")).to_be_visible()
    settled(page)
    assert "Aaron Ellwood" in focused(page)["name"], "the focus stays in the list"
    clinician.at_ease()
    keys.press("k")
    keys.press("Enter")
    expect(panel.get_by_role("heading", name="Aaron Eastgate")).to_be_visible()
    settled(page)
    keys.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("link", name="Aaron Eastgate")).to_be_focused()
    assert "Aaron Eastgate" in focused(page)["name"]
    assert "patient=" not in page.url
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys of the caseload")).to_be_visible()
    clinician.at_ease()
    keys.press("Escape")
    keys.press("o")
    expect(page.get_by_role("heading", level=1, name="Aaron Eastgate")).to_be_visible()


def test_names_are_found_while_they_are_typed(in_stack: Stack, sign_in: SignIn):
    for name in ("Bertha Quillfeather", "Bertha Quince"):
        people.new_patient(name)
    clinician = sign_in("clinician")
    page, keys = clinician.page, clinician.page.keyboard
    clinician.go("/patients/")
    page.wait_for_load_state()
    keys.press("/")
    keys.type("quill")
    expect(page.locator("#found-said")).to_contain_text("1 patient matches “quill”.")
    expect(page.locator("a.pp-name")).to_have_text(["Bertha Quillfeather"])
    expect(page.get_by_role("searchbox").first).to_be_focused()
    clinician.at_ease()


def test_on_a_narrow_screen_the_gist_lies_over_the_list(in_stack: Stack, sign_in: SignIn):
    people.new_patient("Cedric Yarborough")
    clinician = sign_in("clinician", width=NARROW)
    page = clinician.page
    clinician.go("/patients/?q=yarborough")
    page.wait_for_load_state()
    page.get_by_role("link", name="Cedric Yarborough").click()
    dialog = page.get_by_role("dialog", name="Cedric Yarborough")
    expect(dialog.get_by_role("link", name="Close the panel")).to_be_focused()
    clinician.at_ease()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Cedric Yarborough")).to_be_focused()
    assert "Cedric Yarborough" in focused(page)["name"]


def test_without_script_a_row_leads_to_the_same(in_stack: Stack, sign_in: SignIn):
    people.new_patient("Dunstan Ockley")
    clinician = sign_in("clinician", script=False)
    page = clinician.page
    clinician.go("/patients/?q=ockley")
    page.get_by_role("link", name="Dunstan Ockley").click()
    page.get_by_role("link", name="Open the record").click()
    expect(page.get_by_role("heading", level=1, name="Dunstan Ockley")).to_be_visible()


def test_a_folded_menu_stays_folded(in_stack: Stack, sign_in: SignIn):
    clinician = sign_in("clinician")
    page = clinician.page
    clinician.go("/patients/")
    words = page.get_by_role("link", name="Caseload").locator(".pp-word")
    wide = words.bounding_box()
    page.get_by_role("button", name="Icons only").click()
    page.reload()
    folded = words.bounding_box()
    assert wide is not None and folded is not None and folded["width"] <= 1 < wide["width"]
    expect(page.get_by_role("button", name="Icons only")).to_have_attribute("aria-pressed", "true")
    clinician.at_ease()
    page.get_by_role("button", name="Icons only").click()


def test_a_day_of_the_chart_is_said_for_the_pointer_and_the_keys(in_stack: Stack, sign_in: SignIn):
    clinician = sign_in("clinician")
    page, keys = clinician.page, clinician.page.keyboard
    clinician.go("/patients/?q=whitfield")
    page.wait_for_load_state()
    page.get_by_role("link", name="Joan Whitfield").click()
    chart = page.locator("[data-panel] [data-chart]")
    said = page.locator("[data-panel] .pp-readout")
    expect(said).to_have_text("Left and right arrows go from day to day.")
    chart.focus()
    keys.press("End")
    last = said.inner_text()
    assert ": " in last
    keys.press("ArrowLeft")
    expect(said).not_to_have_text(last)
    chart.blur()
    chart.hover(position={"x": 60, "y": 60})
    expect(said).to_contain_text(": ")
    clinician.at_ease()
