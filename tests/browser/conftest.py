"""Fixtures of the browser tests: the running product, a browser, and people who sign in."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from painplan import embedded
from tests.browser import stack as product
from tests.browser.looking import faults
from tests.browser.stack import Stack

PASSWORD = "painplan-demo"
PATIENCE_MS = 30_000  # for whatever a page still has to do; only a test that fails waits so long
NARROW, WIDE = 390, 1280
# Says in the console what the content security policy refused, with the page's own address.
WATCH_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`))"""
# Playwright's loop makes Django think that this thread is asynchronous; it is not.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))  # one stack and one browser, in one of two processes


@pytest.fixture(scope="session")
def stack(engine: embedded.Postgres, template_database: str) -> Iterator[Stack]:
    with product.running(engine, template_database) as running:
        yield running


@pytest.fixture
def in_stack(stack: Stack, django_db_blocker, settings) -> Iterator[Stack]:
    """For as long as the test runs, models and actions speak to the product's own database and files; all is stored."""
    from django.db import connections

    from tests.conftest import close_connections, point_at

    before = connections["default"].settings_dict.copy()
    settings.MEDIA_ROOT = stack.folder / "media"
    with django_db_blocker.unblock():
        point_at(stack.database_url)
        yield stack
        close_connections()
        connections["default"].settings_dict.update(before)


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
    """Somebody with a browser of their own; `complaints` are what the browser said against a page."""

    page: Page
    stack: Stack
    script: bool = True
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> "Visitor":
        page, said = self.page, self.complaints
        page.on("console", lambda m: said.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(f"script error: {error}"))
        return self

    def go(self, path: str) -> None:
        response = self.page.goto(self.stack.url + path)
        assert response is not None
        assert response.status == 200, f"{path}: {response.status}"

    def at_ease(self) -> None:
        """The page as it stands has no fault, and the browser had nothing to complain about so far."""
        assert self.complaints == []
        if self.script:
            assert faults(self.page) == [], self.page.url


SignIn = Callable[..., Visitor]


def open_context(browser: Browser, *, width: int, dark: bool = False, script: bool = True) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 500 else 900},
        has_touch=width < 500,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        java_script_enabled=script,
        locale="en-GB",
        timezone_id="Europe/London",
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH_POLICY)
    return context


@pytest.fixture
def visit(browser: Browser, stack: Stack) -> Iterator[SignIn]:
    """`visit(width=1280, dark=False, script=True)` gives a Visitor whom nobody knows yet."""
    contexts: list[BrowserContext] = []

    def enter(*, width: int = WIDE, dark: bool = False, script: bool = True) -> Visitor:
        context = open_context(browser, width=width, dark=dark, script=script)
        contexts.append(context)
        return Visitor(context.new_page(), stack, script).listen()

    yield enter
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(visit: SignIn, stack: Stack) -> SignIn:
    """`sign_in("clinician", width=1280, dark=False, script=True)` gives a Visitor who signed in by the form."""

    def enter(who: str, **options) -> Visitor:
        visitor = visit(**options)
        page = visitor.page
        visitor.go("/sign-in/")
        page.get_by_label("E-mail").fill(who if "@" in who else f"{who}@demo.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return visitor

    return enter
