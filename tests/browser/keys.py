"""Getting about with the keys alone, and a focus that can be seen wherever it lands."""

from playwright.sync_api import Page

MOST_TABS = 200
# How the focused control looks, together with the labels and boxes around it that may carry its ring. The main part,
# where "Skip" leads, and a row that has changed are no controls.
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element.matches("body, main, li")) return null;
    const name = element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText || "";
    const carriers = [element, element.closest("label"), element.closest("[data-stepper]")].filter(Boolean);
    const box = carriers.at(-1).getClientRects()[0];  // the first line of a link that has several
    const ring = carriers.some((carrier) => {
        const style = getComputedStyle(carrier);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const free = carriers.some((carrier) => carrier.contains(middle));
    const over = middle?.closest("[data-toast]") ?? middle;
    const covered = free ? "" : over?.outerHTML.slice(0, 200) || `nothing at ${box.left}, ${box.top}`;
    return {tag: element.tagName.toLowerCase(), type: element.type || "", value: element.value || "",
        name: name.trim(), ring, covered};
}"""


def focused(page: Page) -> dict:
    """The control that has the focus; it has a ring, and nothing lies over it."""
    return _seen(page, page.evaluate(FOCUSED))


def _seen(page: Page, found: dict | None) -> dict:
    if found and "pp-toast" in found["covered"]:
        page.locator("[data-toast]").first.wait_for(state="detached")  # it says its word and goes
        page.locator("[data-toast]").first.wait_for(state="detached")
        found = page.evaluate(FOCUSED)
    assert found is not None, "the focus is lost"
    assert found["ring"], f"no focus to be seen on {found}"
    assert not found["covered"], f"{found['covered']} lies over {found}"
    return found


def tab_to(
    page: Page,
    name: str,
    *,
    key: str = "",
    press: bool = False,
    back: bool = False,
    most: int = MOST_TABS,
    **wanted: str,
) -> None:
    """Press Tab until a control with this name (its beginning) has the focus; it may have it already.

    Then press `key`, or Enter with `press`. `back` goes the other way. `wanted`: its tag, type or value.
    """
    passed = []
    for _press in range(most):
        found = page.evaluate(FOCUSED)
        if found is not None:
            found = _seen(page, found)
            if found["name"].startswith(name) and all(found[what] == value for what, value in wanted.items()):
                if key or press:
                    page.keyboard.press(key or "Enter")
                return
            passed.append(f"{found['tag']} {found['name'][:30]!r}")
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"no {name!r} {wanted} after {most} tabs: {passed}")
