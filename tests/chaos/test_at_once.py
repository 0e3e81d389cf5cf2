"""The same instant: two logs of one patient, and one session that is sent again and again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import new_id
from plans.actions import sessions, watching
from plans.models import Flag, PainScore, PainWatch, PlanEvent, Session, SessionConflict
from tests.cast import make_active_plan
from tests.chaos.figures import share
from tests.chaos.people import ZONE, Log, let_wait, make_clinic, make_people, month_of, write_history
from tests.chaos.test_no_flag_is_missed import send_by_action
from tests.chaos.visitor import ask

THREADS = 32
DAY = timedelta(days=1)
JOIN_SECONDS = 300


def test_two_logs_at_the_same_instant(servers, sizes, figures):
    """Each pair together is the rise that neither is alone; what one evaluation did not see, the sweep has to find."""
    servers.kill("worker", "beat", "sweep")
    today = timezone.now().date()
    clinic, clinician, _lead = make_clinic("Twins")
    people = make_people(sizes.pairs, clinic=clinic, clinician=clinician)
    month_of(people, today)
    write_history(people, [today - 2 * DAY], value=6)
    let_wait(people)
    while watching.sweep(at=timezone.now())["evaluated"]:
        pass
    ids = [person.patient.pk for person in people]
    assert not Flag.objects.filter(patient_id__in=ids).exists()
    together = threading.Barrier(2)

    def one_of_two(first: bool) -> None:
        """Of the first log the bell is heard at once, that of the second is lost. For every other pair the first is
        stored already, and the second comes in the middle of its evaluation: the mark it leaves must not be wiped out.
        """
        try:
            for number, person in enumerate(people):
                log = Log(person, new_id(), today - (0 if first else 1) * DAY, 6)
                before = first and number % 2 == 1
                if before:
                    send_by_action(log)
                together.wait(JOIN_SECONDS)
                if not before:
                    send_by_action(log)
                if first:
                    watching.evaluate_safely(patient_id=person.patient.pk, at=timezone.now())
                together.wait(JOIN_SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(one_of_two, first) for first in (True, False)]:
            each.result()
    while watching.sweep(at=timezone.now())["evaluated"]:
        pass
    found = Flag.objects.filter(patient_id__in=ids, rule="R3").count()
    figures.note("two logs at one instant", patients=len(people), flags=found, missed=len(people) - found)
    assert found == len(people)
    assert Flag.objects.filter(patient_id__in=ids).count() == found
    assert not PainWatch.objects.filter(pk__in=ids, dirty_since__isnull=False).exists()


def one_with_a_plan(name: str):
    clinic, clinician, _lead = make_clinic(name)
    [person] = make_people(1, clinic=clinic, clinician=clinician)
    version = make_active_plan(person.patient, clinician, weekdays=tuple(range(1, 8)), at=timezone.now() - 40 * DAY)
    return person, version


def only_one(person, key) -> None:
    """One session with its scores, one event, one wait for evaluation, and no word of a conflict."""
    session = Session.objects.get(patient=person.patient)
    assert session.pk == key
    assert PlanEvent.objects.filter(patient=person.patient, verb="session logged").count() == 1
    assert not SessionConflict.objects.filter(session=session).exists()
    assert session.logs.count() == len(session.doses)


def test_one_session_sent_by_many_requests_at_once(servers, sizes, figures):
    if not servers.is_up("web"):
        servers.start("web")
    person, _version = one_with_a_plan("Echo")
    servers.wait_for_web()
    key, site, now = new_id(), person.site.pk.hex, timezone.now()
    form = {
        "entry": str(key), "opened": now.isoformat(), "on": now.date().isoformat(), "time_zone": ZONE,
        f"before_{site}": "4", f"after_{site}": "5",
    }  # fmt: skip
    port, path = servers.ports["web"], reverse("quick_log")
    together = threading.Barrier(THREADS)

    def send(count: int) -> list[tuple[int, str, float]]:
        together.wait(JOIN_SECONDS)
        answers = [ask(port, "POST", path, cookie=person.cookie, form=form) for _ in range(count)]
        return [(answer.status, answer.location, answer.seconds) for answer in answers]

    each = -(-sizes.copies_by_web // THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [one for sent in [pool.submit(send, each) for _ in range(THREADS)] for one in sent.result()]
    told = {(status, location) for status, location, _seconds in answers}
    rows = Session.objects.filter(patient=person.patient).count()
    figures.note(
        "one session by many requests", requests=len(answers), rows=rows,
        answer_median_seconds=share([seconds for _, _, seconds in answers], 0.5),
    )  # fmt: skip
    # Everybody is told that it is stored, and led to the same page.
    assert told == {(302, reverse("session_done", args=[key]))}
    only_one(person, key)
    scores = PainScore.objects.filter(patient=person.patient)
    assert sorted(scores.values_list("moment", "value")) == [("after", Decimal(5)), ("daily", Decimal(4))]


def test_one_session_stored_by_many_threads_at_once(servers, sizes, figures):
    person, version = one_with_a_plan("Chorus")
    now = timezone.now()
    given = sessions.SessionInput(
        id=new_id(), started_at=now, finished_at=now, time_zone=ZONE, source="quick",
        scores=[sessions.ScoreInput("before", person.site.pk, Decimal(4))],
        logs=[sessions.LogInput(p.pk, "done") for p in version.prescriptions.all()],
    )  # fmt: skip
    together = threading.Barrier(THREADS)

    def store(count: int) -> int:
        try:
            connection.ensure_connection()
            together.wait(JOIN_SECONDS)
            new = 0
            for _ in range(count):
                recorded = sessions.record_session(
                    patient=person.patient, plan_version=version, given=replace(given), by=person.user,
                    at=timezone.now(),
                )  # fmt: skip
                assert recorded.session.pk == given.id and not recorded.conflict
                new += recorded.new
            return new
        finally:
            connection.close()

    each = -(-sizes.copies_by_action // THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        new = sum(sent.result() for sent in [pool.submit(store, each) for _ in range(THREADS)])
    rows = Session.objects.filter(patient=person.patient).count()
    figures.note("one session by many threads", calls=each * THREADS, threads=THREADS, said_new=new, rows=rows)
    assert new == 1
    only_one(person, given.id)
    assert PainScore.objects.filter(patient=person.patient).count() == 1
