"""The library's pages: who may read them, what they show, and how much they ask of the database."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from exercises.models import Caution, Exercise, ExerciseLink, ExerciseVersion
from plans.wording import dose_in_words


@pytest.fixture
def sit_to_stand(db) -> Exercise:
    return Exercise.objects.get(clinic=None, slug="sit-to-stand")


def own_exercise(clinic, slug: str, name: str, author, publisher) -> Exercise:
    """A clinic's own published exercise, written as a copy of a shipped one."""
    model = ExerciseVersion.objects.filter(name="Bridge").get()
    exercise = Exercise.objects.create(clinic=clinic, slug=slug)
    kept = ["goal", "position", "impact", "starting_dose", "dose_range", "steps", "body_regions"]
    version = ExerciseVersion.objects.create(
        exercise=exercise,
        number=1,
        name=name,
        state="published",
        author=author,
        publisher=publisher,
        published_at=timezone.now(),
        search_key=name.lower(),
        **{field: getattr(model, field) for field in kept},
    )
    exercise.current_version = version
    exercise.save()
    return exercise


def test_staff_read_the_library_and_nobody_else(client, alice, cora, lena, anna, sit_to_stand):
    pages = [reverse("library"), reverse("exercise", args=[sit_to_stand.pk])]
    for page in pages:
        assert client.get(page).status_code == 302
    for person, status in [(alice, 200), (cora, 200), (lena, 200), (anna.user, 404)]:
        client.force_login(person)
        assert [client.get(page).status_code for page in pages] == [status, status]
        assert client.post(pages[0]).status_code in {405, 404}


def test_tiles_say_name_goal_impact_and_dose(client, alice, sit_to_stand):
    client.force_login(alice)
    page = client.get(reverse("library"), {"q": "sit to stand"})
    text = page.content.decode()
    for words in ["Sit to stand", "Strength. Low impact.", dose_in_words(sit_to_stand.current_version.dose())]:
        assert words in text
    assert reverse("exercise", args=[sit_to_stand.pk]) in text


def test_the_address_keeps_the_state(client, alice):
    client.force_login(alice)
    address = {"q": "back", "goal": "mobility", "position": ["lying", "sitting"], "impact": "low"}
    text = client.get(reverse("library"), address).content.decode()
    assert 'value="back"' in text
    assert '<option value="mobility" selected>' in text
    assert text.count('name="position" value="lying" checked') == 1
    assert text.count('name="position" value="sitting" checked') == 1
    assert 'name="position" value="standing" checked' not in text


def test_pages_of_24_keep_the_filters(client, alice):
    client.force_login(alice)
    first = client.get(reverse("library"), {"impact": "moderate"})
    assert len(first.context["tiles"]) == 24
    assert "impact=moderate&amp;page=2" in first.content.decode()
    second = client.get(reverse("library"), {"impact": "moderate", "page": "2"})
    rest = second.context["page"].paginator.count - 24
    assert 0 < len(second.context["tiles"]) == min(rest, 24)
    assert client.get(reverse("library"), {"page": "no number"}).status_code == 200
    assert client.get(reverse("library"), {"page": "999999"}).status_code == 200


def test_an_empty_result_says_what_to_do(client, alice):
    client.force_login(alice)
    text = client.get(reverse("library"), {"q": "underwater basket weaving"}).content.decode()
    assert "No exercise fits all of this" in text
    assert "Search with one word less" in text


def test_an_unknown_filter_is_said_not_swallowed(client, alice):
    client.force_login(alice)
    page = client.get(reverse("library"), {"goal": "flying"})
    assert page.status_code == 200
    assert "One of the filters is not known here" in page.content.decode()


def test_htmx_gets_the_list_alone(client, alice):
    client.force_login(alice)
    found = client.get(reverse("library"), {"q": "bridge", "goal": ""}, headers={"HX-Request": "true"})
    part = found.content.decode()
    assert "Bridge" in part and "<html" not in part
    assert found["HX-Push-Url"] == reverse("library") + "?q=bridge"
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(reverse("library"), headers=back).content.decode()


