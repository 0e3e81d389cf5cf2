"""What the numbers of a re-evaluation speak for: progress, keep, ease or refer, each with its reasons in numbers.

Pure. A proposal is never a diagnosis and never preselected: the decision is the clinician's. The words are made by
plans/wording_proposals.py in the reader's language. Source: docs/clinical-rules.md, "Proposals at a re-evaluation".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from plans.pacing import DONE_PERCENT_NEEDED

RECENT_DAYS = 14  # pain with sessions is judged over the last two weeks: four-week means hide a turn
ENOUGH_ANSWERS = 2
UNSETTLED_MORNINGS = 2
ABOVE_CEILING = 2
SKIPS_FOR_PAIN = 3
SKIPS_FOR_PAIN_PERCENT = 20
TIES = 1e-9

Kind = Literal["progress", "keep", "ease", "refer"]


@dataclass(frozen=True)
class Limits:
    """The numbers of the rules that proposals share (plans/thresholds.py): R2 `morning`, R7 `function`, R8 the rest."""

    morning: float = 2.0
    function: float = 2.0
    phq2: int = 3  # Kroenke 2003
    gad2: int = 3  # Kroenke 2007


@dataclass(frozen=True)
class SiteFacts:
    """One place that hurts, over the last RECENT_DAYS days of the time looked at.

    `after`: the highest score during or after each session; `mornings`: next-morning minus before, in points.
    `ceiling` is that of rule R1. Unanswered questions are left out, they are not zero.
    """

    name: str
    ceiling: float
    after: tuple[float, ...] = ()
    mornings: tuple[float, ...] = ()

    @property
    def above(self) -> int:
        return sum(1 for score in self.after if score > self.ceiling + TIES)

    def unsettled(self, points: float) -> int:
        """On how many mornings pain was up by so many points or more."""
        return sum(1 for change in self.mornings if change >= points - TIES)


@dataclass(frozen=True)
class Facts:
    """What happened since the last re-evaluation, in plain values.

    `open_flags` and `raised` are rule ids (R0..R9): open now, and raised in the time (withdrawn ones left out).
    `asked` and `skipped_for_pain` count exercises, not sessions. `phq2`, `gad2` (0-6): the latest complete answer in
    the time; `peg_rise`: points, up is worse. None is "not known", never zero.
    """

    done: int
    planned: int
    open_flags: tuple[str, ...] = ()
    important: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()
    sites: tuple[SiteFacts, ...] = ()
    asked: int = 0
    skipped_for_pain: int = 0
    phq2: int | None = None
    gad2: int | None = None
    peg_rise: float | None = None
    is_paused: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True)
class Reason:
    """`code` names the rule of the table in docs/clinical-rules.md, `numbers` what it saw."""

    code: str
    numbers: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    kind: Kind
    reasons: tuple[Reason, ...]


def propose(facts: Facts) -> tuple[Proposal, ...]:
    """ "Refer" when something belongs to somebody else, and exactly one of progress, keep, ease.

    With an open red flag there is nothing but "refer": no dose is proposed before it has been looked at.
    """
    refer = _found(facts, _red_flag, _mood, _function)
    first = (Proposal("refer", refer),) if refer else ()
    if any(reason.code == "red flag" for reason in refer):
        return first
    ease = _found(facts, _overdoing, _mornings, _ceiling, _skipped)
    if ease:
        return (*first, Proposal("ease", ease))
    against = _found(facts, _flags_open, _paused, _too_few_sessions, _once_above, _once_unsettled, _unanswered)
    if refer:
        against = (Reason("refer first"), *against)
    if against:
        return (*first, Proposal("keep", against))
    return (Proposal("progress", _for_progress(facts)),)


def _found(facts: Facts, *rules: Callable[[Facts], list[Reason]]) -> tuple[Reason, ...]:
    return tuple(reason for rule in rules for reason in rule(facts))


def _red_flag(facts: Facts) -> list[Reason]:
    return [Reason("red flag")] if "R0" in facts.open_flags else []


def _mood(facts: Facts) -> list[Reason]:
    known = (("low mood", facts.phq2, facts.limits.phq2), ("worry", facts.gad2, facts.limits.gad2))
    return [
        Reason(code, {"score": score, "cut": cut}) for code, score, cut in known if score is not None and score >= cut
    ]


def _function(facts: Facts) -> list[Reason]:
    if facts.peg_rise is not None and facts.peg_rise >= facts.limits.function - TIES:
        return [Reason("daily life", {"rise": facts.peg_rise, "cut": facts.limits.function})]
    return [Reason("daily life flag")] if "R7" in facts.important else []


def _overdoing(facts: Facts) -> list[Reason]:
    return [Reason("over-doing")] if "R6" in (*facts.open_flags, *facts.raised) else []


def _mornings(facts: Facts) -> list[Reason]:
    points = facts.limits.morning
    return [
        Reason("mornings", {"site": site.name, "n": n, "of": len(site.mornings), "points": points})
        for site in facts.sites
        if (n := site.unsettled(points)) >= UNSETTLED_MORNINGS
    ]


def _ceiling(facts: Facts) -> list[Reason]:
    return [
        Reason("above ceiling", {"site": site.name, "n": site.above, "of": len(site.after), "ceiling": site.ceiling})
        for site in facts.sites
        if site.above >= ABOVE_CEILING
    ]


def _skipped(facts: Facts) -> list[Reason]:
    often = facts.skipped_for_pain * 100 >= facts.asked * SKIPS_FOR_PAIN_PERCENT
    if facts.skipped_for_pain >= SKIPS_FOR_PAIN and often:
        return [Reason("skipped for pain", {"n": facts.skipped_for_pain, "of": facts.asked})]
    return []


def _flags_open(facts: Facts) -> list[Reason]:
    return [Reason("flags open", {"n": len(facts.open_flags)})] if facts.open_flags else []


def _paused(facts: Facts) -> list[Reason]:
    return [Reason("paused")] if facts.is_paused else []


def _too_few_sessions(facts: Facts) -> list[Reason]:
    if facts.planned <= 0:
        return [Reason("nothing planned")]
    if facts.done * 100 < facts.planned * DONE_PERCENT_NEEDED:
        return [Reason("few sessions", {"done": facts.done, "planned": facts.planned, "needed": DONE_PERCENT_NEEDED})]
    return []


def _once_above(facts: Facts) -> list[Reason]:
    return [
        Reason("once above ceiling", {"site": site.name, "ceiling": site.ceiling})
        for site in facts.sites
        if site.above == 1
    ]


def _once_unsettled(facts: Facts) -> list[Reason]:
    points = facts.limits.morning
    return [
        Reason("one morning", {"site": site.name, "points": points})
        for site in facts.sites
        if site.unsettled(points) == 1
    ]


def _unanswered(facts: Facts) -> list[Reason]:
    """Not known is not "fine": without answers about the main place nothing says that a step up is safe."""
    main = facts.sites[0] if facts.sites else SiteFacts("", 0.0)
    reasons = []
    if len(main.after) < ENOUGH_ANSWERS:
        reasons.append(Reason("after not known", {"n": len(main.after), "needed": ENOUGH_ANSWERS}))
    if len(main.mornings) < ENOUGH_ANSWERS:
        reasons.append(Reason("mornings not known", {"n": len(main.mornings), "needed": ENOUGH_ANSWERS}))
    return reasons


def _for_progress(facts: Facts) -> tuple[Reason, ...]:
    main = facts.sites[0]
    return (
        Reason("no open flag"),
        Reason("sessions done", {"done": facts.done, "planned": facts.planned}),
        Reason("after within limits", {"n": len(main.after), "highest": max(main.after), "ceiling": main.ceiling}),
        Reason("mornings settled", {"n": len(main.mornings)}),
    )
