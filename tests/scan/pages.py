"""What a page offers to whoever reads it: links, and forms with their fields as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

TEXTS = {"text", "search", "email", "tel", "url", "password", "number", "date", "time", "datetime-local", "textarea"}
HOST = "testserver"


@dataclass
class Field:
    """A named control: its type, what it would send now (None: nothing), and all that it offers."""

    name: str
    kind: str
    value: str | None = None
    offers: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        """Forms of one shape are one form, whichever row they are about."""
        return tuple(sorted({each.name for each in self.fields}))

    def filled(self) -> dict[str, list[str]]:
        """What a browser would send; where something has to be chosen and nothing is, the first offer."""
        sent: dict[str, list[str]] = {}
        for each in self.fields:
            if each.value is not None:
                sent.setdefault(each.name, []).append(each.value)
        for each in self.fields:
            if each.offers:
                sent.setdefault(each.name, each.offers[:1])
        return sent


@dataclass
class Offered:
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


def offered(html: str, address: str) -> Offered:
    """The links and forms of a page at this address, of this site alone, as paths with their questions."""
    reader = _Reader(address)
    reader.feed(html)
    reader.close()
    return reader.found


def on_this_site(address: str, link: str) -> str | None:
    """The path that a link leads to, or None when it leaves the site or is no page."""
    parts = urlsplit(urljoin(f"http://{HOST}{address}", link))
    if parts.scheme not in ("http", "https") or parts.netloc != HOST:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found = address, Offered()
        self.form: Form | None = None
        self.choice: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self._link(given["href"])
        for name in ("hx-get", "data-options", "data-ask"):
            if name in given:
                self._link(given[name])
        if tag == "form":
            action = on_this_site(self.address, given.get("action") or self.address)
            self.form = Form(action or "", given.get("method", "get").lower())
            if action:
                self.found.forms.append(self.form)
        elif self.form is not None and given.get("name"):
            self._control(tag, given)
        elif tag == "option" and self.choice is not None:
            value = given.get("value", "")
            if value:
                self.choice.offers.append(value)
            if "selected" in given:
                self.choice.value = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "select":
            self.choice = None

    def _link(self, link: str) -> None:
        path = on_this_site(self.address, link)
        if path:
            self.found.links.append(path)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self.form is not None
        kind = given.get("type", "text").lower() if tag == "input" else tag
        if tag == "select":
            self.choice = Field(given["name"], "select")
            self.form.fields.append(self.choice)
        elif kind in ("radio", "checkbox"):
            row = Field(given["name"], kind, None, [given.get("value", "on")])
            if "checked" in given:
                row.value = row.offers[0]
            self.form.fields.append(row)
        elif tag in ("input", "textarea", "button"):
            self.form.fields.append(Field(given["name"], kind, given.get("value", "")))
