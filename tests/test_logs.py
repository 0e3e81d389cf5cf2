"""A line of the log has the ids that tie it to a request or a task, and nothing about anybody."""

import io
import json
import logging

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from painplan import celery, logs
from plans.models import PainScore
from tests.cast import log_days


@pytest.fixture
def written():
    """What the log of production would hold: a list of dicts, read when called."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    root, asked = logging.getLogger(), logging.getLogger("painplan.request")
    before = (root.level, asked.level)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    asked.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before[0])
    asked.setLevel(before[1])


def test_a_request_leaves_one_line_without_path_or_name(written, client, alice, anna):
    client.force_login(alice)
    answer = client.get(reverse("patient", args=[anna.pk]) + "?q=Anders")
    (line,) = [line for line in written() if line["logger"] == "painplan.request"]
    assert (line["method"], line["route"], line["status"], line["message"]) == ("GET", "patient", 200, "answered")
    assert line["milliseconds"] > 0
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert len(line["request_id"]) == 32
    assert str(anna.pk) not in str(written())
    assert "Anders" not in str(written())


def test_staff_who_are_refused_are_named_by_their_id_and_patients_are_not(written, client, charlie, anna, zoe):
    """Somebody who tries one record after the other can be found; who looks at their own pages leaves no name."""
    client.force_login(charlie)
    client.get(reverse("patient", args=[anna.pk]))
    client.get(reverse("patient", args=[zoe.pk]))
    client.force_login(zoe.user)
    client.get(reverse("patient", args=[anna.pk]))
    lines = [line for line in written() if line["logger"] == "painplan.request"]
    assert [(line["status"], line.get("user")) for line in lines] == [(404, str(charlie.pk)), (200, None), (404, None)]
    assert str(zoe.user_id) not in str(lines)


def test_a_missing_page_is_told_without_its_address(written, client, alice, anna):
    client.force_login(alice)
    client.get(f"/nowhere/{anna.pk}/Anders")
    lines = written()
    assert {"painplan.request", "django.request"} <= {line["logger"] for line in lines}
    assert str(anna.pk) not in str(lines)
    assert "Anders" not in str(lines)
    assert len({line["request_id"] for line in lines}) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcdef-0123456789", True), ("short", False), ("x" * 65, False), ('a"b{}<script>', False), ("", False)],
)
def test_an_id_of_the_proxy_is_kept_when_it_is_one(client, db, given, kept):
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) == kept


def test_two_requests_have_two_ids_and_between_them_is_none(written, client, db):
    client.get("/health/live")
    logging.getLogger("plans").info("apart")
    client.get("/health/live")
    first, apart, second = written()
    assert first["request_id"] != second["request_id"]
    assert "request_id" not in apart


def test_a_row_that_postgres_refuses_is_not_repeated(written, anna):
    log_days(anna, [4])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE plans_painscore SET value = 7.5, id = id WHERE patient_id = %s", [anna.pk])
            cursor.execute("INSERT INTO plans_painscore (id, value) VALUES (%s, 7.5)", [anna.pk])
    except IntegrityError as error:
        said = str(error)
        logging.getLogger("django.request").exception(
            "%s: %s", "Internal Server Error", said, extra={"status_code": 500}
        )
        logging.getLogger("plans").exception("evaluation failed")
    assert PainScore.objects.count() == 1
    first, second = written()
    assert (first["error"], first["message"]) == ("IntegrityError", "django.request 500")
    assert (second["error"], second["message"]) == ("IntegrityError", "evaluation failed")
    assert any("test_logs.py:" in place for place in second["at"])
    assert "7.5" not in str([{**line, "time": ""} for line in written()])
    assert said not in str(written())


def test_a_failing_task_tells_its_name_and_ids_but_not_why_in_words(written):
    @celery.app.task(name="tests.failing", bind=True)
    def failing(self, patient_id):
        logging.getLogger("plans").warning("half way")
        raise ValueError("pain of 9 for Anna Anders")

    try:
        failing.apply(args=["the-patient"])
    finally:
        celery.app.tasks.unregister("tests.failing")
    warned, failed = written()
    assert (warned["task"], warned["message"]) == ("tests.failing", "half way")
    assert failed["error"] == "ValueError"
    assert failed["message"].startswith("task tests.failing")
    assert warned["task_id"] in failed["message"]
    assert "Anna" not in str(written())
    assert "the-patient" not in str(written())


def test_what_an_action_adds_is_kept(written):
    logging.getLogger("plans").warning("mail not sent", extra={"notification": "0190", "attempts": 3})
    (line,) = written()
    assert (line["notification"], line["attempts"], line["level"]) == ("0190", 3, "WARNING")
    assert line["time"].endswith("+00:00")


def test_the_terminal_shows_no_more():
    try:
        raise ValueError("pain of 9 for Anna Anders")
    except ValueError:
        record = logging.getLogger("plans").makeRecord(
            "plans", logging.ERROR, __file__, 1, "failed", (), __import__("sys").exc_info()
        )
    text = logs.PlainFormatter().format(record)
    assert "failed (ValueError)" in text
    assert "test_logs.py:" in text
    assert "Anna" not in text