@pytest.mark.parametrize("query", [{}, {"q": "bridge"}, {"q": "zzzz"}, {"goal": "strength", "position": "lying"}])
def test_few_queries_whatever_is_asked(client, alice, django_assert_max_num_queries, query):
    client.force_login(alice)
    client.get("/")  # the first page notes when the session began
    with django_assert_max_num_queries(FRAME + 6) as found:
        client.get(reverse("library"), query)
    mine = [each["sql"] for each in found if "exercises_" in each["sql"] and "plans_" not in each["sql"]]
    assert len(mine) <= 4


FRAME = 4
"""Session, user, memberships, and the inbox count of the rail."""


def test_a_clinics_own_exercises_stay_in_the_clinic(client, alice, bob, charlie, harbour):
    ours = own_exercise(harbour, "harbour-walk", "Harbour walk", alice, bob)
    page = reverse("exercise", args=[ours.pk])
    client.force_login(alice)
    assert "Harbour walk" in client.get(reverse("library"), {"q": "harbour walk"}).content.decode()
    assert client.get(page).status_code == 200
    client.force_login(charlie)
    assert "Harbour walk" not in client.get(reverse("library")).content.decode()
    assert client.get(page).status_code == 404


def test_retired_exercises_are_not_offered(client, alice, sit_to_stand):
    sit_to_stand.retired_at, sit_to_stand.retired_by = timezone.now(), alice
    sit_to_stand.save()
    client.force_login(alice)
    page = client.get(reverse("library"), {"q": "sit to stand"})
    assert f"tile_{sit_to_stand.pk}" not in page.content.decode()
    assert client.get(reverse("exercise", args=[sit_to_stand.pk])).status_code == 404


def test_the_page_of_an_exercise_holds_all_of_it(client, alice, sit_to_stand):
    client.force_login(alice)
    page = client.get(reverse("exercise", args=[sit_to_stand.pk]))
    text = page.content.decode()
    version = sit_to_stand.current_version
    for line in [*version.steps, *version.cues, *version.stop_if, version.should_feel, *version.also_known_as]:
        assert line.replace("'", "&#x27;") in text
    for mistake in version.common_mistakes:
        assert mistake.split(": ")[0] in text
    for caution in Caution.objects.filter(version=version).select_related("condition"):
        assert caution.condition.name in text
        assert caution.reason.replace("'", "&#x27;") in text
    assert "Not for" in text and "Caution" in text
    assert "Published, v1" in text
    assert "Not yet reviewed here." in text
    assert f"https://doi.org/{version.evidence[0]['doi']}" in text


def test_the_chain_links_both_ways(client, alice, sit_to_stand):
    client.force_login(alice)
    page = client.get(reverse("exercise", args=[sit_to_stand.pk]))
    harder = ExerciseLink.objects.filter(easier=sit_to_stand).values_list("harder_id", flat=True)
    easier = ExerciseLink.objects.filter(harder=sit_to_stand).values_list("easier_id", flat=True)
    assert {each.pk for each in page.context["harder"]} == set(harder) != set()
    assert {each.pk for each in page.context["easier"]} == set(easier) != set()
    for pk in [*harder, *easier]:
        assert reverse("exercise", args=[pk]) in page.content.decode()


def test_a_review_here_replaces_the_note(client, alice, cora, sit_to_stand):
    version = sit_to_stand.current_version
    version.reviewed_at, version.reviewed_by = timezone.now(), cora
    version.save()
    client.force_login(alice)
    text = client.get(reverse("exercise", args=[sit_to_stand.pk])).content.decode()
    assert "Not yet reviewed here" not in text
    assert "Reviewed here by Cora Curator" in text


def test_every_shipped_exercise_has_its_page(client, alice, django_assert_max_num_queries):
    client.force_login(alice)
    # The session notes each minute that somebody is there: however slow the machine is, this is one moment.
    with time_machine.travel(timezone.now(), tick=False):
        _every_page(client, django_assert_max_num_queries)


def _every_page(client, django_assert_max_num_queries):
    client.get("/")  # the first page notes when the session began
    for exercise in Exercise.objects.prescribable().filter(clinic=None):
        with django_assert_max_num_queries(FRAME + 8):
            assert client.get(reverse("exercise", args=[exercise.pk])).status_code == 200
