"""What the bell sends is what Celery would send."""

import json

import pytest
import redis
from celery import Celery
from celery.exceptions import OperationalError

from accounts.models import new_id
from exercises.actions.bell_messages import sending
from painplan import embedded

TASK = "plans.evaluate_patient"
OWN = {("headers", "id"), ("headers", "root_id"), ("properties", "correlation_id"), ("properties", "delivery_tag")}


@pytest.fixture
def broker(tmp_path):
    server = embedded.start_redis(tmp_path / "redis")
    yield server
    server.stop()


def app_of(url, **options):
    app = Celery("bell", broker=url, set_as_current=False)
    app.conf.task_queues = {"safety": {}, "default": {}}
    app.conf.task_default_queue = "default"
    app.conf.task_routes = {TASK: {"queue": "safety"}}
    app.conf.broker_transport_options = options
    return app


def told(text):
    """The message, its own keys apart."""
    message = json.loads(text)
    keys = {name: message[part].pop(name) for part, name in OWN}
    assert keys["id"] == keys["root_id"] == keys["correlation_id"] != keys["delivery_tag"]
    return message, keys


def test_it_is_the_message_of_celery_about_this_row(broker):
    app = app_of(broker.url)
    send, rows = sending(app), [str(new_id()) for _ in range(2)]
    with redis.Redis.from_url(broker.url) as client:
        for task, queue in ((TASK, "safety"), ("plans.send_mail", "default")):
            for row in rows:
                app.send_task(task, args=[row], retry=False, ignore_result=True)
                send(task, row)
            sent = [told(text) for text in reversed(client.lrange(queue, 0, -1))]
            assert len(sent) == 4
            assert sent[0][0] == sent[1][0] and sent[2][0] == sent[3][0] and sent[0][0] != sent[2][0]
            assert len({key for _message, keys in sent for key in keys.values()}) == 8


def test_a_worker_gets_it(broker):
    app, got = app_of(broker.url), []
    row = str(new_id())
    sending(app)(TASK, row)
    with app.connection_for_read() as connection, connection.SimpleQueue("safety") as queue:
        message = queue.get(timeout=5)
        message.ack()
        got.append((message.headers["task"], message.payload[0], message.payload[1]))
    assert got == [(TASK, [row], {})]


def test_a_broker_that_came_back_is_written_to_at_once(broker, tmp_path):
    send = sending(app_of(broker.url))
    send(TASK, str(new_id()))
    broker.stop()
    with pytest.raises(OperationalError):
        send(TASK, str(new_id()))
    again = embedded.start_redis(tmp_path / "redis", port=broker.port)
    try:
        send(TASK, str(new_id()))
        with redis.Redis.from_url(again.url) as client:
            assert client.llen("safety") == 1
    finally:
        again.stop()


def test_another_broker_is_celerys_own_affair():
    app, row = app_of("memory://"), str(new_id())
    sending(app)(TASK, row)
    with app.connection_for_read() as connection, connection.SimpleQueue("safety") as queue:
        assert queue.get(timeout=1).payload[0] == [row]
