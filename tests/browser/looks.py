"""How a page is looked at: the window, the theme, and the ways of people who see it otherwise.

At 200 % a desk screen of 1280 x 900 has 640 x 450 CSS px (WCAG 1.4.4); 320 px are the narrowest that has to do without
scrolling sideways (1.4.10). Some have the letters of their browser twice as large, and nothing else. In forced colours
the reader's own few colours replace all of the page's.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.conftest import NARROW

SMALLEST = 320
# Words that stand outside of what their own box shows and cannot be scrolled to. Dots at the end are meant.
CUT = """() => [...document.querySelectorAll("body *")]
    .filter((each) => {
        const style = getComputedStyle(each);
        const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        return own && ["hidden", "clip"].includes(style.overflowX) && style.clipPath === "none"
            && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1 && !each.closest("svg")
            && style.textOverflow !== "ellipsis";
    })
    .slice(0, 3).map((each) => `words are cut: ${each.className}: ${each.textContent.trim().slice(0, 40)}`)"""
# Words that are higher than the box they stand in and so lie over what comes next.
TALLER = """() => [...document.querySelectorAll("body *")]
    .filter((each) => {
        const style = getComputedStyle(each);
        const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        return own && style.display !== "inline" && style.clipPath === "none" && !each.closest("svg, .pp-vh")
            && each.clientHeight > 1 && each.scrollHeight > each.clientHeight + parseFloat(style.fontSize) / 3;
    })
    .slice(0, 3).map((each) => `words outgrow their box: ${each.className}: ${each.textContent.trim().slice(0, 40)}`)"""
# What tells the chosen one from the others must outlive the page's own colours.
CHOSEN = {
    ".pp-navlink": "[aria-current]",
    ".pp-tab": "[aria-current]",
    "a.pp-chip": "[aria-current]",
    "label.pp-chip": ":has(:checked)",
    "button.pp-chip": "[aria-pressed=true]",
    ".pp-bottombar a": "[aria-current]",
    ".pp-nrs-grid label": ":has(:checked)",
    ".pp-segs label": ":has(:checked)",
    ".pp-daybtn": ":has(:checked)",
    ".pp-choice": ":has(:checked)",
    "a.pp-flag": "[aria-current]",
    ".pp-caseload .pp-name": "[aria-current]",
}
ALIKE = """(kinds) => Object.entries(kinds).flatMap(([all, chosen]) => {
    const seen = [...document.querySelectorAll(all)].filter((each) => each.getClientRects().length);
    const looks = (each) => {
        const style = getComputedStyle(each);
        return [style.outlineStyle, style.outlineWidth, style.borderWidth, style.textDecorationLine].join();
    };
    const other = seen.find((each) => !each.matches(chosen));
    return seen.filter((each) => each.matches(chosen) && other && looks(each) === looks(other))
        .slice(0, 1).map((each) => `${all}${chosen} cannot be told from the others: ${each.textContent.trim()}`);
})"""
# Controls that look like nothing once the backgrounds are gone; links in a text keep their colour and line.
BARE = """() => [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, .pp-btn, a.pp-chip")]
    .filter((each) => each.getClientRects().length && !each.matches(".pp-vh, .pp-vh *, .pp-navlink, .pp-textlink"))
    .filter((each) => {
        const about = each.matches("input[type=radio], input[type=checkbox]") ? each.closest("label") ?? each : each;
        const drawn = (one, side) => parseFloat(one[`border${side}Width`]) > 0 && one[`border${side}Style`] !== "none";
        return [each, about, about.parentElement].every((one) => {
            const style = getComputedStyle(one);
            return !["Top", "Bottom"].some((side) => drawn(style, side)) && style.outlineStyle === "none"
                && style.textDecorationLine === "none" && (one !== each || style.appearance === "none");
        });
    })
    .slice(0, 4)
    .map((each) => `has no edge: ${each.className} ${(each.textContent || each.name).trim().slice(0, 30)}`)"""


@dataclass(frozen=True)
class Look:
    """A window of `width` x `height` CSS px in a theme; `forced` in the colours of the reader's system.

    `letters`: how large the reader's browser writes, in per cent of the usual.
    """

    name: str
    width: int = NARROW
    height: int = 844
    theme: str = "light"
    forced: bool = False
    letters: int = 100

    def put_on(self, page: Page) -> None:
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(
            color_scheme="dark" if self.theme == "dark" else "light",
            forced_colors="active" if self.forced else "none",
        )

    def faults(self, page: Page) -> list[str]:
        """The theme has to be the one that was asked for."""
        html = page.locator("html")
        wanted = html.get_attribute("data-fixed-theme") or self.theme
        shown = html.get_attribute("data-bs-theme")
        return [] if shown == wanted else [f"shown in {shown} colours"]

    def lost(self, page: Page) -> list[str]:
        """What cannot be read or told apart any more: words that are cut, the chosen one, the edges of controls."""
        if self.letters != 100:
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", f"{self.letters}%")
        found: list[str] = [*page.evaluate(CUT), *page.evaluate(TALLER)]
        if self.forced:
            found += [*page.evaluate(ALIKE, CHOSEN), *page.evaluate(BARE)]
        return found
