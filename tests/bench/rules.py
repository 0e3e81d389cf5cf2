"""How well R3 finds a lasting rise, how late, and how often it is wrong; beside simple rules. (`--only rules`)

What counts: alert days at most 14 days apart are one alarm. A false alarm is one in a patient to whom nothing
happens, for 100 weeks from the first day that can be judged. Something that happens counts as found when a day
alerts between its first day and the end of a fixed number of days (WINDOWS), and the delay is from its first day;
an alarm that by chance already ran counts too, which flatters the noisy rules. A spike counts as flagged until 7
days after its last day.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import median
from typing import Any

from plans.diaries import read_diary
from plans.pain import day_means
from tests.bench import simulator
from tests.bench.pain_rules import LEARNING, R3, RULES, Rule
from tests.bench.report import Goal, Options, Result, Table
from tests.bench.simulator import Case, Diary

PATIENTS, PATIENTS_QUICK = 2000, 300
ALARM_GAP_DAYS = 14
SPIKE_AFTERMATH = 7
# Days from the beginning: the usual time between two re-evaluations; a flare and a week; and long enough for the slow.
WINDOWS = {"step": 28, "flare": 14, "drift": 84, "weekly_step": 84}
SAME_NOISE = 1.2

FALSE_ALARMS_AT_MOST, STEPS_AT_LEAST, SPIKES_AT_MOST = 1.3, 88.0, 8.0  # per 100 weeks, percent, percent

STRETCH_DAYS, STRETCH_STEP, STRETCH_LOGGED = 112, 56, 0.5  # real diaries are cut into stretches of 16 weeks

HEAD = ["rule", "false alarms", "rise of 2", "spike", "flare of a week", "slow drift", "rise, weekly logs"]


def run(options: Options) -> Result:
    count = PATIENTS_QUICK if options.quick else PATIENTS
    drawn = {
        scenario.__name__: simulator.cases(scenario, count=count, seed=options.seed)
        for scenario in (
            simulator.stable, simulator.step, simulator.spike, simulator.flare, simulator.drift, simulator.weekly_step
        )
    }  # fmt: skip
    calibration = simulator.calibration(case.diary for case in drawn["stable"])
    measured = {name: measure(rule, drawn) for name, rule in RULES.items()}
    told = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in calibration.items())
    title = f"{count} simulated patients in each scenario ({told}):"
    tables = [Table(title, HEAD, [[name, *cells(found)] for name, found in measured.items()])]

    alike = {
        scenario.__name__: simulator.cases(scenario, count=count, seed=options.seed, noise=SAME_NOISE)
        for scenario in (simulator.stable, simulator.step, simulator.spike)
    }
    harder = {name: measure(rule, alike) for name, rule in RULES.items()}
    jumps = simulator.calibration(case.diary for case in alike["stable"])["jumps_percent"]
    title = f"Harder: everybody with the same noise of {SAME_NOISE} points ({jumps:.0f} % of days jump by 2 or more):"
    tables.append(Table(title, HEAD[:4], [[name, *cells(found)] for name, found in harder.items()]))

    data: dict[str, Any] = {"patients": count, "calibration": calibration, "rules": measured, "same_noise": harder}
    if options.diaries is not None:
        stretches, diaries = real_stretches(sorted(options.diaries.glob("*.csv")))
        real = {name: measure(rule, with_a_rise(stretches)) for name, rule in RULES.items()}
        title = f"{len(stretches)} stretches of {STRETCH_DAYS} days out of {diaries} real diaries, a rise of 2 added:"
        tables.append(Table(title, HEAD[:3], [[name, *cells(found)] for name, found in real.items()]))
        data |= {"real": real, "real_stretches": len(stretches), "real_diaries": diaries}
    return Result(tables, data, goals(measured[R3]))


def goals(found: dict[str, Any]) -> list[Goal]:
    """What R3 has to reach, out of what `measure` found for it."""
    return [
        Goal("false alarms in 100 patient-weeks", found["false_alarms"], at_most=FALSE_ALARMS_AT_MOST),
        Goal("percent of rises by 2 points found", found["step"]["percent"], at_least=STEPS_AT_LEAST),
        Goal("percent of spikes of 1 or 2 days flagged", found["spike"]["percent"], at_most=SPIKES_AT_MOST),
    ]


def measure(rule: Rule, drawn: dict[str, Sequence[Case]]) -> dict[str, Any]:
    """Numbers of one rule for {scenario: cases}: alarms per 100 weeks, percentages, median delays in days."""
    found: dict[str, Any] = {}
    for scenario, cases in drawn.items():
        if scenario == "stable":
            counts = [alarms(rule(case.diary)) for case in cases]
            weeks = sum(watched_weeks(case.diary) for case in cases)
            found |= {"alarms": sum(counts), "weeks": round(weeks), "false_alarms": 100 * sum(counts) / weeks}
            # A patient's alarms belong together, so the uncertainty is that of patients.
            centre = sum(counts) / len(cases)
            spread = sqrt(sum((n - centre) ** 2 for n in counts) / max(1, len(cases) - 1) * len(cases))
            found["false_alarms_error"] = 100 * spread / weeks
            continue
        delays = [delay for case in cases if (delay := first_alert(rule, case, scenario)) is not None]
        share = len(delays) / len(cases)
        found[scenario] = {
            "percent": 100 * share,
            "error": 100 * sqrt(share * (1 - share) / len(cases)),
            "median_days": median(delays) if delays else None,
        }
    return found


def alarms(alert_days: Sequence[int]) -> int:
    """Alert days at most 14 days apart are one alarm."""
    before = [None, *alert_days[:-1]]
    return sum(b is None or day - b > ALARM_GAP_DAYS for day, b in zip(alert_days, before, strict=False))


def watched_weeks(diary: Diary) -> float:
    """From the first day that can be judged to the last one."""
    return (diary[-1][0] - diary[LEARNING][0] + 1) / 7 if len(diary) > LEARNING else 0.0


def first_alert(rule: Rule, case: Case, scenario: str) -> int | None:
    """Days from the beginning of what happens to the first alert that counts, or None."""
    last = case.ends + SPIKE_AFTERMATH if scenario == "spike" else case.begins + WINDOWS[scenario] - 1
    return next((day - case.begins for day in rule(case.diary) if case.begins <= day <= last), None)


def real_stretches(files: Sequence[Any]) -> tuple[list[Diary], int]:
    """Stretches of 16 weeks in which at least half of the days are logged, and out of how many diaries they come."""
    stretches, diaries = [], 0
    for file in files:
        scores: dict[tuple[str, str | None], list[tuple[Any, Any]]] = {}
        for row in read_diary(file).rows:
            scores.setdefault((row.subject, row.measure), []).append((row.day, row.value))
        for answers in scores.values():
            days = [(day if isinstance(day, int) else day.toordinal(), value) for day, value in day_means(answers)]
            before = len(stretches)
            while days:
                start = days[0][0]
                cut = [(day - start, value) for day, value in days if day - start < STRETCH_DAYS]
                days = [pair for pair in days if pair[0] - start >= STRETCH_DAYS]
                if len(cut) >= STRETCH_LOGGED * STRETCH_DAYS:
                    stretches.append(cut)
            diaries += len(stretches) > before
    return stretches, diaries


def with_a_rise(stretches: Sequence[Diary]) -> dict[str, Sequence[Case]]:
    """The stretches as they are, and with 2 points more from their middle on."""
    risen = [[(day, min(10.0, value + 2 * (day >= STRETCH_STEP))) for day, value in diary] for diary in stretches]
    return {
        "stable": [Case(diary) for diary in stretches],
        "step": [Case(diary, STRETCH_STEP, STRETCH_DAYS - 1) for diary in risen],
    }


def cells(found: dict[str, Any]) -> list[str]:
    """A line of the table."""
    row = [f"{found['false_alarms']:.1f} ± {found['false_alarms_error']:.1f}"]
    for scenario in ("step", "spike", "flare", "drift", "weekly_step"):
        if scenario in found:
            share, days = found[scenario]["percent"], found[scenario]["median_days"]
            shown = scenario == "spike" or days is None
            row.append(f"{share:.0f} %" if shown else f"{share:.0f} % / {days:.0f} d")
    return row
