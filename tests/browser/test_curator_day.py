"""A curator's whole day in a real browser: import, duplicates, write, review by a second person, publish, retire."""

import time

from playwright.sync_api import expect

from accounts.models import Patient
from exercises.models import Condition, ExerciseVersion
from plans.models import ClinicalProfile
from tests.browser import curator_steps as day
from tests.browser import people
from tests.browser.clinician_steps import FLAG_SECONDS
from tests.browser.conftest import NARROW, SignIn, Visitor
from tests.browser.furniture import prescribe
from tests.browser.stack import Stack, until

NAME = "Towel glide for the knee"
STEPS = ["Lie on your back with a towel under one heel.", "Glide the heel towards you.", "Glide it away again."]
SOURCE = "A list of gym exercises"


def told(clinician: Visitor, line: str, words: str) -> bool:
    """Whether the inbox has such a line with these words by now."""
    clinician.go("/inbox/")
    return clinician.page.locator(line).filter(has_text=words).count() > 0


def test_a_curators_day(in_stack: Stack, sign_in: SignIn):
    begun = time.monotonic()
    maren, ravi = sign_in("curator"), sign_in("curator2")
    day.checks_file(maren, day.gym_file(), source=SOURCE)
    day.decides_about_import(maren)
    assert not ExerciseVersion.objects.filter(source=SOURCE).exists(), "the trial run has saved something"
    day.applies_import(maren)
    assert ExerciseVersion.objects.filter(source=SOURCE, state="draft").count() == day.NEW
    day.merges_and_undoes(maren)

    day.writes(maren, NAME, STEPS)
    day.publishes(ravi, NAME, 1)
    version = ExerciseVersion.objects.select_related("exercise").get(name=NAME, state="published")
    assert (version.author.full_name, version.publisher.full_name) == ("Maren Holt", "Ravi Sandhu")

    email = people.new_patient("Ottilie Fenwick", plan=True)
    ottilie = Patient.objects.get(full_name="Ottilie Fenwick")
    gout = Condition.objects.get(slug="gout")
    ClinicalProfile.objects.get(patient=ottilie).conditions.add(gout)
    prescribe(version, ottilie.full_name, people.clinician(), people.timezone.now())
    clinician, address = sign_in("clinician"), f"/library/{version.exercise_id}/"
    day.makes_it_unsafe(maren, address, gout.slug)
    day.publishes(ravi, NAME, 2)
    hears = "the clinician hears of the new hard stop"
    until(lambda: told(clinician, "a.pp-flag", ottilie.full_name), hears, seconds=FLAG_SECONDS)
    row = clinician.page.locator("a.pp-flag").filter(has_text=ottilie.full_name)
    expect(row).to_contain_text(NAME)
    expect(row).to_contain_text("gout")
    clinician.at_ease()

    day.retires(ravi, address, "Tom Brennan")
    until(lambda: told(clinician, "li.pp-notice", NAME), "the clinician hears that it is retired", seconds=FLAG_SECONDS)
    clinician.at_ease()
    # Nothing disappears from the plan.
    patient = sign_in(email, width=NARROW)
    patient.go("/plan/")
    patient.page.get_by_role("link", name=NAME).click()
    expect(patient.page.get_by_role("list").filter(has_text=STEPS[0])).to_be_visible()
    patient.at_ease()
    print(f"a curator's day in {time.monotonic() - begun:.0f} s")
