"""Files that mean harm, or were saved badly: a clear reason, nothing half done, no time or memory lost."""

import io
import json
import time
import zipfile

import openpyxl
import pytest

from exercises.import_words import file_sentence, remark_sentence
from exercises.transfer import flat, reading, xlsx_file
from exercises.transfer.checking import Words, checked
from exercises.transfer.comparing import whole
from exercises.transfer.values import MOST_BYTES, MOST_ROWS, FileRefused, ReadRow

KNOWN = Words(frozenset(["knee"]), frozenset(["mat"]), frozenset(["neck-pain"]))
PARTS = "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"


def workbook(change: dict[str, bytes]) -> bytes:
    """A good workbook with some of its parts replaced."""
    good = zipfile.ZipFile(io.BytesIO(xlsx_file.write([whole({"name": "x"})])))
    parts = {name: good.read(name) for name in good.namelist()} | change
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def sheet_of(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_xml(inside: bytes) -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return b'<?xml version="1.0"?><worksheet ' + space + b"><sheetData>" + inside + b"</sheetData></worksheet>"


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + sheet_xml(b"")[21:]
HEADER = b'<row r="1"><c t="inlineStr"><is><t>name</t></is></c></row>'
MANY = b"".join(b'<row r="%d"><c><v>1</v></c></row>' % number for number in range(2, MOST_ROWS + 10))
SHEET = "xl/worksheets/sheet1.xml"

HOSTILE = {
    "nothing": ("x.csv", b"", "empty"),
    "only spaces": ("x.json", b" \n\t ", "empty"),
    "too large": ("x.csv", b"name\n" + b"x" * MOST_BYTES, "too_big"),
    "a picture": ("x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unknown_format"),
    "a picture called csv": ("x.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not_utf8"),
    "another alphabet": ("x.csv", "name\nRückenübung".encode("latin-1"), "not_utf8"),
    "UTF-16": ("x.csv", "name\nBridge".encode("utf-16"), "not_utf8"),
    "NUL in text": ("x.csv", b"name\nBri\0dge\n", "nul"),
    "an open quotation mark": ("x.csv", b'name\n"Bridge\nHeel slide\n', "csv_broken"),
    "a huge cell": ("x.csv", b'name\n"' + b"x" * 200_000 + b'"\n', "cell_too_big"),
    "a million rows": ("x.csv", b"name\n" + b"x\n" * 1_000_000, "too_many_rows"),
    "no header": ("x.csv", b"Bridge,strength\n", "no_name_column"),
    "a column of one's own": ("x.csv", b"name,my notes\nBridge,x\n", "unknown_column"),
    "a column twice": ("x.csv", b"name,Goal,goal\nBridge,x,y\n", "column_twice"),
    "a header alone": ("x.csv", b"name,goal\n\n,\n", "no_rows"),
    "broken JSON": ("x.json", b'[{"name": "Bridge",}]', "not_json"),
    "deep JSON": ("x.json", b"[" * 200_000, "too_deep"),
    "deep JSON that ends": ("x.json", b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    "a number of a million digits": (
        "x.json",
        b'[{"effort_min": 1' + b"0" * 1_000_000 + b"}]",
        "json_number",
    ),
    "not a number": ("x.json", b'[{"name": "x", "effort_min": NaN}]', "json_number"),
    "a key twice": ("x.json", b'[{"name": "x", "name": "y"}]', "json_key_twice"),
    "another kind of JSON": ("x.json", b'{"exercises": []}', "json_shape"),
    "another version": ("x.json", b'{"format": "painplan-exercises", "version": 9, "exercises": []}', "json_version"),
    "JSON of a text": ("x.json", b'"Bridge"', "json_shape"),
    "no exercise": ("x.json", b"[]", "no_rows"),
    "too many exercises": ("x.json", json.dumps([{"name": "x"}] * (MOST_ROWS + 1)).encode(), "too_many_rows"),
    "JSON in another alphabet": ("x.json", '[{"name": "é"}]'.encode("latin-1"), "not_utf8"),
    "no workbook": ("x.xlsx", b"PK\x03\x04 nothing", "not_xlsx"),
    "another archive": ("x.xlsx", workbook({})[:-40], "not_xlsx"),
    "a workbook cut in half": ("x.xlsx", workbook({})[: len(workbook({})) // 2], "not_xlsx"),
    "a bomb": ("x.xlsx", workbook({"xl/media/big.bin": b"\0" * (61 * 1024 * 1024)}), "xlsx_bomb"),
    "a thousand parts": ("x.xlsx", workbook({f"xl/x{n}.xml": b"<x/>" for n in range(1000)}), "xlsx_bomb"),
    "entities": ("x.xlsx", workbook({SHEET: ENTITIES}), "xlsx_entities"),
    "entities in UTF-16": ("x.xlsx", workbook({SHEET: ENTITIES.decode().encode("utf-16")}), "xlsx_entities"),
    "broken XML": ("x.xlsx", workbook({SHEET: b"<worksheet><sheetData>"}), "xlsx_broken"),
    "no sheet": ("x.xlsx", workbook({"xl/_rels/workbook.xml.rels": b"<Relationships/>"}), "xlsx_broken"),
    "too many rows in a sheet": ("x.xlsx", workbook({SHEET: sheet_xml(HEADER + MANY)}), "too_many_rows"),
    "an empty sheet": ("x.xlsx", sheet_of([]), "no_name_column"),
    "a sheet with a header alone": ("x.xlsx", sheet_of([["name", "goal"]]), "no_rows"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gets_a_reason(case):
    name, data, code = HOSTILE[case]
    started = time.process_time()
    with pytest.raises(FileRefused) as refused:
        reading.read(data, reading.guess_format(name, data))
    assert refused.value.code == code
    assert len(file_sentence(refused.value)) > 20
    assert time.process_time() - started < 5


def test_a_workbook_that_lies_about_its_size_is_held_to_the_truth():
    """The directory says small, the data is not; and a row number of a million is no million rows."""
    far = HEADER + b'<row r="1000000"><c t="inlineStr"><is><t>x</t></is></c></row>'
    with pytest.raises(FileRefused) as refused:
        reading.read(workbook({SHEET: sheet_xml(far)}), "xlsx")
    assert refused.value.code in {"no_rows", "too_many_rows"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [("=1+1", "formula_cell"), (__import__("datetime").date(2026, 1, 2), "date_cell"), ("#DIV/0!", "error_cell")],
)
def test_cells_that_are_no_text_are_refused_with_their_row(cell, code):
    (good, bad) = reading.read(sheet_of([["name", "steps"], ["Bridge", "Lie down."], ["Plank", cell]]), "xlsx")
    assert (good.line, bad.line) == (2, 3)
    assert checked(good, KNOWN)[1] == []
    (said,) = checked(bad, KNOWN)[1]
    assert (said.code, said.values) == (code, {"field": "steps"})


ROWS = {
    "no object": (3, "not_an_object"),
    "no name": ({"goal": "strength"}, "missing_name"),
    "an empty name": ({"name": "  "}, "missing_name"),
    "a name of two lines": ({"name": "a\nb"}, "control_characters"),
    "NUL": ({"name": "a\0b"}, "control_characters"),
    "half a letter": ({"name": "a\ud800"}, "control_characters"),
    "a long name": ({"name": "x" * 121}, "too_long"),
    "a huge step": ({"name": "x", "steps": ["y" * 100_000]}, "too_long"),
    "too many steps": ({"name": "x", "steps": ["y"] * 61}, "too_many"),
    "steps as text": ({"name": "x", "steps": "y"}, "not_a_list"),
    "a step that is a list": ({"name": "x", "steps": [["y"]]}, "not_text"),
    "a name that is a number": ({"name": 3}, "not_text"),
    "an unknown field": ({"name": "x", "colour": "red"}, "unknown_field"),
    "an unknown goal": ({"name": "x", "goal": "strong"}, "not_one_of"),
    "an unknown region": ({"name": "x", "body_regions": ["moon"]}, "unknown_word"),
    "an unknown thing": ({"name": "x", "equipment": ["rocket"]}, "unknown_word"),
    "an unknown condition": (
        {"name": "x", "cautions": [{"condition": "bad-luck", "kind": "caution", "reason": "y"}]},
        "unknown_word",
    ),
    "a condition without a name": ({"name": "x", "cautions": [{"kind": "caution", "reason": "y"}]}, "unknown_word"),
    "a caution without a reason": (
        {"name": "x", "cautions": [{"condition": "neck-pain", "kind": "caution", "reason": " "}]},
        "caution_incomplete",
    ),
    "a condition twice": (
        {"name": "x", "cautions": [{"condition": "neck-pain", "kind": "caution", "reason": "y"}] * 2},
        "caution_twice",
    ),
    "an effort of eleven": ({"name": "x", "effort_max": 11}, "not_whole"),
    "an effort of true": ({"name": "x", "effort_max": True}, "not_whole"),
    "a huge number": ({"name": "x", "starting_dose": {"sets": 2**63}}, "not_whole"),
    "no sets": ({"name": "x", "starting_dose": {"sets": 0}}, "not_whole"),
    "per side as text": ({"name": "x", "starting_dose": {"per_side": "perhaps"}}, "not_yes_or_no"),
    "efforts the wrong way round": ({"name": "x", "effort_min": 5, "effort_max": 2}, "effort_swapped"),
    "a range the wrong way round": ({"name": "x", "dose_range": {"sets": [3, 1]}}, "bad_range"),
    "half a range": ({"name": "x", "dose_range": {"sets": [3, None]}}, "not_whole"),
    "a range of three": ({"name": "x", "dose_range": {"sets": [1, 2, 3]}}, "bad_range"),
    "a MET without its code": ({"name": "x", "met": {"value": 2.0, "edition": "2024", "code": ""}}, "bad_met"),
    "a MET of text": ({"name": "x", "met": {"value": "2", "edition": "2024", "code": "1"}}, "bad_met"),
    "a short name with spaces": ({"name": "x", "slug": "Heel slide"}, "bad_slug"),
    "a study of the year 3": ({"name": "x", "evidence": [{"year": 3}]}, "not_whole"),
    "a part nobody knows": ({"name": "x", "met": {"value": 2.0, "joules": 3}}, "unknown_field"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_is_refused_with_its_reason(case):
    raw, code = ROWS[case]
    _content, refusals = checked(ReadRow(7, raw), KNOWN)
    assert [each.code for each in refusals] == [code]
    assert len(remark_sentence(refusals[0].plain(), None)) > 10


def test_every_reason_that_can_be_given_has_its_words():
    """The codes in the code and the sentences agree."""
    import re
    from pathlib import Path

    from exercises import import_words

    folder = Path(reading.__file__).parent
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    files = set(re.findall(r'FileRefused\("(\w+)"', source)) | {"csv_broken", "cell_too_big"}
    rows = set(re.findall(r'(?:Remark|_Wrong)\(\s*"(\w+)"', source)) | {"formula_cell", "error_cell", "date_cell"}
    rows |= {"same_name", "looks_like", "same_other_name", "looks_like_other_name"}
    assert files == set(import_words._FILE)
    assert rows == set(import_words._ROW)


def test_an_export_that_a_cell_cannot_hold_is_refused():
    with pytest.raises(FileRefused) as refused:
        flat.to_row(whole({"name": "x", "steps": ["y" * 1000] * 40}))
    assert refused.value.code == "cell_too_long"
    assert "JSON" in file_sentence(refused.value)
