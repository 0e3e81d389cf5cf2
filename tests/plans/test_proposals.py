"""What the numbers of a re-evaluation speak for: a truth table, line by line as docs/clinical-rules.md has it."""

from dataclasses import replace
from itertools import product

import pytest

from plans import proposals, wording_proposals
from plans.models import Reevaluation
from plans.proposals import Facts, Limits, Reason, SiteFacts, propose

BACK = SiteFacts("Lower back", ceiling=6.3, after=(4.0, 5.0, 6.0), mornings=(0.0, 1.0, -1.0))
WELL = Facts(done=8, planned=12, sites=(BACK,), asked=30)


def codes(facts: Facts) -> dict[str, list[str]]:
    return {proposal.kind: [reason.code for reason in proposal.reasons] for proposal in propose(facts)}


def test_all_is_well_a_step_up_with_its_numbers():
    assert codes(WELL) == {"progress": ["no open flag", "sessions done", "after within limits", "mornings settled"]}
    numbers = {reason.code: reason.numbers for reason in propose(WELL)[0].reasons}
    assert numbers["sessions done"] == {"done": 8, "planned": 12}
    assert numbers["after within limits"] == {"n": 3, "highest": 6.0, "ceiling": 6.3}


# Each line: what is changed, and what is proposed with which reasons.
TABLE = [
    # progress needs 60 % of the planned sessions
    ({"done": 6, "planned": 10}, {"progress": None}),
    ({"done": 59, "planned": 100}, {"keep": ["few sessions"]}),
    ({"done": 0, "planned": 0}, {"keep": ["nothing planned"]}),
    ({"open_flags": ("R3",)}, {"keep": ["flags open"]}),
    ({"open_flags": ("R9", "R3")}, {"keep": ["flags open"]}),
    ({"is_paused": True}, {"keep": ["paused"]}),
    # pain during or after, against the ceiling: on it is within it
    ({"sites": (replace(BACK, after=(6.3, 6.3)),)}, {"progress": None}),
    ({"sites": (replace(BACK, after=(6.4, 2.0)),)}, {"keep": ["once above ceiling"]}),
    ({"sites": (replace(BACK, after=(6.4, 2.0, 7.0)),)}, {"ease": ["above ceiling"]}),
    ({"sites": (replace(BACK, after=(2.0,)),)}, {"keep": ["after not known"]}),
    ({"sites": (replace(BACK, after=()),)}, {"keep": ["after not known"]}),
    # mornings: 2 points up is unsettled, twice is a reason to ease
    ({"sites": (replace(BACK, mornings=(1.9, 1.9)),)}, {"progress": None}),
    ({"sites": (replace(BACK, mornings=(2.0, 0.0)),)}, {"keep": ["one morning"]}),
    ({"sites": (replace(BACK, mornings=(2.0, 0.0, 3.0)),)}, {"ease": ["mornings"]}),
    ({"sites": (replace(BACK, mornings=(0.0,)),)}, {"keep": ["mornings not known"]}),
    # another place that hurts counts as well, but need not be answered
    ({"sites": (BACK, SiteFacts("Knee", 5.0, (8.0, 8.0), ()))}, {"ease": ["above ceiling"]}),
    ({"sites": (BACK, SiteFacts("Knee", 5.0))}, {"progress": None}),
    ({"sites": ()}, {"keep": ["after not known", "mornings not known"]}),
    # skipped because of pain: 3 or more, and a fifth of what was asked
    ({"asked": 15, "skipped_for_pain": 3}, {"ease": ["skipped for pain"]}),
    ({"asked": 16, "skipped_for_pain": 3}, {"progress": None}),
    ({"asked": 2, "skipped_for_pain": 2}, {"progress": None}),
    # over-doing, open or over
    ({"raised": ("R6",)}, {"ease": ["over-doing"]}),
    ({"raised": ("R6",), "open_flags": ("R6",)}, {"ease": ["over-doing"]}),
    ({"raised": ("R1", "R2", "R3", "R4", "R5")}, {"progress": None}),
    # to somebody else: mood, worry, daily life; never together with a step up
    ({"phq2": 2, "gad2": 2}, {"progress": None}),
    ({"phq2": 3}, {"refer": ["low mood"], "keep": ["refer first"]}),
    ({"gad2": 6}, {"refer": ["worry"], "keep": ["refer first"]}),
    ({"peg_rise": 1.9}, {"progress": None}),
    ({"peg_rise": 2.0}, {"refer": ["daily life"], "keep": ["refer first"]}),
    ({"important": ("R7",)}, {"refer": ["daily life flag"], "keep": ["refer first"]}),
    ({"phq2": 4, "gad2": 3, "raised": ("R6",)}, {"refer": ["low mood", "worry"], "ease": ["over-doing"]}),
    # with the numbers that a clinic or a patient has instead
    ({"phq2": 3, "limits": Limits(phq2=4)}, {"progress": None}),
    ({"phq2": 4, "limits": Limits(phq2=4)}, {"refer": ["low mood"], "keep": ["refer first"]}),
    ({"peg_rise": 1.5, "limits": Limits(function=1.5)}, {"refer": ["daily life"], "keep": ["refer first"]}),
    ({"limits": Limits(morning=1.0)}, {"keep": ["one morning"]}),
    # a red flag: nothing else is proposed before it has been looked at
    ({"open_flags": ("R0",)}, {"refer": ["red flag"]}),
    ({"open_flags": ("R0", "R6"), "phq2": 3}, {"refer": ["red flag", "low mood"]}),
    ({"raised": ("R0",)}, {"progress": None}),
    # several reasons against a step up are all said
    (
        {"done": 1, "open_flags": ("R3",), "sites": (replace(BACK, mornings=()),)},
        {"keep": ["flags open", "few sessions", "mornings not known"]},
    ),
]


