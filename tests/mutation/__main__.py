"""`make mutate`: does a test without a database hold each decision of the clinical rules and of the access policies?

Every decision is changed in turn (a comparison, a number, a word, an argument) and the pure tests of its module have
to notice: 95 % at least of the changes that make a difference. mutmut changes the bodies of functions, leftovers.py
what mutmut leaves alone. A change that makes no difference stands in equivalent.toml with the reason. The answers are
kept in var/mutation.json; ARGS="plans/pacing.py accounts/policy.py" asks for some modules only.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutation import leftovers

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "mutation.json"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
WANTED_PERCENT = 95.0
LONGEST_SECONDS = 240

PAIN = (
    "test_pain.py", "test_pain_decisions.py", "test_pain_episodes.py", "test_pain_usual.py", "test_pain_answers.py",
    "test_rules_front.py", "test_pain_reference.py", "test_pain_properties.py",
)  # fmt: skip
RULES = (
    "test_rules_answers.py", "test_rules_front.py", "test_evidence.py", "test_rules_pain.py", "test_rules_doing.py",
    "test_rules_said.py",
)  # fmt: skip
# Module -> its tests, those that notice most first. The rules are one module in several files, and so is R3.
TESTS: dict[str, tuple[str, ...]] = {
    "plans/pain.py": PAIN,
    "plans/cusum.py": PAIN,
    "plans/usual.py": PAIN,
    "plans/scores.py": PAIN,
    "plans/rules.py": RULES,
    "plans/rules_doing.py": RULES,
    "plans/rules_pain.py": RULES,
    "plans/rules_said.py": RULES,
    "plans/evidence.py": RULES,
    "plans/pacing.py": ("test_pacing.py",),
    "plans/schedule.py": ("test_schedule.py",),
    "plans/minutes.py": ("test_safety_numbers.py", "test_safety.py"),
    "plans/safety.py": ("test_safety_numbers.py", "test_safety.py"),
    "accounts/policy.py": ("test_policy.py",),
}
NEEDED = ("accounts", "exercises", "painplan", "plans", "tests", "templates", "static", "locale", "docs", "manage.py")


class Change(NamedTuple):
    """One mutant: in which module and function (empty: outside of all), what stood there, what stands there now."""

    module: str
    function: str
    was: str
    becomes: str


def main() -> int:
    asked = _asked()
    place = ROOT / "var" / "mutation"
    shutil.rmtree(place, ignore_errors=True)
    _copy_to(place / "functions")
    began = time.monotonic()
    found = {**_of_functions(place / "functions", asked), **_of_leftovers(place, asked)}
    return _report(found, asked, time.monotonic() - began)


def _asked() -> list[str]:
    parser = argparse.ArgumentParser(prog="make mutate", description="Mutation tests of the modules that decide.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(TESTS)}; all unless given")
    asked: list[str] = parser.parse_args().modules or list(TESTS)
    if unknown := sorted(set(asked) - set(TESTS)):
        parser.error(f"no module {', '.join(unknown)} here; there are: {', '.join(TESTS)}")
    return asked


def _paths(module: str) -> list[str]:
    return [f"tests/{module.partition('/')[0]}/{name}" for name in TESTS[module]]


def _copy_to(place: Path) -> None:
    place.mkdir(parents=True)
    for name in NEEDED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / name)
    shutil.copy(ROOT / "pyproject.toml", place)


def _environ() -> dict[str, str]:
    return {**os.environ, "HYPOTHESIS_PROFILE": "mutating", "PYTHONDONTWRITEBYTECODE": "1"}


def _of_functions(place: Path, asked: Sequence[str]) -> dict[tuple[Change, int], bool]:
    """What mutmut says of each change to the body of a function: whether a test noticed."""
    tests = list(dict.fromkeys(path for module in asked for path in _paths(module)))
    settings = {
        "source_paths": sorted({module.partition("/")[0] for module in asked}),
        "only_mutate": list(asked),
        "also_copy": [name for name in NEEDED if name != "tests"],
        "pytest_add_cli_args": ["-p", "no:xdist"],
        "pytest_add_cli_args_test_selection": tests,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    # A machine that has other things to do is no reason to call a change noticed.
    lines += ["timeout_constant = 30.0", "use_git_change_detection = false"]
    with (place / "pyproject.toml").open("a") as file:
        file.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
    with (place / "mutmut.log").open("w") as log:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)]
        done = subprocess.run(command, cwd=place, env=_environ(), stdout=log, stderr=log, check=False)
    answers = {module: _meta(place / "mutants" / f"{module}.meta") for module in asked}
    if done.returncode or not all(answers.values()):
        sys.exit(f"mutmut ended with {done.returncode}: {place / 'mutmut.log'}")
    found = {}
    for module, codes in answers.items():
        for number, (name, code) in enumerate(codes.items()):
            change = Change(module, name, "", "") if code else _named(place, module, name)
            found[change, number] = code != 0
    return found


def _meta(file: Path) -> dict[str, int]:
    """mutmut's exit status of the tests by mutant; a change that no test comes across counts as unnoticed."""
    codes: dict[str, int | None] = json.loads(file.read_text())["exit_code_by_key"]
    return {name: 0 if code in (None, 5, 33, 34) else code for name, code in codes.items()}


