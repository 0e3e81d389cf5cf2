"""What a patient does on a phone, step by step, with the words that stand on the pages."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor


def log_session(patient: Visitor, *, before: int, after: int) -> None:
    """From Today: the session of today, all of it done, with a word for the clinician."""
    page = patient.page
    expect(page.get_by_role("heading", name="Today’s session")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("3 gentle exercises")
    patient.at_ease()
    page.get_by_role("link", name="I did it").click()
    page.get_by_role("link", name="Say more, or another day").click()
    choose(page, "Pain before you started", before)
    page.get_by_role("radio", name="All of it").check()
    choose(page, "Highest pain, during or after", after)
    choose(page, "How hard did it feel?", 3)
    page.get_by_label("A word for").fill("Carried logs on Sunday.")
    patient.at_ease()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That was today’s session")
    patient.at_ease()


def log_pain(patient: Visitor, value: int, *, days_ago: int = 0) -> None:
    """One number for today or an earlier day, through the form."""
    page = patient.page
    patient.go("/pain/")
    choose(page, "How is your pain today?", value)
    if days_ago:
        page.locator("summary", has_text="For another day").click()
        page.get_by_label("Which day?").select_option(index=days_ago)
    patient.at_ease()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/today/")
    expect(page.get_by_role("status").filter(has_text=str(value))).to_be_visible()


def correct_todays_score(patient: Visitor, *, was: int, to: int) -> None:
    """The last number on Progress is wrong; the new one shows what it was."""
    page = patient.page
    patient.go("/progress/")
    entry = page.locator("#entries li").filter(has_text="before the session").first
    expect(entry).to_contain_text(str(was))
    entry.get_by_role("link", name="Correct").click()
    choose(page, "What should the number be?", to)
    patient.at_ease()
    page.get_by_role("button", name="Save correction").click()
    page.wait_for_url("**/progress/**")
    expect(entry).to_contain_text(f"Corrected, was {was}")
    expect(entry.locator("b")).to_have_text(str(to))
    patient.at_ease()


def choose(page: Page, question: str, value: int) -> None:
    """Tap a number of the scale that asks this; nothing is chosen beforehand."""
    scale = page.get_by_role("group", name=question)
    expect(scale.get_by_role("radio", checked=True)).to_have_count(0)
    scale.locator("label", has=page.locator(f"input[value='{value}']")).click()
    expect(scale.locator(f"input[value='{value}']")).to_be_checked()
