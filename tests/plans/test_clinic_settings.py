"""What a clinic lead sets: who we are, when we work, who is away, when we look again. Each change leaves one event."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Absence, Clinic, ClinicEvent, Holiday
from plans.actions import absences
from plans.actions import clinic as actions
from plans.actions.refusals import Refused
from plans.models import Flag
from plans.wording_clinic import event_in_words
from tests.cast import NOON, TODAY, make_member

DETAILS = {
    "name": "Harbour Clinic",
    "phone": "01632 960100",
    "answer_promise": "within 2 working days",
    "time_zone": "Europe/London",
    "emergency_text": "Call 999.",
}
HOURS = {"working_days": ["1", "2", "3", "4", "5"], "opens_at": "09:00", "closes_at": "17:00"}
CARE = {"first_reevaluation_days": "14", "reevaluation_days": "28", "urgent_hours": "4", "important_days": "2"}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def said() -> list[str]:
    return [line for event in ClinicEvent.objects.order_by("at", "id") for line in event_in_words(event)]


def test_a_lead_changes_details_and_the_event_says_from_what_to_what(client, lena, harbour):
    client.force_login(lena)
    given = DETAILS | {"phone": "01632 960111", "emergency_text": "Call 999.\r\nOr go to the hospital."}
    response = client.post(reverse("clinic"), given, follow=True)
    assert "Changes saved." in response.content.decode()
    harbour.refresh_from_db()
    assert (harbour.phone, harbour.emergency_text) == ("01632 960111", "Call 999.\nOr go to the hospital.")
    event = ClinicEvent.objects.get()
    assert (event.what, event.by, event.at, event.clinic) == ("details", lena, NOON, harbour)
    assert event.before == {"phone": "01632 960100", "emergency_text": "Call 999."}
    assert said()[0] == "telephone: “01632 960100”, now “01632 960111”"
    page = client.get(reverse("clinic_history")).content.decode()
    assert "now “01632 960111”" in page and "Lena Lead" in page


def test_saving_what_is_there_already_is_no_event(client, lena):
    client.force_login(lena)
    assert "Nothing was different." in client.post(reverse("clinic"), DETAILS, follow=True).content.decode()
    client.post(reverse("clinic_hours_save"), HOURS)
    client.post(reverse("clinic_care"), CARE)
    assert not ClinicEvent.objects.exists()


@pytest.mark.parametrize("empty", ["", "   ", "\r\n\t"])
def test_the_emergency_wording_is_never_empty(client, lena, harbour, empty):
    client.force_login(lena)
    response = client.post(reverse("clinic"), DETAILS | {"emergency_text": empty, "phone": "1"})
    assert response.status_code == 422 and 'value="1"' in response.content.decode()  # the other input is kept
    harbour.refresh_from_db()
    assert (harbour.emergency_text, harbour.phone) == ("Call 999.", "01632 960100")
    with pytest.raises(Refused):
        actions.change(clinic=harbour, what="details", values=DETAILS | {"emergency_text": empty}, by=lena, at=NOON)


def test_the_preview_shows_what_was_typed_as_patients_see_it_and_saves_nothing(client, lena, harbour):
    client.force_login(lena)
    typed = DETAILS | {"emergency_text": "Ring <b>112</b> now.", "preview": "yes"}
    page = client.post(reverse("clinic"), typed).content.decode()
    assert page.count("Ring &lt;b&gt;112&lt;/b&gt; now.") == 2 and "Not saved yet." in page
    fragment = client.post(reverse("clinic"), typed, headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith('<div id="emergency-preview"') and "<html" not in fragment
    harbour.refresh_from_db()
    assert harbour.emergency_text == "Call 999." and not ClinicEvent.objects.exists()


def test_hours_are_changed_in_order(client, lena, harbour):
    client.force_login(lena)
    url = reverse("clinic_hours_save")
    assert client.post(url, HOURS | {"closes_at": "08:00"}).status_code == 422
    assert client.post(url, {"opens_at": "09:00", "closes_at": "17:00"}).status_code == 422  # no day at all
    assert client.post(url, HOURS | {"working_days": ["8"]}).status_code == 422
    client.post(url, HOURS | {"working_days": ["6", "1"], "opens_at": "08:30"})
    harbour.refresh_from_db()
    assert (harbour.working_days, harbour.opens_at, harbour.closes_at) == ([1, 6], time(8, 30), time(17))
    assert said() == [
        "working days: Monday, Tuesday, Wednesday, Thursday and Friday, now Monday and Saturday",
        "opens at: 09:00, now 08:30",
    ]


def test_holidays_are_added_once_removed_and_copied(client, lena, harbour):
    client.force_login(lena)
    add = reverse("holiday_add")
    client.post(add, {"holiday-on": "2026-12-25", "holiday-name": "Christmas"})
    again = client.post(add, {"holiday-on": "2026-12-25"})
    assert again.status_code == 422 and "a holiday already" in again.content.decode()
    assert client.post(add, {"holiday-on": "2026-11-18"}).status_code == 422  # yesterday
    Holiday.objects.create(clinic=harbour, on=date(2026, 1, 1), name="New Year")
    Holiday.objects.create(clinic=harbour, on=date(2027, 1, 1), name="New Year")
    page = client.post(reverse("holidays_copy"), follow=True).content.decode()
    assert "1 holiday copied to 2027." in page and "Copy this year's to 2027" in page
    assert list(harbour.holidays.filter(on__year=2027).values_list("on", "name")) == [
        (date(2027, 1, 1), "New Year"),
        (date(2027, 12, 25), "Christmas"),
    ]
    assert "nothing new to copy" in client.post(reverse("holidays_copy"), follow=True).content.decode()
    client.post(reverse("holiday_remove", args=[harbour.holidays.get(on=date(2027, 12, 25)).pk]))
    assert not harbour.holidays.filter(on=date(2027, 12, 25)).exists()
    assert said() == [
        "Holiday added: 25 Dec 2026 Christmas.",
        "Holiday added: 25 Dec 2027 Christmas.",
        "Holiday removed: 25 Dec 2027 Christmas.",
    ]


def test_a_leap_day_is_not_copied(harbour, lena):
    Holiday.objects.create(clinic=harbour, on=date(2028, 2, 29))
    assert actions.copy_holidays(clinic=harbour, from_year=2028, by=lena, at=NOON) == 0


@pytest.mark.parametrize("field", CARE)
@pytest.mark.parametrize("value", ["0", "85", "-1", "", "two", "9" * 30])
def test_intervals_have_limits(client, lena, harbour, field, value):
    client.force_login(lena)
    assert client.post(reverse("clinic_care"), CARE | {field: value}).status_code == 422
    assert not ClinicEvent.objects.exists()


def test_intervals_are_changed(client, lena, harbour):
    client.force_login(lena)
    client.post(reverse("clinic_care"), CARE | {"reevaluation_days": "84", "urgent_hours": "2"})
    harbour.refresh_from_db()
    assert (harbour.first_reevaluation_days, harbour.reevaluation_days, harbour.urgent_hours) == (14, 84, 2)
    assert ClinicEvent.objects.get().what == "care"


def test_the_views_stand_in_tabs(client, alice, lena):
    client.force_login(lena)
    page = client.get(reverse("clinic_rules"))
    assert [tab["label"] for tab in page.context["tabs"]] == ["Settings", "People", "Rules", "Records", "History"]
    assert [tab["label"] for tab in page.context["tabs"] if tab["current"]] == ["Rules"]
    assert [view["label"] for view in page.context["views"] if view["on"]] == ["Flags by rule"]
    assert 'aria-current="page">Flags by rule</a>' in page.content.decode()
    client.force_login(alice)
    page = client.get(reverse("clinic_leave"))
    assert [tab["label"] for tab in page.context["tabs"]] == ["Hours", "Leave", "Who may open records"]
    assert page.context["views"] == []


def test_clinicians_read_hours_and_leave_and_change_neither_hours_nor_the_rest(client, alice, lena, harbour):
    client.force_login(alice)
    page = client.get(reverse("clinic_hours")).content.decode()
    assert "09:00 to 17:00" in page and "Save the hours" not in page and "Thresholds" not in page
    assert client.get(reverse("clinic_leave")).status_code == 200
    for name in ("clinic", "clinic_care", "clinic_history"):
        assert client.get(reverse(name)).status_code == 404
    for name in ("clinic", "clinic_hours_save", "holiday_add", "holidays_copy", "clinic_care"):
        assert client.post(reverse(name), DETAILS | HOURS | CARE).status_code == 404
    assert not ClinicEvent.objects.exists()


def test_the_actions_themselves_refuse_whoever_does_not_lead_this_clinic(harbour, hill, alice, lena):
    other = make_member("Hanna Hill", hill, "lead")
    for stranger in (alice, other):
        with pytest.raises(Refused):
            actions.change(clinic=harbour, what="details", values=DETAILS | {"phone": "1"}, by=stranger, at=NOON)
        with pytest.raises(Refused):
            actions.add_holiday(clinic=harbour, on=TODAY, name="", by=stranger, at=NOON)
        with pytest.raises(Refused):
            actions.copy_holidays(clinic=harbour, from_year=2026, by=stranger, at=NOON)
    lena.memberships.update(valid_until=NOON)
    with pytest.raises(Refused):
        actions.change(clinic=harbour, what="details", values=DETAILS | {"phone": "1"}, by=lena, at=NOON)
    assert Clinic.objects.get(pk=harbour.pk).phone == "01632 960100"


def test_a_clinician_writes_down_their_own_leave(client, alice, bob, harbour):
    client.force_login(alice)
    given = {"from_on": "2026-12-01", "until_on": "2026-12-05", "stand_in": bob.pk, "clinician": bob.pk}
    client.post(reverse("clinic_leave"), given)
    absence = Absence.objects.get()
    assert (absence.clinician, absence.stand_in, absence.made_by) == (alice, bob, alice)
    assert list(Absence.objects.on(date(2026, 12, 5))) == [absence]
    assert said() == ["Alice Archer is away from 1 Dec 2026 to 5 Dec 2026, Bob Brook stands in."]
    client.post(reverse("leave_cancel", args=[absence.pk]))
    client.post(reverse("leave_cancel", args=[absence.pk]))
    assert not Absence.objects.on(date(2026, 12, 5)).exists()
    assert said()[1:] == ["Cancelled: Alice Archer away from 1 Dec 2026 to 5 Dec 2026."]


def test_somebody_elses_leave_is_for_the_lead(client, alice, bob, lena, harbour):
    with pytest.raises(Refused):
        written(harbour, alice, lena, by=bob)
    absence = written(harbour, alice, lena, by=lena)
    client.force_login(bob)
    page = client.post(reverse("leave_cancel", args=[absence.pk]), follow=True).content.decode()
    assert "your own leave only" in page
    absence.refresh_from_db()
    assert absence.cancelled_at is None
    absences.cancel(absence=absence, by=lena, at=NOON)


def written(clinic, who, stand_in, *, by, days=(1, 5)) -> Absence:
    first, last = (TODAY + timedelta(days=n) for n in days)
    return absences.write_down(
        clinic=clinic, clinician=who, stand_in=stand_in, from_on=first, until_on=last, by=by, at=NOON
    )


def test_leave_that_makes_no_sense_is_refused(harbour, alice, bob, lena, charlie, cora):
    written(harbour, alice, bob, by=alice)
    refusals = [
        lambda: written(harbour, alice, bob, by=alice, days=(5, 9)),  # one day of it twice
        lambda: written(harbour, bob, bob, by=bob),
        lambda: written(harbour, bob, charlie, by=bob),
        lambda: written(harbour, bob, cora, by=bob),
        lambda: written(harbour, charlie, bob, by=lena),
        lambda: written(harbour, bob, alice, by=bob, days=(9, 8)),
        lambda: written(harbour, bob, alice, by=bob, days=(0, 400)),
    ]
    for attempt in refusals:
        with pytest.raises(Refused):
            attempt()
    assert Absence.objects.count() == ClinicEvent.objects.count() == 1
    written(harbour, alice, bob, by=alice, days=(6, 9))


def test_what_should_be_known_is_said_once_before(client, alice, bob, lena, anna, harbour):
    Flag.objects.create(
        patient=anna, rule="R9", rule_version=1, severity="watch", since_on=TODAY, first_alert_on=TODAY,
        last_alert_on=TODAY, raised_at=NOON,
    )  # fmt: skip
    written(harbour, bob, lena, by=bob, days=(2, 3))
    written(harbour, lena, alice, by=lena, days=(4, 4))
    client.force_login(alice)
    given = {"from_on": "2026-11-20", "until_on": "2026-11-23", "stand_in": bob.pk}
    first = client.post(reverse("clinic_leave"), given)
    page = first.content.decode()
    assert "1 patient of Alice Archer has an open flag now. Bob Brook takes over" in page
    assert "Bob Brook is away from 21 Nov to 22 Nov. In those days flags go on to Lena Lead." in page
    assert "Alice Archer was to stand in for Lena Lead from 23 Nov to 23 Nov." in page
    assert not Absence.objects.filter(clinician=alice).exists()
    known = first.context["known"]
    assert client.post(reverse("clinic_leave"), given | {"known": "something else"}).status_code == 200
    client.post(reverse("clinic_leave"), given | {"known": known, "until_on": "2026-11-22"})  # other days: asked again
    assert not Absence.objects.filter(clinician=alice).exists()
    client.post(reverse("clinic_leave"), given | {"known": known})
    assert Absence.objects.get(clinician=alice).stand_in == bob


@pytest.mark.parametrize(
    "changes",
    [
        {"until_on": "2026-11-01"},
        {"from_on": ""},
        {"stand_in": ""},
        {"until_on": "2029-01-01"},
        {"from_on": "0001-01-01"},
    ],
)
def test_a_form_of_leave_keeps_its_input(client, alice, bob, changes):
    client.force_login(alice)
    given = {"from_on": "2026-11-20", "until_on": "2026-11-23", "stand_in": str(bob.pk)} | changes
    response = client.post(reverse("clinic_leave"), given)
    assert response.status_code == 422
    assert all(value in response.content.decode() for value in given.values())
    assert not Absence.objects.exists()


def test_nobody_can_stand_in(client, alice):
    client.force_login(alice)
    assert "nobody could stand in" in client.get(reverse("clinic_leave")).content.decode()


def test_choosing_a_clinic_still_works(client, alice, harbour):
    client.force_login(alice)
    assert client.post(reverse("choose_clinic"), {"clinic": harbour.slug}).status_code == 302
