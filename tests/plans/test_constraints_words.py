"""What must never be stored about words, pauses, check-ins and reports is refused by PostgreSQL itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from plans.models import CheckIn, Message, Note, Pause, Report
from tests.cast import NOON, TODAY
from tests.plans.constraint_rows import delete, refused, session_of

DAY = timedelta(days=1)


def message_of(patient, **changes) -> Message:
    values = {"patient": patient, "author": patient.user, "from_patient": True, "text": "Hello", "at": NOON}
    return Message(**values | changes)


def note_of(patient, by, **changes) -> Note:
    return Note(**{"patient": patient, "author": by, "text": "A note", "at": NOON} | changes)


def pause_of(plan, by, **changes) -> Pause:
    values = {
        "plan": plan, "why": "clinician", "reason": "Holiday", "from_on": TODAY, "paused_at": NOON, "paused_by": by,
    }  # fmt: skip
    return Pause(**values | changes)


def checkin_of(patient, **changes) -> CheckIn:
    values = {
        "patient": patient, "kind": "PEG", "period_on": TODAY, "items": {"pain": 4}, "total": None,
        "answered_at": NOON, "local_date": TODAY, "time_zone": "Europe/London", "received_at": NOON,
        "source": "quick", "recorded_by": patient.user,
    }  # fmt: skip
    return CheckIn(**values | changes)


def report_of(patient, **changes) -> Report:
    values = {
        "patient": patient, "kind": "safety", "answers": ["chest-pain"], "occurred_at": NOON, "local_date": TODAY,
        "time_zone": "Europe/London", "received_at": NOON, "source": "quick", "recorded_by": patient.user,
    }  # fmt: skip
    return Report(**values | changes)


def test_a_message_has_words(anna):
    refused("message_has_a_text", message_of(anna, text="").save)


def test_read_at_and_read_by_go_together(anna, alice):
    refused("message_read_at_and_by", message_of(anna, read_at=NOON).save)
    refused("message_read_at_and_by", message_of(anna, read_by=alice).save)


@pytest.mark.parametrize("change", [{"text": "Other"}, {"from_patient": False}, {"at": NOON + DAY}])
def test_a_message_stays_as_it_is(anna, change):
    message_of(anna).save()
    refused("message_stays_as_it_is", lambda: Message.objects.update(**change))


def test_a_message_is_read_once_and_stays_read(anna, alice, bob):
    message_of(anna).save()
    Message.objects.update(read_at=NOON, read_by=alice)
    refused("message_stays_as_it_is", lambda: Message.objects.update(read_at=None, read_by=None))
    refused("message_stays_as_it_is", lambda: Message.objects.update(read_by=bob))


def test_a_note_has_words_that_stay(anna, alice):
    refused("note_has_a_text", note_of(anna, alice, text="").save)
    note_of(anna, alice).save()
    refused("note_words_stay", lambda: Note.objects.update(text="Other"))
    refused("note_words_stay", lambda: Note.objects.update(is_shared=True))


def test_a_note_is_taken_back_once_by_somebody(anna, alice):
    note_of(anna, alice).save()
    refused("note_withdrawn_at_and_by", lambda: Note.objects.update(withdrawn_at=NOON))
    Note.objects.update(withdrawn_at=NOON, withdrawn_by=alice)
    refused("note_words_stay", lambda: Note.objects.update(withdrawn_at=None, withdrawn_by=None))


def test_a_plan_has_one_open_pause(annas_plan, alice):
    pause_of(annas_plan.plan, alice).save()
    refused("pause_one_open_per_plan", pause_of(annas_plan.plan, alice).save)
    Pause.objects.update(ended_at=NOON, ended_by=alice, until_on=TODAY)
    pause_of(annas_plan.plan, alice).save()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"ended_at": NOON}, "pause_ended_at_and_by"),
        ({"ended_at": NOON, "ended": True}, "pause_ends_after_it_starts"),
        ({"ended_at": NOON, "ended": True, "until_on": TODAY - DAY}, "pause_ends_after_it_starts"),
        ({"ended_at": NOON - DAY, "ended": True, "until_on": TODAY}, "pause_ends_after_it_starts"),
        ({"until_on": TODAY}, "pause_ends_after_it_starts"),
        ({"paused_by": None}, "pause_by_somebody"),
        ({"why": "safety", "ended_at": NOON, "ended": True, "until_on": TODAY}, "pause_release_has_a_note"),
    ],
)
def test_a_pause_that_cannot_be(annas_plan, alice, change, constraint):
    ended = {"ended_by": alice} if change.pop("ended", False) else {}
    refused(constraint, pause_of(annas_plan.plan, alice, **change, **ended).save)


def test_one_current_answer_for_each_period(anna):
    first = checkin_of(anna)
    first.save()
    refused("checkin_one_current_per_period", checkin_of(anna, items={"pain": 5}).save)
    checkin_of(anna, kind="sleep").save()
    checkin_of(anna, period_on=TODAY - 7 * DAY).save()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "mood"}, "checkin_kind_known"),
        ({"total": Decimal("12.01")}, "checkin_total_sane"),
        ({"total": Decimal("-1")}, "checkin_total_sane"),
        ({"answered_at": NOON + timedelta(minutes=6)}, "checkin_not_in_the_future"),
    ],
)
def test_a_check_in_that_cannot_be(anna, change, constraint):
    refused(constraint, checkin_of(anna, **change).save)


def test_an_answered_check_in_never_changes(anna):
    first, second = checkin_of(anna), checkin_of(anna, period_on=TODAY - 7 * DAY)
    first.save()
    second.save()
    refused("checkin_only_superseded_once", lambda: CheckIn.objects.update(total=4))
    CheckIn.objects.filter(pk=first.pk).update(superseded_by=second)
    refused("checkin_only_superseded_once", lambda: CheckIn.objects.filter(pk=first.pk).update(superseded_by=None))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"answers": []}, "report_safety_names_the_questions"),
        ({"kind": "flare"}, "report_safety_names_the_questions"),
        ({"kind": "other"}, "report_safety_names_the_questions"),
        ({"occurred_at": NOON + timedelta(minutes=6)}, "report_not_in_the_future"),
    ],
)
def test_a_report_that_cannot_be(anna, change, constraint):
    refused(constraint, report_of(anna, **change).save)


def test_a_report_belongs_to_an_own_session(anna, ben, annas_plan):
    session = session_of(anna, annas_plan)
    session.save()
    report_of(anna, session=session).save()
    refused("report_in_own_session", report_of(ben, session=session).save)


def test_a_report_stays(anna):
    report_of(anna).save()
    refused("Cannot update", lambda: Report.objects.update(note="Other"))


def test_nothing_of_this_is_ever_removed(anna, alice, annas_plan):
    for row in (
        message_of(anna),
        note_of(anna, alice),
        pause_of(annas_plan.plan, alice),
        checkin_of(anna),
        report_of(anna),
    ):
        row.save()
        model = type(row)
        refused("Cannot delete", lambda model=model: delete(model.objects.all()))
