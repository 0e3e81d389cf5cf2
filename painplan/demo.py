"""The program behind `make run`: everything Painplan needs, started in order and stopped together.

    python -m painplan.demo [--remove]

Environment: PORT (8000); PAINPLAN_VAR, the folder for all state (var/); DATABASE_URL with
DATABASE_OWNER_URL, and REDIS_URL, to use servers that run already. No Django here: manage.py does the
work in processes of its own.
"""

import argparse
import contextlib
import errno
import fcntl
import hashlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from painplan import embedded, engine
from painplan.processes import (
    EmbeddedError,
    adopt_orphans,
    end_orphans,
    last_line,
    start_child,
    stop_child,
)

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "painplan"
STEPS = 8
READY_SECONDS = 60
# Variants that no page uses; compressing them takes longer than all the rest together.
UNUSED_ASSETS = ["bootstrap-*", "*.rtl.*", "bootstrap.css", "bootstrap.css.map", "htmx-4*", "htmax-4*"]
UNUSED_ASSETS += ["jquery.js", "xregexp.js", "select2.full.js"]
LOGINS = ("clinician", "lead", "curator", "curator2", "patient")
PASSWORD = "painplan-demo"  # nosec B105  # demo mode only, and printed


class Stopped(BaseException):
    """Somebody asked us to stop, by Ctrl-C or a signal."""


def say(text: str = "", *, end: str = "\n") -> None:
    with contextlib.suppress(OSError):  # the reader of our output may be gone; stopping cleanly goes on
        sys.stdout.write(text + end)
        sys.stdout.flush()


class Steps:
    """Numbered lines with the time that each step took; on a terminal the clock runs meanwhile."""

    def __init__(self) -> None:
        self.number = 0
        self.what = ""
        self.began = 0.0

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[None]:
        self.number, self.what, self.began = self.number + 1, what, time.monotonic()
        say(self.line(), end="")
        try:
            yield
        except BaseException:
            say()
            raise
        again = "\r" + self.line() if sys.stdout.isatty() else ""
        say(f"{again}{time.monotonic() - self.began:.1f} s")

    def line(self) -> str:
        return f"[{self.number}/{STEPS}] {self.what} ... "

    def tick(self) -> None:
        if sys.stdout.isatty():
            say(f"\r{self.line()}{time.monotonic() - self.began:.0f} s ", end="")


def chosen_port(text: str) -> int:
    """The port to serve on, after making sure that localhost is free there. Raises EmbeddedError."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT={text} is not a port: give a number from 1024 to 65535, such as PORT=8123.")
    port = int(text)
    for address in addresses():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as problem:
                if problem.errno == errno.EADDRINUSE:
                    raise EmbeddedError(
                        f"Port {port} is taken by another program: stop that one, or choose another port,"
                        f" for example PORT={port + 123 if port < 65000 else 8123} make run."
                    ) from problem
                raise EmbeddedError(f"Port {port} cannot be used: {problem.strerror}.") from problem
    return port


def addresses() -> list[str]:
    """What "localhost" may mean here: always 127.0.0.1, and ::1 where the machine has it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return ["127.0.0.1", "::1"]
    return ["127.0.0.1"]


