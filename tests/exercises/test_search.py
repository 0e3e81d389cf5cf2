"""Finding exercises (exercises/search*.py): every word counts, case and accents do not, slips are forgiven."""

import random

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from exercises.models import Exercise, ExerciseVersion
from exercises.search import find, in_order, search
from exercises.search_filters import Wanted
from exercises.search_words import Vocabulary, allowed_slips, needed, read, split, stem

NAMES = ["Bridge", "Hip lift", "Glute bridge", "Tai chi weight shift", "Easy breaststroke", "Pelvic tilt", "Heel raise"]
WORDS = Vocabulary([tuple(split(name)) for name in NAMES], ["lower-back", "knee", "hip"], ["strength", "mobility"])


@pytest.fixture
def library(db):
    return Exercise.objects.prescribable().filter(clinic=None)


def names(library, words: str = "", **wanted) -> list[str]:
    return [found.name for found in find(library, Wanted(words=words, **wanted))]


def exercise(name: str, *aliases: str, **fields) -> Exercise:
    """A published exercise of the shared library with the content of a shipped one."""
    model = ExerciseVersion.objects.get(name="Bridge", exercise__clinic=None)
    kept = ["goal", "family", "position", "impact", "starting_dose", "dose_range", "steps", "cues", "body_regions"]
    made = Exercise.objects.create(slug=f"made-{Exercise.objects.count()}")
    values = {field: getattr(model, field) for field in kept} | {"also_known_as": list(aliases)} | fields
    version = ExerciseVersion.objects.create(exercise=made, number=1, name=name, **values)
    publish(version)
    return made


def publish(version: ExerciseVersion) -> None:
    version.state, version.shipped_release, version.published_at = "published", "test", timezone.now()
    version.save()
    version.exercise.current_version = version
    version.exercise.save()


# What somebody types, without the database.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Sit-to-STAND ", ["sit", "to", "stand"]),
        ("T'ai chi", ["tai", "chi"]),
        ("Child’s pose", ["childs", "pose"]),
        ("étirement_doux", ["etirement", "doux"]),
        ("push/pull", ["push", "pull"]),
        ("SLR", ["straight", "leg", "raise"]),
        ("\x00 & | ! :* ' () <->", []),
    ],
)
def test_words_of_a_query(text, words):
    assert split(text) == words


@pytest.mark.parametrize(
    "alike",
    [
        ("raise", "raises", "raising", "raised"),
        ("sit", "sits", "sitting"),
        ("cycle", "cycling", "cycles"),
        ("knee", "knees"),
        ("body", "bodies"),
        ("breath", "breathe", "breathing"),
    ],
)
def test_forms_of_a_word_are_alike(alike):
    assert len({stem(word) for word in alike}) == 1


def test_different_words_stay_different():
    assert len({stem(word) for word in ("hip", "press", "bed", "bend", "bench", "string", "swing")}) == 7


def test_how_many_slips_a_word_may_have():
    assert [allowed_slips(word) for word in ("ti", "hip", "knee", "raise", "bridge", "stretching")] == [
        0,
        1,
        1,
        1,
        2,
        2,
    ]


def test_a_short_word_keeps_its_first_letter():
    assert WORDS.near("hop", goes_on=False) == ["hip"]
    assert WORDS.near("wip", goes_on=False) == []


def test_a_known_word_is_not_corrected_unless_doubted():
    assert read("tilt", WORDS)[0].near == ()
    (hip, lift) = read("hip lilt", WORDS)
    assert not hip.near and "lift" in lift.near
    both = Vocabulary([("heel", "raise"), ("hell", "ride")], [], [])
    assert read("hell raise", both)[0].near == ()
    assert read("hell raise", both, doubting=True)[0].near == ("heel",)


def test_the_last_word_goes_on():
    first, last = read("heel rai", WORDS)
    assert not first.goes_on and last.goes_on and last.grades["raise"] == 1


def test_words_written_together_or_apart():
    assert ("tai", "chi") in read("taichi", WORDS)[0].own
    (term,) = read("breast stroke", WORDS)
    assert ("breaststroke",) in term.own


def test_words_for_regions():
    assert [term.meant for term in read("low back", WORDS)] == [("lower-back",)]
    assert "lower-back" in read("lumbar", WORDS)[0].meant
    assert "lower-back" in read("lumbr", WORDS)[0].near_meant


def test_pain_makes_a_word_mean_the_region():
    knee, pain = read("knee pain", WORDS)
    assert knee.own == () and knee.meant == ("knee",) and not pain.needed
    assert read("hip lift", WORDS)[0].own


def test_small_words_count_only_alone():
    assert [term.typed for term in needed(read("bridge in the hip", WORDS))] == [("bridge",), ("hip",)]
    assert [term.typed for term in needed(read("in", WORDS))] == [("in",)]
    assert [term.typed for term in needed(read("pain", WORDS))] == [("pain",)]


@given(st.text(max_size=300))
def test_any_text_is_a_query(text):
    terms = read(text, WORDS)
    assert len(terms) <= 8 * 3
    assert all(term.own or term.meant or not term.needed for term in terms)


# In the library.


def test_nothing_asked_for_is_everything_by_name(library):
    found = names(library)
    assert len(found) == library.count() > 200
    assert found == sorted(found, key=str.casefold)


@pytest.mark.parametrize(
    "query", ["&", "!", "a:*", "'", "\\", "<->", "((", "bridge | zebra", "x" * 5000, "💧", "bridge\x00"]
)
def test_signs_of_the_query_language_are_only_signs(library, query):
    search(library, Wanted(words=query))
    assert "Bridge" in names(library, "bridge & !")


