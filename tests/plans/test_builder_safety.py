"""What the builder warns of and refuses for this patient, before, while and after an exercise is added."""

import pytest
from django.urls import reverse

from exercises.models import Caution, Condition
from plans.actions import plans
from plans.models import Flag, Prescription
from tests.cast import NOON
from tests.plans.test_builder import Builder, builder, exercise, fresh, order, screened

__all__ = ["builder"]  # the fixture


@pytest.fixture
def stop(db) -> Caution:
    """A hard stop of the library: an exercise and the condition it is not for."""
    found = Caution.objects.filter(kind="contraindicated", version__exercise__slug="wall-push-up")
    return found.select_related("version", "condition").order_by("condition_id").first()


@pytest.fixture
def risky(builder, anna, stop) -> Builder:
    """Anna has the condition of the hard stop."""
    anna.profile.conditions.add(stop.condition)
    return builder


def test_the_shelf_says_it_before_anybody_adds_it(risky, stop):
    text = risky.page(q="wall push-up")
    assert f"Not for Anna: {stop.condition.name}".replace("'", "&#x27;") in text
    assert stop.reason.replace("'", "&#x27;") in text
    assert "Add Wall push-up, needs a written reason" in text
    shelf = risky.client.get(reverse("plan_builder", args=[risky.version.pk])).context["shelf"]
    assert shelf.fitting < shelf.page.paginator.count
    assert not shelf.rows[0].stop, "what is ruled out comes last"


def test_without_recorded_conditions_nothing_is_called_fitting(builder):
    builder.add("bridge")
    text = builder.page()
    assert "fit Anna" not in text
    assert "No conditions are recorded for Anna" in text


def test_a_hard_stop_is_not_added_without_a_reason(risky):
    page = risky.add("wall-push-up")
    assert order(risky.version) == []
    assert "is not for Anna. To add it all the same, write the reason." in page.content.decode()
    risky.add("wall-push-up", override_reason=" \n ")
    assert order(risky.version) == []


def test_a_written_reason_is_kept_and_shown(risky, stop, anna, alice):
    risky.add("wall-push-up", override_reason="The surgeon agreed on 2 November.")
    text = risky.page()
    assert "The surgeon agreed on 2 November." in text
    assert f"Wall push-up in spite of: {stop.condition.name}".replace("'", "&#x27;") in text
    screened(anna, alice)
    risky.post("plan_activate", why="A start.")
    version = fresh(risky.version)
    assert version.state == "active"
    assert version.prescriptions.get().override_reason == "The surgeon agreed on 2 November."
    assert "The surgeon agreed on 2 November." in risky.page()


def test_a_condition_recorded_later_stops_the_activation(builder, anna, alice, stop):
    screened(anna, alice)
    builder.add("wall-push-up")
    anna.profile.conditions.add(stop.condition)
    text = builder.page()
    assert f"Wall push-up is not for Anna: {stop.condition.name}.".replace("'", "&#x27;") in text
    refused = builder.post("plan_activate", why="A start.")
    assert refused.status_code == 422
    assert "Take it out, or write the reason." in refused.content.decode()
    assert fresh(builder.version).is_draft
    builder.dose("wall-push-up", override_reason="Tried in clinic, no pain.")
    builder.post("plan_activate", why="A start.")
    assert fresh(builder.version).state == "active"


def test_a_caution_is_said_but_does_not_stop(builder, anna, alice):
    caution = Caution.objects.filter(kind="caution", version__exercise__slug="sit-to-stand").first()
    anna.profile.conditions.add(caution.condition)
    text = builder.page()
    assert f"Caution: {caution.condition.name}" in text
    builder.add("sit-to-stand")
    text = builder.page()
    assert f"Sit to stand, take care: {caution.condition.name}." in text
    assert caution.reason in text
    screened(anna, alice)
    builder.post("plan_activate", why="A start.")
    assert fresh(builder.version).state == "active"


def test_no_conflict_is_said_with_what_was_looked_at(builder, anna):
    asthma = Condition.objects.exclude(
        pk__in=Caution.objects.filter(version__exercise__slug="pelvic-tilt").values("condition")
    ).first()
    anna.profile.conditions.add(asthma)
    builder.add("pelvic-tilt")
    assert f"No conflict with what is recorded: {asthma.name}.".replace("'", "&#x27;") in builder.page()


def test_more_than_four_exercises(builder):
    for slug in ["pelvic-tilt", "bridge", "sit-to-stand", "cat-cow"]:
        builder.add(slug)
    assert "People keep up better" not in builder.page()
    builder.add("chin-tuck")
    assert "<b>5 exercises.</b> People keep up better with 4 or fewer." in builder.page()


def test_long_sessions_high_effort_and_no_rest_day(builder):
    builder.add("walking-on-level-ground")
    builder.dose("walking-on-level-ground", duration_minutes="31", effort="7", weekdays=[1, 2, 3, 4, 5, 6, 7])
    text = builder.page()
    for words in ["A session takes about 31 minutes.", "asks for effort 7 of 10.", "No rest day."]:
        assert f"{words}</b>" in text


def test_a_weekly_jump_offers_its_smallest_cut(client, anna, alice, annas_plan):
    builder = Builder(client, alice, plans.revise(plan=annas_plan.plan, by=alice, at=NOON))
    last = builder.client, builder.page()
    assert "Weekly time is the same as in v1." in last[1]
    row = builder.version.prescriptions.first()
    builder.post("builder_dose", row.pk, sets=row.sets + 2)
    page = builder.page()
    assert "The limit is 20 %." in page
    fix = builder.client.get(reverse("plan_builder", args=[builder.version.pk])).context["draft"].fix
    assert fix is not None and fix.button in page
    builder.post("builder_dose", fix.prescription_id, **{fix.field: fix.value, "redraw": 1})
    assert getattr(Prescription.objects.get(pk=fix.prescription_id), fix.field) == fix.value
    assert "The limit is 20 %." not in builder.page()


def test_an_open_flag_is_named(builder, anna):
    Flag.objects.create(
        patient=anna, rule="R9", rule_version=1, severity="watch", raised_at=NOON, since_on=NOON.date(),
        first_alert_on=NOON.date(), last_alert_on=NOON.date(), evidence={},
    )  # fmt: skip
    assert "1 flag is open." in builder.page()


def test_an_exercise_cannot_be_slipped_in_from_another_library(client, alice, charlie, builder, hill):
    from tests.exercises.test_library_pages import own_exercise

    theirs = own_exercise(hill, "hill-walk", "Hill walk", charlie, alice)
    client.force_login(alice)
    sent = {"lock": fresh(builder.version).lock, "exercise": theirs.pk, "section": "main"}
    assert client.post(reverse("builder_add", args=[builder.version.pk]), sent).status_code == 404
    assert client.post(reverse("builder_add", args=[builder.version.pk]), sent | {"exercise": "x"}).status_code == 404
    assert order(builder.version) == []
    assert exercise("bridge").clinic_id is None
