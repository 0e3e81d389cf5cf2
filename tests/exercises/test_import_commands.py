"""Imports and exports from the shell: the same dry run as text, an exit code that tells, all or nothing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from exercises.models import Exercise, ExerciseVersion, ImportBatch
from tests.exercises.curation_cast import WHOLE


def row(name: str, **changes: Any) -> dict[str, Any]:
    return WHOLE | {"name": name} | changes


def run(*args: Any) -> str:
    out = io.StringIO()
    call_command("import_exercises", *map(str, args), stdout=out)
    return out.getvalue()


def file_of(tmp_path: Path, rows: Any) -> Path:
    path = tmp_path / "pool.json"
    path.write_text(json.dumps(rows))
    return path


APPLY = ("--apply", "--source", "Us", "--licence", "Ours")


def test_a_dry_run_shows_what_would_happen_and_saves_nothing(cleo, tmp_path):
    path = file_of(tmp_path, [row("Lamp reach"), row("Moon walk", steps=[])])
    text = run(path)
    assert "row 2: Moon walk: Something is missing. Nothing is given for: steps. [stays out]" in text
    assert "2 rows: 1 new, 0 change one you have, 0 same as now, 0 likely duplicates, 1 something is missing" in text
    assert "Nothing was saved." in text
    assert not Exercise.objects.filter(slug="lamp-reach").exists() and not ImportBatch.objects.exists()


def test_apply_saves_it(cleo, tmp_path):
    path = file_of(tmp_path, [row("Lamp reach"), row("Moon walk", steps=[])])
    assert "Applied: 1 import as a draft." in run(path, *APPLY, "--by", "CLEO.curator@example.org")
    draft = ExerciseVersion.objects.get(name="Lamp reach")
    assert (draft.author, draft.source, draft.licence, draft.state) == (cleo, "Us", "Ours", "draft")
    assert "Applied: 1" in run(path, *APPLY, "--by", cleo.email, "--take-doubtful")
    assert ExerciseVersion.objects.filter(name="Moon walk").exists()
    with pytest.raises(CommandError, match="No row is to be taken"):
        run(path, *APPLY, "--by", cleo.email)


def test_into_the_library_of_a_clinic(cora, harbour, tmp_path):
    run(file_of(tmp_path, [row("Lamp reach")]), *APPLY, "--by", cora.email, "--clinic", "harbour")
    assert Exercise.objects.get(slug="lamp-reach").clinic == harbour


def test_a_refused_row_ends_it_and_nothing_is_saved(cleo, tmp_path):
    path = file_of(tmp_path, [row("Lamp reach"), row("Moon walk", goal="strong")])
    for more in ((), (*APPLY, "--by", cleo.email)):
        with pytest.raises(CommandError, match="1 of 2 rows cannot be read"):
            run(path, *more)
    assert not Exercise.objects.filter(slug="lamp-reach").exists() and not ImportBatch.objects.exists()


def test_what_is_wrong_is_said_and_nothing_is_left(cleo, cora, tmp_path):
    path = file_of(tmp_path, [row("Lamp reach")])
    for args, said in [
        ((tmp_path / "none.csv",), "cannot be read"),
        ((path, "--clinic", "moon"), "There is no clinic “moon”"),
        ((path, "--apply"), "--by EMAIL"),
        ((path, "--apply", "--by", "nobody@example.org"), "There is no user"),
        ((path, "--apply", "--by", cleo.email, "--licence", "Ours"), "Say where the exercises come from"),
        ((path, "--apply", "--by", cleo.email, "--source", "Us"), "Say under which licence"),
        ((path, *APPLY, "--by", cora.email), "do not look after"),
        ((path, "--format", "csv"), "pool.json: The first line must name the columns"),
    ]:
        with pytest.raises(CommandError) as refused:
            run(*args)
        assert said in str(refused.value)
    assert not ImportBatch.objects.exists()


def test_more_rows_than_a_request_checks(cleo, tmp_path):
    path = file_of(tmp_path, [row(f"Lamp {place} {place * 7919}") for place in range(150)])
    assert "Applied:" in run(path, *APPLY, "--by", cleo.email)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.checked) == ("applied", 150)


@pytest.mark.parametrize("format", ["own-json", "csv", "xlsx"])
def test_an_export_comes_back_the_same(db, tmp_path, format):
    path = tmp_path / f"library.{format.removeprefix('own-')}"
    out = io.StringIO()
    call_command("export_exercises", "--format", format, "--out", str(path), stdout=out)
    total = Exercise.objects.filter(clinic=None).count()
    assert f"{total} exercises written to" in out.getvalue()
    assert f"{total} rows: 0 new, 0 change one you have, {total} same as now" in run(path)


def test_an_export_of_no_clinic_is_refused(db):
    with pytest.raises(CommandError, match="no clinic"):
        call_command("export_exercises", "--clinic", "moon")
