"""The running product for the browser tests: web, worker and sweep as real processes on a seeded database."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from painplan import embedded
from painplan.demo import UNUSED_ASSETS
from painplan.processes import free_port, start_child, stop_child
from tests.asking import asked

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "painplan_browser"
READY_SECONDS = 180
COMMAND_SECONDS = 300
LOOK_AGAIN_SECONDS = 0.1
WEB = ["-m", "gunicorn", "painplan.wsgi", "--worker-class", "gthread", "--workers", "1", "--threads", "8"]
WEB += ["--graceful-timeout", "3", "--log-level", "warning", "--no-control-socket"]
WORKER = ["-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "--app", "painplan", "worker"]
WORKER += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
SWEEP = ["manage.py", "safety_sweep", "--every", "5"]


class Stack:
    """A running Painplan: where it answers, its database as the application sees it, its processes by name."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder, self.environ = folder, environ
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.database_url = environ["DATABASE_URL"]
        self._commands = {"web": [*WEB, "--bind", f"127.0.0.1:{self.port}"], "worker": WORKER, "sweep": SWEEP}
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        log = self.folder / f"{name}.log"
        command = [sys.executable, *self._commands[name]]
        self._children[name] = start_child(command, log=log, env=self.environ, cwd=ROOT)

    def stop(self, name: str) -> None:
        stop_child(self._children[name], [signal.SIGTERM], wait_seconds=30)

    @contextlib.contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """The product with these processes stopped, to see what the others do alone."""
        for name in names:
            self.stop(name)
        try:
            yield
        finally:
            for name in names:
                self.start(name)

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command to its end against this product; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
        )
        assert done.returncode == 0, f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def asked(self, path: str) -> tuple[int, str]:
        """Status and body of a page that needs no login; status 0 while nobody answers."""
        return asked(self.port, path)

    def safety(self) -> dict[str, Any]:
        """What /health/safety tells monitors."""
        facts: dict[str, Any] = json.loads(self.asked("/health/safety")[1])
        return facts

    def nothing_waits(self, *, seconds: float = 120) -> None:
        """Wait until everything that was logged has been evaluated."""
        until(lambda: self.safety()["waiting"] == 0, "all logs are evaluated", seconds=seconds)

    def said(self, name: str) -> str:
        """The log of one process, for the message of a failed test."""
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def quit(self) -> None:
        for name in reversed(self._children):
            self.stop(name)


def until(holds: Callable[[], object], what: str, *, seconds: float) -> None:
    """Look again and again until it is so."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"after {seconds:g} s it is still not so that {what}"
        time.sleep(LOOK_AGAIN_SECONDS)


@contextlib.contextmanager
def running(engine: embedded.Postgres, template: str) -> Iterator[Stack]:
    """Web, worker and sweep on a small seeded clinic, with a Redis and a database of their own."""
    folder = Path(tempfile.mkdtemp(prefix="painplan-browser-"))
    with contextlib.ExitStack() as closing:
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        embedded.clone_database(engine, template, DATABASE)
        closing.callback(embedded.drop_database, engine, DATABASE)
        redis = embedded.start_redis(folder / "redis")
        closing.callback(redis.stop)
        environ = {
            **os.environ,
            "PAINPLAN_DEMO": "1",
            "PAINPLAN_VAR": str(folder),
            "DATABASE_URL": engine.url(DATABASE),
            "REDIS_URL": redis.url,
            "LOG_LEVEL": "WARNING",
            # All of them come from one address.
            "PAINPLAN_SIGN_INS_PER_MINUTE": "1000",
        }
        environ.pop("PAINPLAN_DEV", None)
        stack = Stack(folder, environ)
        stack.manage("collectstatic", "--noinput", "-v0", *(f"--ignore={pattern}" for pattern in UNUSED_ASSETS))
        stack.manage("seed_demo", "--once", "--patients", "24", "--days", "60")
        closing.callback(stack.quit)
        for name in ("web", "worker", "sweep"):
            stack.start(name)
        try:
            until(lambda: stack.asked("/health/ready")[0] == 200, "the web server answers", seconds=READY_SECONDS)
        except AssertionError as late:
            raise AssertionError(f"{late}:\n{stack.said('web')}") from late
        yield stack
