"""Exercises to a file and back: nothing is lost, nothing is run, in every format."""

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.actions import imports
from exercises.import_words import FORMATS as WORDS_OF_FORMATS
from exercises.models import Exercise
from exercises.transfer import csv_file, flat, own_json, reading, stored, xlsx_file
from exercises.transfer.checking import Words, checked
from exercises.transfer.comparing import whole
from exercises.transfer.judging import count
from exercises.transfer.values import FIELDS, FORMATS, MEASURES

WRITERS = {"own-json": own_json.write, "csv": csv_file.write, "xlsx": xlsx_file.write}
KNOWN = Words(frozenset(["knee", "hip"]), frozenset(["mat"]), frozenset(["neck-pain", "pregnancy"]))

# Any text that may stand in a field: no control characters, no spaces at the ends.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).map(str.strip).filter(bool)
DANGEROUS = st.sampled_from(
    ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "'=x", "''+y", "|pipe", "'\\|x", "%x", "a\\|b", "\\n"]
)
LINE = st.one_of(TEXT, DANGEROUS, TEXT.map(lambda text: f"={text}|x"))
LINES = st.lists(LINE, max_size=3)
NUMBER = st.integers(1, 500)


@st.composite
def contents(draw):
    low = draw(st.integers(0, 10))
    spans = {name: draw(st.none() | st.tuples(NUMBER, NUMBER).map(sorted)) for name in MEASURES}
    met = {"value": draw(st.integers(9, 200)) / 10, "edition": "2024", "code": "02340"}
    cautions = [
        {"condition": condition, "kind": "caution", "reason": draw(LINE)}
        for condition in sorted(draw(st.sets(st.sampled_from(sorted(KNOWN.conditions)))))
    ]
    study = st.fixed_dictionaries(
        {"authors": LINE, "year": st.none() | st.integers(1900, 2026), "title": LINE, "doi": st.none() | TEXT}
    )
    return whole(
        {
            "slug": "heel-slide", "name": draw(LINE), "goal": draw(st.sampled_from(["", "mobility"])),
            "body_regions": draw(st.sampled_from([[], ["knee"], ["hip", "knee"]])), "effort_min": low,
            "effort_max": draw(st.integers(low, 10)), "should_feel": draw(st.just("") | LINE),
            "also_known_as": draw(LINES), "steps": draw(LINES), "cues": draw(LINES), "stop_if": draw(LINES),
            "met": draw(st.none() | st.just(met)), "cautions": cautions, "dose_range": spans,
            "starting_dose": {name: draw(st.none() | NUMBER) for name in MEASURES} | {"per_side": draw(st.booleans())},
            "evidence": [{**each, "pmid": None} for each in draw(st.lists(study, max_size=2))],
            "easier": ["a-b"], "licence": draw(st.just("") | LINE), "source": draw(LINE),
        }
    )  # fmt: skip


@pytest.mark.parametrize("format", ["own-json", "csv"])
@given(content=contents())
def test_what_goes_out_comes_back_the_same(format, content):
    (row,) = reading.read(WRITERS[format]([content]), format)
    assert checked(row, KNOWN) == (content, [])


@settings(max_examples=30)  # a workbook takes its time
@given(content=contents())
def test_a_workbook_brings_it_back_the_same(content):
    (row,) = reading.read(xlsx_file.write([content]), "xlsx")
    assert checked(row, KNOWN) == (content, [])


def test_every_field_has_its_columns():
    content = whole({"name": "x"})
    assert set(content) == set(FIELDS)
    assert len(flat.to_row(content)) == len(flat.COLUMNS)
    assert set(flat.from_row(dict(zip(flat.COLUMNS, flat.to_row(content), strict=True)))) <= set(FIELDS)


@pytest.mark.parametrize("format", WRITERS)
def test_the_whole_library_comes_back_unchanged(db, format):
    """Export, then import: every exercise of the starter library is the same as now."""
    contents = stored.to_export(None)
    assert len(contents) == Exercise.objects.filter(clinic=None).count() >= 150
    assert any(content["cautions"] for content in contents) and any(content["harder"] for content in contents)
    rows = reading.read(WRITERS[format](contents), format)
    counts = count(imports.dry_run(clinic=None, rows=rows, format=format, source="x"))
    assert counts == {"new": 0, "changed": 0, "same": len(contents), "duplicate": 0, "doubtful": 0, "refused": 0}


def test_a_spreadsheet_runs_nothing_of_an_export():
    nasty = whole({"name": "=1+1", "should_feel": "@SUM(A1)", "steps": ["+1|2", "-cmd"], "source": "%x"})
    table = list(csv.reader(io.StringIO(csv_file.write([nasty]).decode("utf-8-sig"))))
    assert not any(cell[:1] in "=+-@|%" for cell in table[1] if cell)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file.write([nasty])))
    kinds = {cell.data_type for line in book.active.iter_rows(min_row=2) for cell in line if cell.value is not None}
    assert kinds == {"s"}


def test_spreadsheets_of_other_countries_and_old_habits():
    text = "Name;Also known as;Effort max\r\nHeel slide;Slide\\\\er;4,0\r\n\r\n;;\r\n"
    (row,) = csv_file.read(text.encode())
    assert (row.line, row.raw) == (2, {"name": "Heel slide", "also_known_as": ["Slide\\er"], "effort_max": "4,0"})
    _content, refusals = checked(row, KNOWN)
    assert [(each.code, each.values["field"]) for each in refusals] == [("not_whole", "effort_max")]


def test_a_library_file_of_the_starter_library_can_be_imported(db):
    """The files in exercises/library have the fields of the export; a review does not travel."""
    from exercises.management.commands.load_library import FOLDER

    data = (FOLDER / "breathing.json").read_bytes()
    rows = reading.read(data, reading.guess_format("breathing.json", data))
    counts = count(imports.dry_run(clinic=None, rows=rows, format="own-json", source=""))
    assert counts["same"] == len(json.loads(data)) > 0


def test_formats_are_recognised_by_their_look():
    gym = json.dumps([{"name": "Sit-Up", "primaryMuscles": ["abdominals"], "instructions": []}]).encode()
    own = own_json.write([whole({"name": "x"})])
    assert reading.guess_format("gym.json", gym) == "free-exercise-db"
    assert reading.guess_format("no-ending", b"\xef\xbb\xbf" + own) == "own-json"
    assert reading.guess_format("list.CSV", b"name\nx") == "csv"
    assert reading.guess_format("odd.bin", xlsx_file.write([whole({"name": "x"})])) == "xlsx"
    assert set(WORDS_OF_FORMATS) == set(FORMATS)


def test_rows_that_are_put_aside_come_back_the_same():
    data = json.dumps([{"name": "A\u00e9", "level": "expert", "primaryMuscles": ["spleen"]}, 3, {"name": 7}]).encode()
    rows = reading.read(data, "free-exercise-db")
    assert reading.kept(reading.keep(rows)) == rows
    assert [bool(row.refusals) for row in rows] == [False, False, True]
