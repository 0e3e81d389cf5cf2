"""Names that are one exercise are found; names that only sound alike are not. Opposites never are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.duplicates import LIKELY, Index, Named, compare, likeness, plain, steps_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sit-to-stand (chair)", "Sit to stand"),
        ("Sit-ups", "Sit up"),
        ("Brige", "Bridge"),
        ("Glute bridge", "Glute Bridges"),
        ("Knee hug, lying", "Lying knee hug"),
        ("Band pull apart", "Band pull-apart"),
        ("Calf raises with a band", "Calf raise"),
        ("Push up", "Pushup"),
        ("Étirement du mollet", "etirement du mollet"),
    ],
)
def test_the_same_in_other_words(one, other):
    assert likeness(one, other) >= LIKELY
    assert likeness(one, other) == pytest.approx(likeness(other, one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Squat", "Barbell squat from a box with chains"),
        ("Standing biceps stretch", "Standing calf stretch"),
        ("Hip abduction with a band", "Hip adduction with a band"),
        ("Palms-up wrist curl", "Palms-down wrist curl"),
        ("Internal rotation", "External rotation"),
        ("Seated twist", "Seated march"),
        ("Chin tuck", "Chin-up"),
        ("", "Bridge"),
    ],
)
def test_others_stay_apart(one, other):
    assert likeness(one, other) < LIKELY


def test_the_same_goal_and_region_raise_and_another_position_lowers():
    knee = frozenset(["knee"])
    here = Named("here", ("Neck press",), "strength", knee, "sitting")
    bare = compare(Named("", ("Static neck press",)), here).score
    assert compare(Named("", ("Static neck press",), "strength"), here).score > bare
    assert compare(Named("", ("Static neck press",), "", knee), here).score > bare
    assert compare(Named("", ("Static neck press",), "", frozenset(), "standing"), here).score < bare
    assert compare(Named("", ("Neck press",), "balance"), here).score == 100.0


def test_other_names_count_and_the_closest_are_named():
    library = [Named("bridge", ("Bridge", "Hip lift")), Named("clam", ("Clamshell",))]
    (match,) = Index(library).matches(Named("", ("Hip lifts", "Something else")))
    assert (match.key, match.name, match.other, match.score) == ("bridge", "Hip lifts", "Hip lift", 100.0)
    assert Index(library).matches(library[0]) == []


def test_every_pair_is_told_once_and_the_likeliest_first():
    library = [Named("a", ("Heel slide",)), Named("b", ("Heel slides",)), Named("c", ("Heel slide with a towel",))]
    pairs = [(key, match.key) for key, match in Index(library).pairs()]
    assert pairs[0] == ("a", "b")
    assert sorted(tuple(sorted(pair)) for pair in pairs) == [("a", "b"), ("a", "c"), ("b", "c")]


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_names_can_be_compared(one, other):
    assert 0.0 <= likeness(one, other) <= 100.0
    assert likeness(one, one) == (100.0 if plain(one) else 0.0)


def test_steps_that_say_the_same_are_counted():
    ours = ["Lie on your back.", "Slide one heel towards you.", "Slide it away again."]
    assert steps_alike(["Lie on your back", "Slide a heel towards you.", "Sing a song."], ours) == 2
    assert steps_alike([], ours) == steps_alike(ours, []) == 0


def test_a_large_library_is_looked_through_quickly():
    words = ["heel", "knee", "hip", "band", "wall", "slide", "press", "hold", "reach", "turn", "lamp", "moon", "river"]
    names = [f"{a} {b} {c}" for a in words for b in words for c in words][:2000]
    index = Index([Named(str(place), (name,)) for place, name in enumerate(names)])
    started = time.process_time()
    for name in names[:100]:
        assert index.matches(Named("", (name,)))[0].score == 100.0
    assert time.process_time() - started < 5
