"""The caseload page after page: each order goes on where the page before ended; nobody is left out or said twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
import time_machine

from plans.schedule import local_date
from plans.views.clinician.caseload_asked import SPARK_DAYS, days_of
from tests.cast import NOON, TODAY, log_days, make_patient
from tests.plans.test_clinician_caseload import rows, watch_flag

pytestmark = pytest.mark.django_db

RANKS = {"urgent": 0, "important": 1, "watch": 2, "": 3}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def crowd(alice, harbour) -> dict[str, str]:
    """Three pages of people, by name: how grave their flag is; some have two."""
    flagged = {f"Pat {number:02}": ("watch", "important", "urgent")[number % 3] for number in range(0, 60, 2)}
    known = {}
    for number in range(60):
        name = f"Pat {number:02}"
        patient = make_patient(name, harbour, alice)
        known[name] = flagged.get(name, "")
        if known[name]:
            watch_flag(patient, known[name])
    return known


def pages(client, query: str) -> list[str]:
    return [name for page in (1, 2, 3) for name in rows(client, f"{query}&page={page}")]


@pytest.mark.parametrize("back", [False, True])
def test_by_flag_and_then_by_name(client, alice, crowd, back):
    client.force_login(alice)
    wanted = sorted(crowd, key=lambda name: (-RANKS[crowd[name]] if back else RANKS[crowd[name]], name))
    assert pages(client, f"?sort={'-' if back else ''}flag") == wanted


@pytest.mark.parametrize("back", [False, True])
def test_by_name(client, alice, crowd, back):
    client.force_login(alice)
    assert pages(client, f"?sort={'-' if back else ''}name") == sorted(crowd, reverse=back)


def test_a_search_is_in_the_same_order(client, alice, crowd):
    client.force_login(alice)
    wanted = sorted(crowd, key=lambda name: (RANKS[crowd[name]], name))
    assert pages(client, "?q=pat&sort=flag") == wanted


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_what_is_drawn_is_read_wherever_a_patient_lives(hour):
    at = datetime(2026, 11, 16, hour, 30, tzinfo=UTC)
    read = days_of(at, at.date())
    for zone in available_timezones():
        today = local_date(at, zone)
        assert read.drawn_from <= today - timedelta(days=SPARK_DAYS - 1)
        assert today <= read.drawn_to


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_todays_pain_is_the_last_dot_at_the_ends_of_the_world(client, alice, anna, zone):
    anna.time_zone = zone
    anna.save()
    log_days(anna, [3.0] * 5 + [8.0], last=local_date(NOON, zone))
    client.force_login(alice)
    html = client.get("/patients/").content.decode()
    assert "last 8.0" in html
    assert abs((local_date(NOON, zone) - TODAY).days) <= 1
