"""A page that is left open: its counts, what is new, how far the rules have looked; it keeps nobody signed in."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as SessionRow
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import resolve, reverse
from django.utils.http import urlencode

from accounts.activity import no_activity
from plans.actions import beating, flags
from plans.models import Flag, PainWatch
from tests.cast import NOON, make_patient
from tests.plans.inbox_rows import flag_of, write

MINUTES = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def live(client, page, **more) -> str:
    return client.get(reverse("inbox_live") + "?" + urlencode(page.context["live"] | more)).content.decode()


def opened(client, user, tab="mine"):
    client.force_login(user)
    return client.get(f"/inbox/?tab={tab}")


def test_what_came_since_is_counted_and_offered(client, alice, anna, ben, harbour, clock):
    flag_of(anna)
    page = opened(client, alice)
    calm = live(client, page)
    assert "new: show" not in calm and "has changed" not in calm
    clock.shift(MINUTES)
    newcomer = make_patient("New Nora", harbour, alice)
    Flag.objects.filter(pk=flag_of(newcomer, "important").pk).update(raised_at=NOON + MINUTES)
    answer = live(client, page)
    assert "1 new: show" in answer
    assert 'id="tab-mine" hx-swap-oob="true">2<' in answer
    assert 'id="inbox-count" hx-swap-oob="true">2<' in answer


def test_a_change_without_anything_new_is_offered_too(client, alice, anna):
    flag = flag_of(anna)
    page = opened(client, alice)
    Flag.objects.filter(pk=flag.pk).update(severity="important")
    assert "The list has changed: show" in live(client, page)
    flags.resolve(flag=flag, action_taken="talked", note="", useful=None, by=alice, at=NOON)
    answer = live(client, page)
    assert "The list has changed: show" in answer
    assert 'id="tab-mine" hidden hx-swap-oob="true">0<' in answer


def test_a_second_message_of_the_same_patient_is_new(client, alice, anna, clock):
    write(anna)
    page = opened(client, alice)
    clock.shift(MINUTES)
    write(anna, hours=-1 / 60)
    assert "1 new: show" in live(client, page)


@pytest.mark.parametrize("query", [
    {"tab": "mine", "since": "nonsense"}, {"tab": "mine", "since": "2026-13-45T99:00"},
    {"tab": "mine", "since": "\x00"}, {"tab": "resolved"}, {"tab": "<b>"}, {"since": "2026-11-19T12:00:00"}, {},
])  # fmt: skip
def test_odd_questions_are_answered_without_news(client, alice, anna, query):
    flag_of(anna)
    client.force_login(alice)
    response = client.get(reverse("inbox_live"), query)
    assert response.status_code == 200
    assert "new: show" not in response.content.decode()


def test_other_pages_ask_for_the_count_alone(client, alice, anna):
    flag_of(anna)
    client.force_login(alice)
    assert "inbox/live/?evaluated=1" in client.get("/patients/").content.decode()
    answer = client.get("/inbox/live/?evaluated=0").content.decode()
    assert 'id="inbox-count"' in answer
    assert "tab-mine" not in answer and "inbox-news" not in answer and 'id="evaluated"' not in answer


def test_asking_again_never_keeps_a_session_alive(client, alice, anna, clock):
    client.force_login(alice)
    client.get("/inbox/")
    before = SessionRow.objects.values().get()
    for _again in range(3):
        clock.shift(MINUTES)
        response = client.get("/inbox/live/?tab=mine")
        assert "Set-Cookie" not in response.headers and not response.cookies
    assert SessionRow.objects.values().get() == before
    assert resolve("/inbox/live/").func.no_activity
    assert not hasattr(resolve("/inbox/").func, "no_activity")


def test_a_marked_view_cannot_write_the_session(rf):
    @no_activity
    def busy(request):
        request.session["seen"] = "now"
        return HttpResponse()

    request = rf.get("/")
    for before in (False, True):
        request.session = SessionStore()
        request.session.modified = before
        busy(request)
        assert request.session.modified is before


def test_asking_again_leaves_the_toasts_for_the_page(client, alice, anna):
    flag = flag_of(anna)
    client.force_login(alice)
    client.post(f"/flags/{flag.pk}/acknowledge/")
    client.get("/inbox/live/?tab=mine&evaluated=1")
    assert "Flag of Anna Anders acknowledged." in client.get("/inbox/").content.decode()


def test_strangers_ask_for_nothing(client, cora, anna, alice):
    for person in (cora, anna.user):
        client.force_login(person)
        assert client.get("/inbox/live/?tab=clinic").status_code == 404
        assert "data-live" not in client.get("/", follow=True).content.decode()


# --- how far the rules have looked ---


def line(client, address="/inbox/") -> str:
    html = client.get(address).content.decode()
    return html[html.index('<div class="pp-evaluated') :].split("</div>")[0]


def test_the_time_of_the_last_sweep_is_shown_on_every_page_with_flags(client, alice, anna, annas_plan, clock):
    beating.begin(at=NOON)
    clock.shift(4 * MINUTES)
    client.force_login(alice)
    due = annas_plan.plan.reevaluations.get(state="open")
    flag = flag_of(anna)
    for address in ("/inbox/", "/patients/", f"/patients/{anna.pk}/", f"/reevaluations/{due.pk}/",
                    f"/flags/{flag.pk}/resolve/", f"/flags/{flag.pk}/snooze/"):  # fmt: skip
        assert "Evaluated up to 12:00" in line(client, address)
        assert "pp-evaluated-late" not in line(client, address)


def test_after_five_minutes_without_a_sweep_it_is_red_and_says_so(client, alice, clock):
    beating.begin(at=NOON)
    clock.shift(5 * MINUTES + timedelta(seconds=1))
    client.force_login(alice)
    said = line(client)
    assert "pp-evaluated-late" in said
    assert "Evaluated up to 19 Nov, 12:00, 5\xa0minutes ago." in said
    assert "The check of all patients stands still" in said


def test_answers_that_wait_hold_the_time_back(client, alice, anna, zoe, clock):
    PainWatch.objects.filter(pk=anna.pk).update(dirty_since=NOON)
    clock.shift(2 * MINUTES)
    sweep = beating.begin(at=NOON + 2 * MINUTES)
    client.force_login(alice)
    assert "Evaluated up to 12:00" in line(client)
    clock.shift(4 * MINUTES)
    beating.go_on(sweep, at=NOON + 6 * MINUTES)
    assert "Newer answers are waiting" in line(client)
    PainWatch.objects.filter(pk=anna.pk).update(dirty_since=None)
    PainWatch.objects.filter(pk=zoe.pk).update(dirty_since=NOON)  # another clinic's patient holds nobody back here
    assert "Evaluated up to 12:06" in line(client)


def test_the_sweep_itself_moves_the_time_on(client, alice, anna, clock):
    client.force_login(alice)
    assert "Nothing has been evaluated yet" in line(client)
    PainWatch.objects.filter(pk=anna.pk).update(dirty_since=NOON)
    clock.shift(MINUTES)
    call_command("safety_sweep", "--once", stdout=StringIO())
    assert "Evaluated up to 12:01" in line(client)


def test_patients_set_apart_are_named_to_those_who_may_see_them(client, alice, charlie, harbour, anna, zoe):
    beating.begin(at=NOON)
    PainWatch.objects.update(dirty_since=NOON, quarantined_at=NOON, attempts=5)
    client.force_login(alice)
    said = line(client)
    assert "Could not be evaluated:" in said
    assert "Anna Anders" in said and "Zoe" not in said
    assert "Read these diaries yourself" in said
    for number in range(7):
        PainWatch.objects.filter(pk=make_patient(f"Pat {number}", harbour, alice).pk).update(quarantined_at=NOON)
    assert "and 3 more" in line(client)


def test_a_patient_set_apart_does_not_hold_the_time_back(client, alice, anna, clock):
    PainWatch.objects.update(dirty_since=NOON - 60 * MINUTES, quarantined_at=NOON, attempts=5)
    beating.begin(at=NOON)
    client.force_login(alice)
    assert "Evaluated up to 12:00<" in line(client)
