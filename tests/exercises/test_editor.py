"""The editor: incomplete is saved, what is wrong is said beside it, nobody is overwritten, strangers see nothing."""

import re

import pytest
from django.urls import reverse

from exercises.actions import lifecycle, proposals
from exercises.forms_editor import EditorForm
from exercises.models import Exercise, ExerciseVersion
from tests.cast import NOON, make_active_plan
from tests.exercises.curation_cast import WHOLE, fresh, in_review, published, write

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def draft(maren) -> ExerciseVersion:
    return write(maren)


def typed(version: ExerciseVersion, **changes) -> dict:
    """What the browser sends for a draft as it is stored, with some fields typed over."""
    form = EditorForm(version)
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items() if value is not False}
    for name in ("also_known_as", "steps", "cues", "common_mistakes", "stop_if"):
        data[name] = "\n".join(getattr(version, name))
    for prefix, rows in (("caution", form.cautions), ("study", form.evidence)):
        for field in rows[0].values if rows else ():
            data[f"{prefix}_{field}"] = [row.values[field] for row in rows]
    return data | {"lock": str(version.lock)} | changes


def address(version) -> str:
    return reverse("exercise_editor", args=[version.pk])


def test_what_is_shown_and_sent_back_unchanged_changes_nothing(client, maren, db):
    shipped = Exercise.objects.get(clinic=None, slug="sit-to-stand")
    version = lifecycle.edit(exercise=shipped, by=maren, at=NOON)
    client.force_login(maren)
    before = {name: getattr(version, name) for name in lifecycle.CONTENT}
    cautions = sorted(version.cautions.values_list("condition_id", "kind", "reason"))
    answer = client.post(address(version), typed(version))
    assert answer.status_code == 302
    after = fresh(version)
    assert {name: getattr(after, name) for name in lifecycle.CONTENT} == before
    assert sorted(after.cautions.values_list("condition_id", "kind", "reason")) == cautions
    assert after.lock == version.lock + 1


def test_saving_while_writing_answers_with_the_preview_and_what_is_missing(client, maren, draft):
    client.force_login(maren)
    answer = client.post(address(draft), typed(draft, steps="Lie down.\n2. Slide one heel.\n- rest"), **HTMX)
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["X-Saved"]) == (200, "yes")
    assert fresh(draft).steps == ["Lie down.", "Slide one heel.", "rest"]
    assert "Slide one heel." in text
    assert 'id="lock" value="2" hx-swap-oob="true"' in text
    assert "“rest” must be one sentence" in text


def test_the_preview_is_what_the_patient_reads(client, maren, ravi, anna, alice):
    exercise = published(maren, ravi)
    version = make_active_plan(anna, alice, exercises=("heel-slide",))
    client.force_login(anna.user)
    patient = client.get(reverse("plan_exercise", args=[version.prescriptions.get().pk]))
    client.force_login(maren)
    work = lifecycle.edit(exercise=exercise, by=maren, at=NOON)
    editor = client.get(address(work))
    told = [how_it_goes(response) for response in (patient, editor)]
    assert told[0] == told[1]
    assert all(step in told[0] for step in version.prescriptions.get().exercise_version.steps)


def how_it_goes(response):
    """What templates/exercises/_how_it_goes.html says at its beginning."""
    return re.search(r'<h2 class="pp-h-s">How it goes</h2>.*?</section>', response.content.decode(), re.DOTALL)[0]


def test_a_half_filled_draft_is_saved_and_says_what_is_missing(client, maren):
    version = lifecycle.create(name="Toe tap", clinic=None, by=maren, at=NOON)
    client.force_login(maren)
    answer = client.post(address(version), {"lock": "0", "name": "Toe taps", "steps": "Sit."})
    assert answer.status_code == 302
    assert (fresh(version).name, fresh(version).steps) == ("Toe taps", ["Sit."])
    page = client.get(address(version))
    assert {each.field for each in page.context["missing"]} > {"goal", "steps", "cautions", "starting_dose"}
    said = page.context["said"]
    assert "steps" in said and "goal" not in said  # what nobody has filled in yet is not marked


