"""Promises about the files themselves, so that nobody has to remember them (docs/architecture.md)."""

import fnmatch
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import painplan

ROOT = Path(__file__).resolve().parent.parent
APPS = ("painplan", "accounts", "exercises", "plans")
LONGEST = 400
LONGEST_TEST = 500
VAGUE_NAMES = {"core", "common", "utils", "util", "helpers", "helper", "misc"}
TEXT = {
    "",
    ".py",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".md",
    ".txt",
    ".json",
    ".toml",
    ".yaml",
    ".yml",
    ".lock",
    ".csv",
}
TEXT |= {".example", ".po", ".sh", ".cfg", ".ini", ".sql", ".service"}
# The only place that may ring the bell: a task sent from anywhere else could fail or slow a request.
BELL = "exercises/actions/bell.py"


def tracked() -> Iterator[Path]:
    """Every file that belongs to the repository: all but what .gitignore names."""
    ignored = [line.strip().rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()]
    ignored = [name for name in ignored if name and not name.startswith("#")] + [".git"]

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if any(fnmatch.fnmatch(path.name, name) for name in ignored):
                continue
            if path.is_dir():
                yield from walk(path)
            else:
                yield path

    return walk(ROOT)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


FILES = list(tracked())
PYTHON = [path for path in FILES if path.suffix == ".py"]
APP_PYTHON = [path for path in PYTHON if name(path).split("/")[0] in APPS]
TEMPLATES = [path for path in FILES if path.suffix == ".html"]


def lines_matching(pattern: str, paths: list[Path], flags: re.RegexFlag = re.NOFLAG) -> list[str]:
    """ "file:line: text" for every match of `pattern`."""
    wanted = re.compile(pattern, flags)
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in wanted.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            found.append(f"{name(path)}:{number}: {text.splitlines()[number - 1].strip()[:120]}")
    return found


def test_the_walk_sees_the_repository():
    names = {name(path) for path in FILES}
    assert {"manage.py", "painplan/settings.py", "tests/test_repository.py", ".ci/run"} <= names
    assert not any(part in each for each in names for part in ("node_modules/", ".venv/", "__pycache__"))


def test_files_stay_short():
    too_long = []
    for path in PYTHON:
        if path.parent.name == "migrations":  # generated, and never edited
            continue
        lines = len(path.read_text().splitlines())
        if lines > (LONGEST_TEST if name(path).startswith("tests/") else LONGEST):
            too_long.append(f"{name(path)}: {lines} lines")
    assert too_long == []


def test_names_say_what_is_inside():
    vague = [name(path) for path in FILES if VAGUE_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}]
    assert vague == []


def test_no_django_signals():
    assert lines_matching(r"django\.dispatch|\bsignals import|import signals|@receiver", APP_PYTHON) == []


def test_only_the_doorbell_sends_tasks():
    # beat is Celery's own clock: what it sends stands in the settings.
    elsewhere = [path for path in APP_PYTHON if name(path) not in (BELL, "painplan/beat.py")]
    assert lines_matching(r"\.(delay|apply_async|delay_on_commit|send_task)\(", elsewhere) == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"<script\b(?![^>]*\bsrc\s*=)", id="inline script"),
        pytest.param(r"<style\b", id="inline style"),
        pytest.param(r"""<[^>]*\sstyle\s*=\s*["'{]""", id="style attribute"),
        pytest.param(r"""<[^>]*\s(hx-)?on[a-z:-]+\s*=\s*["'{]""", id="event handler"),
        pytest.param(r"javascript:", id="javascript address"),
        pytest.param(r"""(src|href)\s*=\s*["'](https?:)?//""", id="something from elsewhere"),
        pytest.param(r"\|\s*safe\b|\bautoescape\s+off", id="unescaped text"),
    ],
)
def test_templates_hold_nothing_that_the_content_policy_forbids(pattern):
    assert lines_matching(pattern, TEMPLATES, re.IGNORECASE) == []


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = {"pyproject.toml": project["version"]}
    if hasattr(painplan, "__version__"):
        versions["painplan/__init__.py"] = painplan.__version__
    for file in ("package.json", "package-lock.json"):
        version = json.loads((ROOT / file).read_text()).get("version")
        if version is not None:
            versions[file] = version
    newest = re.search(r"^## \[?(\d+(?:\.\d+)+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    if newest:
        versions["CHANGELOG.md"] = newest[1]
    assert len(set(versions.values())) == 1, versions


def test_locks_hold_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9][^\s]*==", lock, re.MULTILINE)
    assert len(pins) > 20
    assert len(re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE)) == len(pins)
    assert lines_matching(r"https?://|file:|--(extra-)?index-url|--find-links", [ROOT / "requirements.lock"]) == []
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for where, package in packages.items() if where)


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine():
    hosts = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com")]
    hosts += [("deb", "debian", "org"), ("crates", "io")]
    pattern = "|".join(r"\.".join(parts) for parts in hosts)
    text = [path for path in FILES if path.suffix in TEXT]
    assert lines_matching(pattern, text, re.IGNORECASE) == []
    folders = "|".join(("work", "root", "home", "Users"))
    assert lines_matching(rf"(?<![\w.<$}}/-])/({folders})/\w", text) == []


def test_nothing_is_left_for_later():
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    assert lines_matching(rf"\b({marks})\b", [path for path in FILES if path.suffix in TEXT]) == []


def test_every_test_is_found_by_the_runner():
    strays = []
    for path in PYTHON:
        if not name(path).startswith("tests/") or path.name.startswith("test_"):
            continue
        if re.search(r"^\s*def test_", path.read_text(), re.MULTILINE):
            strays.append(name(path))
    assert strays == []


def test_continuous_integration_runs_what_everybody_runs():
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if "make" in line]
    assert lines == ["exec make check test"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
