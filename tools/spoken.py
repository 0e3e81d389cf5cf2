"""Write down what a screen reader finds on the pages of the main flows: roles, names and order, one file a page.

    python tools/spoken.py [FOLDER]

From a demo of its own (or PICTURES_URL), into var/spoken. To be read from top to bottom: does it make sense unseen?
"""

import os
import shutil
import sys
from pathlib import Path

from pictures import DESK, PATIENT, PHONE, ROOT, demo, sign_in
from playwright.sync_api import Page, sync_playwright


def write(page: Page, folder: Path, name: str) -> None:
    """The accessibility tree of the page as it stands."""
    said = page.locator("body").aria_snapshot()
    (folder / f"{name}.txt").write_text(f"{page.title()}\n{page.url}\n\n{said}\n")
    print(f"{name}: {len(said.splitlines())} lines")


def patients_flow(page: Page, url: str, folder: Path) -> None:
    for name in ("today", "pain", "progress", "plan", "help"):
        page.goto(f"{url}/{name}/")
        write(page, folder, f"patient-{name}")
    page.goto(f"{url}/session/play/")
    write(page, folder, "patient-play-start")


def clinicians_flow(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/inbox/")
    write(page, folder, "inbox")
    page.locator("a.pp-flag", has_text=PATIENT).click()
    page.locator("[data-panel]").get_by_role("heading", name=PATIENT).wait_for()
    write(page, folder, "inbox-panel")
    page.goto(f"{url}/patients/")
    write(page, folder, "caseload")
    page.locator("a.pp-name", has_text=PATIENT).click()
    page.locator("[data-panel]").get_by_role("heading", name=PATIENT).wait_for()
    page.get_by_role("link", name="Open the record").click()
    page.wait_for_url("**/patients/*-*/")
    write(page, folder, "record")
    reevaluation = page.locator("a[href^='/reevaluations/'][href$='-']").or_(
        page.locator("a[href*='/reevaluations/0']")
    )
    page.goto(url + str(reevaluation.first.get_attribute("href")))
    write(page, folder, "reevaluation")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "spoken"
    folder.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with demo() as url, sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-quic", *as_root])
        clinicians_flow(sign_in(browser, url, "clinician", DESK), url, folder)
        patients_flow(sign_in(browser, url, "patient", PHONE), url, folder)
        browser.close()


if __name__ == "__main__":
    main()
