"""`{% line %}`: a line of a long list, drawn once for each shape with marks where its words go; then words are put in.

A template takes a millisecond for a line with links, badges and conditions, and a list has fifty. What is kept is the
shape (a line with a flag that nobody has seen, about somebody without a log), never anybody's words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import cache
from html import escape
from typing import Any, get_type_hints

from django import template
from django.template import Context, Engine
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MARK = re.compile("\ue000([a-z_]+)\ue001")  # in characters of the private use area, which no template holds
KEPT: dict[tuple[Any, ...], list[str]] = {}
MOST = 1_024
"""Shapes that a process keeps."""


@register.simple_tag
def line(template_name: str, line: Any) -> SafeString:
    """The line that a template draws of a frozen dataclass, known to it as `line`.

    Fields annotated `str` or `SafeString` are its words: the template says them and asks whether they are empty, and
    does nothing else with them. All others are its shape; nothing of a person belongs there. Raises TypeError when the
    template does more with a word than that: the first line of each shape is drawn both ways.
    """
    words, shape = _fields(type(line))  # type: ignore[arg-type]  # a class can be hashed
    said = {name: getattr(line, name) for name in words}
    key = (
        template_name,
        get_language(),
        type(line),
        *map(bool, said.values()),
        *(getattr(line, name) for name in shape),
    )
    pieces = KEPT.get(key)
    if pieces is None:
        marked = replace(line, **{name: f"\ue000{name}\ue001" if value else "" for name, value in said.items()})
        pieces = MARK.split(_drawn(template_name, marked))
        if _filled(pieces, said) != _drawn(template_name, line):
            raise TypeError(f"{template_name} does more with a word of {type(line).__qualname__} than to say it.")
        if len(KEPT) >= MOST:
            KEPT.clear()
        KEPT[key] = pieces
    return _filled(pieces, said)


@register.simple_tag
def lines(template_name: str, found: Iterable[Any]) -> SafeString:
    """The same of several, one after the other."""
    return SafeString("".join([line(template_name, each) for each in found]))  # nosec B703  # lines of the tag above


@cache
def _fields(kind: type) -> tuple[list[str], list[str]]:
    """The names of the words of a line, and of what makes its shape."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    words = [name for name in names if hints[name] in (str, SafeString)]
    return words, [name for name in names if name not in words]


def _drawn(template_name: str, line: Any) -> str:
    return Engine.get_default().get_template(template_name).render(Context({"line": line}))


def _filled(pieces: list[str], said: Mapping[str, str]) -> SafeString:
    """Text and names of words in turn, as the pattern split them. Words are plain text, or marked as HTML."""
    words = {name: word if isinstance(word, SafeString) else escape(word) for name, word in said.items()}
    found = pieces[:]
    found[1::2] = [words[name] for name in pieces[1::2]]
    return SafeString("".join(found))  # nosec B703  # words are escaped above
