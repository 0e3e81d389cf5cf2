"""Building a plan in the browser without scripts: every change is a plain POST that comes back to the page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from exercises.models import Exercise
from plans.actions import patients, plans
from plans.models import Plan, PlanVersion, Prescription, Reevaluation
from tests.cast import NOON, TODAY, make_active_plan


def exercise(slug: str) -> Exercise:
    return Exercise.objects.get(clinic=None, slug=slug)


def fresh(version: PlanVersion) -> PlanVersion:
    return PlanVersion.objects.get(pk=version.pk)


def order(version: PlanVersion) -> list[tuple[str, str]]:
    rows = version.prescriptions.in_order().select_related("exercise_version__exercise")
    return [(row.section, row.exercise_version.exercise.slug) for row in rows]


def dose_of(row: Prescription, **changes) -> dict:
    """What the form of an exercise sends when one thing is changed."""
    whole = {
        "full": "1",
        "section": row.section,
        "sets": row.sets,
        "repetitions": row.repetitions,
        "hold_seconds": row.hold_seconds,
        "duration_minutes": row.duration_minutes,
        "distance_metres": row.distance_metres,
        "effort": row.effort,
        "rest_seconds": row.rest_seconds,
        "weekdays": row.weekdays or [],
        "times_a_week": row.times_a_week,
        "note": row.note,
        "pain_guidance": row.pain_guidance,
        "override_reason": row.override_reason,
    }
    if row.per_side:
        whole["per_side"] = "on"
    return {name: "" if value is None else value for name, value in (whole | changes).items()}


class Builder:
    """A clinician at the builder of one draft: posts what the page's forms would post."""

    def __init__(self, client, by, version):
        self.client, self.by, self.version = client, by, version

    def post(self, name: str, *args, lock: int | None = None, follow: bool = True, **data):
        self.client.force_login(self.by)
        sent = {"lock": fresh(self.version).lock if lock is None else lock, **data}
        return self.client.post(reverse(name, args=[self.version.pk, *args]), sent, follow=follow)

    def add(self, slug: str, section: str = "main", **data):
        return self.post("builder_add", exercise=exercise(slug).pk, section=section, **data)

    def row(self, slug: str) -> Prescription:
        return self.version.prescriptions.get(exercise_version__exercise__slug=slug)

    def dose(self, slug: str, **changes):
        row = self.row(slug)
        lock = changes.pop("lock", None)
        return self.post("builder_dose", row.pk, lock=lock, **dose_of(row, **changes))

    def move(self, slug: str, steps: int, **data):
        return self.post("builder_move", self.row(slug).pk, steps=steps, **data)

    def page(self, **query) -> str:
        self.client.force_login(self.by)
        return self.client.get(reverse("plan_builder", args=[self.version.pk]), query).content.decode()


@pytest.fixture
def builder(client, anna, alice) -> Builder:
    """Anna's first draft, empty, with Alice in front of it."""
    return Builder(client, alice, plans.start(patient=anna, title="Walk again", by=alice, at=NOON))


@pytest.fixture
def built(builder) -> Builder:
    for slug in ["pelvic-tilt", "bridge", "sit-to-stand"]:
        builder.add(slug)
    return builder


def screened(patient, by):
    patients.record_screening(
        patient=patient, tool="Clinic form", done_on=TODAY, expires_on=TODAY + timedelta(days=365), by=by, at=NOON
    )


def test_start_opens_one_draft_and_writes_who_looked(client, anna, alice):
    client.force_login(alice)
    first = client.post(reverse("plan_start", args=[anna.pk]))
    draft = PlanVersion.objects.get(plan__patient=anna)
    assert first.url == reverse("plan_builder", args=[draft.pk])
    assert client.post(reverse("plan_start", args=[anna.pk])).url == first.url
    assert PlanVersion.objects.count() == 1
    assert AccessLog.objects.filter(patient=anna, user=alice, route="plan_start").exists()
    assert client.get(reverse("plan_start", args=[anna.pk])).status_code == 405


def test_no_plan_for_somebody_discharged(client, anna, alice):
    patients.discharge(patient=anna, note="Done.", by=alice, at=NOON)
    client.force_login(alice)
    page = client.post(reverse("plan_start", args=[anna.pk]), follow=True)
    assert "Readmit them" in page.content.decode()
    assert not PlanVersion.objects.exists()


def test_an_empty_draft_says_what_to_do(builder):
    text = builder.page()
    assert "No exercises yet" in text
    assert "No valid screening." in text


def test_add_brings_the_starting_dose(builder):
    page = builder.add("bridge", "cool-down")
    row = builder.row("bridge")
    start = row.exercise_version.dose()
    assert (row.section, row.repetitions, row.hold_seconds) == (
        "cool-down",
        start["repetitions"],
        start["hold_seconds"],
    )
    assert row.weekdays == [1, 3, 5]
    assert page.redirect_chain[-1][0].endswith(f"#ex-{row.pk}")
    assert "In the plan" in page.content.decode()


