"""tools/setup.py says in one sentence what is missing, and does nothing when nothing changed."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("painplan_setup", ROOT / "tools" / "setup.py")
assert spec and spec.loader
setup = importlib.util.module_from_spec(spec)
spec.loader.exec_module(setup)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("error: Request failed\n  Caused by: dns error: failed to lookup address information", "network"),
        ("npm error code EAI_AGAIN\nnpm error request failed", "network"),
        ("NewConnectionError: Failed to establish a new connection: [Errno 101]", "network"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: could not create '.venv': Read-only file system", "cannot be written"),
        ("  x Failed to build `brotli`\n  error: command 'gcc' failed", "no working compiler"),
        ("error: invalid peer certificate: UnknownIssuer", "certificate"),
        ("error: Hash mismatch for `django==5.2.19`", "not the file"),
        ("The virtual environment was not created because ensurepip is not available.", "python3-venv"),
        ("something else\n\nlast words\n", "last words"),
        ("", "no reason"),
    ],
)
def test_the_reason_for_a_failure_is_one_sentence(output, said):
    reason = setup.cause(output)
    assert said in reason
    assert "\n" not in reason


def test_a_failed_command_says_what_failed_why_and_where_all_of_it_is():
    fails = "import sys; print('some words'); sys.exit('OSError: No space left on device')"
    with pytest.raises(setup.Problem) as problem:
        setup.run("Python packages", sys.executable, "-c", fails)
    assert re.match(r"Python packages failed: the disk is full", str(problem.value))
    log = Path(str(problem.value).split("All of it: ")[1].rstrip(")"))
    assert "some words" in log.read_text()
    log.unlink()


def test_a_program_that_is_missing_is_a_sentence_too():
    with pytest.raises(setup.Problem, match="no-such-program could not be started"):
        setup.run("Styles", "no-such-program")


def test_the_first_way_that_works_is_taken_and_the_first_problem_reported():
    tried = []

    def fails(word):
        tried.append(word)
        raise setup.Problem(word)

    setup.first_that_works(lambda: fails("first"), lambda: tried.append("second"), lambda: tried.append("third"))
    assert tried == ["first", "second"]
    with pytest.raises(setup.Problem, match="one"):
        setup.first_that_works(lambda: fails("one"), lambda: fails("two"))


def test_an_old_python_is_told_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    with pytest.raises(setup.Problem, match=r"needs Python 3\.11 or newer"):
        setup.newer_python()


def test_nothing_is_done_when_nothing_changed(tmp_path):
    stamp = tmp_path / "stamp"
    before = setup.fingerprint("requirements.lock")
    assert not setup.is_done(str(stamp), before)
    setup.mark_done(str(stamp), before)
    assert setup.is_done(str(stamp), before)
    assert not setup.is_done(str(stamp), setup.fingerprint("package-lock.json"))


def test_it_needs_the_standard_library_only():
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "setup.py"), "--help"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
