"""Requests that nobody kind would send: hostile values, and the forms of Painplan's pages to put them into."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

LONG = "x" * 1_000_000
VALUES = [
    "", " ", "\x00", "a\x00b", LONG, "é" * 300, "٣", "²", "１２", "\u202e\u2066txet", "😀" * 70, "\ud7ff\ue000",
    "-1", "-0", "0.5", "1e999", "NaN", "Infinity", "-Infinity", "1_0", "0x10", str(2**31), str(2**63),
    str(-(2**63) - 1), "9" * 400, "1.00000000000000001", "true", "null", "on", "None",
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-11-19T25:61", "24:00", "00:00",
    "23:59:60", "Europe/Nowhere", "../UTC", "xx-klingon", "00000000-0000-0000-0000-000000000000", "not-a-uuid",
    "[]", "{}", "[" * 5000, '{"a":' * 500, "<script>alert(1)</script>", "{{ 7|add:7 }}", "%(name)s %s %d",
    "' OR 1=1 --", "\\", "%", "%%", "_", "../../../etc/passwd", "//evil.example/", "javascript:alert(1)",
    "\r\nSet-Cookie: a=b", "\n\n\n", "\t", "\ufeff", "\u2028", "\x7f\x1b[31m",
]  # fmt: skip
# Bytes that are no text, and bodies that are not what they say.
BODIES = [
    (b"\xff\xfe\xfd", "application/x-www-form-urlencoded"),
    (b"a=%FF%FE&b=%00&c=%ZZ", "application/x-www-form-urlencoded"),
    (b"&".join(b"a=%d" % n for n in range(2000)), "application/x-www-form-urlencoded"),
    (b"a=1", "application/x-www-form-urlencoded; charset=no-such"),
    (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"--wrong\r\n\r\n--", MULTIPART_CONTENT),
    (b"no boundary at all", "multipart/form-data"),
    (b"x" * 100, "multipart/form-data; boundary=" + "b" * 300),
    (("[" * 100_000).encode(), "application/json"),
    (json.dumps({"a": {"b": [1, 2, {"c": None}]}}).encode(), "application/json"),
    (b"<a/>", "text/xml"),
    (b"", ""),
    (b"\x00" * 1000, "application/octet-stream"),
]
HEADERS: list[dict[str, str]] = [
    {"HTTP_ACCEPT_LANGUAGE": "x" * 5000},
    {"HTTP_ACCEPT_LANGUAGE": "es;q=nan, \x7f"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "<b>", "HTTP_HX_CURRENT_URL": "//evil.example/\u00ff"},
    {"HTTP_REFERER": "https://evil.example/"},
    {"HTTP_COOKIE": "sessionid=%00; csrftoken=" + "a" * 500},
    {"HTTP_USER_AGENT": "\u00ff" * 2000},
    {"HTTP_X_REQUEST_ID": "a\tb" * 300},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 99999 99:99:99 GMT", "HTTP_IF_NONE_MATCH": "\\"},
    {"HTTP_RANGE": "bytes=-99999999999999999999"},
]
METHODS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get"]


@dataclass
class Form:
    """A form of a page: where it is sent to, how, and its fields as the page fills them."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: set[str] = set()
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action") or self.address, given.get("method", "get").upper())
            self.forms.append(self._open)
        for wish, method in (("hx-post", "POST"), ("hx-get", "GET")):
            if given.get(wish):
                self.forms.append(Form(given[wish], method, {given["name"]: [""]} if given.get("name") else {}))
        if tag == "a" and given.get("href", "").startswith(("/", "?")):
            self.links.add(given["href"])
        name = given.get("name", "")
        if self._open is None or not name:
            if tag == "option" and self._open and self._select and "selected" in given:
                self._open.fields[self._select] = [given.get("value", "")]
            return
        if tag == "select":
            self._select = name
            self._open.fields.setdefault(name, [""])
        elif tag == "textarea" or given.get("type") not in ("radio", "checkbox"):
            self._open.fields[name] = [given.get("value", "")]
        elif "checked" in given or name not in self._open.fields:
            self._open.fields[name] = [given.get("value", "on")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


def forms_of(address: str, page: str) -> tuple[list[Form], set[str]]:
    """The forms of a page (those without fields too, their buttons alone are sent), and where its links go."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms, reader.links


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire; `about` says in short what is hostile in it."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    about: str = ""


def hostile(form: Form, random: Random) -> Request:
    """The form as the page has it, with one to three fields replaced; seldom something worse."""
    path, _, query = form.action.partition("?")
    kind = random.random()
    if kind < 0.08:
        body, content_type = random.choice(BODIES)
        return Request("POST", path, body, content_type, about=f"{content_type[:40]} {body[:20]!r}")
    if kind < 0.12:
        return Request(random.choice(METHODS), form.action, about="method")
    if kind < 0.16:
        return Request(form.method, form.action, headers=random.choice(HEADERS), about="headers")
    if kind < 0.2:
        ends = random.choice(["%00", "%ff", "..%2f", "%F0%9F%98%80", "/", "a" * 3000, "?" + "a=1&" * 999])
        return Request("GET", path + ends, about=f"address + {ends[:20]}")
    fields = {name: list(values) for name, values in form.fields.items()}
    names = list(fields) or ["page", "q", "next", "id"]
    changed = {}
    for name in random.sample(names, min(len(names), random.choice([1, 1, 2, 3]))):
        value = random.choice(VALUES)
        fields[name] = random.choice([[value], [value], [value], [value, "1"], []])
        changed[name] = value[:20]
    if random.random() < 0.2:
        extra = random.choice(["page", "next", "lock", "entry", "order", "__proto__", "a[b]", "\x00"])
        fields[extra] = [random.choice(VALUES)]
    about = repr(changed)
    if form.method == "GET":
        # A megabyte in an address is refused before it comes to us.
        short = {name: [value[:4000] for value in values] for name, values in fields.items()}
        return Request("GET", path + "?" + urlencode(short, doseq=True, errors="surrogatepass"), about=about)
    target = path + (f"?{query}" if query else "")
    headers = {"HTTP_HX_REQUEST": "true"} if random.random() < 0.4 else {}
    if random.random() < 0.5:
        plain: dict[str, Any] = {name: values if len(values) != 1 else values[0] for name, values in fields.items()}
        return Request("POST", target, encode_multipart(BOUNDARY, plain), MULTIPART_CONTENT, headers, about)
    pairs = [(name, value) for name, values in fields.items() for value in values]
    sent = "&".join(f"{quote(name)}={quote(value, errors='replace')}" for name, value in pairs)
    return Request("POST", target, sent.encode(), "application/x-www-form-urlencoded", headers, about)


def many(forms: list[Form], number: int, seed: int) -> Iterator[Request]:
    """So many requests, each form in its turn; the same ones for the same seed."""
    random = Random(seed)
    for n in range(number):
        yield hostile(forms[n % len(forms)], random)
