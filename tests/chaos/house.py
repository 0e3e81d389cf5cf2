"""The product as real processes that can be killed and started again one by one: a supervisor of its own.

Unlike the demo's supervisor, which stops everything when one process dies, this one leaves the others alone. PostgreSQL
runs with all its durability, because what was stored before it was killed has to be there afterwards. Everything
listens on the loopback interface alone, on ports below those that the system hands out by itself: the port of a server
that is away for a moment must not be given to somebody else.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from painplan import embedded
from painplan import engine as engine_files
from painplan.demo import UNUSED_ASSETS
from painplan.processes import LOOPBACK, EmbeddedError, start_child, stop_child
from tests import template
from tests.asking import asked
from tests.browser.stack import WEB, WORKER

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "painplan_chaos"
BEAT = ["-m", "celery", "--quiet", "--app", "painplan", "beat", "--loglevel", "WARNING", "--pidfile="]
PROCESSES = ("web", "worker", "beat", "sweep")
START_SECONDS = 120
EXIT_SECONDS = 120
LOOK_AGAIN_SECONDS = 0.1


class House:
    """PostgreSQL, Redis, web, worker, beat and sweep, each with a name; `environ` is what the last four are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: steady_port() for name in ("postgres", "redis", "web")}
        self.engine: embedded.Postgres
        self.redis: embedded.Redis | None = None
        self.environ: dict[str, str] = {}
        self.sweep_every_seconds: float = 5
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def build(self) -> None:
        """Start the two servers, lay out the database, collect the static files. Starts none of the processes."""
        self.start_redis()
        assert self.redis is not None
        self.environ = {
            **os.environ,
            "PAINPLAN_DEMO": "1",
            "PAINPLAN_VAR": str(self.folder),
            "REDIS_URL": self.redis.url,
            "LOG_LEVEL": "WARNING",
            # All of them come from one address.
            "PAINPLAN_SIGN_INS_PER_MINUTE": "100000",
        }
        self.environ.pop("PAINPLAN_DEV", None)
        ignored = [f"--ignore={pattern}" for pattern in UNUSED_ASSETS]
        static = start_child(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0", *ignored],
            log=self.folder / "static.log", env=self.environ, cwd=ROOT,
        )  # fmt: skip
        self.start_postgres()
        self.environ["DATABASE_URL"] = self.engine.url(DATABASE)
        template.build(self.engine)
        embedded.clone_database(self.engine, template.NAME, DATABASE)
        assert static.wait(START_SECONDS) == 0, self.said("static")

    @property
    def database_url(self) -> str:
        return self.engine.url(DATABASE)

    def start_postgres(self) -> None:
        """Start the server on its data, whether it was stopped or killed."""
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                self.engine = embedded.start_postgres(self.folder / "postgres", port=self.ports["postgres"])
                break
            except EmbeddedError:
                # Children of a server that was killed hold its memory for another moment.
                if time.monotonic() > give_up:
                    raise
                time.sleep(LOOK_AGAIN_SECONDS)
        origin = engine_files.data_folder((self.folder / "postgres").resolve()).parent / "origin"
        if origin.exists():  # a run that is killed leaves nothing for good
            origin.write_text(f"{self.folder}\nthrow-away\n")

    def restart_postgres(self, *, hard: bool) -> None:
        """Kill it, or let it roll back and close; then start it again on the same data."""
        process = self.engine.process
        process.send_signal(signal.SIGKILL if hard else signal.SIGINT)
        process.wait(EXIT_SECONDS)
        self.start_postgres()

    def start_redis(self) -> None:
        self.redis = embedded.start_redis(self.folder / "redis", port=self.ports["redis"])

    def kill_redis(self) -> None:
        """Kill it; it keeps nothing, so every message that it held is gone."""
        if self.redis is not None:
            self.redis.process.kill()
            self.redis.process.wait(EXIT_SECONDS)
            self.redis = None

    def command(self, name: str) -> list[str]:
        return {
            "web": [*WEB, "--bind", f"{LOOPBACK}:{self.ports['web']}"],
            "worker": WORKER,
            "beat": [*BEAT, "--schedule", str(self.folder / f"{name}-schedule")],
            "sweep": ["manage.py", "safety_sweep", "--every", str(self.sweep_every_seconds)],
        }[name.split("-")[0]]

    def start(self, *names: str, **changed: str) -> None:
        """Start processes: web, worker, beat, sweep; "beat-2" is another beat. `changed` are environment variables."""
        for name in names:
            command = [sys.executable, *self.command(name)]
            environ = {**self.environ, **changed}
            self._children[name] = start_child(command, log=self.folder / f"{name}.log", env=environ, cwd=ROOT)

    def again(self, *names: str, **changed: str) -> None:
        """Killed, and started at once."""
        self.kill(*names)
        self.start(*names, **changed)

    def kill(self, *names: str) -> None:
        """SIGKILL for the process and all its children: nobody can tidy up."""
        for name in names:
            child = self._children.pop(name, None)
            if child is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait(EXIT_SECONDS)

    def end(self, *names: str) -> dict[str, int]:
        """SIGTERM for all of them at once; their exit codes. Negative: a signal ended it."""
        children = {name: self._children.pop(name) for name in names if name in self._children}
        for child in children.values():
            child.send_signal(signal.SIGTERM)
        for child in children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(EXIT_SECONDS)
            stop_child(child, [], wait_seconds=0)
        return {name: child.returncode for name, child in children.items()}

    def is_up(self, name: str) -> bool:
        return name in self._children and self._children[name].poll() is None

    def exit_code(self, name: str) -> int | None:
        """None while it runs."""
        return self._children[name].poll()

    def all_up(self) -> None:
        """Whatever a scenario left behind: everything runs again, and the web answers."""
        if self.redis is None:
            self.start_redis()
        for name in PROCESSES:
            if not self.is_up(name):
                self.start(name)
        self.wait_for_web()
        until(lambda: all(self.heeds_sigterm(name) for name in PROCESSES), "every process is ready to be asked to stop")

    def heeds_sigterm(self, name: str) -> bool:
        """Whether the process has come so far that it tidies up when it is asked to stop (Linux: caught signals)."""
        assert self.is_up(name), f"{name} gave up by itself ({self.exit_code(name)}): {self.said(name)[-3000:]}"
        status = Path(f"/proc/{self._children[name].pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)

    def wait_for_web(self) -> None:
        until(lambda: self.asked("/health/ready")[0] == 200, f"the web answers: {self.said('web')[-2000:]}")

    def asked(self, path: str) -> tuple[int, str]:
        """Status and body of a page that needs no login; status 0 while nobody answers."""
        return asked(self.ports["web"], path)

    def safety(self) -> dict[str, Any]:
        """What /health/safety tells monitors; its status code stands under "code"."""
        code, body = self.asked("/health/safety")
        facts: dict[str, Any] = json.loads(body) if code else {}
        return facts | {"code": code}

    def said(self, name: str) -> str:
        """The log of one process."""
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def pull_down(self) -> None:
        """End everything and throw the data away."""
        self.kill(*list(self._children))
        if self.redis is not None:
            self.redis.stop()
        stop_child(self.engine.process, [signal.SIGQUIT], wait_seconds=EXIT_SECONDS)
        embedded.remove_data(self.folder / "postgres")


def steady_port() -> int:
    """A free TCP port on the loopback interface from a range that the system gives to nobody by itself."""
    while True:
        port = random.randint(21_000, 31_999)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port


def until(
    holds: Callable[[], object], what: str, *, seconds: float = START_SECONDS, tell: Callable[[], str] = str
) -> None:
    """Look again and again until it is so; when it never is, `tell` gives what is known of it."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"after {seconds:g} s it is still not so that {what}\n{tell()}"
        time.sleep(LOOK_AGAIN_SECONDS)


@contextlib.contextmanager
def built(kind: type[House] = House) -> Iterator[House]:
    """A house whose servers run and whose processes do not yet."""
    folder = Path(tempfile.mkdtemp(prefix="painplan-chaos-"))
    house = kind(folder)
    try:
        house.build()
        yield house
    finally:
        if hasattr(house, "engine"):
            house.pull_down()
        shutil.rmtree(folder, ignore_errors=True)
