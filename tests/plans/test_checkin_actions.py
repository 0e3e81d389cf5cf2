"""Check-ins and reports as they are stored: once, corrected by an amendment, refused when they make no sense."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import new_id
from plans.actions import checkins, reports
from plans.actions.refusals import Refused
from plans.models import CheckIn, PainWatch, Report
from tests.cast import NOON, TODAY

DAY = timedelta(days=1)
PEG = {"pain": 4, "enjoyment": 5, "activity": 5}


def check_in(patient, kind="PEG", answers=None, **changes):
    given = {
        "checkin_id": new_id(), "time_zone": "Europe/London", "source": "quick", "by": patient.user, "at": NOON,
    }  # fmt: skip
    return checkins.record_checkin(
        patient=patient, kind=kind, answers=PEG if answers is None else answers, **(given | changes)
    )


def flare(patient, **changes):
    given = {"report_id": new_id(), "time_zone": "Europe/London", "source": "quick", "by": patient.user, "at": NOON}
    return reports.report_flare(patient=patient, **(given | changes))


def test_a_checkin_keeps_its_answers_and_its_result(anna):
    row = check_in(anna)
    row.refresh_from_db()
    assert (row.items, row.total, row.local_date, row.period_on) == (
        PEG, Decimal("4.67"), TODAY, TODAY - 3 * DAY,
    )  # fmt: skip
    assert PainWatch.objects.get(pk=anna.pk).dirty_since == NOON


def test_an_incomplete_checkin_is_kept_without_a_result(anna):
    row = check_in(anna, answers={"pain": 4})
    assert (row.total, row.items) == (None, {"pain": 4, "enjoyment": None, "activity": None})


def test_the_same_checkin_again_is_stored_once(anna):
    key = new_id()
    first, second = (check_in(anna, checkin_id=key) for _ in range(2))
    assert first == second
    assert anna.events.filter(verb="check-in answered").count() == 1


def test_a_second_one_in_the_same_period_corrects_the_first(anna):
    first = check_in(anna)
    second = check_in(anna, answers=PEG | {"pain": 8}, at=NOON + DAY)
    first.refresh_from_db()
    assert (first.superseded_by, CheckIn.objects.current().get()) == (second, second)
    assert check_in(anna, at=NOON + 4 * DAY).period_on == TODAY + 4 * DAY


def test_an_amendment_of_an_old_row_corrects_the_latest(anna):
    first = check_in(anna)
    for pain in (8, 2):
        checkins.amend_checkin(checkin=first, answers=PEG | {"pain": pain}, by=anna.user, at=NOON)
        first.refresh_from_db()
    assert CheckIn.objects.current().get().items["pain"] == 2
    assert CheckIn.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "day", "period"),
    [
        ("PEG", date(2026, 11, 16), date(2026, 11, 16)),
        ("PEG", date(2026, 11, 22), date(2026, 11, 16)),
        ("sleep", date(2026, 11, 23), date(2026, 11, 23)),
        ("PHQ-4", date(2024, 1, 28), date(2024, 1, 1)),
        ("PHQ-4", date(2024, 1, 29), date(2024, 1, 29)),
    ],
)
def test_periods(kind, day, period):
    assert checkins.period_of(kind, day) == period


@pytest.mark.parametrize(
    "wrong",
    [{"answers": {"pain": 11}}, {"answers": {"low": 1}}, {"kind": "PHQ-9"}, {"answered_at": NOON + DAY},
     {"answered_at": NOON - 15 * DAY}],
)  # fmt: skip
def test_a_checkin_that_makes_no_sense_is_refused(anna, wrong):
    with pytest.raises(Refused):
        check_in(anna, **wrong)
    assert not CheckIn.objects.exists()


def test_a_flare_is_stored_once_and_belongs_to_one_person(anna, ben):
    key = new_id()
    flare(anna, report_id=key)
    flare(anna, report_id=key)
    assert Report.objects.get().local_date == TODAY
    with pytest.raises(Refused):
        flare(ben, report_id=key)


@pytest.mark.parametrize("answers", [[], ["headache"]])
def test_a_safety_report_names_real_questions(anna, answers):
    with pytest.raises(Refused):
        reports.report_safety(
            patient=anna, report_id=new_id(), answers=answers, time_zone="Europe/London", source="player",
            by=anna.user, at=NOON,
        )  # fmt: skip
