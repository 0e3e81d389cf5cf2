"""Filters kept under a name: one's own, for the list they were made on, and only what that list understands."""

import pytest
import time_machine

from plans.actions import saved_filters
from plans.actions.refusals import Refused
from plans.models import SavedFilter
from tests.cast import NOON, make_patient
from tests.plans.constraint_rows import refused
from tests.plans.inbox_rows import flag_of, write

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def save(client, place, query, name="Mine with a flag"):
    return client.post("/filters/save/", {"place": place, "query": query, "name": name}, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_saved_on_the_caseload_and_offered_there(client, alice, anna):
    client.force_login(alice)
    response = save(client, "caseload", "q=anna&show=flag&show=mine&sort=week&page=7&next=//elsewhere")
    assert response.redirect_chain == [("/patients/?show=mine&show=flag&sort=week", 302)]
    assert said(response) == ["Filter “Mine with a flag” saved."]
    (kept,) = response.context["saved"]
    assert (kept["name"], kept["url"], kept["on"]) == (
        "Mine with a flag", "/patients/?show=mine&show=flag&sort=week", True,
    )  # fmt: skip
    assert [one["on"] for one in client.get("/patients/").context["saved"]] == [False]
    assert client.get("/inbox/").context["saved"] == []


def test_saved_on_the_inbox(client, alice):
    client.force_login(alice)
    response = save(client, "inbox", "tab=clinic&only=message&only=urgent&sort=newest&flag=1", "Now and letters")
    assert response.redirect_chain == [("/inbox/?tab=clinic&only=urgent&only=message&sort=newest", 302)]
    assert [one["on"] for one in response.context["saved"]] == [True]


@pytest.mark.parametrize(
    ("place", "query", "name", "why"),
    [
        ("caseload", "show=flag", "  ", "Give the filter a name."),
        ("caseload", "show=flag", "x" * 41, "Forty letters are enough for a name."),
        ("caseload", "", "Everybody", "Choose a filter or an order first: this is the list as everybody sees it."),
        ("caseload", "show=nonsense&q=anna", "Anna", "Choose a filter or an order first: this is the list as"),
        ("inbox", "tab=clinic", "Clinic", "Choose a filter or an order first: this is the list as everybody sees it."),
        ("records", "show=flag", "Elsewhere", "This filter could not be saved. Open the list again."),
    ],
)
def test_what_is_no_filter_is_not_saved(client, alice, place, query, name, why):
    client.force_login(alice)
    (words,) = said(save(client, place, query, name))
    assert words.startswith(why)
    assert not SavedFilter.objects.exists()


def test_the_same_name_gets_the_new_filter_in_any_case(client, alice):
    client.force_login(alice)
    save(client, "caseload", "show=flag", "Look first")
    response = save(client, "caseload", "show=due", "LOOK  first")
    assert [(one["name"], one["url"]) for one in response.context["saved"]] == [("LOOK first", "/patients/?show=due")]


def test_a_thirteenth_is_refused(alice, bob):
    for number in range(12):
        saved_filters.save(place="caseload", name=f"Filter {number}", query="show=flag", by=alice)
    with pytest.raises(Refused, match="Twelve filters are enough"):
        saved_filters.save(place="caseload", name="One more", query="show=flag", by=alice)
    saved_filters.save(place="caseload", name="filter 3", query="show=due", by=alice)
    saved_filters.save(place="inbox", name="One more", query="only=urgent", by=alice)
    saved_filters.save(place="caseload", name="One more", query="show=flag", by=bob)


def test_a_colleague_neither_sees_nor_removes_it(client, alice, bob):
    kept = saved_filters.save(place="caseload", name="Alice's own", query="show=flag", by=alice)
    client.force_login(bob)
    assert client.get("/patients/").context["saved"] == []
    assert client.post(f"/filters/{kept.pk}/remove/").status_code == 404
    client.force_login(alice)
    response = client.post(f"/filters/{kept.pk}/remove/", follow=True)
    assert said(response) == ["Filter “Alice's own” removed."]
    assert response.context["saved"] == []
    assert client.post(f"/filters/{kept.pk}/remove/").status_code == 404


def test_what_must_never_be_stored(alice):
    good = {"user": alice, "place": "caseload", "name": "Flags", "query": "show=flag"}
    SavedFilter.objects.create(**good)
    refused("savedfilter_name_unique_in_any_case", SavedFilter(**good | {"name": "FLAGS"}).save)
    refused("savedfilter_place_known", SavedFilter(**good | {"place": "records"}).save)
    refused("savedfilter_has_a_name", SavedFilter(**good | {"name": ""}).save)
    refused("savedfilter_has_a_filter", SavedFilter(**good | {"name": "B", "query": ""}).save)


def test_the_inbox_shows_only_the_levels_asked_for(client, alice, harbour):
    ada, bea, cy = (make_patient(name, harbour, alice) for name in ("Ada", "Bea", "Cy"))
    flag_of(ada, "urgent", hours=1)
    write(ada)
    flag_of(bea, "watch", hours=9)
    write(cy)
    client.force_login(alice)

    def shown(query):
        page = client.get(f"/inbox/{query}").context
        return [row.patient.full_name for group in page["groups"] for row in group.rows], page["left_out"]

    assert shown("") == (["Ada", "Cy", "Bea"], 0)
    assert shown("?only=message") == (["Ada", "Cy"], 1)
    assert shown("?only=watch&only=urgent") == (["Ada", "Bea"], 1)
    assert shown("?only=due") == ([], 3)
    assert shown("?only=nonsense") == (["Ada", "Cy", "Bea"], 0)
    page = client.get("/inbox/?only=due").content.decode()
    assert "Nothing of this kind waits now." in page
    assert "The filter leaves 3 patients out." in page
    counts = {box["name"]: box["count"] for box in client.get("/inbox/?only=due").context["boxes"]}
    assert counts == {"urgent": 1, "message": 2, "watch": 1, "due": 0}


def test_the_newest_first_within_each_group(client, alice, harbour):
    for name, severity, hours in (
        ("Ada", "watch", 9),
        ("Bea", "watch", 2),
        ("Cy", "important", 1),
        ("Di", "important", 5),
    ):
        flag_of(make_patient(name, harbour, alice), severity, hours=hours)
    client.force_login(alice)

    def names(query):
        groups = client.get(f"/inbox/{query}").context["groups"]
        return [row.patient.full_name for group in groups for row in group.rows]

    assert names("") == ["Di", "Cy", "Ada", "Bea"]
    assert names("?sort=newest") == ["Cy", "Di", "Bea", "Ada"]


def test_what_the_inbox_opens_keeps_the_filter(client, alice, anna):
    flag = flag_of(anna, "watch")
    client.force_login(alice)
    page = client.get(f"/inbox/?tab=mine&only=watch&flag={flag.pk}")
    assert page.context["close_url"] == "/inbox/?tab=mine&only=watch"
    assert page.context["groups"][0].rows[0].url == f"/inbox/?tab=mine&only=watch&flag={flag.pk}"
