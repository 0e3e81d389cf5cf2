"""How the rules do in a clinic: counts, shares and times of the last 12 months, of this clinic alone."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from plans.bars import bars, lane
from plans.models import Flag
from plans.views.clinic.statistics import how_long, last_months
from tests.cast import NOON, TODAY

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def flag(patient, rule="R2", *, days_ago=1, seen_after=None, useful=None, action="", **changes) -> Flag:
    raised_at = NOON - timedelta(days=days_ago)
    day = raised_at.date()
    values = {
        "patient": patient, "rule": rule, "rule_version": 1, "severity": "watch", "since_on": day,
        "first_alert_on": day, "last_alert_on": day, "raised_at": raised_at,
    }  # fmt: skip
    if seen_after is not None:
        values |= {"acknowledged_at": raised_at + seen_after, "acknowledged_by": patient.user, "state": "acknowledged"}
    if action:
        values |= {"state": "resolved", "resolved_at": NOON, "resolved_by": patient.user, "action_taken": action}
        values |= {"useful": useful}
    return Flag.objects.create(**(values | changes))


def resolved(patient, *, days_ago, seen_after, useful, action="talked", rule="R2") -> Flag:
    return flag(patient, rule, days_ago=days_ago, seen_after=seen_after, useful=useful, action=action)


def rows_for(client, user) -> dict:
    client.force_login(user)
    return {row.rule: row for row in client.get(reverse("clinic_rules")).context["rows"]}


def test_the_numbers_of_a_rule(client, lena, anna, ben, zoe):
    for n, useful in enumerate([True, True, False, False, False, None]):
        resolved(anna, days_ago=10 + n, seen_after=(n + 1) * HOUR, useful=useful, action=["talked", "changed"][n == 0])
    flag(ben, days_ago=3, escalated_at=NOON)  # open
    flag(ben, days_ago=40, seen_after=HOUR * 100, state="closed", ended_at=NOON)
    flag(anna, days_ago=60, state="withdrawn", ended_at=NOON)
    resolved(anna, days_ago=500, seen_after=HOUR, useful=True)  # too long ago
    resolved(zoe, days_ago=5, seen_after=HOUR, useful=True)  # another clinic
    row = rows_for(client, lena)["R2"]
    assert (row.raised, row.answered, row.useful, row.open_now, row.escalated) == (9, 5, 2, 1, 1)
    assert row.seen_in == 4 * HOUR  # the middle of 1, 2, 3, 4, 5, 6 and 100 hours
    assert dict(row.ended) == {
        "talked with the patient": 5, "changed the plan": 1, "closed by itself": 1, "withdrawn": 1,
    }  # fmt: skip
    assert row.percent_useful == 40
    assert sum(row.months) == 9 and row.months[-1] == 7


def test_the_page_says_it_in_sentences_and_offers_a_table(client, lena, anna):
    for n in range(6):
        resolved(anna, days_ago=10 + n, seen_after=3 * HOUR, useful=n == 0)
    client.force_login(lena)
    page = client.get(reverse("clinic_rules")).content.decode()
    assert "6 flags were raised in 12 months. 1 of 6 were called useful." in page
    assert "Less than half of “Next morning” were useful" in page
    assert "3 h" in page and "Show the months as a table" in page


def test_few_answers_give_no_share(client, lena, anna):
    resolved(anna, days_ago=3, seen_after=HOUR, useful=False)
    row = rows_for(client, lena)["R2"]
    assert row.percent_useful is None
    page = client.get(reverse("clinic_rules")).content.decode()
    assert "Too few were answered" in page and "too few" in page


def test_nothing_yet(client, lena):
    client.force_login(lena)
    assert "No flags in 12 months" in client.get(reverse("clinic_rules")).content.decode()


def test_an_open_flag_of_long_ago_is_still_open(client, lena, anna):
    flag(anna, days_ago=800)
    row = rows_for(client, lena)["R2"]
    assert (row.raised, row.open_now) == (0, 1)


def test_the_number_of_queries_does_not_grow(client, lena, anna, ben, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(lena)
    flag(anna)
    client.get(reverse("clinic_rules"))  # the first page notes when the session began
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("clinic_rules"))
    for n, rule in enumerate(Flag.Rule.values):
        if rule != "R2":
            flag(anna, rule, days_ago=30 * n + 1)
            flag(ben, rule, days_ago=20 * n + 1)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("clinic_rules"))
    assert len(many) == len(few)
    assert sum("plans_flag" in query["sql"] for query in many) <= 3  # two tables and the count in the rail


def test_clinicians_do_not_see_it(client, alice):
    client.force_login(alice)
    assert client.get(reverse("clinic_rules")).status_code == 404


def test_months_and_times():
    months = last_months(TODAY)
    assert (months[0], months[-1], len(months)) == (date(2025, 12, 1), date(2026, 11, 1), 12)
    assert last_months(date(2026, 1, 31))[0] == date(2025, 2, 1)
    waits = [timedelta(minutes=20), timedelta(hours=1), timedelta(hours=47), timedelta(hours=48), timedelta(days=9)]
    assert [how_long(wait) for wait in waits] == ["20 min", "1 h", "47 h", "2 days", "9 days"]


def test_bars_are_as_high_as_their_counts_and_zero_is_nothing():
    drawn = bars([0, 1, 4], highest=4, width=60, height=30)
    assert [bar.height for bar in drawn.bars] == [0, 7.2, 29]
    assert [bar.x for bar in drawn.bars] == [0, 20, 40]
    assert all(bar.y + bar.height == 29 for bar in drawn.bars)
    assert bars([0], highest=0, width=10, height=10).bars[0].height == 0


def test_dots_stand_on_each_other_and_many_become_a_number():
    drawn = lane([["a"], [], ["b"] * 4, ["c"] * 9], width=80, base_y=100)
    assert [dot for dot in drawn.dots if dot[2] == "a"] == [(10, 91, "a")]
    assert [y for x, y, kind in drawn.dots if kind == "b"] == [91, 76, 61, 46]
    assert sum(kind == "c" for _, _, kind in drawn.dots) == 3
    assert [(x, n) for x, _, n in drawn.more] == [(70, 6)]
