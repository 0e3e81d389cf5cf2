"""The people of `make soak`, played by locust: patients log and read, clinicians look through their inbox and records.

SOAK_PEOPLE names a file with who they are (tests/soak/__main__.py writes it), SOAK_SAID the file for what was measured.
Any answer that a person would not expect counts as a failure: an error, another page, or having to sign in.
"""

import json
import os
import random
import re
import secrets
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, events, task

PEOPLE: dict[str, list[dict[str, Any]]] = json.loads(Path(os.environ["SOAK_PEOPLE"]).read_text())
DAYS_BACK = 13
SIGN_IN = "/sign-in/"
free = {kind: iter(people) for kind, people in PEOPLE.items()}


class Person(FastHttpUser):
    """Somebody who is signed in already. Redirects are not followed: where one leads is part of the answer."""

    abstract = True
    kind = ""

    def on_start(self) -> None:
        self.me = next(free[self.kind])
        self.proof = secrets.token_hex(16)
        self.headers = {
            "Cookie": f"csrftoken={self.proof}; sessionid={self.me['cookie']}",
            "Accept-Language": "en-GB",
            "Accept-Encoding": "gzip",
        }

    def look(self, path: str, name: str, *, code: int = 200) -> str:
        options = {"headers": self.headers, "name": name, "allow_redirects": False, "catch_response": True}
        with self.client.get(path, **options) as answer:
            if answer.status_code != code:
                answer.failure(f"{answer.status_code} {answer.headers and answer.headers.get('Location', '')}")
            return answer.text or ""

    def send(self, path: str, name: str, form: dict[str, str]) -> None:
        form = form | {"csrfmiddlewaretoken": self.proof}
        options = {"headers": self.headers, "name": name, "allow_redirects": False, "catch_response": True}
        with self.client.post(path, data=form, **options) as answer:
            leads = answer.headers.get("Location", "") if answer.headers else ""
            if answer.status_code != 302 or SIGN_IN in leads:
                answer.failure(f"{answer.status_code} {leads}")


class Patient(Person):
    """Half a minute to one and a half between two things that a patient does."""

    kind = "patients"
    wait_time = between(30, 90)

    def on_start(self) -> None:
        super().on_start()
        today = datetime.now(UTC).date()
        self.not_done = [today - timedelta(days=back) for back in range(DAYS_BACK)]

    @task(5)
    def today(self) -> None:
        self.look("/today/", "today")

    @task(5)
    def log_pain(self) -> None:
        self.look("/pain/", "pain form")
        day = datetime.now(UTC).date() - timedelta(days=random.randrange(DAYS_BACK))
        # Few have much pain: one number in forty raises a flag by itself.
        pain = 10 if random.random() < 0.025 else random.choice((2, 3, 3, 3, 4))
        self.send("/pain/", "pain sent", self.form(day) | {"site": self.me["site"], "pain": str(pain)})

    @task(3)
    def log_session(self) -> None:
        if not self.not_done:
            self.look("/progress/", "progress")
            return
        day, site = self.not_done.pop(), uuid.UUID(self.me["site"]).hex
        self.look("/session/quick/", "session form")
        self.send("/session/quick/", "session sent", self.form(day) | {f"before_{site}": "3", f"after_{site}": "3"})

    @task(2)
    def plan(self) -> None:
        self.look("/plan/", "plan")

    @task(2)
    def progress(self) -> None:
        self.look("/progress/", "progress")

    @task(1)
    def messages(self) -> None:
        self.look("/messages/", "messages")

    def form(self, day: date) -> dict[str, str]:
        now = datetime.now(UTC).isoformat()
        return {"entry": str(uuid.uuid4()), "opened": now, "on": day.isoformat(), "time_zone": "UTC"}


class Clinician(Person):
    """Five to fifteen seconds between two pages, and the inbox asks by itself."""

    kind = "clinicians"
    wait_time = between(5, 15)
    fixed_count = len(PEOPLE["clinicians"])

    @task(4)
    def inbox(self) -> None:
        page = self.look("/inbox/", "inbox")
        flags = re.findall(r"/flags/([0-9a-f-]{36})/acknowledge/", page)
        if flags and random.random() < 0.5:
            self.send(f"/flags/{flags[0]}/acknowledge/", "flag seen", {"next": "/inbox/"})

    @task(4)
    def live(self) -> None:
        self.look("/inbox/live/", "inbox, by itself")

    @task(3)
    def caseload(self) -> None:
        self.look("/patients/", "caseload")

    @task(5)
    def record(self) -> None:
        self.look(f"/patients/{random.choice(self.me['patients'])}/", "record")

    @task(1)
    def conversation(self) -> None:
        self.look(f"/patients/{random.choice(self.me['patients'])}/messages/", "messages of a patient")

    @task(1)
    def library(self) -> None:
        self.look("/library/", "library")

    @task(1)
    def reevaluations(self) -> None:
        self.look("/reevaluations/", "re-evaluations")


@events.quitting.add_listener
def tell(environment: Any, **_: Any) -> None:
    """Leave what was measured for the one who started this."""
    total = environment.stats.total
    said = {
        "requests": total.num_requests,
        "failures": total.num_failures,
        "median_ms": total.median_response_time,
        "p95_ms": total.get_response_time_percentile(0.95),
        "most_ms": round(total.max_response_time),
        "errors": [f"{error.occurrences} x {error.name}: {error.error}" for error in environment.stats.errors.values()],
        "pages": {name: entry.num_requests for (name, _method), entry in sorted(environment.stats.entries.items())},
    }
    Path(os.environ["SOAK_SAID"]).write_text(json.dumps(said))
