"""PEG, PHQ-4, sleep and confidence: results, and none while incomplete."""

import pytest

from plans.measures import AnswerRefused, Mood, checked_answers, mood, peg, result


@pytest.mark.parametrize(
    ("answers", "mean"),
    [
        ({"pain": 4, "enjoyment": 5, "activity": 6}, 5),
        ({"pain": 0, "enjoyment": 0, "activity": 0}, 0),
        ({"pain": 10, "enjoyment": 10, "activity": 10}, 10),
        ({"pain": 4, "enjoyment": 5}, None),
        ({"pain": 4, "enjoyment": 5, "activity": None}, None),
        ({}, None),
    ],
)
def test_peg_is_the_mean_of_three(answers, mean):
    assert peg(answers) == mean
    assert result("PEG", answers) == mean


@pytest.mark.parametrize(
    ("answers", "parts", "total"),
    [
        ({"interest": 1, "low": 2, "nervous": 3, "worry": 3}, (3, 6), 9),
        ({"interest": 0, "low": 0, "nervous": 0, "worry": 0}, (0, 0), 0),
        ({"interest": 3, "nervous": 0, "worry": 1}, (None, 1), None),
        ({"interest": 3, "low": 1, "worry": 1}, (4, None), None),
        ({}, (None, None), None),
    ],
)
def test_phq4_has_two_parts_and_an_incomplete_part_gives_no_result(answers, parts, total):
    assert mood(answers) == Mood(*parts)
    assert result("PHQ-4", answers) == total


@pytest.mark.parametrize("kind", ["sleep", "confidence"])
def test_single_questions(kind):
    assert result(kind, {kind: 7}) == 7
    assert result(kind, {}) is None


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("PEG", {"pain": 11}),
        ("PEG", {"pain": -1}),
        ("PEG", {"pain": 2.5}),
        ("PEG", {"pain": True}),
        ("PEG", {"pain": "4"}),
        ("PEG", {"sleep": 4}),
        ("PHQ-4", {"interest": 4}),
        ("PHQ-9", {}),
    ],
)
def test_answers_off_the_scale_are_refused(kind, answers):
    with pytest.raises(AnswerRefused):
        checked_answers(kind, answers)
    with pytest.raises(AnswerRefused):
        result(kind, answers)
