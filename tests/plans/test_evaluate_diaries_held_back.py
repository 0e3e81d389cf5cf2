"""The command on diaries that nobody chose the rule with, against the independent implementation in exact fractions."""

import io
import json
from random import Random

import pytest
from django.core.management import call_command

from tests.bench import simulator
from tests.plans import r3_oracle

SCENARIOS = [simulator.stable, simulator.step, simulator.spike, simulator.flare, simulator.drift, simulator.weekly_step]
HELD_BACK_SEED = 424242


@pytest.fixture(scope="module")
def scores():
    """{subject: [(day, value)]}: simulated diaries, some scores with a decimal, some days with two."""
    random, found = Random(HELD_BACK_SEED), {}
    for scenario in SCENARIOS:
        for number, case in enumerate(simulator.cases(scenario, count=8, seed=HELD_BACK_SEED)):
            answers = found[f"{scenario.__name__}-{number}"] = []
            for day, value in case.diary:
                moved = min(10.0, max(0.0, round(value + random.choice([0, 0, 0, 0.5, -0.5, 0.1]), 1)))
                answers += [(day, moved), (day, value)] if random.random() < 0.1 else [(day, moved)]
    return found


def test_the_command_says_what_the_exact_implementation_says(scores, tmp_path):
    lines = [f"{subject},{day},{value}" for subject, answers in scores.items() for day, value in answers]
    Random(1).shuffle(lines)
    file = tmp_path / "diaries.csv"
    file.write_text("\n".join(["subject,day,value", *lines]))
    out = io.StringIO()
    call_command("evaluate_diaries", str(file), stdout=out)
    said = {report["subject"]: report["alerts"] for report in map(json.loads, out.getvalue().splitlines())}
    assert said.keys() == scores.keys()
    found = 0
    for subject, answers in scores.items():
        expected = r3_oracle.episodes(r3_oracle.judge(r3_oracle.merge(answers)))
        found += len(expected)
        for alert in expected:
            alert |= {name: pytest.approx(float(alert[name]), abs=1e-9) for name in ("usual", "mean", "rise")}
        assert said[subject] == expected, subject
    assert found > 20
