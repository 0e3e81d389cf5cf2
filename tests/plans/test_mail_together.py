"""Two senders at the same instant, each with its own connection: every mail goes out once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Clinic
from plans.actions import notifications
from plans.models import Notification
from tests.cast import NOON, make_member

pytestmark = pytest.mark.committed


def owed(count: int) -> list[Notification]:
    clinic = Clinic.objects.create(name="Pier Clinic", slug="pier", emergency_text="Call 999.")
    people = [make_member(f"Pia {number}", clinic) for number in range(count)]
    return [
        notifications.owe(key=f"k{n}", recipient=who, kind="other", at=NOON, send_after=NOON)[0]
        for n, who in enumerate(people)
    ]


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def body() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    return thread


def test_what_another_sender_holds_is_left_to_it(committed_db, sink):
    first, second = owed(2)
    with transaction.atomic():
        Notification.objects.select_for_update().get(pk=first.pk)
        other = in_thread(lambda: notifications.send_due(at=NOON))
        other.join(timeout=120)
        assert not other.is_alive(), "it does not wait"
        assert sink.ids() == [second.message_id]
    notifications.send_due(at=NOON)
    assert sorted(sink.ids()) == sorted([first.message_id, second.message_id])


def test_two_senders_send_each_mail_once(committed_db, sink):
    rows = owed(30)
    both = [in_thread(lambda: notifications.send_due(at=NOON)) for _ in range(2)]
    for thread in both:
        thread.join(timeout=120)
    assert sorted(sink.ids()) == sorted(row.message_id for row in rows)
    assert Notification.objects.filter(sent_at=NOON).count() == 30


def test_four_who_owe_the_same_owe_it_once(committed_db, sink):
    (row,) = owed(1)

    def owe() -> None:
        notifications.owe(
            key="the same", recipient=row.recipient, kind="other", at=NOON, send_after=NOON + timedelta(days=1)
        )

    for thread in [in_thread(owe) for _ in range(4)]:
        thread.join(timeout=120)
    assert Notification.objects.filter(key="the same").count() == 1
