"""R3 on simulated patients reaches its three goals; a small form of what `make bench` prints."""

import json
import subprocess
import sys

import pytest

from tests.bench import __main__ as bench
from tests.bench import pain_rules, rules, simulator
from tests.bench.report import Goal, Result, Table

COUNT = rules.PATIENTS


@pytest.fixture(scope="module")
def drawn():
    scenarios = (simulator.stable, simulator.step, simulator.spike)
    return {scenario.__name__: simulator.cases(scenario, count=COUNT) for scenario in scenarios}


def test_the_simulated_patients_are_as_published(drawn):
    figures = simulator.calibration(case.diary for case in drawn["stable"])
    assert figures["deviation"] == pytest.approx(1.2, abs=0.1)
    assert figures["lag_1"] == pytest.approx(0.3, abs=0.05)
    assert 15 <= figures["jumps_percent"] <= 18
    assert 10 < figures["missing_percent"] < 35
    values = {value for case in drawn["stable"] for _, value in case.diary}
    assert values == set(range(11))


def test_the_same_seed_gives_the_same_patients(drawn):
    assert simulator.cases(simulator.step, count=5) == drawn["step"][:5]
    assert simulator.cases(simulator.step, count=5, seed=1) != drawn["step"][:5]


def test_r3_finds_what_lasts_and_little_else_and_the_documentation_says_how_well(drawn):
    found = rules.measure(pain_rules.capped_cusum, drawn)
    assert [str(goal) for goal in rules.goals(found) if not goal.met] == []
    cells = " | ".join(f"**{cell}**" for cell in rules.cells(found))
    assert f"| **{pain_rules.R3}** | {cells} |" in (bench.ROOT / "docs" / "clinical-rules.md").read_text()


@pytest.mark.parametrize("rule", [pain_rules.last_above_usual, pain_rules.last_above_previous, pain_rules.ewma_chart])
def test_a_worse_rule_misses_a_goal(rule, drawn):
    few = {name: cases[:200] for name, cases in drawn.items()}
    assert not all(goal.met for goal in rules.goals(rules.measure(rule, few)))


def test_a_rule_that_never_alerts_misses_a_goal(drawn):
    found = rules.measure(lambda diary: [], drawn)
    assert (found["false_alarms"], found["step"]["percent"], found["step"]["median_days"]) == (0, 0, None)
    assert [goal.met for goal in rules.goals(found)] == [True, False, True]


def test_what_counts_as_one_alarm_and_as_found():
    assert [rules.alarms(days) for days in ([], [5], [5, 6, 19, 33], [5, 20])] == [0, 1, 1, 2]
    case = simulator.Case([(day, 4.0) for day in range(100)], begins=56, ends=57)
    alerts_on = [(55, None), (56, 0), (64, 8), (65, None)]
    assert [rules.first_alert(lambda diary, d=day: [d], case, "spike") for day, _ in alerts_on] == [
        delay for _, delay in alerts_on
    ]
    assert rules.first_alert(lambda diary: [83], case, "step") == 27
    assert rules.first_alert(lambda diary: [84], case, "step") is None


def test_a_rise_is_added_to_real_diaries(tmp_path):
    lines = [f"myself,{day},{3 + day % 2}" for day in range(300) if day % 3]
    (tmp_path / "one.csv").write_text("\n".join(["subject,day,value", *lines, "other,1,4", "other,2,5"]))
    stretches, diaries = rules.real_stretches(sorted(tmp_path.glob("*.csv")))
    assert (len(stretches), diaries) == (2, 1)  # the third is cut short
    (risen, _) = rules.with_a_rise(stretches)["step"]
    changes = {day: after - before for (day, before), (_, after) in zip(stretches[0], risen.diary, strict=True)}
    assert {change for day, change in changes.items() if day < risen.begins} == {0}
    assert {change for day, change in changes.items() if day >= risen.begins} == {2}
    assert rules.measure(pain_rules.capped_cusum, {"step": [risen]})["step"]["percent"] == 100


@pytest.mark.parametrize(("value", "status"), [(1.0, 0), (2.0, 1), (float("nan"), 1)])
def test_a_missed_goal_is_told_and_ends_with_an_error(value, status, tmp_path, monkeypatch, capsys):
    result = Result([Table("Title", ["a"], [["1"]])], {"a": 1}, [Goal("less", value, at_most=1.5)])
    monkeypatch.setattr(rules, "run", lambda options: result)
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "KEPT", tmp_path / "var")
    monkeypatch.setattr(sys, "argv", ["bench", "--only", "rules", "--quick"])
    assert bench.main() == status
    out, err = capsys.readouterr()
    assert "| a |" in out and ("MISSED" in out) == bool(status) == ("1 goal missed" in err)
    kept = json.loads((tmp_path / "var" / "rules-quick.json").read_text())
    assert (kept["a"], kept["goals"][0]["met"]) == (1, not status)


def test_every_measurement_can_be_run_and_a_wrong_name_is_told():
    for module in bench.SECTIONS.values():
        assert callable(bench.import_module(module).run)
    asked = [sys.executable, "-m", "tests.bench", "--only", "nonsense"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=bench.ROOT)
    assert done.returncode == 2 and "there are: rules" in done.stderr