def test_what_cannot_be_stored_stays_typed_and_the_rest_is_saved(client, maren, draft):
    client.force_login(maren)
    answer = client.post(
        address(draft),
        typed(draft, name="Heel slides", start_sets="many", effort_min="9", effort_max="2", caution_reason=[""]),
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    stored = fresh(draft)
    assert stored.name == "Heel slides"
    assert (stored.starting_dose["sets"], stored.effort_min, stored.effort_max) == (1, 1, 3)
    assert not stored.cautions.exists()
    assert 'value="many"' in text
    assert "Row 1: Write the reason." in text
    assert "The least effort is above the most effort" in text


def test_sending_to_review_saves_first(client, maren, draft):
    client.force_login(maren)
    answer = client.post(address(draft), typed(draft, name="Heel slides", then="review"))
    assert answer.headers["Location"] == reverse("version_review", args=[draft.pk])
    assert (fresh(draft).state, fresh(draft).name) == ("review", "Heel slides")
    assert client.get(address(draft)).headers["Location"] == reverse("version_review", args=[draft.pk])


def test_what_is_missing_keeps_it_a_draft_and_is_marked(client, maren, draft):
    client.force_login(maren)
    answer = client.post(address(draft), typed(draft, goal="", should_feel="Light.", then="review"))
    assert answer.status_code == 422
    assert (fresh(draft).state, fresh(draft).should_feel) == ("draft", "Light.")
    assert [said.sentence for said in answer.context["said"]["goal"]] == ["Choose the goal."]
    assert "one thing is missing" in answer.content.decode()


def test_two_curators_in_one_draft(client, maren, ravi, draft):
    lifecycle.save_draft(version=draft, content={"name": "Ravi's name"}, lock=draft.lock, by=ravi, at=NOON)
    client.force_login(maren)
    mine = typed(draft, name="Maren's name", should_feel="Nearly nothing.")
    note = client.post(address(draft), mine, **HTMX)
    assert note.status_code == 409
    assert "Ravi Sandhu saved this draft" in note.content.decode()
    page = client.post(address(draft), mine)
    text = page.content.decode()
    assert page.status_code == 409
    assert fresh(draft).name == "Ravi's name"
    for kept in ("Ravi&#x27;s name", "Maren&#x27;s name", "Nearly nothing."):
        assert kept in text
    sent = dict(page.context["sent"]) | {"lock": str(page.context["stored"].lock)}
    assert client.post(address(draft), sent).status_code == 302
    assert (fresh(draft).name, fresh(draft).should_feel) == ("Maren's name", "Nearly nothing.")
    assert fresh(draft).author == maren


def test_the_same_sent_twice_is_saved_once_and_is_no_conflict(client, maren, draft):
    client.force_login(maren)
    body = typed(draft, name="Heel slides")
    first, second = (client.post(address(draft), body, **HTMX) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert 'id="lock" value="2"' in second.content.decode()
    assert fresh(draft).lock == 2


@pytest.mark.parametrize("lock", ["", "x", "-1", "9" * 40, "٣"])
def test_a_save_without_a_known_state_overwrites_nothing(client, maren, draft, lock):
    client.force_login(maren)
    assert client.post(address(draft), typed(draft, name="Other", lock=lock)).status_code == 409
    assert fresh(draft).name == "Heel slide"


@pytest.mark.parametrize(
    "hostile",
    [
        {"name": "a\0b"}, {"steps": "x" * 20_000}, {"steps": "\n".join(map(str, range(99)))}, {"goal": "flying"},
        {"body_regions": ["nowhere"]}, {"met": "9|x|y"}, {"start_sets": "9" * 40}, {"effort_min": "NaN"},
        {"caution_condition": ["nothing"], "caution_kind": ["x"], "caution_reason": ["y\0"]},
        {"study_year": ["٢٠٢٠"], "study_title": ["T"]}, {"study_title": ["T"] * 300}, {"name": "‮evil"},
        {"caution_condition": ["gout", "gout"], "caution_kind": ["caution"], "caution_reason": ["a", "b"]},
    ],
)  # fmt: skip
def test_odd_input_is_never_an_error_of_the_server(client, maren, draft, hostile):
    client.force_login(maren)
    for extra in ({}, HTMX):
        answer = client.post(address(draft), typed(fresh(draft)) | hostile, **extra)
        assert answer.status_code in (200, 302, 422)
    assert fresh(draft).steps == WHOLE["steps"] or "steps" in hostile


# --- who may write ---


def test_a_curator_writes_only_their_library(client, maren, ravi, harbour, hill, cora):
    shared, own, foreign = (
        published(maren, ravi, name=name, clinic=clinic)
        for name, clinic in (("Shared lift", None), ("Own lift", harbour), ("Foreign lift", hill))
    )
    rows = Exercise.objects
    assert set(rows.writable_by(cora, NOON)) == {own}
    assert shared in rows.writable_by(maren, NOON) and own not in rows.writable_by(maren, NOON)
    client.force_login(cora)
    for exercise, status in ((own, 302), (shared, 404), (foreign, 404)):
        assert client.post(reverse("exercise_edit", args=[exercise.pk])).status_code == status
        for page in ("exercise_used", "exercise_history", "exercise_statistics", "exercise_retire"):
            assert client.get(reverse(page, args=[exercise.pk])).status_code == (200 if status == 302 else 404)


def test_an_ended_membership_writes_no_more(harbour, cora, maren, ravi):
    own = published(maren, ravi, name="Own lift", clinic=harbour)
    assert own in Exercise.objects.writable_by(cora, NOON)
    cora.memberships.update(valid_until=NOON)
    assert own not in Exercise.objects.writable_by(cora, NOON)


def test_strangers_find_no_draft_no_review_and_no_proposal(client, maren, ravi, alice, cora, lena, anna, harbour):
    draft, waiting = write(maren), in_review(maren, name="Toe tap")
    own = published(maren, ravi, name="Own lift", clinic=harbour)
    offered = proposals.propose(exercise=own, note="", by=cora, at=NOON)
    pages = [
        *(reverse(name, args=[draft.pk]) for name in ("exercise_editor", "exercise_discard")),
        reverse("version_review", args=[waiting.pk]),
        reverse("proposal", args=[offered.pk]),
    ]
    posts = [
        *(reverse(name, args=[draft.pk]) for name in ("exercise_editor", "exercise_discard", "exercise_take_back")),
        *(reverse(name, args=[waiting.pk]) for name in ("version_publish", "version_send_back", "version_reviewed")),
        reverse("proposal", args=[offered.pk]),
    ]
    for person in (alice, cora, lena, anna.user):
        client.force_login(person)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(page, {"note": "x", "answer": "accept"}).status_code for page in posts} == {404}
    client.force_login(ravi)
    assert {client.get(page).status_code for page in pages} == {200}
    assert (fresh(waiting).state, fresh(draft).lock) == ("review", draft.lock)


def test_a_new_exercise_goes_to_a_library_of_one_s_own(client, cora, maren, harbour):
    url = reverse("exercise_new")
    client.force_login(cora)
    assert "Harbour Clinic only" in client.get(url).content.decode()
    assert client.post(url, {"name": "Toe tap", "library": "shared"}).status_code == 422
    assert client.post(url, {"name": "Toe tap", "library": str(harbour.pk)}).status_code == 302
    assert Exercise.objects.get(slug="toe-tap").clinic == harbour
    client.force_login(maren)
    assert client.post(url, {"name": "Toe tap", "library": str(harbour.pk)}).status_code == 422
    assert client.post(url, {"name": "", "library": "shared"}).status_code == 422
    assert client.post(url, {"name": "Toe tap", "library": "shared"}).status_code == 302


def test_clinicians_compare_published_versions_and_see_no_draft(client, maren, ravi, alice):
    exercise = published(maren, ravi)
    lifecycle.save_draft(
        version=lifecycle.edit(exercise=exercise, by=maren, at=NOON),
        content={"name": "Secret name"}, lock=0, by=maren, at=NOON,
    )  # fmt: skip
    url = reverse("exercise_changes", args=[exercise.pk])
    client.force_login(alice)
    page = client.get(url, {"from": "1", "to": "2"})
    assert page.status_code == 200
    assert "Secret name" not in page.content.decode()
    client.force_login(maren)
    assert "Secret name" in client.get(url, {"from": "1", "to": "2"}).content.decode()
    assert client.get(url, {"from": "x", "to": "9" * 30}).status_code == 200
