"""A flag acknowledged as something smaller that becomes graver: unseen again, told again, to the lead in time."""

from datetime import timedelta

import pytest
import time_machine

from plans.actions import escalation, flags, notifications, scheduled, sessions
from plans.actions import notification_kinds as kinds
from plans.models import Flag, Notification, PlanEvent
from tests.cast import NOON, TODAY
from tests.plans.inbox_rows import listed
from tests.plans.test_rule_flags import evaluate, log_session, only

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
IN_TWO_WORKING_DAYS = NOON + 4 * DAY  # NOON is a Thursday


@pytest.fixture
def seen(anna, annas_plan, alice, lena) -> Flag:
    """Above the ceiling once, three days ago: a watch flag that Alice was told of and has acknowledged."""
    log_session(anna, annas_plan, 3, after=7)
    evaluate(anna, -3)
    scheduled.tell(at=NOON - 3 * DAY)
    flag = flags.acknowledge(flag=only(anna, "R1"), by=alice, at=NOON - 3 * DAY)
    assert (flag.severity, flag.state) == ("watch", "acknowledged")
    return flag


@pytest.fixture
def graver(anna, annas_plan, seen) -> Flag:
    """The second time in seven days makes it important."""
    log_session(anna, annas_plan, 0, after=7)
    evaluate(anna)
    seen.refresh_from_db()
    return seen


def test_it_has_been_seen_by_nobody(anna, graver):
    assert (graver.severity, graver.state) == ("important", "open")
    assert (graver.acknowledged_at, graver.acknowledged_by, graver.escalated_at) == (None, None, None)
    event = PlanEvent.objects.get(verb="flag became graver")
    assert (event.detail["flag"], event.detail["severity"], event.by) == (str(graver.pk), "important", None)
    assert anna.events.filter(verb="flag acknowledged").count() == 1, "that it was seen before stays written down"
    evaluate(anna)
    assert PlanEvent.objects.filter(verb="flag became graver").count() == 1


def test_it_is_told_once_again(graver, alice):
    scheduled.tell(at=NOON)
    scheduled.tell(at=NOON + DAY)
    told = Notification.objects.filter(recipient=alice, kind=kinds.FLAG, about__severity="important")
    assert [row.about["round"] for row in told] == [1]
    notifications.send_due(at=NOON + DAY)
    assert told.get().sent_at == NOON + DAY


@pytest.mark.parametrize("told", [True, False])
def test_it_goes_to_the_lead_in_two_working_days_from_then(graver, lena, told):
    if told:
        scheduled.tell(at=NOON)
    assert escalation.escalate(at=IN_TWO_WORKING_DAYS - SECOND) == 0
    assert escalation.escalate(at=IN_TWO_WORKING_DAYS) == 1
    assert Notification.objects.get(recipient=lena).kind == kinds.ESCALATED


def test_it_waits_in_the_inbox_to_be_acknowledged(client, alice, anna, graver):
    with time_machine.travel(NOON, tick=False):
        assert listed(client, alice) == ["Anna Anders"]
        (group,) = client.get("/inbox/").context["groups"]
        assert group.rows[0].first.unseen
        client.post(f"/flags/{graver.pk}/acknowledge/")
        html = client.get(f"/patients/{anna.pk}/").content.decode()
        assert "became graver (important)" in html
    assert escalation.escalate(at=IN_TWO_WORKING_DAYS) == 0


def test_once_seen_more_of_the_same_wakes_nobody(anna, annas_plan, alice, graver):
    flags.acknowledge(flag=graver, by=alice, at=NOON)
    log_session(anna, annas_plan, 0, after=8)
    evaluate(anna)
    graver.refresh_from_db()
    assert (graver.state, graver.severity) == ("acknowledged", "important")
    scheduled.tell(at=NOON)
    assert not Notification.objects.filter(about__round=1).exists()


def test_one_that_eases_stays_seen_and_what_grows_back_is_seen_again(anna, annas_plan, alice, graver):
    flags.acknowledge(flag=graver, by=alice, at=NOON)
    score = sessions.PainScore.objects.get(moment="after", local_date=TODAY)
    eased = sessions.amend_score(score=score, value=2, by=anna.user, at=NOON)
    evaluate(anna)
    graver.refresh_from_db()
    assert (graver.state, graver.severity) == ("acknowledged", "watch")
    sessions.amend_score(score=eased, value=8, by=anna.user, at=NOON)
    evaluate(anna)
    graver.refresh_from_db()
    assert (graver.state, graver.severity) == ("open", "important")
    scheduled.tell(at=NOON)
    assert Notification.objects.filter(recipient=alice, about__round=2, about__severity="important").count() == 1


def test_unseen_it_does_not_close_by_itself(anna, graver):
    evaluate(anna, 60)
    graver.refresh_from_db()
    assert graver.state == "open"


def test_a_resolved_one_stays_resolved(anna, annas_plan, alice, seen):
    flags.resolve(flag=seen, action_taken="talked", note="", useful=True, by=alice, at=NOON - 3 * DAY)
    log_session(anna, annas_plan, 3, after=9)
    evaluate(anna)
    seen.refresh_from_db()
    assert seen.state == "resolved"
