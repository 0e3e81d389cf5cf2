"""The rules R0 to R9: the front of the pure modules that judge what a patient logs, does and says.

Each rule is a function of ordered plain values, dated resolutions and dated thresholds; it answers with episodes
(plans/evidence.py) that carry the rule, its version, the numbers, the dates and the severity. R1 to R4 are judged
for each body site, the others for the patient. Source: docs/clinical-rules.md, sections 2, 3 and 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plans import pain
from plans.cusum import DEFAULTS
from plans.evidence import EPISODE_GAP_DAYS, QUIET_DAYS_TO_CLOSE, Episode, Resolution, Severity
from plans.rules_doing import ActiveSpan, Done, DoneSession, PlanFrom, over_doing, silence
from plans.rules_pain import Level, SiteScore, ceiling_for, next_morning, session_ceiling, severe
from plans.rules_said import (
    SAFETY_QUESTIONS,
    FlareReport,
    Function,
    MoodResult,
    SafetyReport,
    flare,
    function,
    mood,
    red_flag,
)
from plans.scores import day_values
from plans.thresholds import Thresholds

__all__ = [
    "OF_THE_PATIENT",
    "OF_THE_SITE",
    "SAFETY_QUESTIONS",
    "ActiveSpan",
    "Done",
    "DoneSession",
    "Episode",
    "FlareReport",
    "Function",
    "Level",
    "MoodResult",
    "PatientFacts",
    "PlanFrom",
    "Resolution",
    "SafetyReport",
    "Severity",
    "SiteFacts",
    "SiteJudgement",
    "SiteScore",
    "as_sustained",
    "ceiling_for",
    "earliest_silence",
    "judge_patient",
    "judge_site",
    "replay_site",
    "sustained",
]

OF_THE_SITE = ("R1", "R2", "R3", "R4")
OF_THE_PATIENT = ("R0", "R5", "R6", "R7", "R8", "R9")


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """All that is known about one body site. `decisions` are those about R3, `resolutions` those of R1, R2, R4."""

    scores: Sequence[SiteScore] = ()
    intake: float | None = None
    decisions: Sequence["pain.Decision[date]"] = ()
    resolutions: dict[str, Sequence[Resolution]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """All that is known about a patient beside the sites. `logged_on` are the days with a session or a score."""

    logged_on: Sequence[date] = ()
    spans: Sequence[ActiveSpan] = ()
    plans: Sequence[PlanFrom] = ()
    sessions: Sequence[DoneSession] = ()
    safety: Sequence[SafetyReport] = ()
    flares: Sequence[FlareReport] = ()
    functions: Sequence[Function] = ()
    moods: Sequence[MoodResult] = ()
    reevaluated_on: Sequence[date] = ()
    resolutions: dict[str, Sequence[Resolution]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteJudgement:
    """R3's replay of a site, and the episodes of every rule of the site by rule."""

    replay: "pain.Replay[date]"
    episodes: dict[str, tuple[Episode, ...]]


def judge_site(facts: SiteFacts, thresholds: Thresholds, *, until: date) -> SiteJudgement:
    """R1 to R4 for one body site, as of `until`."""
    replayed = replay_site(facts, thresholds, until=until)
    level = Level(replayed.asked.get, facts.intake)
    given = facts.resolutions
    episodes = {
        "R1": session_ceiling(facts.scores, level, until=until, thresholds=thresholds, resolutions=given.get("R1", ())),
        "R2": next_morning(facts.scores, level, until=until, thresholds=thresholds, resolutions=given.get("R2", ())),
        "R3": sustained(replayed, until=until),
        "R4": severe(facts.scores, level, until=until, thresholds=thresholds, resolutions=given.get("R4", ())),
    }
    return SiteJudgement(replayed, episodes)


