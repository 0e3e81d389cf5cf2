"""What a page feels like on a slow phone: when its largest part is there, and how much of it moves afterwards.

Chrome's own figures (Largest Contentful Paint, Cumulative Layout Shift: https://web.dev/articles/vitals), with the
processor slowed down four times, 1.6 Mbit/s and 150 ms to the server, and a cache that knows the styles and fonts.
"""

from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

SLOWER = 4
BYTES_A_SECOND = 1.6e6 / 8
LATENCY_MS = 150
SETTLE_MS = 700  # for what comes late: fonts, fragments, counts
WATCH = """
    window.felt = {lcp: 0, what: "", cls: 0, moved: []};
    const named = (node) =>
        node ? `${node.nodeName.toLowerCase()}.${node.className?.baseVal ?? node.className ?? ""}` : "";
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            window.felt.lcp = entry.startTime;
            window.felt.what = named(entry.element);
        }
    }).observe({type: "largest-contentful-paint", buffered: true});
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
            window.felt.cls += entry.value;
            window.felt.moved.push(...(entry.sources ?? []).map((source) => named(source.node)));
        }
    }).observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class Felt:
    """`lcp_s` in seconds after the click, `what` it was; `cls` as Chrome counts it, and the parts that `moved`."""

    lcp_s: float
    what: str
    cls: float
    moved: list[str]


def slow_down(page: Page) -> CDPSession:
    """From now on the page runs as on that phone."""
    page.add_init_script(WATCH)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    cdp.send("Network.enable")
    speed = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND}
    cdp.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})
    return cdp


def feel(page: Page, url: str) -> Felt:
    """Open a page and wait until nothing comes any more."""
    page.goto(url, wait_until="load")
    page.wait_for_timeout(SETTLE_MS)
    found = page.evaluate("window.felt")
    return Felt(found["lcp"] / 1000, found["what"], found["cls"], found["moved"])
