"""The running product for the browser tests: web, worker and sweep as real processes on a seeded database."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from painplan import embedded
from painplan.processes import free_port, start_child, stop_child

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "painplan-demo"
READY_SECONDS = 60
# Playwright's loop makes Django think that this thread is asynchronous; it is not.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass(frozen=True)
class Stack:
    """A running Painplan: where it answers, and its database as the application sees it."""

    url: str
    database_url: str
    environ: dict[str, str]


@pytest.fixture(scope="session")
def stack(engine: embedded.Postgres, template_database: str) -> Iterator[Stack]:
    """Web, worker and sweep on a small seeded clinic, with a Redis of their own."""
    folder = Path(tempfile.mkdtemp(prefix="painplan-browser-"))
    database, port = "painplan_browser", free_port()
    with contextlib.ExitStack() as closing:
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        embedded.clone_database(engine, template_database, database)
        closing.callback(embedded.drop_database, engine, database)
        redis = embedded.start_redis(folder / "redis")
        closing.callback(redis.stop)
        environ = {
            **os.environ,
            "PAINPLAN_DEMO": "1",
            "PAINPLAN_VAR": str(folder),
            "DATABASE_URL": engine.url(database),
            "REDIS_URL": redis.url,
            "LOG_LEVEL": "WARNING",
        }
        environ.pop("PAINPLAN_DEV", None)
        for command in (
            [
                "collectstatic",
                "--noinput",
                "-v0",
                "--ignore=bootstrap-*",
                "--ignore=*.rtl.*",
                "--ignore=bootstrap.css*",
            ],
            ["seed_demo", "--once", "--patients", "8", "--days", "70"],
        ):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=True)
        python = sys.executable
        for name, arguments in {
            "web": ["-m", "gunicorn", "painplan.wsgi", "--worker-class", "gthread", "--workers", "1", "--threads", "8",
                    "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
            "worker": ["-m", "celery", "--app", "painplan", "worker", "--loglevel", "WARNING", "--without-gossip",
                       "--without-mingle"],
            "sweep": ["manage.py", "safety_sweep", "--every", "5"],
        }.items():  # fmt: skip
            child = start_child([python, *arguments], log=folder / f"{name}.log", env=environ, cwd=ROOT)
            closing.callback(stop_child, child, [signal.SIGTERM], wait_seconds=10)
        _wait_until_it_answers(port, folder / "web.log")
        yield Stack(f"http://localhost:{port}", environ["DATABASE_URL"], environ)


def _wait_until_it_answers(port: int, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as asked:
            asked.request("GET", "/health/ready")
            if asked.getresponse().status == http.client.OK:
                return
        time.sleep(0.05)
    raise AssertionError(f"the web server did not answer:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless browser for the run: the system's, else Playwright's own."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=[*quiet, "--no-first-run", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        )
        yield started
        started.close()


@dataclass
class Visitor:
    """A signed-in person with a browser of their own; `complaints` are what the browser said against a page."""

    page: Page
    stack: Stack
    complaints: list[str]

    def go(self, path: str) -> None:
        response = self.page.goto(self.stack.url + path)
        assert response is not None
        assert response.status == 200, f"{path}: {response.status}"

    def at_ease(self) -> None:
        """No script error, no policy violation, no missing file so far."""
        assert self.complaints == []


@pytest.fixture
def sign_in(browser: Browser, stack: Stack) -> Iterator:
    """`sign_in("clinician", width=1280, dark=False, script=True)` gives a Visitor."""
    contexts: list[BrowserContext] = []

    def enter(who: str, *, width: int = 1280, dark: bool = False, script: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 500 else 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        contexts.append(context)
        page = context.new_page()
        visitor = Visitor(page, stack, [])
        page.on("console", lambda m: visitor.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.goto(stack.url + "/sign-in/")
        page.get_by_label("E-mail").fill(f"{who}@demo.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return visitor

    yield enter
    for context in contexts:
        context.close()
