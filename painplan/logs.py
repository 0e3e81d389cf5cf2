"""Logs that a machine reads: one JSON object a line, with the ids of request and task, and no word about anybody.

What people wrote and what rows hold can reach a log through the text of an exception (PostgreSQL repeats the row that
it refuses) or through an address. So of an exception only its class and the places in the code are logged, never its
text, and of a request its route, never its path. Django's and Celery's own lines about both are said anew.
"""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from celery import current_task
from django.http import HttpRequest
from django.http.response import HttpResponseBase

REQUEST_ID = ContextVar("request_id", default="")
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
# Their arguments hold paths, texts of exceptions or arguments of tasks; their format strings are enough.
WITHOUT_ARGUMENTS = ("django.request", "django.security", "django.db", "django.server", "celery.app.trace")
ORDINARY = {*vars(logging.makeLogRecord({})), "message", "asctime", "request", "data"}
FRAMES = 12

logger = logging.getLogger("painplan.request")
Ask = Callable[[HttpRequest], HttpResponseBase]


class JsonFormatter(logging.Formatter):
    """time, level, logger, message, request_id, task, task_id, what `extra` gave, and where an error happened."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        # Django writes some lines when the middleware has gone already; they bring the request with them.
        if request_id := REQUEST_ID.get() or getattr(getattr(record, "request", None), "request_id", ""):
            line["request_id"] = request_id
        task = current_task
        if task and task.request.id:
            line |= {"task": task.name, "task_id": task.request.id}
        line |= {name: value for name, value in vars(record).items() if name not in ORDINARY}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "at": places(record.exc_info[2])}
        return json.dumps(line, default=str)


class PlainFormatter(logging.Formatter):
    """For a terminal: the same care with less to read. Errors show their places, not their text."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        line = f"{when} {record.levelname} {record.name} {message_of(record)}"
        if record.exc_info and record.exc_info[0]:
            line += f" ({record.exc_info[0].__name__})\n  " + "\n  ".join(places(record.exc_info[2]))
        return line


def message_of(record: logging.LogRecord) -> str:
    if record.name == "celery.app.trace":
        data = getattr(record, "data", None) or {}
        known = {name: data[name] for name in ("name", "id") if name in data}
        return " ".join(["task", *(str(value) for value in known.values()), record.levelname.lower()])
    if record.name.startswith(WITHOUT_ARGUMENTS):
        status = getattr(record, "status_code", None)
        return f"{record.name} {status or ''}".strip()
    return record.getMessage()


def places(trace: Any) -> list[str]:
    """ "file:line function" of the innermost frames; no code, no values."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class RequestLogMiddleware:
    """Gives each request an id, tells it in X-Request-ID, and logs one line when it is answered.

    An id that a proxy gave is kept, so that its log and ours can be laid side by side.
    """

    def __init__(self, get_response: Ask) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        token = REQUEST_ID.set(request_id)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            match = request.resolver_match
            refused = {"user": staff} if response.status_code in REFUSALS and (staff := _staff_behind(request)) else {}
            logger.info(
                "answered",
                extra={
                    "method": request.method if request.method in KNOWN_METHODS else "other",
                    "route": match.view_name if match else "",
                    "status": response.status_code,
                    "milliseconds": round(1000 * (time.perf_counter() - began), 1),
                    **refused,
                },
            )
            return response
        finally:
            REQUEST_ID.reset(token)


def _staff_behind(request: HttpRequest) -> str:
    """The id of the member of staff who asked; of a patient the log says nothing."""
    actor = getattr(request, "actor", None)
    return str(actor.user.pk) if actor is not None and actor.is_staff else ""


REFUSALS = frozenset({403, 404, 429})
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
