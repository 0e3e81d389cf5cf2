"""In a flare: the clinician's plan, something lighter, the clinician is told, and nobody is blamed."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import F
from django.urls import reverse

from accounts.models import new_id
from exercises.models import Caution, Exercise, ExerciseLink
from plans.actions import flags, pausing
from plans.models import ClinicalProfile, Flag, Report
from tests.cast import NOON, TODAY


@pytest.fixture
def phone(client, anna):
    client.force_login(anna.user)
    with time_machine.travel(NOON, tick=False):
        yield client


def page_of(phone, name="flare"):
    response = phone.get(reverse(name))
    assert response.status_code == 200
    return response.content.decode()


def press(phone, **fields):
    return phone.post(reverse("flare"), {"entry": str(new_id())} | fields)


def test_today_and_help_lead_there(phone, annas_plan):
    for name in ("today", "help"):
        page = page_of(phone, name)
        assert "I am in a flare" in page
        assert f'href="{reverse("flare")}"' in page


def test_the_clinicians_plan_is_shown_before_anything_is_sent(phone, anna, annas_plan):
    ClinicalProfile.objects.filter(patient=anna).update(flare_plan="Walk slowly.\nWarm water.")
    page = page_of(phone)
    assert "Walk slowly.<br>Warm water." in page
    assert "What helps many people" not in page
    assert not Report.objects.exists()


def test_without_a_plan_there_are_kind_general_words_and_when_to_call(phone, annas_plan):
    page = page_of(phone)
    for words in (
        "A day or two of rest is fine",
        "Breathe slowly",
        "When to call",
        "Call 999.",
        "tel:01632960100",
        reverse("safety"),
    ):
        assert words in page
    for blame in ("you should", "must", "missed", "fault", "failed"):
        assert blame not in page.lower()


def test_the_button_raises_r9_and_says_so(phone, anna, annas_plan):
    assert press(phone, note="Since last night").url == reverse("flare")
    report = Report.objects.get()
    assert (report.kind, report.local_date, report.note, report.recorded_by) == (
        "flare", TODAY, "Since last night", anna.user,
    )  # fmt: skip
    flags.evaluate(patient_id=anna.pk, at=NOON)
    assert Flag.objects.filter(patient=anna, rule=Flag.Rule.R9).count() == 1
    page = page_of(phone)
    assert "You said it today. Alice can see it. Harbour Clinic answers within 2 working days." in page
    assert "<form" not in page.split("pp-closing")[1].split("</main>")[0]


def test_pressing_twice_is_saying_it_once(phone):
    entry = str(new_id())
    press(phone, entry=entry), press(phone, entry=entry)
    assert Report.objects.count() == 1
    press(phone, entry="broken")
    assert Report.objects.count() == 2


def test_an_id_of_somebody_else_keeps_the_words(phone, anna, ben):
    from plans.actions import reports

    taken = new_id()
    reports.report_flare(
        patient=ben, report_id=taken, time_zone="Europe/London", source="quick", by=ben.user, at=NOON
    )  # fmt: skip
    page = press(phone, entry=str(taken), note="Since last night").content.decode()
    assert "Since last night" in page
    assert str(taken) not in page
    assert not Report.objects.of(anna).exists()


def test_the_day_is_that_of_the_place_where_the_person_is(phone, anna):
    press(phone, time_zone="Pacific/Auckland")
    assert Report.objects.get().local_date == TODAY + timedelta(days=1)
    assert "You said it today." in page_of(phone)


@pytest.fixture
def easier(annas_plan):
    """An easier variant of the first exercise of the plan."""
    mine = [p.exercise_version.exercise_id for p in annas_plan.prescriptions.all()]
    ExerciseLink.objects.all().delete()
    found = Exercise.objects.prescribable().filter(clinic=None, current_version__impact="none").exclude(pk__in=mine)
    exercise = found.select_related("current_version").last()
    ExerciseLink.objects.create(easier=exercise, harder_id=mine[0])
    return exercise.current_version


def test_the_easier_variant_of_the_plan_is_suggested_with_its_steps(phone, easier):
    page = page_of(phone)
    assert "A lighter way, if you want to move" in page
    assert easier.name in page
    assert easier.steps[0].split("’")[0].split("'")[0] in page


def test_no_variant_that_the_library_warns_this_person_of(phone, anna, annas_plan):
    first = annas_plan.prescriptions.first().exercise_version.exercise
    known = Caution.objects.filter(
        version__exercise__clinic=None, version__impact="none", version__exercise__current_version=F("version")
    ).exclude(version__exercise=first)
    caution = known.select_related("version__exercise", "condition").first()
    ExerciseLink.objects.all().delete()
    ExerciseLink.objects.create(easier=caution.version.exercise, harder=first)
    assert caution.version.name in page_of(phone)
    anna.profile.conditions.add(caution.condition)
    assert caution.version.name not in page_of(phone)


def test_no_variant_in_a_position_that_is_avoided(phone, anna, easier):
    ClinicalProfile.objects.filter(patient=anna).update(avoided_positions=[easier.position])
    assert easier.name not in page_of(phone)


def test_a_paused_plan_suggests_nothing_to_do(phone, annas_plan, easier, alice):
    pausing.pause(plan=annas_plan.plan, reason="ill", by=alice, at=NOON)
    assert easier.name not in page_of(phone)


def test_calm_exercises_of_the_plan_are_at_hand(phone, anna, alice):
    from tests.cast import make_active_plan

    breathing = Exercise.objects.prescribable().filter(clinic=None, current_version__goal="breathing").first()
    version = make_active_plan(anna, alice, exercises=(breathing.slug,))
    page = page_of(phone)
    assert "Calm exercises of your plan" in page
    assert reverse("plan_exercise", args=[version.prescriptions.get().pk]) in page
