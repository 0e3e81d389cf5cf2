"""Drawn figures in a real browser, under the strict content policy: they show, move after a tap, and stop again."""

from playwright.sync_api import Locator, expect

from exercises.models import Exercise
from tests.browser.conftest import SignIn
from tests.browser.stack import Stack

WIDTH = "(image) => image.decode().then(() => image.naturalWidth)"


def is_moving(picture: Locator) -> bool:
    """Does it look different within some seconds?"""
    first = picture.screenshot()
    for _ in range(30):
        picture.page.wait_for_timeout(500)
        if picture.screenshot() != first:
            return True
    return False


def test_a_figure_moves_after_a_tap_and_stops(in_stack: Stack, sign_in: SignIn):
    exercise = Exercise.objects.get(clinic=None, slug="sit-to-stand")
    visitor = sign_in("clinician")
    visitor.page.emulate_media(reduced_motion="no-preference")
    visitor.go(f"/library/{exercise.pk}/")
    figure = visitor.page.locator(".pp-figure")
    pair = figure.locator(".pp-figure-pair > img.pp-on-light")
    assert pair.evaluate(WIDTH) > 0
    assert pair.get_attribute("alt") == "Sitting on a chair. Standing up. Then back."
    figure.get_by_text("Show movement").click()
    movement = figure.locator("picture img.pp-on-light")
    expect(movement).to_be_visible()
    expect(pair).to_be_hidden()
    assert movement.evaluate(WIDTH) > 0
    assert is_moving(movement)
    figure.get_by_text("Stop").click()
    expect(movement).to_be_hidden()
    expect(pair).to_be_visible()
    visitor.at_ease()


def test_with_reduced_motion_the_pair_stays(in_stack: Stack, sign_in: SignIn):
    exercise = Exercise.objects.get(clinic=None, slug="sit-to-stand")
    visitor = sign_in("clinician")
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.go(f"/library/{exercise.pk}/")
    figure = visitor.page.locator(".pp-figure")
    figure.locator("summary").click()
    shown = figure.locator("picture img.pp-on-light")
    expect(shown).to_be_visible()
    assert shown.evaluate("(image) => image.currentSrc") == figure.locator(
        ".pp-figure-pair > img.pp-on-light"
    ).evaluate("(i) => i.src")
