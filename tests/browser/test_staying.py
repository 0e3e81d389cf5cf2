"""Somebody who is away for long is asked whether they are there, and loses nothing of what they were writing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Patient
from accounts.session_limits import ACTIVE
from plans.models import Note
from tests.browser import people
from tests.browser.conftest import NARROW, PASSWORD, SignIn, Visitor
from tests.browser.stack import Stack

WORDS = "She asked for an easier bridge."


def away_for(page: Page, **how_long: int) -> None:
    """The session as it is when its owner did nothing for so long."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    session[ACTIVE] = int((timezone.now() - timedelta(**how_long)).timestamp())
    session.save()


def writes_a_note(visitor: Visitor, name: str) -> Patient:
    people.new_patient(name)
    patient = Patient.objects.get(full_name=name)
    visitor.page.clock.install()
    visitor.go(f"/patients/{patient.pk}/notes/")
    visitor.page.locator("#write textarea").fill(WORDS)
    return patient


@pytest.mark.parametrize("width", [NARROW, 1280])
def test_the_warning_comes_and_staying_sends_it_away(in_stack: Stack, sign_in: SignIn, width: int):
    visitor = sign_in("clinician", width=width)
    page = visitor.page
    patient = writes_a_note(visitor, f"Nora Ellwood {width}")
    away_for(page, minutes=13)
    page.clock.fast_forward("12:30")
    warning = page.get_by_role("alertdialog", name="Are you still there?")
    expect(warning).to_contain_text("2 minutes")
    visitor.at_ease()
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    expect(page.locator("#write textarea")).to_have_value(WORDS)
    page.clock.fast_forward("01:00")
    expect(warning).to_be_hidden()
    page.locator("#write").get_by_role("button").first.click()
    expect(page.get_by_role("main").get_by_text(WORDS).first).to_be_visible()
    assert Note.objects.get(patient=patient).text == WORDS
    assert visitor.complaints == []


def test_after_the_end_the_page_is_covered_and_goes_on_after_signing_in(in_stack: Stack, sign_in: SignIn):
    visitor = sign_in("clinician")
    page = visitor.page
    patient = writes_a_note(visitor, "Nora Fairlie")
    away_for(page, minutes=16)
    page.clock.fast_forward("15:10")
    cover = page.get_by_role("alertdialog", name="You were signed out")
    expect(cover).to_be_visible()
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    cover.get_by_role("button", name="Go on").click()
    expect(cover).to_contain_text("You are not signed in yet.")
    with page.context.expect_page() as opened:
        cover.get_by_role("link", name="Sign in in another tab").click()
    other = opened.value
    other.get_by_label("E-mail").fill("clinician@demo.example")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(lambda url: "/sign-in/" not in url)
    cover.get_by_role("button", name="Go on").click()
    expect(cover).to_be_hidden()
    page.locator("#write").get_by_role("button").first.click()
    expect(page.get_by_role("main").get_by_text(WORDS).first).to_be_visible()
    assert Note.objects.get(patient=patient).text == WORDS


def test_with_nothing_written_the_page_gives_way_to_the_sign_in(in_stack: Stack, sign_in: SignIn):
    visitor = sign_in("clinician")
    page = visitor.page
    page.clock.install()
    visitor.go("/patients/")
    away_for(page, minutes=16)
    page.clock.fast_forward("15:10")
    page.wait_for_url(lambda url: url.endswith("/sign-in/?next=%2Fpatients%2F&away=1"))
    expect(page.get_by_text("because nothing happened")).to_be_visible()
