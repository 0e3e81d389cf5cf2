"""What no answer may be, whoever asked and whatever they sent: one sentence for each fault."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tests.scan.pages import HOST

MARK = "zqx7"
OUTSIDE = "elsewhere.example"
# What is sent in place of a text, by the name under which it is reported.
HOSTILE = {
    "markup": f"\"'></textarea></script><img src=x onerror={MARK}(1)>",
    "attribute": f'" autofocus onfocus="{MARK}(2)" x="',
    "scheme": f"javascript:{MARK}(3)//",
    "template": f"{{{{ 88007919|add:1 }}}}{{% debug %}}${{88007919+1}}{MARK}",
    "sql": f"{MARK}' OR '1'='1'; DROP TABLE plans_flag; --",
    "lines": f"{MARK}\r\nSet-Cookie: {MARK}=1\r\nLocation: https://{OUTSIDE}/\r\n\r\n<html>",
    "nothing": "a\x00b",
    "long": "9" * 20_000,
    "odd": "\u202e\U0001f9d1\u200d\U0001f9af 9223372036854775808 NaN -1e400",
}  # fmt: skip
ELSEWHERE = [f"https://{OUTSIDE}/", f"//{OUTSIDE}/", f"/\\{OUTSIDE}/", f"https:{OUTSIDE}", f"http://{HOST}@{OUTSIDE}/"]
# Text that has become markup, or that was worked out.
BROKEN_OUT = (
    f"<img src=x onerror={MARK}", f'onfocus="{MARK}', "88007920", "DATABASES",
    "Traceback (most",
)  # fmt: skip
RUNS = re.compile(rf"(href|src|action|formaction|hx-\w+)\s*=\s*[\"']?\s*javascript:{MARK}", re.IGNORECASE)
NEEDED = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def faults(response: Any, *, signed_in: bool) -> Iterator[str]:
    """Everything that is wrong with an answer."""
    if response.status_code >= 500 and response.status_code != 503:
        yield f"answers {response.status_code}"
    for name, value in NEEDED.items():
        if value not in response.headers.get(name, ""):
            yield f"{name} is {response.headers.get(name, 'missing')!r}"
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    kept = "no-store" not in response.headers.get("Cache-Control", "")
    if signed_in and is_page and response.status_code == 200 and kept:
        yield "may be kept by a cache"
    for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "Refresh", "Content-Location"):
        if name in response.headers and leaves(response.headers[name]):
            yield f"{name} leads to {response.headers[name]}"
    for name, morsel in response.cookies.items():
        if name == MARK:
            yield "a cookie was slipped in"
        elif morsel.value and (
            not morsel["httponly"] or morsel["samesite"] not in ("Lax", "Strict") or morsel["domain"]
        ):
            yield f"the cookie {name} is open: {morsel.OutputString()}"
    if any(MARK in name or "\n" in value or "\r" in value for name, value in response.headers.items()):
        yield "a header was slipped in"
    if is_page:
        body = response.content.decode(errors="replace")
        if RUNS.search(body):
            yield "links to a script that was sent in"
        yield from (f"shows {word!r}" for word in BROKEN_OUT if word in body)


def leaves(address: str) -> bool:
    """Whether a browser that is told to go there leaves the site."""
    parts = urlsplit(address.replace("\\", "/").strip())
    if parts.scheme not in ("", "http", "https"):
        return True
    return (parts.netloc or (HOST if parts.path.startswith("/") or not parts.scheme else "")) != HOST
