"""When a re-evaluation is due: asked for earlier, put off within limits, and the list of what waits."""

from datetime import date, timedelta

import pytest
import time_machine

from plans.actions import flags, reevaluations
from plans.actions.refusals import Refused
from plans.models import Flag, PlanEvent, Reevaluation
from tests.cast import NOON, TODAY, log_days, make_active_plan, make_patient

WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7] * 7
MADE = NOON - timedelta(days=10)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def waiting(anna, alice) -> Reevaluation:
    """The first one of a plan of ten days ago: due in four days."""
    plan = make_active_plan(anna, alice, at=MADE).plan
    return Reevaluation.objects.get(plan=plan, state="open")


def move(row, days, by, reason="She rang: a new job"):
    due_on = TODAY + timedelta(days=days)
    return reevaluations.reschedule(reevaluation=row, due_on=due_on, reason=reason, by=by, at=NOON)


def test_asked_for_earlier(waiting, alice, anna):
    assert waiting.due_on == TODAY + timedelta(days=4)
    moved = move(waiting, 1, alice)
    assert (moved.due_on, moved.why, moved.state) == (TODAY + timedelta(days=1), "asked", "open")
    event = PlanEvent.objects.of(anna).get(verb="re-evaluation asked for")
    assert event.by == alice
    assert event.detail == {"was": "2026-11-23", "due_on": "2026-11-20", "reason": "She rang: a new job"}
    assert Reevaluation.objects.filter(plan=waiting.plan, state="open").count() == 1


def test_put_off_up_to_twelve_weeks_after_the_one_before(waiting, alice, anna):
    last = MADE.date() + timedelta(days=84)
    assert reevaluations.latest_day(waiting, at=NOON) == last
    moved = move(waiting, (last - TODAY).days, alice)
    assert (moved.due_on, moved.why) == (last, "first")
    assert PlanEvent.objects.of(anna).filter(verb="re-evaluation put off").count() == 1
    with pytest.raises(Refused, match="up to 1 February"):
        move(waiting, (last - TODAY).days + 1, alice)


@pytest.mark.parametrize(
    ("days", "reason", "said"),
    [(-1, "Why not", "today or a later day"), (4, "Why not", "due on that day already"), (2, "  ", "Write down why")],
)
def test_what_is_refused_changes_nothing(waiting, alice, days, reason, said):
    with pytest.raises(Refused, match=said):
        move(waiting, days, alice, reason)
    waiting.refresh_from_db()
    assert waiting.due_on == TODAY + timedelta(days=4)
    assert not PlanEvent.objects.filter(verb__in=["re-evaluation asked for", "re-evaluation put off"]).exists()


def test_while_an_important_flag_is_open_it_comes_earlier_or_not_at_all(waiting, alice, anna):
    log_days(anna, WORSE)
    flags.evaluate(patient_id=anna.pk, at=NOON)
    assert Flag.objects.get(patient=anna).severity == "important"
    waiting.refresh_from_db()
    assert (waiting.due_on, waiting.why) == (TODAY + timedelta(days=3), "flag")
    with pytest.raises(Refused, match="An important flag is open"):
        move(waiting, 4, alice)
    assert move(waiting, 0, alice).due_on == TODAY
    flag = Flag.objects.get(patient=anna)
    flags.resolve(flag=flag, action_taken="talked", note="", useful=None, by=alice, at=NOON)
    assert move(waiting, 5, alice).due_on == TODAY + timedelta(days=5)


def test_an_overdue_one_of_long_ago_can_only_be_set_to_today(waiting, alice):
    much_later = NOON + timedelta(days=100)
    today = much_later.date()
    assert reevaluations.latest_day(waiting, at=much_later) == today
    with pytest.raises(Refused, match="12 weeks"):
        reevaluations.reschedule(
            reevaluation=waiting, due_on=today + timedelta(days=1), reason="Ill", by=alice, at=much_later
        )
    moved = reevaluations.reschedule(reevaluation=waiting, due_on=today, reason="Ill", by=alice, at=much_later)
    assert moved.due_on == today


def test_a_done_one_keeps_its_date(waiting, alice):
    reevaluations.complete(reevaluation=waiting, decision="continue", note="Fine", next_due_on=None, by=alice, at=NOON)
    with pytest.raises(Refused, match="finished already"):
        move(waiting, 1, alice)


def test_the_page_of_the_date(client, alice, anna, waiting):
    client.force_login(alice)
    url = f"/reevaluations/{waiting.pk}/date/"
    html = client.get(url).content.decode()
    assert "From today up to 1 February." in html
    assert 'min="2026-11-19"' in html
    for given, said in (
        ({"due_on": "2026-11-20", "reason": ""}, "Write down why the date changes."),
        ({"due_on": "", "reason": "Rang"}, "Choose the new date."),
        ({"due_on": "2026-11-18", "reason": "Rang"}, "Choose today or a later day."),
    ):
        refused = client.post(url, given)
        assert refused.status_code == 200
        assert said in refused.content.decode()
        assert not given["reason"] or "Rang" in refused.content.decode()
    done = client.post(url, {"due_on": "2026-11-20", "reason": "Rang"}, follow=True)
    assert done.redirect_chain == [(f"/patients/{anna.pk}/", 302)]
    html = done.content.decode()
    assert "The re-evaluation of Anna Anders is due tomorrow." in html
    assert "Re-evaluation asked for on 20 Nov, planned for 23 Nov. Rang" in html
    assert url in html  # the record leads back to it


