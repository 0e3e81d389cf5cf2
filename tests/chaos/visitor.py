"""Somebody at a browser, as far as the server can tell: forms are sent until they were taken."""

import http.client
import secrets
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from painplan.processes import LOOPBACK
from tests.chaos.people import ZONE, Log

GIVE_UP_SECONDS = 120
PAUSE_SECONDS = 0.25
SIGN_IN = "/sign-in/"
_here = threading.local()


@dataclass(frozen=True)
class Answer:
    """Status (0: nobody answered), where it leads, the page, and how long it took."""

    status: int
    location: str
    body: str
    seconds: float


def ask(port: int, method: str, path: str, *, cookie: str = "", form: dict[str, str] | None = None) -> Answer:
    """One request on this thread's own connection; status 0 when the server did not answer."""
    proof = secrets.token_hex(16)
    cookies = f"csrftoken={proof}" + (f"; sessionid={cookie}" if cookie else "")
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en-GB"}
    body = urlencode({**form, "csrfmiddlewaretoken": proof}) if form is not None else None
    began = time.monotonic()
    kept: http.client.HTTPConnection | None = getattr(_here, "connection", None)
    # As a browser does: a connection that the server has closed meanwhile is opened anew.
    for connection in (kept, http.client.HTTPConnection(LOOPBACK, port, timeout=60)):
        if connection is None or connection.port != port:
            continue
        try:
            connection.request(method, path, body=body, headers=headers)
            reply = connection.getresponse()
            text = reply.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            connection.close()
            continue
        _here.connection = connection
        _here.cookies = reply.headers.get_all("Set-Cookie", [])
        return Answer(reply.status, reply.headers.get("Location", ""), text, time.monotonic() - began)
    _here.connection = None
    return Answer(0, "", "", time.monotonic() - began)


def sign_in(port: int, email: str, password: str) -> tuple[Answer, str]:
    """By the form; the cookie of the session, empty when it did not work."""
    answer = ask(port, "POST", SIGN_IN, form={"login": email, "password": password})
    for line in _here.cookies if answer.status else []:
        if line.startswith("sessionid="):
            return answer, line.split(";")[0].removeprefix("sessionid=")
    return answer, ""


def send_pain(port: int, log: Log, path: str, opened: str) -> tuple[int, float]:
    """Send it as often as it takes, as a browser's owner would; (attempts, seconds of the last one)."""
    form = {
        "entry": str(log.id), "opened": opened, "on": log.day.isoformat(), "time_zone": ZONE,
        "site": str(log.person.site.pk), "pain": str(log.value),
    }  # fmt: skip
    give_up = time.monotonic() + GIVE_UP_SECONDS
    attempts = 0
    while True:
        attempts += 1
        answer = ask(port, "POST", path, cookie=log.person.cookie, form=form)
        if answer.status == 302:
            assert SIGN_IN not in answer.location, "was signed out"
            return attempts, answer.seconds
        assert answer.status in (0, 500, 502, 503), f"{answer.status}: {answer.body[:3000]}"
        assert time.monotonic() < give_up, f"nobody took the log: {answer.status} {answer.body[:2000]}"
        time.sleep(PAUSE_SECONDS)