def judge_patient(facts: PatientFacts, thresholds: Thresholds, *, until: date) -> dict[str, tuple[Episode, ...]]:
    """The rules that are judged for the patient as a whole, as of `until`."""

    def given(rule: str) -> Sequence[Resolution]:
        return facts.resolutions.get(rule, ())

    return {
        "R0": red_flag(facts.safety, until=until, resolutions=given("R0")),
        "R5": silence(
            facts.logged_on,
            facts.spans,
            facts.plans,
            until=until,
            thresholds=thresholds,
            resolutions=given("R5"),
        ),
        "R6": over_doing(facts.sessions, until=until, thresholds=thresholds, resolutions=given("R6")),
        "R7": function(
            facts.functions, facts.reevaluated_on, until=until, thresholds=thresholds, resolutions=given("R7")
        ),
        "R8": mood(facts.moods, until=until, thresholds=thresholds, resolutions=given("R8")),
        "R9": flare(facts.flares, facts.logged_on, until=until, thresholds=thresholds, resolutions=given("R9")),
    }


def replay_site(facts: SiteFacts, thresholds: Thresholds, *, until: date) -> "pain.Replay[date]":
    """R3 over all scores of a site; `asked` holds U for `until` and every day that another rule compares with it."""
    asked = (
        {until}
        | {score.on for score in facts.scores}
        | {s.session_on for s in facts.scores if s.session_on is not None}
    )
    return pain.replay(
        day_values((s.on, s.moment, s.value) for s in facts.scores),
        facts.decisions,
        numbers=[(on, r3_numbers(thresholds, on)) for on in thresholds.changes("R3")],
        asked=asked,
    )


def r3_numbers(thresholds: Thresholds, on: date) -> "pain.Numbers":
    """The numbers of R3 as they hold on that local date."""
    values = dict(thresholds.of("R3", on))
    return pain.Numbers(on=values.pop("on") > 0, **values) if values else DEFAULTS


def sustained(replayed: "pain.Replay[date]", *, until: date) -> tuple[Episode, ...]:
    """R3's episodes in the shape of the other rules."""
    last_log = replayed.days[-1].day if replayed.days else None
    return as_sustained(replayed.episodes, spread=replayed.spread, last_log=last_log, until=until)


def as_sustained(
    episodes: Sequence["pain.Episode[date]"], *, spread: float, last_log: date | None, until: date
) -> tuple[Episode, ...]:
    """The same from the episodes, the spread and the last logged day of a replay."""
    found = []
    for episode in episodes:
        ended = episode.last_alert_on + timedelta(days=EPISODE_GAP_DAYS + 1)
        over = episode.closed_on is not None or ended <= until
        found.append(
            Episode(
                rule=pain.RULE_ID,
                version=pain.RULE_VERSION,
                since_on=episode.since_on,
                raised_on=episode.raised_on,
                last_alert_on=episode.last_alert_on,
                closed_on=episode.closed_on or (ended if over else None),
                settled_on=episode.settled_on,
                severity=episode.severity,
                severity_highest=episode.severity_highest,
                quiet_logged_days=episode.quiet_logged_days,
                over=over,
                closable=over and episode.quiet_logged_days >= QUIET_DAYS_TO_CLOSE,
                numbers={
                    "usual": episode.usual,
                    "mean": episode.mean,
                    "rise": episode.rise,
                    "spread": spread,
                    "logged_days": episode.logged_days,
                    "last_log_on": last_log.isoformat() if last_log and not episode.quiet_logged_days else None,
                },
            )
        )
    return tuple(found)


def earliest_silence(facts: PatientFacts, thresholds: Thresholds, today: date) -> date:
    """The first local date on which R5 can alert if nothing more is logged; before it time alone raises nothing."""
    marks = [*facts.logged_on, *(span.from_on for span in facts.spans)]
    marks += [resolution.on for resolution in facts.resolutions.get("R5", ())]
    days = min(thresholds.value("R5", name, today) for name in ("watch_days", "important_days"))
    return max((mark for mark in marks if mark <= today), default=today) + timedelta(days=days)