def test_a_dose_is_saved_and_the_totals_follow(built):
    page = built.dose("bridge", sets=3, repetitions=8, effort=4, note="Slowly.", rest_seconds=30)
    row = built.row("bridge")
    assert (row.sets, row.repetitions, row.effort, row.note, row.rest_seconds) == (3, 8, 4, "Slowly.", 30)
    text = page.content.decode()
    assert "Note to Anna: “Slowly.”" in text
    assert "4 of 10" in text


def test_part_of_a_dose_leaves_the_rest(built):
    before = built.row("bridge")
    built.post("builder_dose", before.pk, sets=2)
    row = built.row("bridge")
    assert row.sets == 2
    assert (row.repetitions, row.weekdays, row.per_side) == (before.repetitions, before.weekdays, before.per_side)


def test_days_of_one_exercise_or_times_a_week(built):
    built.dose("bridge", weekdays=[2, 6])
    assert built.row("bridge").weekdays == [2, 6]
    page = built.dose("bridge", times_a_week=3)
    assert (built.row("bridge").weekdays, built.row("bridge").times_a_week) == (None, 3)
    assert "The days differ between exercises" in page.content.decode()
    built.dose("bridge", weekdays=[7], times_a_week="")
    assert (built.row("bridge").weekdays, built.row("bridge").times_a_week) == ([7], None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sets": "0"}, "Write a whole number from 1 to 10."),
        ({"sets": ""}, "Write a whole number from 1 to 10."),
        ({"repetitions": "101"}, "Write a whole number from 1 to 100."),
        ({"repetitions": "many"}, "Write a whole number from 1 to 100."),
        ({"hold_seconds": "-3"}, "Write a whole number from 1 to 600."),
        ({"effort": "11"}, "Write a whole number from 0 to 10."),
        ({"duration_minutes": "NaN"}, "Write minutes from 0.5 to 120"),
        ({"duration_minutes": "2.55"}, "Write minutes from 0.5 to 120"),
        ({"distance_metres": str(2**63)}, "Write a whole number from 1 to 20000."),
        ({"weekdays": [], "times_a_week": ""}, "Choose at least one day, or write how many times a week."),
        ({"times_a_week": "8"}, "Write a whole number from 1 to 7."),
        ({"repetitions": "", "hold_seconds": ""}, "Say how much: times, a hold, minutes or a distance."),
        ({"note": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_what_cannot_be_is_said_and_kept_on_the_page(built, changes, said):
    before = Prescription.objects.filter(pk=built.row("bridge").pk).values().get()
    lock = fresh(built.version).lock
    page = built.dose("bridge", **({"note": "Keep this note"} | changes))
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    for name, value in changes.items():
        if isinstance(value, str) and value and name != "note":
            assert f'name="{name}" value="{value}"' in text
    if "note" not in changes:
        assert "Keep this note</textarea>" in text
    assert Prescription.objects.filter(pk=built.row("bridge").pk).values().get() == before
    assert fresh(built.version).lock == lock


def test_up_and_down_across_sections(built):
    start = [("main", "pelvic-tilt"), ("main", "bridge"), ("main", "sit-to-stand")]
    assert order(built.version) == start
    built.move("bridge", -1)
    assert order(built.version) == [start[1], start[0], start[2]]
    built.move("bridge", -1)
    assert order(built.version) == [("warm-up", "bridge"), start[0], start[2]]
    built.move("bridge", -1)
    assert order(built.version)[0] == ("warm-up", "bridge")
    for _ in range(3):
        built.move("bridge", 1)
    built.move("bridge", 1)
    assert order(built.version)[-1] == ("cool-down", "bridge")
    assert built.post("builder_move", built.row("bridge").pk, steps=5).status_code == 404


def test_a_section_can_be_chosen(built):
    built.dose("pelvic-tilt", section="warm-up")
    assert order(built.version)[0] == ("warm-up", "pelvic-tilt")


def test_take_out(built):
    page = built.post("builder_remove", built.row("bridge").pk)
    assert [slug for _section, slug in order(built.version)] == ["pelvic-tilt", "sit-to-stand"]
    assert "Bridge taken out" in page.content.decode()


def test_the_same_days_for_the_whole_plan(built):
    built.dose("bridge", times_a_week=2)
    built.post("builder_days", weekdays=[2, 4])
    assert {tuple(row.weekdays) for row in built.version.prescriptions.all()} == {(2, 4)}
    refused = built.post("builder_days")
    assert refused.status_code == 422
    assert "Choose at least one day." in refused.content.decode()
    assert built.post("builder_days", weekdays=["9"]).status_code == 422


def test_the_shelf_stays_as_it_was_searched(built):
    built.client.force_login(built.by)
    address = reverse("builder_add", args=[built.version.pk]) + "?q=tilt&impact=low&nonsense=1"
    sent = {"lock": fresh(built.version).lock, "exercise": exercise("chin-tuck").pk, "section": "main"}
    back = built.client.post(address, sent)
    assert back.url.startswith(reverse("plan_builder", args=[built.version.pk]) + "?q=tilt&impact=low#ex-")


def test_without_a_screening_nothing_is_activated(built):
    page = built.post("plan_activate", why="A start.")
    text = page.content.decode()
    assert page.status_code == 422
    assert "Record a readiness screening that is still valid." in text
    assert reverse("patient", args=[built.version.plan.patient_id]) + "#screening" in text
    assert "A start.</textarea>" in text
    assert fresh(built.version).is_draft


def test_an_empty_plan_is_not_activated(builder, anna, alice):
    screened(anna, alice)
    page = builder.post("plan_activate", why="Nothing.")
    assert page.status_code == 422
    assert "Add at least one exercise." in page.content.decode()


def test_activate_says_what_changed_and_goes_to_the_patient(built, anna, alice):
    screened(anna, alice)
    address = reverse("plan_activate", args=[built.version.pk])
    asked = built.client.get(address).content.decode()
    assert "First plan: Pelvic tilt, Bridge and Sit to stand." in asked
    assert built.post("plan_activate", why="  ").status_code == 422
    page = built.post("plan_activate", why="To climb stairs.")
    assert page.redirect_chain[-1][0] == reverse("patient", args=[anna.pk])
    assert "v1 is active" in page.content.decode()
    version = fresh(built.version)
    assert (version.state, version.why, version.activated_by) == ("active", "To climb stairs.", alice)
    assert Plan.objects.get(patient=anna).active_version == version
    assert Reevaluation.objects.filter(plan__patient=anna, state="open").count() == 1


def test_an_active_version_is_for_reading(client, annas_plan, alice):
    client.force_login(alice)
    text = client.get(reverse("plan_builder", args=[annas_plan.pk])).content.decode()
    assert "Revise" in text and "A start" in text
    assert 'name="lock"' not in text
    assert client.get(reverse("plan_activate", args=[annas_plan.pk])).status_code == 302


def test_revising_copies_and_the_old_version_stays(client, anna, annas_plan, alice):
    before = list(annas_plan.prescriptions.order_by("pk").values())
    client.force_login(alice)
    client.post(reverse("plan_start", args=[anna.pk]))
    draft = PlanVersion.objects.get(plan=annas_plan.plan, state="draft")
    assert order(draft) == order(annas_plan)
    again = Builder(client, alice, draft)
    slug = order(draft)[0][1]
    name = again.row(slug).exercise_version.name
    page = again.dose(slug, sets=4).content.decode()
    assert "Was " in page and "v1: " in page
    again.add("sit-to-stand")
    again.post("builder_days", weekdays=[1, 5])
    why = client.get(reverse("plan_activate", args=[draft.pk])).context["form"].initial["why"]
    for words in [
        "Added Sit to stand.",
        f"{name}: 4 sets of",
        "Days: Monday and Friday (was Monday, Wednesday and Thursday).",
    ]:
        assert words in why
    again.post("plan_activate", why=why)
    assert fresh(draft).state == "active"
    assert fresh(annas_plan).state == "superseded"
    assert list(annas_plan.prescriptions.order_by("pk").values()) == before


def test_throwing_a_draft_away_asks_first(client, anna, annas_plan, alice):
    draft = Builder(client, alice, plans.revise(plan=annas_plan.plan, by=alice, at=NOON))
    client.force_login(alice)
    assert "keeps v1" in client.get(reverse("plan_discard", args=[draft.version.pk])).content.decode()
    assert PlanVersion.objects.filter(pk=draft.version.pk).exists()
    draft.post("plan_discard")
    assert not PlanVersion.objects.filter(pk=draft.version.pk).exists()
    assert Plan.objects.get(patient=anna).active_version == annas_plan


def test_the_preview_is_what_the_patient_reads(built):
    built.dose("bridge", note="Only as high as is easy.", pain_guidance="Up to 4 is fine.")
    text = built.client.get(reverse("plan_preview", args=[built.version.pk])).content.decode()
    row = built.row("bridge")
    for words in [
        "Only as high as is easy.",
        "Up to 4 is fine.",
        "Monday, Wednesday and Friday",
        *row.exercise_version.steps,
    ]:
        assert words in text


@pytest.mark.parametrize("count", [1, 6])
def test_queries_do_not_grow_with_the_plan(client, anna, alice, annas_plan, django_assert_max_num_queries, count):
    draft = plans.revise(plan=annas_plan.plan, by=alice, at=NOON)
    builder = Builder(client, alice, draft)
    for each in Exercise.objects.prescribable().filter(clinic=None).order_by("-slug")[:count]:
        builder.add(each.slug, override_reason="Agreed.")
    with django_assert_max_num_queries(26):
        builder.page()


def test_a_second_plan_needs_no_second_screening(client, ben, bob):
    active = make_active_plan(ben, bob)
    text = Builder(client, bob, plans.revise(plan=active.plan, by=bob, at=NOON)).page()
    assert "Nothing changes for Ben until you activate v2. v1 is kept." in text
