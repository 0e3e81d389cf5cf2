"""Rule R3 on the reference series and on real diaries: see tests/data/README.md for what they are."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from plans.diaries import read_diary
from plans.pain import day_means, episodes, replay
from tests.plans import r3_oracle

DATA = Path(__file__).parents[1] / "data"
ANSWERED_ROWS = 9220  # the answers were made before the last rows were there

with (DATA / "reference" / "r3_series.csv").open(newline="") as file:
    ROWS = [(row["subject"], int(row["day"]), float(row["value"])) for row in csv.DictReader(file)]
ANSWERS = {
    answer["subject"]: answer["alerts"]
    for answer in map(json.loads, (DATA / "reference" / "r3_expected.jsonl").read_text().splitlines())
}
REAL = sorted((DATA / "myaiguide").glob("*.csv"))


def series(rows):
    found = {}
    for subject, day, value in rows:
        found.setdefault(subject, []).append((day, value))
    return found


def number(day):
    return day.toordinal() if isinstance(day, date) else day


def reports(found):
    return [
        {
            "raised_on": number(episode.raised_on),
            "since_on": number(episode.since_on),
            "closed_on": number(episode.closed_on),
            "usual": pytest.approx(episode.usual, abs=1e-6),
            "mean": pytest.approx(episode.mean, abs=1e-6),
            "rise": pytest.approx(episode.rise, abs=1e-6),
            "logged_days": episode.logged_days,
            "severity": episode.severity_highest,
        }
        for episode in found
    ]


def exact(scores):
    judged = r3_oracle.judge(r3_oracle.merge(scores))
    return judged, [
        {name: value if isinstance(value, str | int | None) else float(value) for name, value in report.items()}
        for report in r3_oracle.episodes(judged)
    ]


def assert_equal_day_for_day(scores):
    judged, expected = exact([(number(day), value) for day, value in scores])
    result = replay(day_means(scores))
    assert [(number(ours.day), ours.ready, ours.run, ours.alert) for ours in result.days] == [
        (theirs.day, theirs.ready, theirs.run, theirs.alert) for theirs in judged
    ]
    for name in ("value", "usual", "spread", "total", "excess"):
        mine = [getattr(state, name) for state in result.days]
        theirs = [getattr(state, name) for state in judged]
        assert mine == [None if value is None else pytest.approx(float(value), abs=1e-9) for value in theirs]
    assert reports(result.episodes) == expected


def test_there_are_118_series_with_answers():
    assert len(ANSWERS) == 118
    assert set(series(ROWS)) == set(series(ROWS[:ANSWERED_ROWS])) == set(ANSWERS)
    assert sum(len(alerts) for alerts in ANSWERS.values()) > 60


@pytest.mark.parametrize("subject", ANSWERS)
def test_every_reference_series_has_its_expected_answer(subject):
    assert reports(episodes(series(ROWS[:ANSWERED_ROWS])[subject])) == ANSWERS[subject]


@pytest.mark.parametrize("subject", ANSWERS)
def test_the_exact_implementation_has_the_expected_answer_too(subject):
    _, found = exact(series(ROWS[:ANSWERED_ROWS])[subject])
    assert found == [
        {name: pytest.approx(value, abs=1e-6) if isinstance(value, float) else value for name, value in alert.items()}
        for alert in ANSWERS[subject]
    ]


@pytest.mark.parametrize("subject", ANSWERS)
def test_every_whole_series_equals_the_exact_implementation_day_for_day(subject):
    assert_equal_day_for_day(series(ROWS)[subject])


@pytest.mark.parametrize("path", REAL, ids=[path.stem for path in REAL])
def test_real_diaries_equal_the_exact_implementation_day_for_day(path):
    diaries = {}
    for row in read_diary(path).rows:
        diaries.setdefault((row.subject, row.measure), []).append((row.day, row.value))
    assert diaries
    for scores in diaries.values():
        assert_equal_day_for_day(scores)


def test_the_real_diaries_hold_something_to_find():
    rows = read_diary(DATA / "myaiguide" / "Participant8PainNew.csv", "happiness").rows
    # Not pain, and so no flag for anybody; but a real series that rises lastingly above its start.
    (first, *_) = episodes([(row.day, row.value) for row in rows])
    assert (first.since_on, first.raised_on) == (date(2019, 9, 5), date(2019, 9, 24))
    assert first.usual == pytest.approx(88 / 23)
