"""A day of use with words that occur nowhere else: none is in a mail, a log, an address, Redis or a file name."""

import logging
import re
import time
from datetime import timedelta
from urllib.parse import unquote

import pytest
import redis
import time_machine
from celery import Celery
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Patient, User, new_id
from exercises.actions import bell
from painplan import embedded
from painplan.checks import routes
from plans import tasks
from plans.actions import scheduled
from plans.models import BodySite, Flag, Goal, JobRun, Message, Note, Notification, PlanVersion, Report, Session
from tests.access_rows import rows_of
from tests.access_world import IDS
from tests.cast import NOON, log_days
from tests.plans.test_patient_logging import session_data

# Each has a place in the record, and no other place in the world.
CANARIES = {
    "name": "Quillfeather", "site": "Kneecanary", "session": "Sessioncanary", "message": "Messagecanary",
    "answer": "Answercanary", "goal": "Goalcanary", "report": "Reportcanary", "note": "Notecanary",
    "why": "Whycanary", "helps": "Helpscanary", "flag": "Flagcanary",
}  # fmt: skip
PATIENT_KEYS = {"patient_id", "flag_id", "plan_id", "version_id", "prescription_id", "reevaluation_id", "note_id"}


class Day:
    """Plays the day and keeps everything that could carry a word out of the house."""

    def __init__(self, capture) -> None:
        self.capture = capture
        self.carried: list[tuple[str, str]] = []  # (where, text)
        self.statuses: set[int] = set()

    def ask(self, client: Client, method: str, url: str, data: dict | None = None, at=NOON):
        with time_machine.travel(at, tick=False), self.capture(execute=True):
            response = getattr(client, method)(url, data or {})
        self.statuses.add(response.status_code)
        self.carried.append(("address", unquote(url)))
        for name, value in response.headers.items():
            self.carried.append((f"header {name} of {url}", unquote(value)))
        self.carried.append((f"cookies of {url}", str(client.cookies)))
        if response.status_code in (400, 403, 404, 405, 500):
            body = b"".join(response.streaming_content) if response.streaming else response.content
            self.carried.append((f"error page {response.status_code} of {url}", body.decode(errors="replace")))
        elif not response.streaming and "html" in response.headers.get("Content-Type", ""):
            self.addresses_in(response.content.decode(), url)
        return response

    def addresses_in(self, page: str, url: str) -> None:
        """What a click on this page would ask for."""
        for link in re.findall(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"', page):
            self.carried.append((f"a link on {url}", unquote(link)))

    def leaks(self) -> list[str]:
        return [
            f"{name} in {where}"
            for where, text in self.carried
            for name, word in CANARIES.items()
            if word.casefold() in text.casefold()
        ]


@pytest.fixture
def broker(tmp_path):
    """A real Redis, which keeps what the bell rings because no worker takes it away."""
    server = embedded.start_redis(tmp_path / "redis")
    yield server.url
    server.stop()


def dump(url: str) -> list[str]:
    """Every key and value in Redis, as text."""
    with redis.Redis.from_url(url) as client:
        found = []
        for key in client.scan_iter("*"):
            found.append(key.decode(errors="replace"))
            kind = client.type(key).decode()
            if kind == "list":
                found += [value.decode(errors="replace") for value in client.lrange(key, 0, -1)]
            elif kind == "set":
                found += [value.decode(errors="replace") for value in client.smembers(key)]
            elif kind == "hash":
                found += [f"{k!r} {v!r}" for k, v in client.hgetall(key).items()]
            elif kind == "zset":
                found += [repr(value) for value in client.zrange(key, 0, -1)]
            else:
                found.append(repr(client.get(key)))
        return found


def test_a_day_of_use_leaves_no_word_outside(
    anna, alice, lena, sink, broker, tmp_path, settings, monkeypatch, caplog, capsys, django_capture_on_commit_callbacks
):
    caplog.set_level(logging.DEBUG)
    settings.MEDIA_ROOT = settings.OUTSIDE_DIR = tmp_path / "files"
    monkeypatch.setattr(bell, "current_app", Celery("day", broker=broker, set_as_current=False))
    day = Day(django_capture_on_commit_callbacks)
    the_record_holds_them(anna, alice)
    rows = rows_of(anna, alice)
    phone, desk, lead = Client(), Client(), Client()
    for client, user in ((phone, anna.user), (desk, alice), (lead, lena)):
        client.force_login(user)
        client.raise_request_exception = False

    the_patient(day, phone, anna)
    the_clinician(day, desk, anna, rows)
    every_page(day, {"patient": phone, "clinical": desk, "staff": desk, "lead": lead, "signed-in": desk}, rows)
    the_lost(day, phone, desk, anna)
    the_clock(day)
    tasks.evaluate_patient(str(anna.pk))

    assert the_words_arrived() == []
    assert {200, 302, 404, 405} <= day.statuses
    assert sink.mails
    for mail in sink.mails:
        day.carried.append(("a mail", mail.as_string() + mail.get_body(("plain",)).get_content()))
    in_redis = until_rung(broker)
    day.carried += [("Redis", text) for text in in_redis]
    day.carried += [("a log", record.getMessage() + str(record.exc_info or "")) for record in caplog.records]
    day.carried += [("standard output", text) for text in capsys.readouterr()]
    day.carried += [("a file name", str(path)) for path in tmp_path.rglob("*")]
    day.carried += [
        ("the ledger of mail", f"{row.key} {row.about} {row.last_error}") for row in Notification.objects.all()
    ]
    day.carried += [("the ledger of jobs", f"{row.name} {row.counts} {row.error}") for row in JobRun.objects.all()]
    for page in ("health_live", "health_ready", "health_safety", "metrics"):
        day.carried.append((page, Client().get(reverse(page)).content.decode()))
    assert caplog.records
    assert day.leaks() == []


def the_record_holds_them(anna: Patient, alice: User) -> None:
    Patient.objects.filter(pk=anna.pk).update(full_name=f"Anna {CANARIES['name']}", name_key="anna")
    User.objects.filter(pk=anna.user_id).update(full_name=f"Anna {CANARIES['name']}")
    BodySite.objects.filter(patient=anna, is_main=True).update(name=CANARIES["site"])
    anna.profile.what_helps = CANARIES["helps"]
    anna.profile.save()
    anna.refresh_from_db()


def the_words_arrived() -> list[str]:
    """Those that the day did not really write down: a search for what was never there proves nothing."""
    stored = " ".join(
        [
            *Session.objects.values_list("note", flat=True),
            *Message.objects.values_list("text", flat=True),
            *Goal.objects.values_list("text", flat=True),
            *Report.objects.values_list("note", flat=True),
            *Note.objects.values_list("text", flat=True),
            *PlanVersion.objects.values_list("why", flat=True),
            *Flag.objects.values_list("note", flat=True),
            *Patient.objects.values_list("full_name", flat=True),
            *Patient.objects.values_list("profile__what_helps", flat=True),
            *BodySite.objects.values_list("name", flat=True),
        ]
    )
    return [word for word in CANARIES.values() if word not in stored]


def the_patient(day: Day, phone: Client, anna: Patient) -> None:
    version = anna.plans.get(status="active").active_version
    data = session_data(phone, anna, version, note=CANARIES["session"], again="on")
    answer = day.ask(phone, "post", reverse("log_session"), data, at=NOON + timedelta(minutes=3))
    assert answer.status_code == 302, answer.context["form"].errors
    day.ask(phone, "post", reverse("messages"), {"entry": str(new_id()), "text": CANARIES["message"]})
    day.ask(phone, "post", reverse("new_goal"), {"text": CANARIES["goal"]})
    log_days(anna, [9])


def the_clinician(day: Day, desk: Client, anna: Patient, rows: dict) -> None:
    notes, words = reverse("patient_notes", args=[anna.pk]), reverse("patient_messages", args=[anna.pk])
    day.ask(desk, "post", notes, {"entry": str(new_id()), "text": CANARIES["note"], "who": "shared"})
    shown = list(Message.objects.values_list("pk", flat=True))
    day.ask(desk, "post", words, {"entry": str(new_id()), "text": CANARIES["answer"], "shown": shown})
    Flag.objects.filter(pk=rows["flag"].pk).update(note=CANARIES["flag"])
    PlanVersion.objects.filter(pk=rows["draft"].pk).update(why=CANARIES["why"])
    Report.objects.create(
        patient=anna, kind="safety", answers=["fall-injury"], note=CANARIES["report"], occurred_at=NOON,
        local_date=NOON.date(), time_zone="Europe/London", received_at=NOON, source="quick", recorded_by=anna.user,
    )  # fmt: skip


def every_page(day: Day, browsers: dict[str, Client], rows: dict) -> None:
    """Read once, and sent to with nothing in it: side panels, papers, exports, error pages."""
    for route in routes(get_resolver()):
        client = browsers.get(route.policy)
        if client is None or route.namespace or route.name in ("logout", "leave", "choose_clinic"):
            continue
        given = rows | ({"prescription": rows["active_prescription"]} if client is browsers["patient"] else {})
        keys = {key: given[IDS[key]].pk for key in route.keys if IDS.get(key) in given}
        if keys.keys() == set(route.keys):
            day.ask(client, "get", reverse(route.name, kwargs=keys))


def the_lost(day: Day, phone: Client, desk: Client, anna: Patient) -> None:
    """Wrong ways in: nothing that was typed may come back on an error page."""
    words = dict(CANARIES)
    day.ask(phone, "post", reverse("patient", args=[anna.pk]), words)
    day.ask(desk, "post", reverse("today"), words)
    day.ask(desk, "post", "/nowhere/", words)
    day.ask(desk, "delete", reverse("patient_notes", args=[anna.pk]))
    day.ask(desk, "post", reverse("patient_add"), {"full_name": CANARIES["name"]})


def the_clock(day: Day) -> None:
    later = NOON + timedelta(hours=3)
    for name in (scheduled.TELL, scheduled.ESCALATE, scheduled.REMIND, scheduled.REMIND_PATIENTS, scheduled.SEAL):
        with day.capture(execute=True):
            scheduled.run(name, clock=lambda: later)
    for moment in (later, later + timedelta(days=1), later + timedelta(days=4)):
        scheduled.run(scheduled.TELL, clock=lambda moment=moment: moment)
        scheduled.run(scheduled.SEND, clock=lambda moment=moment: moment)


def until_rung(broker: str) -> list[str]:
    """What Redis holds once the bell has rung; it has a thread of its own."""
    for _ in range(600):
        found = dump(broker)
        if bell._waiting.empty() and any("plans.evaluate_patient" in text for text in found):
            return found
        time.sleep(0.1)
    raise AssertionError("the bell did not ring")


def test_the_search_would_find_a_leak(anna, annas_plan, django_capture_on_commit_callbacks):
    """The same search, with a word in a place where it must not be."""
    day = Day(django_capture_on_commit_callbacks)
    client = Client()
    client.force_login(anna.user)
    day.ask(client, "get", f"/nowhere/?q={CANARIES['message']}")
    assert day.leaks() == [f"message in {day.carried[0][0]}"]
    day.addresses_in('<a href="/patients/?name=Quillfeather">', "/a/")
    assert day.leaks()[-1] == "name in a link on /a/"
