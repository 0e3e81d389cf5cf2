"""The operator's page: what goes on and what failed, for the superuser alone, and no patient is named."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from plans.actions import beating, notifications
from plans.models import JobRun, Notification, PainWatch
from plans.models.notification import GIVE_UP_AFTER
from tests.cast import NOON


@pytest.fixture
def ruler(db) -> User:
    return User.objects.create_superuser("root@example.org", "a-long-test-password", full_name="Root Ruler")


@pytest.fixture
def page(ruler, client, time_machine):
    time_machine.move_to(NOON, tick=False)
    client.force_login(ruler)
    return lambda **headers: client.get(reverse("operator"), headers=headers).content.decode()


def test_it_tells_what_health_tells(page, anna):
    PainWatch.objects.update(dirty_since=None)
    assert "No safety sweep has ever run." in page()
    beating.begin(at=NOON - timedelta(seconds=7))
    text = page()
    assert "last heard 7 s ago" in text
    assert "All is well" in text
    for name in ("Painplan", "PostgreSQL", "Django"):
        assert name in text


def test_jobs_with_counts_errors_and_a_bar_for_what_runs(page):
    JobRun.objects.create(name="send mail", started_at=NOON, finished_at=NOON, counts={"sent": 3, "failed": 0})
    JobRun.objects.create(name="clean up", started_at=NOON, finished_at=NOON, error="ValueError")
    JobRun.objects.create(name="reconcile", started_at=NOON, total=480, done=312, touched_at=NOON)
    JobRun.objects.create(name="mark new days", started_at=NOON - timedelta(hours=1))
    text = page()
    for words in ("3 sent", "ValueError", "1 failure in 24 hours", "312 of 480", 'value="312" max="480"', "reconcile"):
        assert words in text
    assert text.count("Stopped without a word") == 1
    fragment = page(**{"HX-Request": "true"})
    assert fragment.strip().startswith('<div id="operator-state"')
    assert 'hx-trigger="every 5s"' in fragment


def test_the_last_backup_and_the_last_drill_are_shown(page):
    text = page()
    assert "Back up database and media" in text, "also when there was none yet"
    assert "Restore a backup into another database" in text
    JobRun.objects.create(name="back up", started_at=NOON, finished_at=NOON, counts={"rows": 4711, "files": 3})
    assert "4711 rows, 3 files" in page()


def test_a_patient_set_apart_is_shown_without_a_name_and_tried_again(page, client, anna):
    PainWatch.objects.filter(pk=anna.pk).update(quarantined_at=NOON, attempts=5, last_error="KeyError")
    text = page()
    assert str(anna.pk) in text
    assert "KeyError, 5 attempts" in text
    assert "Anna" not in text
    answer = client.post(reverse("operator_evaluate_again"), {"patient": str(anna.pk)})
    assert answer.headers["Location"] == reverse("operator")
    assert PainWatch.objects.get(pk=anna.pk).quarantined_at is None
    for wrong in ({}, {"patient": "x\0"}, {"patient": str(anna.pk)}, {"patient": str(uuid4())}):
        assert client.post(reverse("operator_evaluate_again"), wrong).status_code == 404


def test_mail_that_was_given_up_is_sent_again(page, client, alice):
    row, _new = notifications.owe(key="k", recipient=alice, kind="reminder", at=NOON, send_after=NOON)
    Notification.objects.update(attempts=GIVE_UP_AFTER, last_error="SMTPDataError 550")
    text = page()
    assert "SMTPDataError 550" in text
    assert "0 due now" in text
    client.post(reverse("operator_send_again"), {"mail": str(row.pk)})
    assert "1 due now" in page()
    assert client.post(reverse("operator_send_again"), {"mail": str(row.pk)}).status_code == 404


@pytest.mark.parametrize("who", ["alice", "lena", "cora"])
def test_nobody_else_may_come_in(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("operator")).status_code == 404
    assert client.post(reverse("operator_evaluate_again"), {}).status_code == 404
    assert reverse("operator") not in client.get(reverse("home"), follow=True).content.decode()


def test_the_operator_lands_there(client, ruler):
    client.force_login(ruler)
    answer = client.get(reverse("home"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("operator")
    assert reverse("library") not in answer.content.decode(), "no links that lead nowhere for an operator"


def test_health_names_what_is_wrong_and_no_patient(client, anna, time_machine):
    time_machine.move_to(NOON, tick=False)
    PainWatch.objects.filter(pk=anna.pk).update(quarantined_at=NOON, dirty_since=NOON)
    beating.begin(at=NOON)
    answer = client.get("/health/safety")
    assert (answer.status_code, answer.json()["breaches"]) == (503, ["quarantined"])
    assert answer.json()["since"] == {"quarantined": "2026-11-19T12:00:00Z"}
    assert str(anna.pk) not in answer.content.decode()
    PainWatch.objects.update(quarantined_at=None, dirty_since=None)
    assert client.get("/health/safety").json()["status"] == "safe"
