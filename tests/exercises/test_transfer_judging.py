"""The dry run: every row has exactly one kind, with its reason, its match and its choices."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.transfer.checking import Words, slug_of
from exercises.transfer.comparing import differences, over, whole
from exercises.transfer.judging import KINDS, Shelf, Stored, count, decided, judge, on_loops
from exercises.transfer.values import Content, ReadRow, Remark

KNOWN = Words(frozenset(["knee", "hip"]), frozenset(["mat"]), frozenset(["neck-pain"]))
COMPLETE: dict[str, Any] = {
    "goal": "mobility", "body_regions": ["knee"], "position": "lying-back", "impact": "none",
    "starting_dose": {"repetitions": 5}, "steps": ["Lie down.", "Slide one heel up."], "stop_if": ["It swells."],
}  # fmt: skip


def content(name: str, **changes: Any) -> Content:
    return whole({"name": name, "slug": slug_of(name)} | COMPLETE | changes)


def stored(name: str, **changes: Any) -> Stored:
    facts = {"version": "v1", "in_work": False, "retired": False, "ours": True}
    facts |= {key: changes.pop(key) for key in list(changes) if key in facts}
    contents = changes.pop("contents", None) or (content(name, **changes),)
    return Stored(id=f"id of {name}", slug=contents[0]["slug"], contents=contents, **facts)


def report(rows: list[Any], *here: Stored, format: str = "own-json", source: str = "us") -> list[dict[str, Any]]:
    read = [row if isinstance(row, ReadRow) else ReadRow(place, row) for place, row in enumerate(rows, start=1)]
    shelf = Shelf(here, KNOWN, read, format=format, source=source)
    return [judge(row, shelf) for row in read]


def one(row: Any, *here: Stored, **how: Any) -> dict[str, Any]:
    return report([row], *here, **how)[0]


def said(row: dict[str, Any]) -> list[str]:
    return [code for code, _values in row["remarks"]]


def test_a_complete_stranger_is_new():
    row = one({"name": "Lamp reach"} | COMPLETE, stored("Heel slide"))
    assert (row["kind"], row["slug"], row["match"], row["decision"]) == ("new", "lamp-reach", None, "new")
    assert row["choices"] == ["new", "out"]


def test_the_same_content_is_the_same_whatever_carries_it():
    here = stored("Heel slide", harder=["lamp-reach"], source="Somebody", licence="CC0")
    full = content("Heel slide", harder=["lamp-reach"], source="Somebody", licence="CC0")
    without_links = {**full, "harder": [], "source": "", "licence": ""}
    only_some = {"slug": "heel-slide", "name": "Heel slide", "goal": "mobility"}
    without_slug = {**full, "slug": ""}
    for raw in (full, without_links, only_some, without_slug):
        row = one(raw, here, stored("Lamp reach"))
        assert (row["kind"], row["choices"], row["match"]["id"]) == ("same", [], here.id)


def test_what_the_draft_says_is_the_same_too():
    here = stored("Heel slide", contents=(content("Heel slide"), content("Heel slide", cues=["Slowly."])), in_work=True)
    assert one(content("Heel slide", cues=["Slowly."]), here)["kind"] == "same"


def test_a_change_names_its_fields_and_becomes_a_version():
    row = one(content("Heel slide", steps=["Lie down."], effort_max=9), stored("Heel slide"))
    assert (row["kind"], row["decision"], row["match"]["version"]) == ("changed", "replace", "v1")
    assert row["remarks"] == [["differs", {"fields": ["effort_max", "steps"]}]]
    assert row["choices"] == ["replace", "keep"]


@pytest.mark.parametrize(
    ("how", "reason"), [({"in_work": True}, "in_work"), ({"version": ""}, "in_work"), ({"retired": True}, "is_retired")]
)
def test_what_cannot_take_a_change_is_left_alone(how, reason):
    row = one(content("Heel slide", steps=["Lie down."]), stored("Heel slide", **how))
    assert (row["kind"], row["decision"], row["choices"]) == ("doubtful", "", ["keep", "out"])
    assert said(row)[0] == reason


def test_a_name_like_one_of_ours_is_asked_about():
    row = one({"name": "Heel slides (bed)"} | COMPLETE, stored("Heel slide", also_known_as=["Leg slide"]))
    assert (row["kind"], row["decision"]) == ("duplicate", "")
    assert row["choices"] == ["alias", "replace", "keep", "new", "out"]
    code, values = row["remarks"][0]
    assert (code, values["steps"], values["alike"]) == ("looks_like", 2, 2)


def test_another_name_of_ours_counts_like_the_name():
    row = one({"name": "Leg slide", "goal": "strength"}, stored("Heel slide", also_known_as=["Leg slide"]))
    assert row["remarks"][0][0] == "same_other_name"
    assert row["remarks"][0][1]["as"] == "Leg slide"


@pytest.mark.parametrize("how", [{"in_work": True}, {"version": ""}, {"ours": False}])
def test_a_duplicate_that_cannot_change_offers_no_change(how):
    row = one({"name": "Heel slides"} | COMPLETE, stored("Heel slide", **how))
    assert (row["kind"], row["choices"]) == ("duplicate", ["keep", "new", "out"])


def test_a_retired_exercise_is_no_duplicate():
    assert one({"name": "Heel slides"} | COMPLETE, stored("Heel slide", retired=True))["kind"] == "new"


@pytest.mark.parametrize("field", ["goal", "body_regions", "position", "impact", "starting_dose", "steps", "stop_if"])
def test_a_new_row_that_lacks_something_is_doubtful(field):
    raw = {"name": "Lamp reach"} | COMPLETE
    for missing in ({key: value for key, value in raw.items() if key != field}, {**raw, field: None}):
        row = one(missing)
        assert (row["kind"], row["choices"], row["decision"]) == ("doubtful", ["new", "out"], "")
        assert row["remarks"] == [["missing", {"fields": [field]}]]


def test_a_format_without_doses_is_not_asked_for_them():
    raw = {key: value for key, value in COMPLETE.items() if key not in ("starting_dose", "stop_if")}
    assert one({"name": "Lamp reach"} | raw, format="free-exercise-db")["kind"] == "new"


def test_doubts_of_the_reader_and_unknown_links_are_asked_about():
    doubtful = ReadRow(1, {"name": "Lamp reach"} | COMPLETE, doubts=(Remark("expert"),))
    assert one(doubtful)["kind"] == "doubtful"
    row = one({"name": "Lamp reach", "easier": ["moon-walk"]} | COMPLETE)
    assert row["remarks"] == [["unknown_link", {"value": "moon-walk"}]]
    assert one({"name": "Lamp reach", "impact": "high"} | {**COMPLETE, "impact": "high"})["kind"] == "doubtful"


def test_rows_of_one_file_are_compared_with_each_other():
    rows = [
        {"name": "Lamp reach", "slug": "lamp"} | COMPLETE,
        {"name": "Moon reach", "slug": "lamp"} | COMPLETE,
        {"name": "Star reach", "harder": ["lamp"]} | COMPLETE,
        {"name": "Star  Reach"} | COMPLETE,
    ]
    found = report(rows)
    assert [row["kind"] for row in found] == ["new", "refused", "new", "doubtful"]
    assert found[1]["remarks"] == [["slug_in_file", {"line": 1, "value": "lamp"}]]
    assert found[3]["remarks"] == [["same_name_in_file", {"line": 3}]]
    assert len({row["slug"] for row in found if row["kind"] != "refused"}) == 3


def test_a_short_name_that_is_taken_gets_a_number():
    row = one({"name": "Heel slide?!"} | COMPLETE, stored("Way of the heel", slug="heel-slide"))
    assert row["slug"] == "heel-slide-2"


def test_a_chain_that_leads_back_is_refused():
    rows = [
        {"name": "A", "slug": "a", "harder": ["b"]} | COMPLETE,
        {"name": "B", "slug": "b", "harder": ["heel-slide"]} | COMPLETE,
        {"name": "C", "slug": "c", "easier": ["b"]} | COMPLETE,
    ]
    found = report(rows, stored("Heel slide", harder=["a"]))
    assert [(row["kind"], said(row)) for row in found] == [("refused", ["loop"]), ("refused", ["loop"]), ("new", [])]


def test_a_foreign_file_never_overwrites_what_was_edited_here():
    here = stored("Lamp reach", source="gym list", steps=["Written anew."])
    raw = {key: value for key, value in COMPLETE.items() if key not in ("starting_dose", "stop_if")}
    row = one({"name": "Lamp reach"} | raw, here, format="free-exercise-db", source="gym list")
    assert (row["kind"], row["decision"], said(row)[0]) == ("duplicate", "", "edited_here")
    again = one({"name": "Lamp reach", "goal": "mobility"}, here, format="free-exercise-db", source="gym list")
    assert again["kind"] == "same"
    other = one({"name": "Lamp reach"} | raw, here, format="free-exercise-db", source="another list")
    assert said(other)[0] == "same_name"


def test_a_change_lays_the_file_over_what_is_here():
    here = content("Heel slide", harder=["a"], source="us", cues=["Slowly."])
    laid = over(here, {"slug": "x", "name": "Heel slide", "harder": ["b"], "source": "", "steps": ["Lie down."]})
    assert laid == {**here, "harder": ["a", "b"], "steps": ["Lie down."]}
    assert differences({"steps": ["Lie down."], "body_regions": ["knee"]}, here) == ["steps"]


def test_a_decision_counts_only_where_it_can_be_taken():
    row = one({"name": "Lamp reach"} | COMPLETE)
    assert decided(row, {}) == "new"
    assert decided(row, {"1": "out"}) == "out"
    assert decided(row, {"1": "alias"}) == ""


RAWS = st.one_of(
    st.none(),
    st.integers(),
    st.dictionaries(
        st.sampled_from(["name", "slug", "goal", "steps", "harder", "body_regions", "met", "odd", "effort_min"]),
        st.one_of(
            st.none(), st.integers(), st.text(max_size=8), st.sampled_from(["Heel slide", "heel-slide", "mobility"]),
            st.lists(st.sampled_from(["knee", "a", "b"]), max_size=2),
        ),
    ),
)  # fmt: skip


@given(st.lists(RAWS, max_size=6), st.sampled_from(["own-json", "free-exercise-db"]))
def test_the_counts_add_up_to_all_rows_whatever_comes(raws, format):
    found = report(raws, stored("Heel slide"), stored("Lamp reach", ours=False), format=format)
    counts = count(found)
    assert set(counts) == set(KINDS)
    assert sum(counts.values()) == len(raws)
    for row in found:
        assert row["decision"] in ("", *row["choices"])
        assert row["kind"] in ("new", "same") or row["remarks"]
        assert bool(row["choices"]) == (row["kind"] not in ("same", "refused"))


@given(st.dictionaries(st.integers(0, 6), st.sets(st.integers(0, 6))))
def test_loops_are_found_as_a_slow_search_finds_them(ahead):
    def reach(node: int) -> set[int]:
        seen: set[int] = set()
        waiting = list(ahead.get(node, ()))
        while waiting:
            step = waiting.pop()
            if step not in seen:
                seen.add(step)
                waiting.extend(ahead.get(step, ()))
        return seen

    on_one = {node for node in ahead if node in reach(node)}
    assert on_one <= on_loops(ahead)
    assert bool(on_one) == bool(on_loops(ahead))
