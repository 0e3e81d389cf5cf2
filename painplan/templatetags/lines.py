"""`{% line %}`: a line of a long list, drawn once for each shape with marks where its words go; then words are put in.

A template takes a millisecond for a line with links, badges and conditions, and a list has fifty. What is kept is the
shape (a line with a flag that nobody has seen, about somebody without a log), never anybody's words.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html import escape
from operator import attrgetter
from typing import Any, NamedTuple, get_type_hints

from django import template
from django.template import Context, Engine
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MARK = re.compile("\ue000([a-z_]+)\ue001")  # in characters of the private use area, which no template holds
BETWEEN = "\ue000"
KEPT: dict[tuple[Any, ...], "Shape"] = {}
MOST = 1_024
"""Shapes that a process keeps."""


class Shape(NamedTuple):
    """What stands between the words of a line, and which words (by their numbers) stand there."""

    pieces: list[str]
    words: list[int]


@register.simple_tag
def line(template_name: str, line: Any) -> SafeString:
    """The line that a template draws of a frozen dataclass or a NamedTuple, known to it as `line`.

    Fields annotated `str` or `SafeString` are its words: the template says them and asks whether they are empty, and
    does nothing else with them. All others are its shape; nothing of a person belongs there. Raises TypeError when the
    template does more with a word than that: the first line of each shape is drawn both ways.
    """
    return _joined([_said(template_name, get_language(), line)])


@register.simple_tag
def lines(template_name: str, lines: Iterable[Any]) -> SafeString:
    """One such line after the other."""
    language = get_language()
    return _joined([_said(template_name, language, each) for each in lines])


def _joined(lines: list[str]) -> SafeString:
    return SafeString("\n".join(lines))  # nosec B703  # their words are escaped in `_filled`


def _said(template_name: str, language: str | None, line: Any) -> str:
    kind = type(line)
    names, words_of, shape_of = _fields(kind)  # type: ignore[arg-type]  # a class can be hashed
    words = words_of(line)
    key = (template_name, language, kind, shape_of(line), *map(bool, words))
    shape = KEPT.get(key)
    if shape is None:
        shape = _shape(template_name, line, names, words)
        if len(KEPT) >= MOST:
            KEPT.clear()
        KEPT[key] = shape
    return _filled(shape, words)


@cache
def _fields(kind: type) -> tuple[list[str], Callable[[Any], Sequence[Any]], Callable[[Any], Any]]:
    """The names of the words of a line, and how to come by the words, and by what makes its shape."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else list(kind._fields)  # type: ignore[attr-defined]
    words = [name for name in names if hints[name] in (str, SafeString)]
    shape = [name for name in names if name not in words]
    return words, _several(words), attrgetter(*shape) if shape else lambda _line: ()


def _several(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    """Attributes of these names, one alone too as a row of one."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda line: [getattr(line, name) for name in names]


def _shape(template_name: str, line: Any, names: list[str], words: Sequence[str]) -> Shape:
    marked = {name: f"\ue000{name}\ue001" if word else "" for name, word in zip(names, words, strict=True)}
    change: Any = replace if is_dataclass(line) else type(line)._replace
    found = MARK.split(_drawn(template_name, change(line, **marked)))
    shape = Shape(found[::2], [names.index(name) for name in found[1::2]])
    if _filled(shape, words) != _drawn(template_name, line):
        raise TypeError(f"{template_name} does more with a word of {type(line).__qualname__} than to say it.")
    return shape


def _drawn(template_name: str, line: Any) -> str:
    return Engine.get_default().get_template(template_name).render(Context({"line": line}))


def _filled(shape: Shape, words: Sequence[str]) -> str:
    """The pieces of a line with its words between them. Words are plain text, or marked as HTML."""
    escaped = _escaped(words)
    found = [""] * (2 * len(shape.pieces) - 1)
    found[::2] = shape.pieces
    found[1::2] = [escaped[number] for number in shape.words]
    return "".join(found)


def _escaped(words: Sequence[str]) -> Sequence[str]:
    """All words at once, which takes a fifth of the time; one by one where one of them holds what parts them."""
    plain = words
    if SafeString in map(type, words):
        plain = ["" if type(word) is SafeString else word for word in words]
    together = escape(BETWEEN.join(plain)).split(BETWEEN)
    if len(together) != len(words):
        return [word if isinstance(word, SafeString) else escape(word) for word in words]
    if plain is not words:
        return [word if type(word) is SafeString else said for word, said in zip(words, together, strict=True)]
    return together