@pytest.mark.parametrize(("change", "expected"), TABLE)
def test_truth_table(change, expected):
    found = codes(replace(WELL, **change))
    if expected == {"progress": None}:
        assert list(found) == ["progress"]
    else:
        assert found == expected


def test_whatever_happens_there_is_one_dose_proposal_unless_a_red_flag_is_open():
    flags = ((), ("R0",), ("R3",), ("R6",))
    for done, open_flags, phq2, skipped, sites in product(
        (0, 12), flags, (None, 3), (0, 30), ((), (BACK,), (replace(BACK, after=(9.0, 9.0)),))
    ):
        facts = replace(WELL, done=done, open_flags=open_flags, phq2=phq2, skipped_for_pain=skipped, sites=sites)
        kinds = [proposal.kind for proposal in propose(facts)]
        doses = [kind for kind in kinds if kind != "refer"]
        assert len(doses) == (0 if "R0" in open_flags else 1), facts
        assert ("refer" in kinds) == (phq2 == 3 or "R0" in open_flags), facts
        assert "progress" not in kinds or (not open_flags and phq2 is None and done == 12), facts
        assert all(proposal.reasons for proposal in propose(facts)), facts


def test_every_reason_has_words_with_its_numbers():
    seen: dict[str, Reason] = {}
    for change, _expected in TABLE:
        for proposal in propose(replace(WELL, **change)):
            seen |= {reason.code: reason for reason in proposal.reasons}
    said = {code: wording_proposals.reason(reason, name_site=False) for code, reason in seen.items()}
    assert len(set(said.values())) == len(said) == 22
    assert not any("%(" in words or "None" in words for words in said.values())
    assert said["few sessions"].endswith("a step up needs 60 %.")
    for code in ("low mood", "worry"):
        assert "no diagnosis" in said[code]
    named = wording_proposals.reason(Reason("one morning", {"site": "Knee", "points": 2.0}), name_site=True)
    assert named == "Knee: One morning after a session pain was up by 2.0 or more (last 14 days)."
    with pytest.raises(ValueError, match="no words"):
        wording_proposals.reason(Reason("new"), name_site=False)


def test_every_proposal_is_a_decision_that_can_be_taken():
    kinds = {"progress", "keep", "ease", "refer"}
    assert set(wording_proposals.DECISION) == kinds
    assert set(wording_proposals.DECISION.values()) <= set(Reevaluation.DecisionTaken.values)
    assert len({wording_proposals.title(kind) for kind in kinds}) == 4
    assert proposals.RECENT_DAYS == 14


def test_one_is_no_plural():
    one = {"n": 1, "of": 1, "points": 2.0, "ceiling": 6.0, "done": 1, "planned": 1, "needed": 80}
    said = [wording_proposals.reason(Reason(code, one), name_site=False) for code in ONE_OF_ONE]
    assert said == list(ONE_OF_ONE.values())


ONE_OF_ONE = {
    "mornings": "On 1 of 1 morning after a session pain was up by 2.0 or more (last 14 days).",
    "above ceiling": "In 1 of 1 session pain went above 6.0 (last 14 days).",
    "skipped for pain": "1 of 1 exercise was skipped because of pain.",
    "few sessions": "1 of 1 planned session was done; a step up needs 80 %.",
    "sessions done": "1 of 1 planned session was done.",
}
