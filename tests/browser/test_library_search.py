"""Searching the library in a real browser: by keys alone, while typing, without scripts, and looking right."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE, SignIn


def tile(page: Page, number: int) -> Locator:
    return page.locator("[data-results] a").nth(number)


def count(page: Page) -> Locator:
    return page.locator("#library-count")


def test_by_keys_alone(sign_in: SignIn):
    visitor = sign_in("clinician")
    visitor.go("/library/")
    page, keys = visitor.page, visitor.page.keyboard
    keys.press("/")
    box = page.get_by_role("searchbox", name="Search the library")
    expect(box).to_be_focused()
    keys.type("heel rais")
    expect(tile(page, 0)).to_contain_text("Heel raise with support")
    keys.type("/")
    expect(box).to_have_value("heel rais/")
    keys.press("Backspace")
    expect(page).to_have_url(re.compile(r"\?q=heel\+rais$"))
    keys.press("ArrowDown")
    expect(tile(page, 0)).to_be_focused()
    keys.press("ArrowRight")
    expect(tile(page, 1)).to_be_focused()
    keys.press("End")
    keys.press("Home")
    expect(tile(page, 0)).to_be_focused()
    keys.press("ArrowUp")
    expect(box).to_be_focused()
    keys.press("ArrowDown")
    # What leaving the search box asks for once more does not take the focus away.
    page.wait_for_load_state("networkidle")
    expect(tile(page, 0)).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Heel raise with support")
    page.go_back()
    expect(box).to_have_value("heel rais")
    visitor.at_ease()


def test_filters_count_and_stay_as_they_are_ticked(sign_in: SignIn):
    visitor = sign_in("clinician")
    visitor.go("/library/")
    page = visitor.page
    page.get_by_role("checkbox", name="Lying").check()
    expect(page).to_have_url(re.compile("position=lying"))
    lying = page.get_by_role("checkbox", name="Lying")
    expect(lying).to_be_focused()
    page.get_by_text("At home", exact=True).click()
    for thing, slug in (("Exercise mat or carpet", "mat"), ("Pillow", "pillow")):
        page.get_by_role("checkbox", name=thing).check()
        expect(page).to_have_url(re.compile(f"equipment={slug}"))
    expect(page.locator("#lib_home")).to_have_text("2 ticked")
    expect(page.get_by_role("checkbox", name="Exercise mat or carpet")).to_be_visible()
    page.get_by_label("Safe for").select_option("pregnancy")
    chosen = page.get_by_role("checkbox", name="Pregnancy")
    expect(chosen).to_be_checked()
    shown = page.locator("#library-count").inner_text()
    # The count beside a choice is what one gets.
    label = page.get_by_label("Goal").locator("option[value=mobility]").inner_text()
    page.get_by_label("Goal").select_option("mobility")
    expect(count(page)).to_contain_text(f"{re.findall('[0-9]+', label)[0]} exercise")
    visitor.at_ease()
    page.get_by_role("link", name="Take away: Goal: Mobility").click()
    expect(count(page)).to_have_text(shown)
    expect(lying).to_be_checked()
    expect(page.get_by_role("checkbox", name="Pillow")).to_be_checked()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_looks_right(sign_in: SignIn, width: int, dark: bool):
    visitor = sign_in("clinician", width=width, dark=dark)
    asked = "position=lying&equipment=mat&effort=4&condition=hip-replacement-recent&condition=osteoporosis"
    for query in ("", "q=brigde", asked, "q=bridge+zebra&goal=strength"):
        visitor.go(f"/library/?{query}")
        visitor.at_ease()
    filters = visitor.page.get_by_text("Filters", exact=True)
    if width == NARROW:
        filters.click()
        expect(visitor.page.get_by_label("Goal")).to_be_visible()
        visitor.at_ease()
    else:
        expect(filters).to_be_hidden()


def test_without_scripts(sign_in: SignIn):
    visitor = sign_in("clinician", script=False)
    visitor.go("/library/")
    page = visitor.page
    page.get_by_role("searchbox", name="Search the library").fill("sit to stnad")
    page.get_by_label("Safe for").select_option("copd")
    page.get_by_role("button", name="Show").click()
    expect(tile(page, 0)).to_contain_text("Sit to stand")
    expect(page.get_by_role("checkbox", name=re.compile("COPD"))).to_be_checked()
    page.get_by_role("link", name=re.compile("Take away: Safe for")).click()
    expect(page).to_have_url(re.compile(r"\?q=sit\+to\+stnad$"))
