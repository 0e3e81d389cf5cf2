"""How well the search finds what a clinician means: 60 queries as people type them, on the library that ships.

Each has the exercise that must come first, or a few that are equally right. At least nine in ten must be right; those
that are not are printed by name.
"""

import pytest

from exercises.models import Exercise
from exercises.search import find
from exercises.search_filters import Wanted

LEAST_SHARE = 0.9
LOW_BACK = {"Low back muscle swell", "Pelvic tilt", "Knee rolls", "All-fours rock back", "Curl forward on a chair"}
NECK = {"Neck side bend", "Seated head turn", "Chin tuck", "Look down, look up", "Lying head nod"}
TAI_CHI = {"Tai chi opening", "Tai chi walking", "Tai chi weight shift"}

QUERIES: dict[str, dict[str, str | set[str]]] = {
    "correct": {
        "sit to stand": "Sit to stand",
        "bridge": "Bridge",
        "clamshell": "Clamshell",
        "wall push-up": "Wall push-up",
        "pelvic tilt": "Pelvic tilt",
        "walking in water": "Walking in water",
        "body scan": {"Lying body scan", "Short body scan"},
        "tai chi": TAI_CHI,
    },
    "prefix": {
        "heel rais": "Heel raise with support",
        "nordic walk": "Nordic walking",
        "brid": "Bridge",
        "pend": "Shoulder pendulum",
        "wall calf st": "Wall calf stretch",
        "recumb": "Recumbent bike",
        "belly br": "Belly breathing",
        "open bo": "Open book",
    },
    "slips": {
        "sit to stnad": "Sit to stand",
        "figur four": "Seated figure four",
        "chin tuk": "Chin tuck",
        "belly brething": "Belly breathing",
        "stationry bike": "Stationary bike",
        "pelvci tilt": "Pelvic tilt",
        "brigde": "Bridge",
        "clamshel": "Clamshell",
        "tredmill": {"Slow treadmill walk", "Steady treadmill walk"},
        "sholder pendulem": "Shoulder pendulum",
        "shouldr blade sqeeze": "Shoulder blade squeeze",
        "hell raise": "Heel raise with support",
        "excercise bike": "Stationary bike",
        "water arobics": "Water aerobics",
        "catt cow": "Cat-cow",
        "diaphramatic breathing": "Belly breathing",
        "nordick waking": "Nordic walking",
        "wal squat": "Short wall sit",
    },
    "other names": {
        "glute bridge": "Bridge",
        "chair stand": "Sit to stand",
        "mckenzie": "Front-lying press-up",
        "codman": "Shoulder pendulum",
        "quad set": "Thigh squeeze",
        "box breathing": "Square breathing",
        "aqua jogging": "Deep-water jog with a float",
        "farmers carry": "Carrying shopping",
        "carpal tunnel": "Wrist and finger nerve glide",
        "progressive muscle relaxation": "Tense and release: whole body",
        "pmr": "Tense and release: whole body",
        "tandem stand": "Heel-to-toe stand",
        "zhan zhuang": "Standing post",
        "childs pose": "Supported child's pose",
    },
    "accents, case, signs": {
        "PÉLVIC TÍLT": "Pelvic tilt",
        "T'ai Chi": TAI_CHI,
        "taichi": TAI_CHI,
        "cat cow": "Cat-cow",
        "breast stroke": "Easy breaststroke with a narrow kick",
    },
    "words for regions and kinds": {
        "aqua": {"Water aerobics", "Walking in water", "Deep-water jog with a float"},
        "low back": LOW_BACK,
        "lumbar": LOW_BACK,
        "lower back pain exercises": LOW_BACK,
        "knee pain": {"Band knee straightening", "Straight leg lift", "Heel prop", "Seated heel slide"},
        "neck pain": NECK,
        "tmj": {"Jaw press into your hand", "Jaw forward glide", "Jaw side glide", "Straight jaw opening"},
    },
}
ALL = [(kind, query, right) for kind, queries in QUERIES.items() for query, right in queries.items()]


def first_hits() -> dict[str, str]:
    library = Exercise.objects.prescribable().filter(clinic=None)
    found = {query: find(library, Wanted(words=query)) for _kind, query, _right in ALL}
    return {query: hits[0].name if hits else "nothing" for query, hits in found.items()}


def test_sixty_queries_find_what_is_meant(db):
    assert len(ALL) == len({query for _kind, query, _right in ALL}) == 60
    hits = first_hits()
    missed = [
        f"{query!r} ({kind}) found {hits[query]!r}, not {right!r}"
        for kind, query, right in ALL
        if hits[query] not in ({right} if isinstance(right, str) else right)
    ]
    share = 1 - len(missed) / len(ALL)
    print(f"\nfirst hit right: {share:.0%} of {len(ALL)}", *missed, sep="\n  ")
    assert share >= LEAST_SHARE, missed


def test_the_list_names_exercises_that_are_there(db):
    """A name that changed in the library must change here too, or the measure would silently get worse."""
    names = set(Exercise.objects.prescribable().filter(clinic=None).values_list("current_version__name", flat=True))
    expected = {name for _kind, _query, right in ALL for name in ({right} if isinstance(right, str) else right)}
    assert expected <= names


@pytest.mark.parametrize("query", ["", "sit to stand", "back", "tai chi", "knee pain"])
def test_the_order_is_the_same_every_time(db, query):
    library = Exercise.objects.prescribable().filter(clinic=None)
    once, again = (find(library, Wanted(words=query)) for _time in range(2))
    assert once == again