def test_every_word_counts(library):
    found = names(library, "bridge bed")
    assert found[0] == "Small bridge in bed" and len(found) < len(names(library, "bridge"))
    assert names(library, "bridge zebra") == []


def test_name_before_other_name_before_region_before_text(library):
    text = exercise("Heron walk", steps=["Picture a quokka.", "Rest."])
    region = exercise("Otter turn", family="quokka")
    other = exercise("Beaver turn", "Quokka turn")
    own = exercise("Quokka turn with a long name")
    assert in_order(find(library, Wanted(words="quokka"))) == [own, other, region, text]
    assert names(library, "quoka")[:3] == names(library, "quokka")[:3]


def test_the_whole_name_comes_first_whatever_it_is_called(library):
    exercise("Quokka turn in the chair")
    whole = exercise("Turn, quokka")
    assert in_order(find(library, Wanted(words="quokka turn")))[0] == whole


@pytest.mark.parametrize("query", ["etirement doux", "ÉTIREMENT DOUX", "étirement", "etirem", "ETIREMANT"])
def test_accents_on_either_side_do_not_matter(library, query):
    exercise("Étirement doux", "Dehnübung für große Füße")
    assert names(library, query)[0] == "Étirement doux"


@pytest.mark.parametrize("query", ["dehnubung", "grosse fusse", "GROSSE füße"])
def test_accents_of_other_names(library, query):
    exercise("Étirement doux", "Dehnübung für große Füße")
    assert names(library, query)[:1] == ["Étirement doux"]


def test_signs_in_names_separate_words(library):
    exercise("Push/pull with a quokka", "Co-ordination e.g. of two")
    assert names(library, "pull quokka") == names(library, "co ordination two quokka") == ["Push/pull with a quokka"]


def test_a_change_of_the_library_is_found_at_once(library):
    assert names(library, "quokka") == []
    made = exercise("Quokka stretch")
    assert names(library, "quokka") == ["Quokka stretch"]
    version = ExerciseVersion.objects.create(
        **{f.name: getattr(made.current_version, f.name) for f in ExerciseVersion._meta.fields if f.name != "id"}
        | {"number": 2, "name": "Wombat stretch", "state": "draft", "published_at": None}
    )
    assert names(library, "wombat") == []
    publish(version)
    assert names(library, "quokka") == []
    assert names(library, "wombat") == ["Wombat stretch"]


def test_only_what_the_queryset_holds_is_found_or_counted(library):
    inside = library.filter(current_version__goal="strength")
    outside = "Square breathing"
    assert outside in names(library, "square breathing")
    assert outside not in names(inside, "square breathing")
    results = search(inside, Wanted())
    assert results.counts["goal"]["strength"] == len(results.found) == inside.count()
    assert results.counts["goal"].get("breathing", 0) == 0
    # One catalogue does not stand in for the other.
    assert len(names(library)) == library.count()


def test_slips_anywhere_in_the_library_are_forgiven(library):
    """The longest word of every name with one letter swapped, dropped, doubled or replaced."""
    chance = random.Random(7)
    shipped = names(library)
    right = sum(names(library, with_a_slip(name, chance))[:1] == [name] for name in shipped)
    assert right / len(shipped) >= 0.95, f"{right} of {len(shipped)}"


def with_a_slip(name: str, chance: random.Random) -> str:
    words = name.split()
    longest = max(words, key=len)
    at = chance.randrange(1, len(longest) - 1)
    before, letter, after = longest[:at], longest[at], longest[at + 1 :]
    changed = chance.choice([after[:1] + letter + after[1:], after, letter * 2 + after, "x" + after])
    return " ".join(before + changed if word == longest else word for word in words)


@pytest.mark.parametrize("start", range(3, 8))
def test_every_beginning_of_a_name_finds_it(library, start):
    for name in names(library)[::9]:
        assert name in names(library, name[:start].strip()), name[:start]


def test_forgiving_is_said(library):
    assert not search(library, Wanted(words="bridge")).forgiven
    assert search(library, Wanted(words="brigde")).forgiven
    assert not search(library, Wanted(words="zzzz")).forgiven


def test_what_to_relax_when_nothing_is_found(library):
    results = search(library, Wanted(words="bridge zebra", goal="strength"))
    assert results.found == []
    assert results.relaxed["word 1"] == len(names(library, "bridge", goal="strength"))
    assert results.relaxed["words"] == len(names(library, goal="strength"))
    assert "word 0" not in results.relaxed and "goal" not in results.relaxed


def test_queries_are_few(library, django_assert_num_queries):
    wanted = Wanted(words="bridge", goal="strength", positions=("lying",), impact="low", conditions=("copd",))
    search(library, wanted)
    with django_assert_num_queries(3):
        in_order(search(library, wanted, ["copd", "asthma"]).found)
    with django_assert_num_queries(1):
        search(library, Wanted(goal="strength"))
    with django_assert_num_queries(3):
        search(library, Wanted(words="bridge zebra", goal="water"))


def test_the_database_uses_weights_of_its_own(library):
    """The words stand in the tsvector with their weights: A name, B other names, C regions, no letter for the text."""
    made = exercise("Quokka turn", "Wombat turn", family="numbat", steps=["Think of a bilby."])
    with connection.cursor() as cursor:
        cursor.execute("SELECT search::text FROM exercises_exerciseversion WHERE exercise_id = %s", [made.pk])
        (vector,) = cursor.fetchone()
    marks = {part.split(":")[0].strip("'"): part.split(":")[1] for part in vector.split(" ")}
    assert "A" in marks["quokka"] and "B" in marks["wombat"] and "C" in marks["numbat"]
    assert marks["bilbi"].isdigit()