def hold(var: Path) -> IO[str]:
    """Make the state folder ours alone for as long as the returned file stays open. Raises EmbeddedError."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = (var / "demo.lock").open("a+")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise EmbeddedError(f"The demo already runs with the state in {var}: stop that one first.") from problem
    except OSError as problem:
        raise EmbeddedError(f"The folder {var} cannot be written to: {problem.strerror}.") from problem
    return lock


def secret_key(var: Path) -> str:
    """Generated once, so that who is signed in stays so over a restart."""
    file = var / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(60))
    return file.read_text()


def manage(steps: Steps, environ: Mapping[str, str], var: Path, *arguments: str) -> None:
    """Run one manage.py command to its end; what it prints goes to var/log. Raises EmbeddedError."""
    log = var / "log" / f"{arguments[0]}.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    child = start_child([sys.executable, "manage.py", *arguments], log=log, env=environ, cwd=ROOT)
    try:
        while child.poll() is None:
            time.sleep(0.05)
            steps.tick()
    finally:
        stop_child(child, [signal.SIGTERM], wait_seconds=5)
    if child.returncode:
        why = last_line(log).rstrip(".")
        words = f"manage.py {' '.join(arguments)} failed: {why} (all of it: {log})."
        if arguments[0] == "migrate":
            words += " Data of an older demo that nobody needs any more is removed by `make clean-demo`."
        raise EmbeddedError(words)


def state_of(*names: str) -> str:
    """Changes when a file of the repository with one of these names, or below one of these folders, does."""
    digest = hashlib.sha256()
    for name in names:
        for file in sorted({ROOT / name, *(ROOT / name).rglob("*")}):
            if file.is_file() and "__pycache__" not in file.parts:
                about = file.stat()
                digest.update(f"{file.relative_to(ROOT)} {about.st_mtime_ns} {about.st_size}\n".encode())
    return digest.hexdigest()


def collect_static(steps: Steps, environ: Mapping[str, str], var: Path) -> None:
    """Collect and compress styles, scripts and fonts, unless nothing changed since the last time."""
    wanted = state_of("static", "requirements.lock", "package-lock.json")
    stamp = var / "static.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(var / "static", ignore_errors=True)
    ignored = [f"--ignore={pattern}" for pattern in UNUSED_ASSETS]
    manage(steps, environ, var, "collectstatic", "--noinput", "--verbosity", "0", *ignored)
    stamp.write_text(wanted)


def wait_until_it_answers(port: int, supervisor: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and supervisor.poll() is None:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(asked), contextlib.suppress(OSError, http.client.HTTPException):
            asked.request("GET", "/health/live")
            if asked.getresponse().status == http.client.OK:
                return
        time.sleep(0.1)
    if supervisor.poll() is None:
        raise EmbeddedError(f"Painplan did not answer within {READY_SECONDS} seconds; the lines above say why.")
    raise EmbeddedError("Painplan did not start; the lines above say why.")


def leave_settings(var: Path, environ: Mapping[str, str]) -> Path:
    """Write var/demo.env, with which `manage.py` in this checkout speaks to the running demo."""
    file = var / "demo.env"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    names = ("PAINPLAN_DEMO", "PAINPLAN_VAR", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PAINPLAN_FIGURES")
    file.write_text("".join(f"{name}={environ[name]}\n" for name in names))
    return file


def serve(port: int, var: Path, stack: contextlib.ExitStack) -> None:
    """Bring everything up, say where it is, and stay until one process ends or we are asked to stop."""
    steps = Steps()
    environ = {**os.environ, "PAINPLAN_DEMO": "1", "PAINPLAN_VAR": str(var), "SECRET_KEY": secret_key(var)}
    # What is drawn is the same in every demo of this checkout.
    environ.setdefault("PAINPLAN_FIGURES", str(ROOT / "var" / "figures"))
    environ.setdefault("PAINPLAN_REQUIRE_MFA", "0")  # the people of the demo have no telephone; every page says so
    environ |= {"PYTHONUNBUFFERED": "1", "PAINPLAN_PYTHON": sys.executable}
    environ["PAINPLAN_BIND"] = " ".join(
        f"--bind {f'[{address}]' if ':' in address else address}:{port}" for address in addresses()
    )
    postgres = None
    with steps.step("PostgreSQL"):
        if not environ.get("DATABASE_URL"):
            postgres = embedded.start_postgres(var / "postgres")
            stack.callback(postgres.stop)
            embedded.prepare_roles(postgres, DATABASE)
            environ["DATABASE_URL"] = postgres.url(DATABASE)
            environ["DATABASE_OWNER_URL"] = postgres.url(DATABASE, embedded.OWNER_ROLE)
    with steps.step("Redis"):
        if not environ.get("REDIS_URL"):
            redis = embedded.start_redis(var / "redis")
            stack.callback(redis.stop)
            environ["REDIS_URL"] = redis.url
    stack.callback(leave_settings(var, environ).unlink, missing_ok=True)
    owner = environ | {"DATABASE_URL": environ.get("DATABASE_OWNER_URL") or environ["DATABASE_URL"]}
    with steps.step("Styles and scripts"):
        collect_static(steps, environ, var)
    # Starting Django three times takes seconds, so a database that has been through it is left as it is.
    wanted = state_of("requirements.lock", "painplan", "accounts", "exercises", "plans")
    prepared = postgres is not None and embedded.read_note(postgres, DATABASE) == wanted
    with steps.step("Tables"):
        if not prepared:
            manage(steps, owner, var, "migrate", "--noinput", "--verbosity", "0")
    with steps.step("Exercise library"):
        if not prepared:
            manage(steps, environ, var, "load_library")
            manage(steps, environ, var, "load_templates")
    with steps.step("Figures (the first time takes up to a minute)"):
        manage(steps, environ, var, "build_figures")
    with steps.step("Demo clinic (the first time takes a little longer)"):
        if not prepared:
            manage(steps, environ, var, "seed_demo", "--once")
    if postgres and not prepared:
        embedded.write_note(postgres, DATABASE, wanted)
    say(f"[{STEPS}/{STEPS}] Web, workers, beat, safety and library sweep, which speak for themselves from here on")
    honcho = [sys.executable, "-m", "honcho", "--no-colour", "start"]
    # Painplan reads its environment, not a .env file that may lie about.
    honcho += ["--env", "/dev/null", "--procfile", str(ROOT / "Procfile"), "--app-root", str(ROOT)]
    supervisor = start_child(honcho, log=None, env=environ, cwd=ROOT)
    stack.callback(stop_child, supervisor, [signal.SIGTERM, signal.SIGTERM], wait_seconds=15)
    wait_until_it_answers(port, supervisor)
    say(f"\nPainplan is ready: http://localhost:{port}\n")
    say(f"Sign in with the password {PASSWORD} as one of")
    for login in LOGINS:
        say(f"  {login}@demo.example")
    say("\nCtrl-C stops everything.\n")
    supervisor.wait()
    raise EmbeddedError("One of the processes ended, so all were stopped; the lines above say which.")


def remove(var: Path) -> None:
    """Stop what a killed run left behind and remove all state."""
    if not var.exists():
        say("There is no demo data to remove.")
        return
    with hold(var):
        embedded.remove_data(var / "postgres")
        embedded.stop_leftover_redis(var / "redis")
        shutil.rmtree(var)
    engine.remove_unused_programs()
    say(f"Removed {var}.")


def stop_requested(signum: int, frame: object) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # we are stopping; impatience must not leave half of it running
    raise Stopped


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m painplan.demo", description="Painplan with demo data.")
    arguments.add_argument("--remove", action="store_true", help="remove the demo's data instead")
    wanted = arguments.parse_args()
    var = Path(os.environ.get("PAINPLAN_VAR") or ROOT / "var").resolve()
    signal.signal(signal.SIGINT, stop_requested)
    signal.signal(signal.SIGTERM, stop_requested)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means what it says
        signal.signal(signal.SIGHUP, stop_requested)
    try:
        if wanted.remove:
            remove(var)
            return 0
        adopt_orphans()
        port = chosen_port(os.environ.get("PORT") or "8000")
        with hold(var), contextlib.ExitStack() as stack:
            stack.callback(end_orphans)
            serve(port, var, stack)
    except Stopped:
        say("\nStopped.")
        return 0
    except EmbeddedError as problem:
        print(f"\n{problem}", file=sys.stderr)
    except OSError as problem:
        print(f"\n{problem.filename or var}: {problem.strerror or problem}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