def test_the_page_of_a_done_one_leads_to_what_was_decided(client, alice, waiting):
    reevaluations.complete(reevaluation=waiting, decision="continue", note="Fine", next_due_on=None, by=alice, at=NOON)
    client.force_login(alice)
    url = f"/reevaluations/{waiting.pk}/date/"
    assert client.get(url)["Location"] == f"/reevaluations/{waiting.pk}/"
    late = client.post(url, {"due_on": "2026-11-20", "reason": "Rang"})
    assert "finished already" in late.content.decode()


def test_strangers_move_nothing(client, charlie, cora, anna, ben, waiting):
    for stranger in (charlie, cora, anna.user, ben.user):
        client.force_login(stranger)
        answer = client.post(f"/reevaluations/{waiting.pk}/date/", {"due_on": "2026-11-20", "reason": "Rang"})
        assert answer.status_code == 404
    waiting.refresh_from_db()
    assert waiting.due_on == TODAY + timedelta(days=4)


@pytest.fixture
def several(harbour, alice, bob) -> dict[str, Reevaluation]:
    """One overdue and one due today with Alice, one due in a week with Bob, one due later."""
    found = {}
    for name, by, days in (
        ("Olga Over", alice, -3),
        ("Nora Now", alice, 0),
        ("Wim Week", bob, 7),
        ("Lea Late", alice, 8),
    ):
        plan = make_active_plan(make_patient(name, harbour, by), by).plan
        plan.reevaluations.update(due_on=TODAY + timedelta(days=days))
        found[name] = plan.reevaluations.get()
    return found


def names(client, query: str) -> list[str]:
    html = client.get(f"/reevaluations/{query}").content.decode()
    everybody = ("Olga Over", "Nora Now", "Wim Week", "Lea Late", "Zoe Zimmer")
    return sorted((name for name in everybody if name in html), key=html.index)


def test_the_list_and_its_filters(client, alice, lena, several, zoe, charlie):
    make_active_plan(zoe, charlie)
    client.force_login(alice)
    assert names(client, "") == ["Olga Over", "Nora Now"]  # mine, due this week
    assert names(client, "?of=mine&show=overdue") == ["Olga Over"]
    assert names(client, "?of=mine&show=all") == ["Olga Over", "Nora Now", "Lea Late"]
    assert names(client, "?of=clinic&show=week") == ["Olga Over", "Nora Now", "Wim Week"]
    assert names(client, "?of=clinic&show=all") == ["Olga Over", "Nora Now", "Wim Week", "Lea Late"]
    assert names(client, "?of=nobody&show=never&page=x") == ["Olga Over", "Nora Now"]
    html = client.get("/reevaluations/").content.decode()
    assert "3 days late" in html
    assert "1 is overdue. 2 are due within a week." in html
    client.force_login(lena)
    assert names(client, "") == ["Olga Over", "Nora Now", "Wim Week"]  # a lead looks after the whole clinic


def test_done_ones_and_ended_plans_do_not_wait(client, alice, several):
    row = several["Olga Over"]
    reevaluations.complete(
        reevaluation=row, decision="discharge", note="Goal reached", next_due_on=None, by=alice, at=NOON
    )
    client.force_login(alice)
    assert names(client, "?of=clinic&show=all") == ["Nora Now", "Wim Week", "Lea Late"]


def test_an_empty_list_says_so(client, alice):
    client.force_login(alice)
    assert "Nothing is overdue" in client.get("/reevaluations/?show=overdue").content.decode()


def test_the_list_needs_the_same_few_queries_for_many(client, alice, harbour, several, django_assert_max_num_queries):
    client.force_login(alice)
    client.get("/reevaluations/?of=clinic&show=all")
    with django_assert_max_num_queries(13) as few:  # one of them writes down who stood in it
        client.get("/reevaluations/?of=clinic&show=all")
    for number in range(4):
        make_active_plan(make_patient(f"More {number}", harbour, alice), alice)
    with django_assert_max_num_queries(len(few)):
        client.get("/reevaluations/?of=clinic&show=all")


def test_the_ways_to_the_list(client, alice, several):
    client.force_login(alice)
    for page in ("/inbox/", "/patients/"):
        assert 'href="/reevaluations/"' in client.get(page).content.decode()


def test_a_date_is_that_of_the_patient_not_of_the_server(alice, anna, waiting):
    """At 13:30 UTC it is the next day in Auckland already."""
    anna.time_zone = "Pacific/Auckland"
    anna.save()
    row = Reevaluation.objects.get(pk=waiting.pk)
    at = NOON + timedelta(hours=1, minutes=30)
    with pytest.raises(Refused, match="today or a later day"):
        reevaluations.reschedule(reevaluation=row, due_on=date(2026, 11, 19), reason="Rang", by=alice, at=at)


def test_twenty_five_a_page(client, alice, harbour):
    for number in range(26):
        make_active_plan(make_patient(f"Pat {number:02}", harbour, alice), alice)
    client.force_login(alice)
    html = client.get("/reevaluations/?show=all").content.decode()
    assert "1 to 25 of 26" in html and html.count("Pat ") >= 25
    assert "26 to 26 of 26" in client.get("/reevaluations/?show=all&page=2").content.decode()
