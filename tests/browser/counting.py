"""What somebody's hands did and what the browser asked for: clicks, keys, requests, loaded pages."""

from dataclasses import dataclass

from playwright.sync_api import Page, Request

# A click of the mouse that reaches the page, and a key that goes down; scripts of a test cannot add to them.
HANDS = """for (const what of ["pointerdown", "keydown"]) addEventListener(what, (event) => {
    const text = event.target.matches?.("textarea, input[type=text], input[type=search]") && !event.ctrlKey;
    if (event.isTrusted && !event.repeat) window.countedByHand(what, text && event.key?.length === 1);
}, true)"""
ASKED = ("document", "xhr", "fetch")


@dataclass
class Counted:
    """`letters` are keys that write a character, `keys` all the others; `requests` those for pages and changes."""

    clicks: int = 0
    keys: int = 0
    letters: int = 0
    requests: int = 0
    pages: int = 0

    def __sub__(self, before: "Counted") -> "Counted":
        mine, theirs = vars(self), vars(before)
        return Counted(**{name: mine[name] - theirs[name] for name in mine})

    def __str__(self) -> str:
        return ", ".join(f"{number} {name}" for name, number in vars(self).items())


class Counter:
    """Counts from the moment it is made. `so_far()` is a copy of what stands now."""

    def __init__(self, page: Page) -> None:
        self._now = Counted()
        page.expose_function("countedByHand", self._hand)
        page.add_init_script(HANDS)
        page.on("request", self._request)

    def so_far(self) -> Counted:
        return Counted(**vars(self._now))

    def _hand(self, what: str, writes: bool) -> None:
        if what == "pointerdown":
            self._now.clicks += 1
        elif writes:
            self._now.letters += 1
        else:
            self._now.keys += 1

    def _request(self, request: Request) -> None:
        self._now.requests += request.resource_type in ASKED
        self._now.pages += request.resource_type == "document" and request.redirected_from is None
