"""Signing in with a passkey, as the only step and as the second; an app; joining without a password."""

import re

from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Clinic, Membership, Patient, User
from plans.actions import invitations
from tests.accounts.signing import code_of
from tests.browser import people
from tests.browser.conftest import NARROW, PASSWORD, SignIn
from tests.browser.passkeys import Phone
from tests.browser.stack import Stack


def new_staff(name: str) -> str:
    email = f"{name.split()[0].lower()}.passkeys@example.org"
    user = User.objects.create_user(email, PASSWORD, full_name=name)
    clinic = Clinic.objects.get(slug="demo")
    Membership.objects.create(user=user, clinic=clinic, role="clinician", valid_from=timezone.now())
    return email


def sign_out(page: Page) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/inbox/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_a_passkey_is_one_step_or_the_second(in_stack: Stack, sign_in: SignIn):
    visitor = sign_in(new_staff("Petra Keyes"))
    page, phone = visitor.page, Phone(visitor.page)
    page.get_by_role("link", name="Sign-in and security").click()
    visitor.at_ease()
    page.get_by_role("link", name="Add a passkey").click()
    visitor.at_ease()
    page.get_by_label("Name").fill("Petra’s telephone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator(".pp-codes code").count() == 10
    visitor.at_ease()
    assert len(phone.passkeys()) == 1 and phone.passkeys()[0]["isResidentCredential"]
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/inbox/")

    sign_out(page)
    visitor.at_ease()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/inbox/")

    sign_out(page)
    page.get_by_label("E-mail").fill("petra.passkeys@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    visitor.at_ease()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/inbox/")

    page.goto(f"{in_stack.url}/account/confirm/passkey/?next=/security/")
    visitor.at_ease()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/security/")
    expect(page.get_by_text("Petra’s telephone", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Remove Petra’s telephone").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Remove Petra’s telephone")).to_have_count(0)
    visitor.at_ease()


def test_a_wrong_finger_opens_nothing_and_is_said(in_stack: Stack, sign_in: SignIn):
    visitor = sign_in(new_staff("Wanda Finch"))
    page, phone = visitor.page, Phone(visitor.page)
    visitor.go("/security/passkey/")
    phone.recognises(False)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert").filter(has_text="The passkey was not used")).to_be_visible()
    assert phone.passkeys() == []
    phone.recognises(True)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page)
    phone.recognises(False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="The passkey was not used")).to_be_visible()
    assert page.url.endswith("/sign-in/")
    visitor.at_ease()


def test_an_app_is_the_second_step(in_stack: Stack, sign_in: SignIn):
    email = new_staff("Toni Codes")
    visitor = sign_in(email, width=NARROW)
    page = visitor.page
    visitor.go("/security/app/")
    visitor.at_ease()
    page.get_by_text("No camera? Type the key").click()
    secret = page.locator(".pp-key code").inner_text()
    page.get_by_label("The six digits that the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    visitor.go("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("That did not work. Try again.").first).to_be_visible()
    visitor.at_ease()
    page.get_by_label("Code").fill(code_of(secret, steps=1))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/inbox/")


def test_somebody_joins_with_a_passkey_and_without_a_password(in_stack: Stack, visit: SignIn):
    people.new_patient("Jonah Keyes")
    patient = Patient.objects.get(full_name="Jonah Keyes")
    patient.user, patient.email = None, "jonah.passkeys@example.org"
    patient.save()
    invitations.invite(patient=patient, by=people.clinician(), at=timezone.now())
    path = re.search(r"/join/[^/]+/", mail.outbox[-1].body)
    assert path is not None
    visitor = visit(width=NARROW)
    page, phone = visitor.page, Phone(visitor.page)
    visitor.go(path[0])
    visitor.at_ease()
    page.get_by_role("button", name="Join with a passkey, without a password").click()
    assert phone.passkeys() == []  # nothing is made before everything is answered
    page.get_by_label("I have read this and I agree.").check()
    page.get_by_role("button", name="Join with a passkey, without a password").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    visitor.at_ease()
    user = User.objects.get(email="jonah.passkeys@example.org")
    assert not user.has_usable_password() and len(phone.passkeys()) == 1
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/today/")
    page.context.clear_cookies()
    visitor.go("/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/today/")