def _named(place: Path, module: str, name: str) -> Change:
    """The change that mutmut calls by this name."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with chdir(place):
        diff = str(get_diff_for_mutant(name, path=module)).splitlines()
    gone = " ".join(line[1:].strip() for line in diff if line.startswith("-") and not line.startswith("---"))
    come = " ".join(line[1:].strip() for line in diff if line.startswith("+") and not line.startswith("+++"))
    function = name.rpartition("__mutmut_")[0].rpartition(".")[2].removeprefix("x_").removeprefix("xǁ")
    return Change(module, function.replace("ǁ", "."), gone, come)


def _of_leftovers(place: Path, asked: Sequence[str]) -> dict[tuple[Change, int], bool]:
    """The same for what mutmut does not change."""
    jobs = [(module, mutant) for module in asked for mutant in leftovers.mutants((ROOT / module).read_text())]
    folders: SimpleQueue[Path] = SimpleQueue()
    workers = os.cpu_count() or 1
    for number in range(workers):
        _copy_to(place / f"leftovers-{number}")
        folders.put(place / f"leftovers-{number}")

    def noticed(job: tuple[str, leftovers.Mutant]) -> bool:
        module, mutant = job
        folder = folders.get()
        try:
            (folder / module).write_text(mutant.text)
            return _fails(folder, _paths(module))
        finally:
            shutil.copy(ROOT / module, folder / module)
            folders.put(folder)

    with ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(noticed, jobs))
    return {
        (Change(module, "", mutant.was, mutant.becomes), -number): answer
        for number, ((module, mutant), answer) in enumerate(zip(jobs, answers, strict=True), 1)
    }


def _fails(folder: Path, tests: Sequence[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist", *tests]
    try:
        done = subprocess.run(
            command, cwd=folder, env=_environ(), capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _equivalent() -> dict[Change, str]:
    """Changes that make no difference, with the reason."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])
    return {Change(e["module"], e.get("function", ""), e["was"], e["becomes"]): e["why"] for e in entries}


def _report(found: dict[tuple[Change, int], bool], asked: Sequence[str], seconds: float) -> int:
    known = _equivalent()
    rows, left = [], []
    for module in asked:
        here = {key: noticed for key, noticed in found.items() if key[0].module == module}
        same = [change for (change, _), noticed in here.items() if not noticed and change in known]
        survived = [change for (change, _), noticed in here.items() if not noticed and change not in known]
        rows.append((module, sum(here.values()), len(survived), len(same)))
        left += survived
    total = ("all", *(sum(row[place] for row in rows) for place in (1, 2, 3)))
    print(f"\n{'module':<24}{'killed':>8}{'survived':>10}{'equivalent':>12}{'killed %':>10}")
    for name, killed, survived, same in [*rows, total]:
        print(f"{name:<24}{killed:>8}{survived:>10}{same:>12}{_percent(killed, survived):>10.1f}")
    for change in left:
        print(f"\n{change.module} {change.function}\n  - {change.was}\n  + {change.becomes}")
    print(f"\n{seconds:.0f} s; a change that makes no difference: {EQUIVALENT.relative_to(ROOT)}")
    data = {
        "seconds": round(seconds),
        "modules": {name: {"killed": k, "survived": s, "equivalent": e} for name, k, s, e in rows},
        "survived": [change._asdict() for change in left],
    }
    KEPT.write_text(json.dumps(data, indent=1) + "\n")
    below = [name for name, killed, survived, _ in rows if _percent(killed, survived) < WANTED_PERCENT]
    if below:
        print(f"Fewer than {WANTED_PERCENT:g} % killed: {', '.join(below)}", file=sys.stderr)
    return 1 if below else 0


def _percent(killed: int, survived: int) -> float:
    return 100 * killed / max(1, killed + survived)


if __name__ == "__main__":
    sys.exit(main())
