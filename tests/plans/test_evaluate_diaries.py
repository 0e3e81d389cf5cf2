"""The command that evaluates a file: what it prints, where it complains, and how it exits."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from plans.management.commands import evaluate_diaries

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
HEADER = "subject,date,pain\n"


def dated(subject, values, month="2025-01"):
    return [f"{subject},{month}-{day:02},{value}" for day, value in enumerate(values, 1)]


RISE = [*dated("Bo", [4] * 28), *dated("Bo", [7] * 3, "2025-02")]


def evaluate(tmp_path, text, **options):
    path = tmp_path / "diary.csv"
    path.write_text(text)
    out, err, status = io.StringIO(), io.StringIO(), 0
    try:
        call_command("evaluate_diaries", str(path), stdout=out, stderr=err, **options)
    except SystemExit as stopped:
        status = stopped.code
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), status


def test_one_json_object_a_subject_with_dates_as_given(tmp_path):
    found, err, status = evaluate(tmp_path, HEADER + "\n".join([*dated("Al", [3] * 9), *RISE]))
    assert (err, status) == ("", 0)
    assert found == [
        {"subject": "Al", "alerts": []},
        {
            "subject": "Bo",
            "alerts": [
                {
                    "raised_on": "2025-02-03",
                    "since_on": "2025-02-01",
                    "closed_on": None,
                    "usual": 4.0,
                    "mean": 7.0,
                    "rise": 3.0,
                    "logged_days": 3,
                    "severity": "important",
                }
            ],
        },
    ]


def test_day_numbers_come_back_as_numbers_and_values_unrounded(tmp_path):
    rows = [f"x,Bo,{day},{4 if day % 3 else 5}" for day in range(28)] + [f"x,Bo,{day},8" for day in range(28, 60)]
    ((report,), _, _) = evaluate(tmp_path, "dataset,subject,day,value\n" + "\n".join(rows))
    (alert,) = report["alerts"]
    assert (alert["raised_on"], alert["since_on"], alert["logged_days"]) == (30, 28, 32)
    assert alert["usual"] == pytest.approx(122 / 28, abs=1e-12)
    assert alert["usual"] != round(alert["usual"], 6)


def test_rows_come_in_any_order_and_those_of_a_day_are_averaged(tmp_path):
    shuffled = [*RISE[::-1][:-3], "Bo,2025-01-01,3", "Bo,2025-01-01,5", *RISE[1:3]]
    plain, _, _ = evaluate(tmp_path, HEADER + "\n".join(RISE))
    assert evaluate(tmp_path, HEADER + "\n".join(shuffled)) == (plain, "", 0)


def test_a_bad_row_is_told_and_the_rest_is_evaluated(tmp_path):
    rows = [*RISE[:5], "Bo,2025-01-06,11", "Bo,yesterday,4", *RISE[5:], "Cy,2025-01-01,x"]
    found, err, status = evaluate(tmp_path, HEADER + "\n".join(rows))
    assert status == 1
    assert [len(report["alerts"]) for report in found] == [1]
    assert [line.partition(":")[0] for line in err.splitlines()] == ["line 7", "line 8", "line 35"]
    assert "off the scale" in err


def test_an_unanswered_row_is_told_and_is_no_mistake(tmp_path):
    found, err, status = evaluate(tmp_path, HEADER + "\n".join([*RISE, "Bo,2025-02-04,"]))
    assert (found[0]["alerts"][0]["logged_days"], status) == (3, 0)
    assert err.startswith("line 33, kept: no score")


def test_a_file_of_several_measures_needs_a_choice(tmp_path):
    text = "name,startday,startmonth,startyear,intensity\nKnee,1,1,2025,3\nhappiness,1,1,2025,9\n"
    with pytest.raises(CommandError, match="choose one with --measure: Knee, happiness") as raised:
        evaluate(tmp_path, text)
    assert raised.value.returncode == 2
    found, err, status = evaluate(tmp_path, text, measure="knee")
    assert (found, err, status) == ([{"subject": "diary", "alerts": []}], "", 0)


def test_an_unusable_file_is_one_sentence(tmp_path):
    for text in ("", "a,b\n1,2\n"):
        with pytest.raises(CommandError) as raised:
            evaluate(tmp_path, text)
        assert raised.value.returncode == 2


def test_standard_input(monkeypatch):
    text = (HEADER + "\n".join(RISE)).encode()
    monkeypatch.setattr(evaluate_diaries.sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    out = io.StringIO()
    call_command("evaluate_diaries", "-", stdout=out)
    assert json.loads(out.getvalue())["alerts"][0]["raised_on"] == "2025-02-03"


def test_subjects_are_named_as_in_the_reference(tmp_path):
    series = (DATA / "reference" / "r3_series.csv").read_text()
    found, err, status = evaluate(tmp_path, series)
    answers = [json.loads(line) for line in (DATA / "reference" / "r3_expected.jsonl").read_text().splitlines()]
    assert (err, status) == ("", 0)
    assert {report["subject"] for report in found} == {answer["subject"] for answer in answers}
    first_seen = list(dict.fromkeys(line.split(",")[1] for line in series.splitlines()[1:]))
    assert [report["subject"] for report in found] == first_seen
    assert set(found[0]) == set(answers[0])


@pytest.mark.parametrize(("rows", "status"), [(RISE, 0), ([*RISE, "Bo,2025-02-04,99"], 1), ([], 2)])
def test_as_a_process_without_a_database(tmp_path, rows, status):
    path = tmp_path / "diary.csv"
    path.write_text(HEADER + "\n".join(rows))
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@localhost:9/nothing"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "evaluate_diaries", str(path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == status
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) == (1 if status else 0)
    assert len(ended.stdout.splitlines()) == (0 if status == 2 else 1)
