"""Without Redis, or with one that takes everything and answers nothing: people notice nothing."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from plans.models import Flag
from tests.cast import PASSWORD
from tests.chaos.house import PROCESSES, House, until
from tests.chaos.people import Log, Person, logs_of, make_clinic, make_people, month_of
from tests.chaos.silence import Silence
from tests.chaos.visitor import ask, send_pain, sign_in

# Nobody may wait for a broker. Judged by the clock in `make chaos` alone; this one tells a slow machine from waiting.
HANGS_SECONDS = 45


def may_sign_in(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


@contextlib.contextmanager
def without_redis(house: House, kind: str) -> Iterator[list[object]]:
    house.kill_redis()
    if kind == "absent":
        # Processes that have never seen a Redis.
        house.again("web", "sweep")
        house.wait_for_web()
        yield []
    else:
        with Silence(house.ports["redis"]) as silence:
            yield silence.callers  # type: ignore[misc]
    house.start_redis()


def last_logs(people: list[Person]) -> list[Log]:
    today = timezone.now().date()
    return [log for person in people for log in logs_of(person, rising=False, calm=False, more=0, today=today)[1]]


@pytest.mark.parametrize("kind", ["absent", "silent"])
def test_logging_signing_in_and_the_inbox_work(house, sizes, figures, kind):
    clinic, clinician, _lead = make_clinic("Quiet")
    people = make_people(sizes.silent_patients, clinic=clinic, clinician=clinician)
    month_of(people, timezone.now().date())
    may_sign_in(clinician)
    may_sign_in(people[0].user)
    port = house.ports["web"]
    opened = timezone.now().isoformat()
    with without_redis(house, kind) as callers:
        signed_in, cookies = [], []
        for user in (people[0].user, clinician):
            answer, cookie = sign_in(port, user.email, PASSWORD)
            assert answer.status == 302 and cookie, answer.body[:2000]
            signed_in.append(answer.seconds)
            cookies.append(cookie)
        people[0] = replace(people[0], cookie=cookies[0])
        logged = []
        began = time.monotonic()
        for log in last_logs(people):
            attempts, seconds = send_pain(port, log, reverse("log_pain"), opened)
            assert attempts == 1
            logged.append(seconds)
        patients = [person.patient.pk for person in people]
        flags = Flag.objects.filter(patient_id__in=patients)
        until(lambda: flags.count() == len(people), "the sweep has found everybody", seconds=sizes.patience_seconds)
        found_seconds = time.monotonic() - began
        inbox = ask(port, "GET", reverse("inbox"), cookie=cookies[1])
        assert inbox.status == 200
        assert people[0].patient.full_name in inbox.body
        if kind == "silent":
            assert callers, "somebody has knocked at the silent server"
    figures.note(
        f"Redis {kind}", logs=len(logged), log_max_seconds=max(logged), sign_in_max_seconds=max(signed_in),
        inbox_seconds=inbox.seconds, all_flags_after_seconds=found_seconds,
    )  # fmt: skip
    assert {(flag.patient_id, flag.rule) for flag in flags} == {(patient, "R4") for patient in patients}
    slowest = max(*logged, *signed_in, inbox.seconds)
    assert slowest < HANGS_SECONDS
    if sizes.answer_most_seconds:
        assert max(logged) <= sizes.answer_most_seconds
    assert {name: house.exit_code(name) for name in PROCESSES} == dict.fromkeys(PROCESSES), "nobody gave up"


def test_the_bell_rings_again_when_redis_is_back(house, sizes, figures):
    """The worker finds its way back by itself: nobody sweeps meanwhile."""
    clinic, clinician, _lead = make_clinic("Bell")
    people = make_people(2, clinic=clinic, clinician=clinician)
    month_of(people, timezone.now().date())
    port, opened = house.ports["web"], timezone.now().isoformat()
    house.kill("sweep")
    house.kill_redis()
    lost, heard = last_logs(people)
    send_pain(port, lost, reverse("log_pain"), opened)
    house.start_redis()
    began = time.monotonic()
    send_pain(port, heard, reverse("log_pain"), opened)
    until(
        lambda: Flag.objects.filter(patient=heard.person.patient).exists(),
        "the worker was rung",
        seconds=sizes.patience_seconds,
    )
    figures.note("Redis comes back", flag_by_bell_alone_after_seconds=time.monotonic() - began)
    house.start("sweep")
    until(
        lambda: Flag.objects.filter(patient=lost.person.patient).exists(),
        "the sweep has found what was not rung",
        seconds=sizes.patience_seconds,
    )
