"""No English is left on a Spanish page: every page once in both languages, text by text, and what is the same is asked.

What people wrote, proper names and the few words that are the same in both languages are known below.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import time_machine

from accounts.models import User
from tests.access_table import TABLE, Row
from tests.access_world import ROUTES, Ask, World, one_world
from tests.cast import NOON

# One who may enter, for each policy.
WHO = {
    "public": "anonymous",
    "patient": "anna",
    "signed-in": "alice",
    "clinical": "alice",
    "staff": "alice",
    "curator": "cora",
    "lead": "lena",
    "operator": "superuser",
}
WRITTEN = re.compile(
    r"canary-\w+( own-\d)?|\b(Harbour|Hill) Clinic\b|\b(One|Two|Three)\.|Call (999|112)\.|Lower back|Right knee|A start"
    r"|First plan|Case 1|Clinic form|The clinic|Own work|[\w.]+@[\w.]+|https?://\S+|f\.csv|[Ll]ower back|[Rr]ight knee"
)
# Every part of the design, for those who build it; and what a curator writes, as it is written.
IN_ENGLISH = {"style", "exercise_changes"}
# Said the same in Spanish.
SAME = re.compile(
    r"\b(Painplan|Plan|plan|No|no|MET|MP4|WebM|PNG|JPEG|WebP|CSV|XLSX|Excel|JSON|PDF|PEG|PHQ|GAD|Krebs|Kroenke|DOI|PMID"
    r"|Python|Django|Celery|PostgreSQL|Redis|English|Español|Glaucoma|Abdomen|Pilates|Yoga|yoga|general|Jan|Feb|Mar|May|Jun|Jul|Sep|Oct|Nov"
    r"|min|kg|cm|UTC|\w+(/[\w -]+)+|Enter|Esc|Ctrl|Alt|Tab|Total|total|normal|local|v\d+|E\d+|[A-Z]{2,3})\b"
)
SPOKEN = ("title", "aria-label", "alt", "placeholder", "value", "content", "label")
QUIET = {"script", "style", "code"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Texts(HTMLParser):
    """The texts of a page that are in its own language, as people see or hear them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        foreign = tag in QUIET or (tag != "html" and "lang" in given)
        if (self._skipped or foreign) and tag not in VOID:
            self._skipped.append(tag)
        if self._skipped or foreign:
            return
        for name, value in attributes:
            if not value or (name == "value" and (tag != "input" or given.get("type") not in ("submit", "button"))):
                continue
            if name == "content" and given.get("name") != "description":
                continue
            if name in SPOKEN or name.startswith("data-word"):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and self._skipped[-1] == tag:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped and data.strip():
            self.found.append(" ".join(data.split()))


class Measures(HTMLParser):
    """What programs read: coordinates and numbers, which have a point in every language."""

    names = re.compile(r"^(x|y|d|r|c[xy]|[xy][12]|rx|points|viewbox|transform|width|height|max|min|step|data-[\w-]+)$")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        numbers = [(name, value) for name, value in attributes if value and re.fullmatch(r"[-\d .,\w()]+", value)]
        self.found += [each for each in numbers if self.names.match(each[0]) and re.search(r"\d[.,]\d", each[1])]


def english_left(english: str, spanish: str, names: re.Pattern[str]) -> set[str]:
    """What stands in both pages and has words that are nobody's own."""
    same = set(Texts(english).found) & set(Texts(spanish).found)
    return {text for text in same if re.search(r"[A-Za-z]{3}", SAME.sub("", WRITTEN.sub("", names.sub("", text))))}


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), one_world() as world:
        yield world


def pages(row: Row) -> Iterator[str]:
    """GET shows the page, POST without anything the page with its complaints."""
    get, post = row.but.get(WHO[row.policy], (row.get, row.post))
    if get in (200, 404, 403):
        yield "GET"
    if post in (200, 422, 409):
        yield "POST"


QUESTIONS = [
    pytest.param(name, method, WHO[row.policy], id=f"{method} {name}")
    for name, row in TABLE.items()
    if row.policy in WHO and name not in IN_ENGLISH
    for method in pages(row)
]


@pytest.mark.parametrize(("name", "method", "who"), QUESTIONS)
def test_no_english_is_left_on_a_spanish_page(made, name, method, who):
    with time_machine.travel(NOON, tick=False):
        english, spanish = (in_language(made, who, Ask(name, method, language=code)) for code in ("en-gb", "es"))
    people = "|".join(sorted(re.escape(name) for user in made.people.values() for name in user.full_name.split()))
    assert Measures(spanish).found == Measures(english).found
    left = english_left(english, spanish, re.compile(rf"\b({people})\b"))
    assert not left


def in_language(made: World, who: str, question: Ask) -> str:
    """The body of the answer."""
    User.objects.update(language=question.language)
    made.renew()
    text = made.ask(who, question).text
    return "<" + text.partition("\n<")[2] if "\nContent-Type: text/html" in f"\n{text}" else ""


def test_the_check_sees_english_that_was_left():
    page = '<html lang="es"><p>Hola, {} <b lang="en">Left out</b></p><input type="submit" value="{}"></html>'
    english = page.format("everybody", "Send it").replace("Hola", "Hello")
    nobody = re.compile(r"Anna")
    assert english_left(english, page.format("todos", "Enviar"), nobody) == set()
    assert english_left(english, page.format("todos", "Send it"), nobody) == {"Send it"}


def test_every_route_with_a_page_is_asked():
    asked = {parameter.values[0] for parameter in QUESTIONS}
    assert len(asked) > 150
    assert asked <= set(ROUTES)
