"""Every word of a template goes through gettext: what stands bare in one can never be translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SPOKEN = {"title", "aria-label", "alt", "placeholder", "label", "aria-description", "aria-valuetext"}
# The same in every language: names, keys, units, examples of what is typed.
SAME = re.compile(r"\b(Painplan|PIN|PDF|CSV|XLSX|JSON|DOI|PMID|MET|PEG|Ctrl|Esc|Enter|Tab|Alt|min|utf-8|ICD-10)\b")
# Every part of the design in every state, for those who build it (/style/).
FOR_BUILDERS = {"style.html"}


class Bare(HTMLParser):
    """Texts, and attributes that are read out, of a template whose tags are gone."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quiet = 0
        self.feed(source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in ("script", "style", "code")
        for name, value in attributes:
            if value and (name in SPOKEN or name.startswith("data-word")):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.found.append(data)


def bare_words(source: str) -> list[str]:
    """What people would read, with a word in it, outside of translate and blocktranslate."""
    kept, until = [], ""
    for token in Lexer(source).tokenize():
        word = token.contents.split()[0] if token.contents.split() else ""
        if until:
            until = "" if token.token_type == TokenType.BLOCK and word == until else until
        elif token.token_type == TokenType.BLOCK:
            of_a_tag = re.match(r"block \w+_(class|attributes|narrow)$", token.contents)
            until = f"end{word}" if word in ("blocktranslate", "comment") or of_a_tag else ""
            kept.append(" ")
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        elif token.token_type == TokenType.VAR:
            kept.append("·")
    found = [" ".join(text.split()) for text in Bare("".join(kept)).found]
    return [text for text in found if re.search(r"[A-Za-z]{2}", SAME.sub("", text))]


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TEMPLATES.rglob("*.html")) if path.name not in FOR_BUILDERS],
    ids=lambda path: path.relative_to(TEMPLATES).as_posix(),
)
def test_no_word_of_a_template_stands_bare(path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<img alt="A cat">', ["A cat"]),
        ('<p class="pp-x">{% translate "Hello" %}</p>', []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ("{% comment %}Hello{% endcomment %}{# Hello #}", []),
        ('<a title="{{ name }}">{{ name }}: 10 %</a>', []),
    ],
)
def test_the_check_sees_bare_words(source, left):
    assert bare_words(source) == left
