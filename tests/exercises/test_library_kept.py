"""What a process keeps of the library's page is never out of date, and never for somebody else."""

import re

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from exercises import tiles
from exercises.forms import LibraryFilter
from exercises.library_filter import MARK, filter_of, marks
from exercises.models import Condition, Equipment, Exercise, ExerciseVersion
from exercises.search import search
from exercises.search_catalogue import MOST_ANSWERS, Found, catalogue
from exercises.search_filters import Wanted
from exercises.translated import kept

EMPTY = {"cues": [], "common_mistakes": [], "should_feel": "", "stop_if": []}
ADDRESSES = [
    "",
    "goal=strength",
    "equipment=firm-chair&equipment=walking-frame&condition=hip-replacement-recent",
    "position=lying&impact=low",
]


def drawn_for(user, address: str) -> dict[str, str]:
    known = marks(user, timezone.now())
    asks = filter_of(QueryDict(address), known)
    mine = Exercise.objects.visible_to(user, timezone.now()).prescribable()
    return asks.drawn(search(mine, asks.wanted, asks.form.conditions(), known.exercises).counts)


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_kept_and_filled_is_what_the_form_draws(alice, address):
    mine = Exercise.objects.visible_to(alice, timezone.now()).prescribable()
    for words in ("bridge", "knee"):
        whole = f"q={words}&{address}"
        form = LibraryFilter(QueryDict(whole), mine)
        form.count(results := search(mine, form.wanted(), form.conditions(), form.stamp))
        asks = filter_of(QueryDict(whole), marks(alice, timezone.now()))
        assert asks.wanted == form.wanted() and not asks.odd
        shown = asks.drawn(results.counts)
        assert not MARK.search("".join(shown.values()))
        counted = {option.value: str(option.count) for option in form.options("equipment")}
        found = dict(re.findall(r'id="lib_n_([\w-]+)"[^>]*>(\d+)<', shown["home_counts"]))
        assert found == counted and len(set(found.values())) > 1


def test_a_new_name_and_a_new_condition_stand_on_the_next_page(alice):
    before = drawn_for(alice, "")
    Equipment.objects.filter(slug="walking-frame").update(name="A frame on wheels")
    assert "A frame on wheels" in drawn_for(alice, "")["home"] and "A frame on wheels" not in before["home"]
    Condition.objects.create(slug="of-today", name="Known since today")
    assert "Known since today" in drawn_for(alice, "")["safe"] and "Known since today" not in before["safe"]


def test_what_is_kept_is_kept_for_each_language(alice):
    english = drawn_for(alice, "goal=strength")
    with translation.override("es"):
        spanish = drawn_for(alice, "goal=strength")
    assert "Strength" in english["facets"] and "Strength" not in spanish["facets"]
    assert drawn_for(alice, "goal=strength") == english


@pytest.mark.parametrize("address", ["goal=nonsense", "q=" + "a" * 500, "q=a%00b"])
def test_what_is_not_known_is_left_out_and_said(alice, address):
    asks = filter_of(QueryDict(address), marks(alice, timezone.now()))
    assert asks.odd and asks.wanted.words == "" and asks.wanted.goal == ""
    assert not filter_of(QueryDict("q=bridge"), marks(alice, timezone.now())).odd


def test_another_clinics_exercises_have_another_mark(alice, charlie, hill):
    shared = Exercise.objects.filter(clinic=None).prescribable().first()
    at = timezone.now()
    assert marks(alice, at) == marks(charlie, at)
    Exercise.objects.filter(pk=shared.pk).update(clinic=hill)
    assert marks(alice, at).exercises != marks(charlie, at).exercises


def test_a_tile_is_read_once_and_a_new_translation_is_shown_at_once(db, django_assert_num_queries):
    version = Exercise.objects.get(clinic=None, slug="sit-to-stand").current_version
    found = [Found(version.exercise_id, version.pk, version.name)]
    tiles._kept.clear()
    with django_assert_num_queries(1):
        assert tiles.tiles_of(found)[0].name == version.name
    with django_assert_num_queries(0):
        assert tiles.tiles_of(found) == tiles.tiles_of(found)
    english = {name: getattr(version, name) for name in ("name", "also_known_as", "steps")} | {"cautions": {}}
    for name in ("Sentarse", "Levantarse"):
        said = kept({**EMPTY, **english}, {"name": name})
        ExerciseVersion.objects.filter(pk=version.pk).update(translations={"es": said})
        with translation.override("es"):
            [tile] = tiles.tiles_of(found)
            assert tile.name == name and f"<b>{name}</b>" in tiles.drawn(tile, "")
    assert "Take care: nobody" in tiles.drawn(tiles.tiles_of(found)[0], "nobody")
    assert "Take care" not in tiles.drawn(tiles.tiles_of(found)[0], "")


@pytest.fixture
def asking(alice):
    """Searches as Alice, who asks for a mark first; and the catalogue that she searches then."""
    mine = Exercise.objects.visible_to(alice, timezone.now()).prescribable()
    stamp = marks(alice, timezone.now()).exercises
    known = catalogue(mine, stamp)
    known.answers.forget()
    return (lambda wanted: search(mine, wanted, ["osteoporosis"], stamp)), known


def test_what_was_found_is_found_again_without_asking(asking, django_assert_num_queries):
    ask, _known = asking
    with django_assert_num_queries(1):
        first = ask(Wanted(words="bridge"))
    with django_assert_num_queries(0):
        assert ask(Wanted(words="bridge")) is first
    lying = ask(Wanted(words="bridge", positions=("lying",)))
    assert lying is not first and set(map(repr, lying.found)) <= set(map(repr, first.found))


def test_with_an_exercise_less_nothing_that_was_found_before_is_shown(alice):
    def found() -> list[str]:
        mine = Exercise.objects.visible_to(alice, timezone.now()).prescribable()
        return [
            each.name for each in search(mine, Wanted(words="bridge"), (), marks(alice, timezone.now()).exercises).found
        ]

    before = found()
    gone = Exercise.objects.filter(clinic=None, current_version__name=before[0])
    gone.update(retired_at=timezone.now(), retired_by=alice, retired_reason="Tried no more")
    assert found() == before[1:]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(words="Joan Whitfield"),
        Wanted(words="brigde"),
        Wanted(words="bridge", conditions=("osteoporosis",)),
        Wanted(words="bridge", home=("firm-chair",)),
    ],
)
def test_what_may_be_of_a_patient_is_not_kept(asking, wanted):
    ask, known = asking
    ask(wanted)
    assert not len(known.answers)


def test_a_catalogue_keeps_only_so_many_answers(asking):
    _ask, known = asking
    for effort in range(MOST_ANSWERS + 5):
        known.answers.keep(effort, effort)
    assert len(known.answers) == MOST_ANSWERS
    assert known.answers.get(4) is None and known.answers.get(5) == 5
