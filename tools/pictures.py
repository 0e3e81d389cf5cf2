"""Take the pictures of the product that the README and the tour show, from a real demo in a real browser.

    python tools/pictures.py [FOLDER]

Starts a demo of its own with fresh data and stops it again; with PICTURES_URL=http://localhost:8000 it looks at the
demo that runs there. Writes them to docs/pictures, compressed: what clinicians see, and what a patient sees on a phone.
"""

import contextlib
import http.client
import io
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from painplan.demo import PASSWORD  # noqa: E402 - a script is started from anywhere
from painplan.processes import free_port, start_child, stop_child  # noqa: E402

PATIENT = "Joan Whitfield"
NEW = "Add Knee rolls"
MOST_BYTES = 200_000
COLOURS = 256
READY_SECONDS = 180
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 800}


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """The address of a running demo: the one that PICTURES_URL names, else one of our own."""
    if url := os.environ.get("PICTURES_URL"):
        yield url.rstrip("/")
        return
    folder, port = Path(tempfile.mkdtemp(prefix="painplan-pictures-")), free_port()
    environ = {**os.environ, "PAINPLAN_VAR": str(folder / "var"), "PORT": str(port)}
    print("Starting a demo with fresh data ...", flush=True)
    log = folder / "demo.log"
    child = start_child([sys.executable, "-m", "painplan.demo"], log=log, env=environ, cwd=ROOT)
    try:
        until = time.monotonic() + READY_SECONDS
        while not answers(port):
            if child.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"The demo did not start:\n{log.read_text()}")
            time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        stop_child(child, [signal.SIGTERM], wait_seconds=30)
        shutil.rmtree(folder, ignore_errors=True)


def answers(port: int) -> bool:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as asked:
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked.request("GET", "/health/ready")
            return asked.getresponse().status == http.client.OK
    return False


def sign_in(browser: Browser, url: str, who: str, viewport: dict[str, int], *, scale: int = 1) -> Page:
    context = browser.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]},
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}/sign-in/")
    page.get_by_label("E-mail").fill(f"{who}@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda where: "/sign-in/" not in where)
    return page


def take(page: Page, file: Path) -> None:
    """Write what the window shows, with as few colours as the eye needs."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.name}: {shot.width} x {shot.height}, {size / 1000:.0f} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{file} is larger than {MOST_BYTES / 1000:.0f} kB.")


def clinicians_pages(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/inbox/")
    page.locator("a.pp-flag", has_text=PATIENT).click()
    page.locator("[data-panel]").get_by_role("heading", name=PATIENT).wait_for()
    take(page, folder / "inbox.png")
    page.locator("[data-panel]").get_by_role("link", name=PATIENT).click()
    page.wait_for_url("**/patients/**")
    record = page.url
    take(page, folder / "patient.png")
    page.goto(f"{url}/patients/")
    page.locator("a.pp-name", has_text=PATIENT).click()
    page.locator("[data-panel]").get_by_role("heading", name=PATIENT).wait_for()
    take(page, folder / "caseload.png")
    page.goto(record)
    page.get_by_role("button", name="Revise plan").click()
    page.wait_for_url("**/plans/**")
    page.get_by_role("searchbox").fill("knee")
    page.locator("#shelf-list li").first.filter(has_text=re.compile("knee", re.IGNORECASE)).wait_for()
    page.get_by_role("button", name=NEW, exact=True).click()
    page.locator(".pp-ex-new").first.wait_for()
    page.mouse.move(0, 0)
    take(page, folder / "builder.png")
    page.get_by_label("More for this plan").click()
    page.get_by_role("link", name="Throw away").click()
    page.get_by_role("button", name="Throw it away").click()
    page.wait_for_url(record)


def patients_page(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/today/")
    take(page, folder / "today.png")
    page.goto(f"{url}/pain/")
    take(page, folder / "pain.png")
    page.goto(f"{url}/progress/")
    take(page, folder / "progress.png")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with demo() as url, sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-quic", *as_root])
        clinicians_pages(sign_in(browser, url, "clinician", DESK), url, folder)
        patients_page(sign_in(browser, url, "patient", PHONE, scale=2), url, folder)
        browser.close()


if __name__ == "__main__":
    main()
