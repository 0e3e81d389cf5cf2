"""How much a phone has to load on a bad network, measured on the wire: gzip, fonts and styles included.

The first page of a first visit at most 130 kB, each later page at most 25 kB. Pictures and videos of exercises are
not counted. Every page of a patient is opened; the list comes from the URLconf.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import CDPSession

from tests.browser import people
from tests.browser.conftest import NARROW, SignIn, Visitor
from tests.browser.pages import addresses
from tests.browser.stack import Stack, until

FIRST_KB, LATER_KB = 130, 25
SETTLE_MS = 60  # for what a page asks for after it has loaded
MEDIA = re.compile(r"/plan/[0-9a-f-]+/media/|/media/|/library/figures/")


class Wire:
    """What came over the network since the last `reset`: bytes as sent, heads included, by address."""

    def __init__(self, cdp: CDPSession) -> None:
        self.cdp = cdp
        self.urls: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        cdp.on("Network.requestWillBeSent", lambda e: self.urls.update({e["requestId"]: e["request"]["url"]}))
        cdp.on("Network.loadingFinished", self._finished)
        cdp.on("Network.loadingFailed", lambda e: self.urls.pop(e["requestId"], None))
        cdp.send("Network.enable")

    def _finished(self, event: dict) -> None:
        url = self.urls.pop(event["requestId"], "data:")
        if not url.startswith("data:") and not MEDIA.search(url):
            self.bytes[url] = self.bytes.get(url, 0) + event["encodedDataLength"]

    def kilobytes(self) -> float:
        return sum(self.bytes.values()) / 1000

    @contextmanager
    def of(self, visitor: Visitor, path: str) -> Iterator[None]:
        self.bytes.clear()
        visitor.go(path)
        until(lambda: not self._under_way(visitor), f"{path} is loaded", seconds=15)
        yield

    def _under_way(self, visitor: Visitor) -> bool:
        visitor.page.wait_for_timeout(SETTLE_MS)
        return bool(self.urls)


def test_no_page_of_a_patient_is_heavy(in_stack: Stack, sign_in: SignIn):
    user = people.who("patient")
    assert user is not None
    visitor = sign_in("patient", width=NARROW)
    cdp = visitor.page.context.new_cdp_session(visitor.page)
    wire = Wire(cdp)
    heavy, most = [], {"first": 0.0, "later": 0.0}
    seen = set()
    for address in addresses("patient", user):
        if not address.path or not address.allowed or address.name in seen:
            continue
        answer = visitor.page.request.get(in_stack.url + address.path, max_redirects=0)
        page = answer.headers.get("content-type", "").startswith("text/html")
        if answer.status != 200 or not page:
            continue
        seen.add(address.name)
        cdp.send("Network.clearBrowserCache")
        for visit, limit in (("first", FIRST_KB), ("later", LATER_KB)):
            with wire.of(visitor, address.path):
                size = wire.kilobytes()
            most[visit] = max(most[visit], size)
            if size > limit:
                parts = sorted(wire.bytes.items(), key=lambda part: -part[1])[:6]
                heavy.append(f"{address.name}, {visit} visit: {size:.0f} kB of {limit}: {parts}")
    print(f"{len(seen)} pages; heaviest first visit {most['first']:.0f} kB, later {most['later']:.1f} kB")
    assert len(seen) > 20
    assert not heavy, "\n".join(heavy)
