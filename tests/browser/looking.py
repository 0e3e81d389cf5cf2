"""What a page has to be, whoever opens it: accessible, quiet in the console, no wider than the screen, well named."""

from contextlib import suppress

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

AXE = Axe()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": WCAG},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# The widest elements that stand out to the right and are cut or scrolled by nothing around them.
SIDEWAYS = """() => {
    const width = document.documentElement.clientWidth;
    if (Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) <= width) return [];
    const held = (element) => {
        for (let up = element.parentElement; up && up !== document.body; up = up.parentElement)
            if (getComputedStyle(up).overflowX !== "visible") return true;
        return false;
    };
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !held(element))
        .slice(0, 4)
        .map((element) => `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`)
        .concat(`${document.documentElement.scrollWidth} px of ${width}`);
}"""

# A tired thumb needs 44 px. A link within a sentence is as high as its line, as WCAG 2.5.8 allows; the line that says
# that this is a demo belongs to no patient.
LEAST_PX = 44
SMALL = """(least) => {
    const control = "a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button]";
    const inSentence = (each) => each.matches("a") && getComputedStyle(each).display === "inline"
        && each.parentElement.textContent.trim().length > each.textContent.trim().length;
    const apart = (each) => each.closest(".pp-demo, .pp-vh, .pp-skip:not(:focus)");
    const word = (each) => each.labels?.[0]?.textContent || each.textContent || each.ariaLabel || each.name;
    return [...document.querySelectorAll(control)]
        .filter((each) => each.checkVisibility({visibilityProperty: true}) && !apart(each) && !inSentence(each))
        .map((each) => [each, (each.matches("[type=radio], [type=checkbox]") && each.closest("label")) || each])
        .map(([each, tapped]) => [each, tapped.getBoundingClientRect()])
        .filter(([each, box]) => box.width < least - 0.5 || box.height < least - 0.5)
        .slice(0, 5)
        .map(([each, box]) => `too small to tap, ${Math.round(box.width)} x ${Math.round(box.height)} px: `
            + `${each.tagName.toLowerCase()}.${each.className} ${word(each).trim()}`);
}"""


def settled(page: Page) -> None:
    """Wait until htmx has taken over what it put on the page; before, its links do what they do without scripts."""
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


def sideways(page: Page) -> list[str]:
    """What makes the page wider than the screen."""
    found = page.evaluate(SIDEWAYS)
    return [f"scrolls sideways: {', '.join(found)}"] if found else []


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in words; nothing when all is well."""
    with suppress(PlaywrightTimeout):  # a click may just be leading here
        page.wait_for_function("() => document.readyState === 'complete' && document.title", timeout=5_000)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    found = []
    title = page.title()
    if not title.split("·")[0].strip():
        found.append(f"the title says nothing: {title!r}")
    headings = page.locator("h1").all_inner_texts()
    if len(headings) != 1 or not headings[0].strip():
        found.append(f"{len(headings)} h1: {headings}")
    found += sideways(page)
    if page.locator("body.pp-patient").count():
        found += page.evaluate(SMALL, LEAST_PX)
    for violation in AXE.run(page, options=OPTIONS).response["violations"]:
        nodes = violation["nodes"]
        where = "; ".join(str(node["target"]) for node in nodes[:3])
        why = nodes[0]["failureSummary"].replace("\n", " ")
        found.append(f"axe {violation['id']} ({len(nodes)}): {where}: {why}")
    return found
