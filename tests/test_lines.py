"""Lines of a list: drawn once for each shape, with words that are put in and never kept."""

from dataclasses import dataclass, replace
from typing import NamedTuple, NewType

import pytest
from django.template import Engine
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import override

from painplan.templatetags import lines

Kind = NewType("Kind", str)
NOTHING, PLAIN = SafeString(""), Kind("plain")


@dataclass(frozen=True)
class Row:
    name: str
    note: str = ""
    drawn: SafeString = NOTHING
    kind: Kind = PLAIN
    late: bool = False


SAID = (
    '<li class="{{ line.kind }}"{% if line.late %} data-late{% endif %}><a href="/{{ line.name }}/">{{ line.name }}</a>'
    "{% if line.note %}{{ line.note }}{% else %}none{% endif %}{{ line.drawn }}</li>"
)


@pytest.fixture
def said(monkeypatch):
    monkeypatch.setattr(lines, "KEPT", {})
    texts = {"row.html": SAID}
    engine = Engine(loaders=[("django.template.loaders.locmem.Loader", texts)], libraries={}, builtins=[
        "django.templatetags.i18n",
    ])  # fmt: skip
    monkeypatch.setattr(lines.Engine, "get_default", lambda: engine)
    return texts


def test_words_are_put_in_escaped_and_never_kept(said):
    bold = format_html("<b>{}</b>", "<i>")
    for name, note in (("Anna & <Ben>", ""), ("Zoe", "“so”"), ("\ue000note\ue001", "x"), ("Anna", "")):
        row = Row(name, note, bold)
        assert lines.line("row.html", row) == lines._drawn("row.html", row)
    assert len(lines.KEPT) == 2
    assert not any(word in str(lines.KEPT) for word in ("Anna", "Zoe", "so", "<i>"))


def test_each_shape_and_language_is_drawn_for_itself(said):
    said["row.html"] = "{{ line.kind }}{% if line.late %}!{% endif %}{{ line.name }} {% translate 'Sign out' %}"
    row = Row("Anna")
    assert lines.line("row.html", row) == "plainAnna Sign out"
    assert lines.line("row.html", replace(row, late=True, kind=Kind("urgent"))) == "urgent!Anna Sign out"
    with override("es"):
        assert lines.line("row.html", row) == lines._drawn("row.html", row) != "plainAnna Sign out"


@pytest.mark.parametrize("more", ["{{ line.name|upper }}", "{% if line.name == 'Anna' %}she{% endif %}"])
def test_more_than_to_say_a_word_is_refused(said, more):
    said["row.html"] = more
    with pytest.raises(TypeError, match="more with a word"):
        lines.line("row.html", Row("Anna"))


class Named(NamedTuple):
    name: str
    drawn: SafeString = NOTHING
    late: bool = False


def test_lines_one_after_the_other_are_as_each_alone(said):
    said["row.html"] = "{{ line.name }}{% if line.late %}!{% endif %}{{ line.drawn }}"
    rows = [Named("Anna & Ben", format_html("<i>{}</i>", "<")), Named("", late=True), Named("Zoe \ue000", NOTHING)]
    assert lines.lines("row.html", rows) == "Anna &amp; Ben<i>&lt;</i>\n!\nZoe \ue000"
    assert lines.lines("row.html", rows) == "\n".join(lines._drawn("row.html", row) for row in rows)
    assert isinstance(lines.lines("row.html", []), SafeString)
    assert "Anna" not in str(lines.KEPT)


def test_html_in_a_field_for_plain_words_stays_as_it_is(said):
    said["row.html"] = "{{ line.name }}{{ line.note }}"
    row = Row(format_html("<b>{}</b>", "&"), "&")
    assert lines.line("row.html", row) == "<b>&amp;</b>&amp;"


def test_shapes_do_not_pile_up(said, monkeypatch):
    monkeypatch.setattr(lines, "MOST", 3)
    for number in range(10):
        lines.line("row.html", Row("Anna", kind=Kind(f"k{number}")))
    assert len(lines.KEPT) <= 3
