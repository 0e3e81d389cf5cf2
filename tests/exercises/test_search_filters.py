"""The library's filters, and the count beside every choice: each is what somebody would get."""

from dataclasses import replace

import pytest

from exercises.forms import FILTERS, KEPT, LibraryFilter, kept
from exercises.models import Caution, Condition, Exercise, ExerciseVersion
from exercises.search import find, in_order, search
from exercises.search_filters import NOTHING, POSITIONS, Wanted

RISKY = "hip-replacement-recent"
ASKED = [
    Wanted(),
    Wanted(words="stretch"),
    Wanted(goal="strength", impact="low"),
    Wanted(positions=("lying", "sitting"), region="lower-back"),
    Wanted(equipment=("firm-chair", "mat"), effort=3),
    Wanted(conditions=("recent-spinal-surgery", "hypertension"), words="back", family="back"),
]


@pytest.fixture
def library(db):
    return Exercise.objects.prescribable().filter(clinic=None)


def versions(library, **wanted) -> list[ExerciseVersion]:
    found = [each.current_version for each in in_order(find(library, Wanted(**wanted)))]
    assert found
    return found


@pytest.mark.parametrize("goal", ["mobility", "strength"])
def test_goal(library, goal):
    assert {each.goal for each in versions(library, goal=goal)} == {goal}


def test_family_and_region(library):
    for each in versions(library, family="back", region="upper-back"):
        assert each.family == "back" and "upper-back" in each.body_regions


def test_position_groups(library):
    found = {each.position for each in versions(library, positions=("lying", "water"))}
    assert {"lying-back", "in-water"} <= found <= {"lying-back", "lying-front", "lying-side", "in-water"}


def test_equipment_is_what_is_at_home(library):
    assert all(each.equipment == [] for each in versions(library, equipment=(NOTHING,)))
    home = versions(library, equipment=("mat", "pillow"))
    assert all(set(each.equipment) <= {"mat", "pillow"} for each in home)
    needs = [set(each.equipment) for each in home]
    assert set() in needs and {"mat"} in needs and {"mat", "pillow"} in needs
    assert len(versions(library, equipment=("mat", NOTHING))) == len(versions(library, equipment=("mat",)))


def test_impact_and_effort_are_the_most_that_is_wanted(library):
    assert {each.impact for each in versions(library, impact="none")} == {"none"}
    assert {each.impact for each in versions(library, impact="low")} == {"none", "low"}
    assert max(each.effort_max for each in versions(library, effort=3)) == 3


def test_safe_for_a_condition_hides_and_marks(library):
    kinds: dict[str, set] = {}
    for version_id, kind in Caution.objects.filter(
        condition=RISKY, version__in=library.values("current_version")
    ).values_list("version_id", "kind"):
        kinds.setdefault(kind, set()).add(version_id)
    results = search(library, Wanted(conditions=(RISKY,)))
    shown = {each.version_id for each in results.found}
    assert kinds["contraindicated"] and not shown & kinds["contraindicated"]
    assert results.left_out == len(kinds["contraindicated"]) == library.count() - len(shown)
    assert results.careful == {version_id: [RISKY] for version_id in kinds["caution"]}


def test_unsafe_ones_can_be_put_last_instead(library):
    wanted = Wanted(words="back", conditions=(RISKY, "recent-spinal-surgery"), keeps_unsafe=True)
    results = search(library, wanted)
    unsafe = [each.version_id in results.unsafe for each in results.found]
    assert any(unsafe) and unsafe == sorted(unsafe) and results.left_out == 0
    assert {each.exercise_id for each in results.found} == {
        each.exercise_id for each in find(library, Wanted(words="back"))
    }


@pytest.mark.parametrize("wanted", ASKED, ids=str)
def test_each_count_is_what_one_would_get(library, wanted):
    results = search(library, wanted, ["copd", "asthma", "osteoporosis"])

    def got(**changed) -> int:
        return len(find(library, replace(wanted, **changed)))

    for name in ("goal", "family", "region", "impact"):
        for value, count in results.counts[name].items():
            assert count == got(**{name: value}), (name, value)
    for value, count in results.counts["effort"].items():
        assert count == got(effort=int(value) if value else None), value
    for value, count in results.counts["positions"].items():
        assert count == got(positions=(value,)), value
    for value, count in list(results.counts["equipment"].items()):
        owned = () if value == NOTHING else (*wanted.equipment, value)
        assert count == got(equipment=owned or (NOTHING,)), value
    for value, count in results.counts["conditions"].items():
        assert count == got(conditions=(*wanted.conditions, value)), value
    chosen = [results.counts["positions"][group] for group in wanted.positions]
    assert not chosen or sum(chosen) == len(results.found)


def test_counts_cover_every_choice_there_is(library):
    form = LibraryFilter({})
    results = search(library, form.wanted(), form.conditions())
    for name, values in [("goal", ExerciseVersion.Goal.values), ("positions", POSITIONS)]:
        assert set(values) <= set(results.counts[name])
    assert set(results.counts["conditions"]) == set(Condition.objects.values_list("pk", flat=True))
    assert sum(results.counts["goal"][goal] for goal in ExerciseVersion.Goal.values) == library.count()


@pytest.mark.parametrize(
    "data",
    [
        {"goal": "nonsense"},
        {"family": "nonsense"},
        {"region": "elbow-grease"},
        {"position": ["flying"]},
        {"impact": "high"},
        {"effort": "11"},
        {"effort": "-1"},
        {"equipment": ["\x00"]},
        {"condition": ["hiccups"]},
        {"q": "x" * 5000},
        {"q": "\x00"},
    ],
)
def test_what_is_not_understood_is_left_out(db, data):
    assert LibraryFilter(data).wanted() == Wanted()


def test_an_empty_choice_asks_for_nothing(db):
    form = LibraryFilter({"condition": ["", "copd"], "equipment": [""], "goal": "", "effort": ""})
    assert form.wanted() == Wanted(conditions=("copd",)) and not form.errors


def test_the_form_asks_the_database_once(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        LibraryFilter({"goal": "strength", "condition": ["copd"]}).wanted()


def test_the_address_keeps_all_that_is_asked(rf):
    query = "q=knee&goal=strength&position=lying&position=sitting&equipment=mat&effort=3&condition=copd&page=2"
    assert kept(rf.get(f"/?{query}&goal2=x&region=").GET) == query
    assert set(KEPT) == {*LibraryFilter.base_fields, "page"}
    assert set(FILTERS) <= set(LibraryFilter.base_fields)
