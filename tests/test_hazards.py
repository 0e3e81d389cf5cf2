"""Every hazard has a test that is really there, and the page says what the log says."""

import ast
from pathlib import Path

import pytest

from tools import hazards

ROOT = Path(__file__).resolve().parent.parent
LOG = hazards.read(hazards.SOURCE.read_text())
# The hazards that the design names; a log that loses one is no longer the log.
NAMED = 15


def names_in(text: str) -> set[str]:
    """The names of the tests that a file holds, skipped ones left out."""
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if not any("mark.skip" in mark or "mark.xfail" in mark for mark in marks):
                found.add(node.name)
    return found


def missing(test_id: str) -> bool:
    file, _, name = test_id.partition("::")
    path = ROOT / file
    return not path.is_file() or name not in names_in(path.read_text())


@pytest.mark.parametrize("entry", LOG, ids=lambda entry: entry["id"])
def test_each_hazard_has_tests_that_exist(entry):
    assert entry["tests"]
    assert [test for test in entry["tests"] if missing(test)] == []
    assert len(set(entry["tests"])) == len(entry["tests"])


def test_the_log_is_whole():
    assert [entry["id"] for entry in LOG] == [f"H{number:02}" for number in range(1, len(LOG) + 1)]
    assert len(LOG) >= NAMED


def test_the_page_is_current():
    assert hazards.PAGE.read_text() == hazards.render(LOG), "make docs"


def test_a_test_that_is_gone_is_noticed():
    assert missing("tests/test_hazards.py::test_that_nobody_wrote")
    assert missing("tests/test_nowhere.py::test_a")
    assert not missing("tests/test_hazards.py::test_the_log_is_whole")
    skipped = (
        "import pytest\n@pytest.mark.skip\ndef test_a(): ...\n@pytest.mark.xfail(strict=True)\ndef test_b(): ...\n"
    )
    assert names_in(skipped + "def test_c(): ...\n") == {"test_c"}


GOOD = """[[hazard]]
id = "H01"
hazard = "Something happens."
severity = "major"
causes = ["a"]
controls = ["b"]
remaining = "c"
tests = ["tests/test_hazards.py::test_the_log_is_whole"]
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param(GOOD.replace('tests = ["tests/test_hazards.py::test_the_log_is_whole"]', "tests = []"), "tests"),
        pytest.param(GOOD.replace('controls = ["b"]\n', ""), "controls", id="no control"),
        pytest.param(GOOD.replace("major", "bad"), "none of", id="severity"),
        pytest.param(GOOD + GOOD, "twice", id="an id twice"),
        pytest.param(GOOD + 'colour = "red"\n', "unknown", id="a word nobody knows"),
    ],
)
def test_an_entry_that_lacks_something_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        hazards.read(text)


def test_a_good_entry_is_read():
    assert hazards.read(GOOD)[0]["hazard"] == "Something happens."
