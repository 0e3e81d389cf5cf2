"""Write down what a screen reader finds on the pages of the main flows: roles, names and order, one file a page.

    python tools/spoken.py [FOLDER]

From a demo of its own (or PICTURES_URL), into var/spoken. To be read from top to bottom: does it make sense unseen?
It begins a session of the demo's patient and a draft of her plan.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from pictures import DESK, PATIENT, PHONE, ROOT, demo, sign_in
from playwright.sync_api import Browser, Page, sync_playwright

PATIENTS: tuple[str, ...] = (
    "today",
    "pain",
    "progress",
    "plan",
    "help",
    "messages",
    "session/quick",
    "check-in",
    "safety",
)
PATIENTS += ("check-in", "safety", "flare", "goals/new", "reminders", "my-data", "account/preferences")
LEADS: tuple[str, ...] = ("clinic", "clinic/staff", "clinic/hours", "clinic/leave", "clinic/thresholds", "clinic/rules")
LEADS += ("clinic/trials", "clinic/records", "clinic/sample", "clinic/looks", "clinic/privacy", "clinic/history")


def write(page: Page, folder: Path, name: str) -> None:
    """The accessibility tree of the page as it stands."""
    said = page.locator("body").aria_snapshot()
    (folder / f"{name}.txt").write_text(f"{page.title()}\n{page.url}\n\n{said}\n")
    print(f"{name}: {len(said.splitlines())} lines")


def patients_flow(page: Page, url: str, folder: Path) -> None:
    for path in PATIENTS:
        page.goto(f"{url}/{path}/")
        write(page, folder, f"patient-{path.replace('/', '-')}")
    page.goto(f"{url}/plan/")
    page.locator("a.pp-pex, main a[href^='/plan/0']").first.click()
    page.wait_for_url("**/plan/*-*/")
    write(page, folder, "patient-plan-exercise")
    page.goto(f"{url}/session/play/")
    write(page, folder, "patient-play-1-start")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("button", name="Go on").wait_for()
    write(page, folder, "patient-play-2-before")
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url("**/exercise/**")
    write(page, folder, "patient-play-3-exercise")
    page.goto(f"{url}/today/")
    page.get_by_role("link", name="That was enough, finish it").click()
    page.wait_for_url("**/after/")
    write(page, folder, "patient-play-4-after")
    page.get_by_role("button", name="Skip the rest").click()
    page.wait_for_url("**/done/")
    write(page, folder, "patient-play-5-done")


def sign_in_flow(browser: Browser, url: str, folder: Path) -> None:
    page = browser.new_page()
    for path in ("sign-in", "password/lost"):
        page.goto(f"{url}/{path}/")
        write(page, folder, path.replace("/", "-"))
    page.goto(f"{url}/sign-in/")
    page.get_by_label("E-mail").fill("nobody@demo.example")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You were not signed in.").wait_for()
    write(page, folder, "sign-in-refused")


def curators_flow(page: Page, url: str, folder: Path) -> None:
    for path in ("library/review", "library/import", "library/statistics"):
        page.goto(f"{url}/{path}/")
        write(page, folder, f"curator-{path.replace('/', '-')}")
    page.goto(f"{url}/library/?q=sit+to+stand")
    page.locator("main a[href^='/library/0']").first.click()
    page.wait_for_url("**/library/*-*/")
    write(page, folder, "curator-exercise")


def leads_flow(page: Page, url: str, folder: Path) -> None:
    for path in LEADS:
        page.goto(f"{url}/{path}/")
        write(page, folder, f"lead-{path.replace('/', '-')}")


def clinicians_flow(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/inbox/")
    write(page, folder, "inbox")
    page.locator("a.pp-flag", has_text=PATIENT).click()
    page.locator("[data-panel]").get_by_role("heading", name=PATIENT).wait_for()
    write(page, folder, "inbox-panel")
    page.get_by_role("link", name="Resolve…").click()
    page.wait_for_url("**/resolve/**")
    write(page, folder, "resolve")
    page.goto(f"{url}/patients/")
    write(page, folder, "caseload")
    page.locator("a.pp-name", has_text=PATIENT).click()
    page.locator("[data-panel]").get_by_role("heading", name=PATIENT).wait_for()
    page.get_by_role("link", name="Open the record").click()
    page.wait_for_url("**/patients/*-*/")
    write(page, folder, "record")
    record = page.url
    page.get_by_role("link", name="Messages").click()
    page.wait_for_url("**/messages/")
    write(page, folder, "messages")
    page.goto(record)
    page.get_by_role("link", name="Start re-evaluation").first.click()
    page.wait_for_url("**/reevaluations/**")
    write(page, folder, "reevaluation")
    page.goto(record)
    page.get_by_role("button", name="Revise plan").click()
    page.wait_for_url("**/plans/**")
    write(page, folder, "builder")
    page.get_by_role("link", name=re.compile("^Activate v")).first.click()
    page.wait_for_url("**/activate/")
    write(page, folder, "activate")
    for path in ("library", "templates", "reevaluations", "patients/add"):
        page.goto(f"{url}/{path}/")
        write(page, folder, path.replace("/", "-"))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "spoken"
    folder.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with demo() as url, sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=["--disable-quic", *as_root])
        clinicians_flow(sign_in(browser, url, "clinician", DESK), url, folder)
        sign_in_flow(browser, url, folder)
        curators_flow(sign_in(browser, url, "curator", DESK), url, folder)
        leads_flow(sign_in(browser, url, "lead", DESK), url, folder)
        patients_flow(sign_in(browser, url, "patient", PHONE), url, folder)
        browser.close()


if __name__ == "__main__":
    main()
