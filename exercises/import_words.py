"""What curators read about an import: why a file or a row is refused, what was guessed, what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exercises.models import ExerciseVersion
from exercises.transfer.values import FileRefused
from exercises.wording_curation import FIELDS

FORMATS = {
    "csv": gettext_lazy("CSV, our columns"),
    "xlsx": gettext_lazy("Excel (XLSX), our columns"),
    "own-json": gettext_lazy("JSON, our own export"),
    "free-exercise-db": gettext_lazy("JSON of free-exercise-db"),
}

DECISIONS = {
    "new": gettext_lazy("Import as a draft"),
    "alias": gettext_lazy("Add as another name"),
    "replace": gettext_lazy("Replace with the file"),
    "keep": gettext_lazy("Keep ours"),
    "out": gettext_lazy("Leave out"),
}

KINDS = {
    "new": (gettext_lazy("New"), gettext_lazy("Become drafts for review")),
    "changed": (gettext_lazy("Change one you have"), gettext_lazy("Become a new version, for review")),
    "same": (gettext_lazy("Same as now"), gettext_lazy("Nothing happens")),
    "ask": (gettext_lazy("Need your decision"), gettext_lazy("Stay out until you choose")),
    "duplicate": (gettext_lazy("Likely duplicates"), gettext_lazy("Stay out until you choose")),
    "doubtful": (gettext_lazy("Something is missing"), gettext_lazy("Stay out until you choose")),
    "refused": (gettext_lazy("Cannot be read"), gettext_lazy("Left out, reasons are in the report")),
}

NEVER_IN_FORMAT = {
    "free-exercise-db": gettext_lazy(
        "This kind of file knows no dose, effort, technique, stop signs or cautions. Its drafts start without them,"
        " and nothing can be published before somebody has written them. Pictures are not taken over."
    ),
}

_MORE_FIELDS = {
    "slug": gettext_lazy("Short name"),
    "easier": gettext_lazy("Easier"),
    "harder": gettext_lazy("Harder"),
    "equipment": gettext_lazy("Equipment"),
    "category": gettext_lazy("Category"),
    "level": gettext_lazy("Level"),
    "primaryMuscles": gettext_lazy("Muscles"),
    "secondaryMuscles": gettext_lazy("Muscles"),
    "instructions": gettext_lazy("Instructions"),
}

_FILE = {
    "too_big": gettext_lazy("The file is larger than %(most_megabytes)s MB. Cut it into smaller ones."),
    "empty": gettext_lazy("The file is empty. Choose another one."),
    "unknown_format": gettext_lazy("This is no CSV, XLSX or JSON file. Save it as one of these, then choose it again."),
    "not_utf8": gettext_lazy("The letters of this file cannot be read. Save it as UTF-8 (“CSV UTF-8” in Excel)."),
    "nul": gettext_lazy("Line %(line)s holds a character that is no text. Is this really a CSV file?"),
    "not_json": gettext_lazy("The file is not valid JSON: look at line %(line)s."),
    "too_deep": gettext_lazy("The JSON of this file is nested too deeply to be a list of exercises."),
    "json_number": gettext_lazy("The file holds a number that cannot be read, such as NaN. Correct it."),
    "json_key_twice": gettext_lazy("The field “%(key)s” stands twice in one exercise. Keep one."),
    "json_shape": gettext_lazy("This JSON is no list of exercises that Painplan knows. Export one to see the form."),
    "json_version": gettext_lazy("This file was written by another version of the export (%(version)s)."),
    "too_many_rows": gettext_lazy("The file has more than %(most)s rows. Cut it into smaller ones."),
    "no_rows": gettext_lazy("There is no exercise in this file."),
    "no_name_column": gettext_lazy(
        "The first line must name the columns, one of them “name”. Export a file to see them."
    ),
    "unknown_column": gettext_lazy("The column “%(column)s” is not known. Remove it, or correct its name."),
    "column_twice": gettext_lazy("The column “%(column)s” stands there twice. Keep one."),
    "csv_broken": gettext_lazy("The file cannot be read from line %(line)s on: a quotation mark is open or too many."),
    "cell_too_big": gettext_lazy("A cell near line %(line)s is too long to be text of an exercise."),
    "cell_too_long": gettext_lazy(
        "“%(name)s” has more text in “%(column)s” than a cell can hold. Export JSON instead."
    ),
    "not_xlsx": gettext_lazy("This is no XLSX file, or it is damaged. Save it again as an Excel workbook (.xlsx)."),
    "xlsx_broken": gettext_lazy("The workbook is damaged and cannot be read. Save it again as .xlsx."),
    "xlsx_bomb": gettext_lazy("The workbook unpacks to far more than a list of exercises. It was not opened."),
    "xlsx_entities": gettext_lazy("The workbook holds declarations that no spreadsheet writes. It was not opened."),
    "xlsx_locked": gettext_lazy("The workbook is protected by a password. Take it off and save again."),
}

_ROW = {
    "not_an_object": gettext_lazy("This entry is not an exercise."),
    "unknown_field": gettext_lazy("The field “%(field)s” is not known. Remove it, or correct its name."),
    "missing_name": gettext_lazy("It has no name."),
    "not_text": gettext_lazy("%(field)s must be text."),
    "not_a_list": gettext_lazy("%(field)s must be a list."),
    "not_whole": gettext_lazy("%(field)s must be a whole number from %(least)s to %(most)s."),
    "not_yes_or_no": gettext_lazy("%(field)s: “per side” must be yes or no."),
    "not_one_of": gettext_lazy("%(field)s “%(value)s” is none of: %(allowed)s."),
    "unknown_word": gettext_lazy("%(field)s: “%(value)s” is not in the vocabulary."),
    "too_long": gettext_lazy("%(field)s has %(length)s characters; %(most)s is the most."),
    "too_many": gettext_lazy("%(field)s has %(count)s entries; %(most)s is the most."),
    "control_characters": gettext_lazy("%(field)s holds characters that are no text."),
    "bad_slug": gettext_lazy("%(field)s “%(value)s” must be small letters, digits and hyphens."),
    "bad_met": gettext_lazy("%(field)s needs value, edition and code together, such as 2.8, 2024, 02340."),
    "bad_range": gettext_lazy("%(field)s: give the least and the most, in this order."),
    "effort_swapped": gettext_lazy("The least effort is more than the most."),
    "caution_twice": gettext_lazy("%(field)s: “%(value)s” stands there twice."),
    "caution_incomplete": gettext_lazy("%(field)s: “%(value)s” needs a kind and a reason."),
    "too_many_cells": gettext_lazy("The row has more cells than there are columns (%(columns)s)."),
    "formula_cell": gettext_lazy("%(field)s is a formula. Paste its value instead."),
    "error_cell": gettext_lazy("%(field)s shows an error. Correct the cell."),
    "date_cell": gettext_lazy("%(field)s is a date. Write it as text."),
    "not_this_shape": gettext_lazy("%(field)s is not written as free-exercise-db writes it."),
    "slug_in_file": gettext_lazy("Row %(line)s of this file has the short name “%(value)s” already."),
    "loop": gettext_lazy("Following its harder exercises leads back to itself."),
    "missing": gettext_lazy("Nothing is given for: %(fields)s."),
    "no_place_for": gettext_lazy("%(field)s “%(value)s” has no place in this library."),
    "left_behind": gettext_lazy("The field “%(field)s” is not taken over."),
    "guessed": gettext_lazy("Guessed from the words: %(guesses)s."),
    "high_impact": gettext_lazy("High impact."),
    "heavy": gettext_lazy("A gym lift (%(value)s), hardly one for people in pain."),
    "expert": gettext_lazy("Marked as one for experts."),
    "unknown_link": gettext_lazy("Easier or harder exercises that are not here: %(value)s."),
    "same_name_in_file": gettext_lazy("Row %(line)s of this file has the same name."),
    "same_name": gettext_lazy("Has the name of %(match)s."),
    "same_other_name": gettext_lazy("%(match)s is also known as “%(as)s”."),
    "looks_like": gettext_lazy("Looks like %(match)s."),
    "looks_like_other_name": gettext_lazy("Looks like %(match)s, also known as “%(as)s”."),
    "differs": gettext_lazy("Differs in: %(fields)s."),
    "is_retired": gettext_lazy("%(match)s is retired. Bring it back first."),
    "in_work": gettext_lazy("Somebody is working on a draft of %(match)s. Finish that first."),
    "edited_here": gettext_lazy("%(match)s came from this source and has been edited here since."),
}


def file_sentence(error: FileRefused) -> str:
    """Why a file as a whole was refused, and what to do."""
    return str(_FILE[error.code]) % error.values


def remark_sentence(remark: Sequence[Any], match: Mapping[str, Any] | None) -> str:
    """One remark of the report as a sentence; `match` is the exercise that the row was compared with."""
    code, values = remark
    words = {**values, "match": f"“{match['name']}”" if match else ""}
    if "field" in values and code not in ("unknown_field", "left_behind"):
        words["field"] = field_word(values["field"])
    if "fields" in values:
        words["fields"] = get_text_list([field_word(name).lower() for name in values["fields"]], _("and"))
    if code == "guessed":
        words["guesses"] = _guesses(values)
    sentence = str(_ROW[code]) % words
    if "alike" in values and values["steps"]:
        sentence = f"{sentence} {_steps(values['alike'], values['steps'])}"
    return sentence


def row_sentences(row: Mapping[str, Any]) -> list[str]:
    """Everything there is to say about a row of the report."""
    return [remark_sentence(remark, row["match"]) for remark in row["remarks"]]


def field_word(name: str) -> str:
    return str(_MORE_FIELDS.get(name) or FIELDS.get(name) or name)


def _steps(alike: int, steps: int) -> str:
    if not alike:
        return _("No step matches.")
    said = ngettext("%(alike)d of %(steps)d step matches.", "%(alike)d of %(steps)d steps match.", steps)
    return said % {"alike": alike, "steps": steps}


def _guesses(values: Mapping[str, str]) -> str:
    labels = {"position": ExerciseVersion.Position, "impact": ExerciseVersion.Impact}
    return ", ".join(str(label(values[name]).label).lower() for name, label in labels.items() if name in values)
