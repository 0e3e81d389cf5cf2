"""Easier and harder without loops; a clinic's exercise on its way into the shared library."""

import itertools

import pytest
from django.db import IntegrityError

from exercises.actions import lifecycle, links, proposals
from exercises.actions.refusals import Refused
from exercises.models import Exercise, ExerciseLink, Proposal
from tests.cast import NOON
from tests.exercises.curation_cast import published


@pytest.fixture
def three(maren, ravi) -> list[Exercise]:
    """Low, middle, high: linked one after the other."""
    made = [published(maren, ravi, name=name) for name in ("Low lift", "Middle lift", "High lift")]
    for easier, harder in itertools.pairwise(made):
        links.link(exercise=easier, other=harder, other_is="harder", by=maren, at=NOON)
    return made


def test_a_chain_goes_both_ways(three, maren):
    low, middle, high = three
    assert [link.harder for link in middle.harder_links.all()] == [high]
    assert [link.easier for link in middle.easier_links.all()] == [low]
    other = ExerciseLink.objects.get(easier=low, harder=middle)
    links.unlink(exercise=middle, link_id=other.pk, by=maren, at=NOON)
    assert not low.harder_links.exists()
    assert middle.events.filter(verb="unlinked").get().note == "Low lift → Middle lift"


@pytest.mark.parametrize("other_is", ["harder", "easier"])
def test_a_loop_is_refused_and_says_where_it_would_be(three, maren, other_is):
    low, _middle, high = three
    exercise, other = (high, low) if other_is == "harder" else (low, high)
    with pytest.raises(Refused, match="Low lift → Middle lift → High lift"):
        links.link(exercise=exercise, other=other, other_is=other_is, by=maren, at=NOON)
    assert ExerciseLink.objects.filter(easier=high).count() == 0


def test_the_database_refuses_a_loop_too(three):
    low, _middle, high = three
    with pytest.raises(IntegrityError, match="harder than itself"):
        ExerciseLink.objects.create(easier=high, harder=low)


def test_itself_twice_and_another_clinic_s_are_refused(three, maren, ravi, harbour, hill):
    low, middle, _high = three
    own = published(maren, ravi, name="Harbour lift", clinic=harbour)
    foreign = published(maren, ravi, name="Hill lift", clinic=hill)
    for exercise, other in ((low, low), (low, middle), (low, own), (own, foreign)):
        with pytest.raises(Refused):
            links.link(exercise=exercise, other=other, other_is="harder", by=maren, at=NOON)
    links.link(exercise=own, other=low, other_is="easier", by=maren, at=NOON)


def test_a_proposal_becomes_a_draft_of_the_shared_library(maren, ravi, harbour, cora):
    own = published(cora, ravi, name="Harbour lift", clinic=harbour)
    offered = proposals.propose(exercise=own, note="It helps.", by=cora, at=NOON)
    draft = proposals.accept(proposal=offered, by=maren, at=NOON)
    assert (draft.exercise.clinic, draft.state, draft.author, draft.number) == (None, "draft", cora, 1)
    assert draft.steps == own.current_version.steps
    assert draft.cautions.count() == own.current_version.cautions.count()
    lifecycle.submit(version=draft, lock=draft.lock, by=cora, at=NOON)
    lifecycle.publish(version=draft, by=maren, at=NOON)
    assert Exercise.objects.get(pk=own.pk).retired_at is None
    offered.refresh_from_db()
    assert offered.accepted_as == draft.exercise


def test_a_proposal_is_declined_with_a_reason_and_answered_once(maren, ravi, harbour, cora):
    own = published(cora, ravi, name="Harbour lift", clinic=harbour)
    offered = proposals.propose(exercise=own, note="", by=cora, at=NOON)
    with pytest.raises(Refused, match="waits"):
        proposals.propose(exercise=own, note="", by=cora, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        proposals.decline(proposal=offered, answer=" ", by=maren, at=NOON)
    proposals.decline(proposal=offered, answer="There is one like it.", by=maren, at=NOON)
    for again in (
        lambda: proposals.accept(proposal=offered, by=maren, at=NOON),
        lambda: proposals.decline(proposal=offered, answer="No.", by=maren, at=NOON),
    ):
        with pytest.raises(Refused, match="already"):
            again()
    assert Exercise.objects.filter(clinic=None, slug="harbour-lift").count() == 0
    proposals.propose(exercise=own, note="Better now.", by=cora, at=NOON)


def test_what_cannot_be_proposed(three, maren, harbour, cora):
    with pytest.raises(Refused, match="already"):
        proposals.propose(exercise=three[0], note="", by=maren, at=NOON)
    draft = lifecycle.create(name="Unfinished", clinic=harbour, by=cora, at=NOON)
    with pytest.raises(Refused, match="published"):
        proposals.propose(exercise=draft.exercise, note="", by=cora, at=NOON)


def test_the_database_keeps_one_open_proposal(maren, ravi, harbour, cora):
    own = published(cora, ravi, name="Harbour lift", clinic=harbour)
    proposals.propose(exercise=own, note="", by=cora, at=NOON)
    with pytest.raises(IntegrityError, match="proposal_one_open"):
        Proposal.objects.create(exercise=own, proposed_at=NOON, proposed_by=cora)
