"""The product's web server at another time, on the same database: for nights and days that the calendar has rarely."""

import contextlib
import http.client
import signal
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from painplan.processes import start_child, stop_child
from tests.browser.stack import READY_SECONDS, ROOT, WEB, Stack, until

TRAVEL = """
import sys, time_machine
time_machine.travel(sys.argv.pop(1), tick=True).start()
from gunicorn.app.wsgiapp import run
run()
"""


@contextlib.contextmanager
def web_at(stack: Stack, moment: datetime, port: int) -> Iterator[str]:
    """A web server whose clock showed that moment when it started; gives its address."""
    command = [sys.executable, "-c", TRAVEL, moment.isoformat(), *WEB[2:], "--bind", f"127.0.0.1:{port}"]
    child = start_child(command, log=stack.folder / "elsewhen.log", env=stack.environ, cwd=ROOT)
    try:
        until(lambda: _answers(port), "the web server of another time answers", seconds=READY_SECONDS)
        yield f"http://localhost:{port}"
    finally:
        stop_child(child, [signal.SIGTERM], wait_seconds=10)


def last_change_of_clocks(zone: ZoneInfo, before: datetime) -> datetime:
    """The last local midnight, at least three days before that moment, of a day that has not 24 hours."""
    day = before.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
    while day.utcoffset() == (day + timedelta(days=1)).utcoffset():
        day -= timedelta(days=1)
    return day


def _answers(port: int) -> bool:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
    return False
