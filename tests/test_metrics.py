"""/metrics tells a monitor what to worry about, and nobody else anything."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from painplan import metrics
from plans.actions import beating
from plans.models import JobRun, PainWatch
from tests.cast import NOON

SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"\})? (NaN|-?\d+(\.\d+)?(e[+-]?\d+)?)$')


@pytest.fixture
def numbers(client, db, time_machine):
    time_machine.move_to(NOON, tick=False)

    def ask() -> dict[str, str]:
        text = client.get(reverse("metrics")).content.decode()
        return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))

    return ask


def test_it_tells_what_safety_rests_on(numbers, anna):
    PainWatch.objects.filter(pk=anna.pk).update(quarantined_at=NOON, dirty_since=NOON - timedelta(seconds=90))
    found = numbers()
    assert found["painplan_quarantined"] == "1"
    assert found["painplan_safe"] == "0"
    assert found["painplan_sweep_silent_seconds"] == "NaN", "no sweep has ever run"
    assert found["painplan_broker_up"] == "0", "nothing answers where the tests say"
    assert str(anna.pk) not in str(found)
    PainWatch.objects.filter(pk=anna.pk).update(quarantined_at=None)
    beating.begin(at=NOON - timedelta(seconds=7))
    found = numbers()
    assert found["painplan_oldest_waits_seconds"] == "90"
    assert found["painplan_sweep_silent_seconds"] == "7"
    assert found["painplan_safe"] == "1"


def test_jobs_mail_and_the_last_good_backup(numbers):
    JobRun.objects.create(name="back up", started_at=NOON - timedelta(hours=30), finished_at=NOON)
    JobRun.objects.create(name="back up", started_at=NOON - timedelta(hours=1), finished_at=NOON, error="BackupError")
    found = numbers()
    assert found["painplan_backup_age_seconds"] == "108000"
    assert found['painplan_job_age_seconds{job="back up"}'] == "3600"
    assert found['painplan_job_failures{job="back up"}'] == "1"
    assert found['painplan_job_age_seconds{job="send mail"}'] == "NaN"
    assert found['painplan_mail_waiting{state="due"}'] == "0"


def test_the_text_is_what_prometheus_reads(client, db):
    answer = client.get(reverse("metrics"))
    assert answer.headers["Content-Type"] == metrics.CONTENT_TYPE
    text = answer.content.decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert text.endswith("\n")
    assert [line for line in lines if not SAMPLE.match(line)] == []
    names = re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE)
    assert len(names) == len(set(names)) > 10
    assert "".join(metrics.family("a", "b", [({"job": 'x"\\\n'}, 1.5)])).endswith('a{job="x\\"\\\\\\n"} 1.5\n')


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param({"REMOTE_ADDR": "127.0.0.1"}, 200, id="this machine"),
        pytest.param({"REMOTE_ADDR": "::1"}, 200, id="this machine, version 6"),
        pytest.param({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404, id="through a proxy"),
        pytest.param({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}, 404, id="through another"),
        pytest.param({"REMOTE_ADDR": "10.0.0.5"}, 404, id="from elsewhere"),
        pytest.param({"REMOTE_ADDR": ""}, 404, id="from nowhere"),
        pytest.param({"REMOTE_ADDR": "10.0.0.5", "HTTP_AUTHORIZATION": "Bearer the-token"}, 200, id="token"),
        pytest.param({"REMOTE_ADDR": "10.0.0.5", "HTTP_AUTHORIZATION": "Bearer the-tokem"}, 404, id="wrong token"),
        pytest.param({"REMOTE_ADDR": "10.0.0.5", "HTTP_AUTHORIZATION": "Bearer "}, 404, id="empty token"),
        pytest.param({"REMOTE_ADDR": "10.0.0.5", "HTTP_AUTHORIZATION": "Bearer the-tokén"}, 404, id="odd token"),
    ],
)
def test_for_nobody_else(client, db, settings, sent, status):
    settings.METRICS_TOKEN = "the-token"
    assert client.get(reverse("metrics"), **sent).status_code == status


def test_without_a_token_none_opens_it(client, db, settings):
    settings.METRICS_TOKEN = ""
    sent = {"REMOTE_ADDR": "10.0.0.5", "HTTP_AUTHORIZATION": "Bearer "}
    assert client.get(reverse("metrics"), **sent).status_code == 404
