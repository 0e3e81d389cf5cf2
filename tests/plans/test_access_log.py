"""Every page and file of staff that shows a patient leaves a line; the lead finds it, others do not."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.actions import log_access
from accounts.models import AccessLog
from painplan.checks import routes
from tests.access_rows import care_rows_of, clinic_rows_of, rows_of
from tests.access_world import IDS
from tests.cast import confirm

# Keys of addresses that lead to a patient.
OF_A_PATIENT = {
    "patient_id", "flag_id", "plan_id", "version_id", "prescription_id", "reevaluation_id", "note_id", "step_id",
    "hold_id",
}  # fmt: skip
OF_STAFF = {"clinical", "staff", "lead"}


def routes_of_patients():
    for route in routes(get_resolver()):
        if route.policy in OF_STAFF and set(route.keys) & OF_A_PATIENT:
            yield route


def test_every_page_about_a_patient_is_written_down(client, anna, alice, bob, lena, harbour, hill):
    """Generated from the addresses: side panels, PDFs and every question asked in between among them."""
    rows = rows_of(anna, alice) | clinic_rows_of(harbour, alice, bob) | care_rows_of(anna, alice, hill)
    client.force_login(lena)
    confirm(client)
    client_of_bob = type(client)()
    client_of_bob.force_login(bob)
    missing, seen = [], 0
    for route in routes_of_patients():
        lead_only = route.policy == "lead"
        who, browser = (lena, client) if lead_only else (bob, client_of_bob)
        keys = {key: rows[IDS[key]].pk for key in route.keys if IDS.get(key) in rows}
        if keys.keys() != set(route.keys):
            missing.append(f"{route.name}: no row for {set(route.keys) - set(keys)}")
            continue
        with transaction.atomic():
            answer = browser.get(reverse(route.name, kwargs=keys))
            if answer.status_code == 405:
                answer = browser.post(reverse(route.name, kwargs=keys))
            written = AccessLog.objects.filter(user=who, patient=anna, route=route.name).exists()
            transaction.set_rollback(True)  # what was done must not change the next question
        if answer.status_code == 404:
            continue  # an empty form names no row
        seen += 1
        if not written:
            missing.append(f"{route.name}: {answer.status_code}, no line")
    assert missing == []
    assert seen > 40


def test_a_patient_who_reads_their_own_leaves_no_line(client, anna, annas_plan):
    client.force_login(anna.user)
    client.get(reverse("today"))
    assert not AccessLog.objects.exists()


@pytest.fixture
def looked(anna, ben, zoe, alice, bob, charlie):
    """Alice at Anna on two days, Bob at Ben, Charlie at Zoe in the other clinic."""
    moments = [datetime(2026, 11, 17, 23, 30, tzinfo=UTC), datetime(2026, 11, 18, 9, 0, tzinfo=UTC)]
    for at in moments:
        log_access(patient=anna, by=alice, route="patient", at=at)
    log_access(patient=ben, by=bob, route="plan_pdf", at=moments[1], purpose="Cover at night")
    log_access(patient=zoe, by=charlie, route="patient", at=moments[1])


def found(client, **asked) -> set[tuple[str, str, str]]:
    answer = client.get(reverse("clinic_looks"), asked)
    assert answer.status_code == 200
    return {(line["who"], line["patient"], f"{line['at']:%d}") for line in answer.context["lines"]}


def test_the_lead_searches_by_patient_person_and_dates(client, lena, alice, bob, looked):
    client.force_login(lena)
    first, second, third = (
        ("Alice Archer", "Anna Anders", "17"), ("Alice Archer", "Anna Anders", "18"), ("Bob Brook", "Ben Bauer", "18"),
    )  # fmt: skip
    assert found(client) == {first, second, third}
    assert found(client, patient="anders") == {first, second}
    assert found(client, person=str(bob.pk)) == {third}
    assert found(client, first_on="2026-11-18") == {second, third}
    assert found(client, last_on="2026-11-17") == {first}
    assert found(client, patient="ben", person=str(alice.pk)) == set()
    assert b"Cover at night" in client.get(reverse("clinic_looks")).content


def test_days_are_the_clinics(client, lena, harbour, looked):
    """23:30 in Greenwich is the next day in Berlin."""
    harbour.time_zone = "Europe/Berlin"
    harbour.save()
    client.force_login(lena)
    assert len(found(client, first_on="2026-11-18")) == 3
    assert found(client, last_on="2026-11-17") == set()


def test_wrong_questions_are_answered_with_words(client, lena, charlie, looked):
    client.force_login(lena)
    answer = client.get(reverse("clinic_looks"), {"first_on": "2026-11-18", "last_on": "2026-11-17"})
    assert answer.status_code == 422
    assert b"not before the first" in answer.content
    assert answer.context["lines"] == []
    assert client.get(reverse("clinic_looks"), {"first_on": "soon"}).status_code == 422
    # Somebody of another clinic is no choice.
    assert client.get(reverse("clinic_looks"), {"person": str(charlie.pk)}).status_code == 422


def test_fifty_on_a_page(client, lena, anna, alice):
    at = timezone.now()
    for number in range(51):
        log_access(patient=anna, by=alice, route="patient", at=at + timedelta(seconds=number))
    client.force_login(lena)
    answer = client.get(reverse("clinic_looks"), {"patient": "anna"})
    assert len(answer.context["lines"]) == 50
    assert b"patient=anna&amp;page=2" in answer.content
    assert len(client.get(reverse("clinic_looks"), {"page": "2"}).context["lines"]) == 1


def test_print_and_file(client, lena, anna, looked):
    anna.full_name = "=HYPERLINK(1) Anders"
    anna.save()
    client.force_login(lena)
    paper = client.get(reverse("clinic_looks_print"), {"patient": "ben"})
    assert b"Ben Bauer" in paper.content
    assert b"Anders" not in paper.content
    assert client.get(reverse("clinic_looks_csv")).url.startswith(reverse("account_reauthenticate"))
    answer = confirm(client).get(reverse("clinic_looks_csv"))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="looks-')
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["When", "Who looked", "Patient", "Page", "Why"]
    assert len(rows) == 4
    assert {row[4] for row in rows[1:]} == {"", "Cover at night"}
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert "Zoe" not in text


def test_an_empty_log_says_so(client, lena):
    client.force_login(lena)
    assert b"Nobody has looked yet" in client.get(reverse("clinic_looks")).content
