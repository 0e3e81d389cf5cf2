"""`{% part %}`: a piece of a page that depends on nothing but its values, drawn once for each set of them."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from types import NoneType
from typing import Any
from uuid import UUID

from django import template
from django.template import Context, Engine
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

KEPT = 4_096
"""Drawn pieces that a process keeps; those not asked for longest go first. A piece is a row or a tile, 1 to 3 kB."""

PLAIN = frozenset([str, SafeString, int, bool, float, Decimal, date, datetime, time, NoneType])
"""What a value may be, besides members of an enum, and tuples, frozen sets and frozen dataclasses of such."""

Plain = Any
"""A value as described at `PLAIN`."""


@register.simple_tag
def part(template_name: str, **values: Plain) -> SafeString:
    """The piece that a template draws of these values, and of nothing else: no request, no person, no outer variables.

    Its text is kept in the process under everything it can depend on: the template, the language, the time zone, the
    values and their types (`1` and `True` are equal, as are marked and plain text; what they draw is not). So it is
    never out of date, and what one person sees comes to another only if both were given the same.

    Nothing of a patient belongs in here: what a process keeps outlives the request, and would outlive an erasure.
    For the library, the frame, the words of the product, and what says nothing of a person (a badge, a meter of "7 of
    12"). A patient's row is drawn anew, by an ordinary include.

    Raises TypeError for a value that is not plain (a model, a dict, a list): it could change, or bring more with it.
    """
    kinds: list[type] = []
    for name, value in values.items():
        _note_kinds(name, value, kinds)
    return _drawn(
        template_name, get_language(), timezone.get_current_timezone_name(), tuple(kinds), tuple(values.items())
    )


MARK = "the token of this page"
KEYS = [str(UUID(int=(0xA11CE << 100) + n)) for n in range(8)]
"""What stands in for keys while a part is drawn."""


@register.simple_tag(takes_context=True)
def part_with_forms(context: Context, template_name: str, **values: Plain) -> SafeString:
    """A `part` whose forms have `{% csrf_token %}`: the page's own token is put into what is kept.

    And whose addresses may name rows, a patient's too: of a key (a UUID) the template knows only that there is one. It
    may say it, in an address or as it is, and nothing else; what is kept has a mark in its place.
    """
    keys = [name for name, value in values.items() if isinstance(value, UUID)]
    marks = dict(zip(keys, KEYS, strict=False))
    drawn: str = part(template_name, **(values | marks), csrf_token=MARK)
    for name, mark in marks.items():
        drawn = drawn.replace(mark, str(values[name]))
    token = escape(str(context.get("csrf_token", "")))
    return SafeString(drawn.replace(MARK, token))  # nosec B308, B703  # drawn by a template


@lru_cache(maxsize=KEPT)
def _drawn(
    template_name: str, _language: str, _zone: str, _kinds: tuple[type, ...], values: tuple[tuple[str, Plain], ...]
) -> SafeString:
    return Engine.get_default().get_template(template_name).render(Context(dict(values)))


def _note_kinds(name: str, value: Plain, kinds: list[type]) -> None:
    """Add the type of everything in a value to `kinds`; `name` is for the error."""
    kind = type(value)
    kinds.append(kind)
    if kind in PLAIN:
        return
    inside = _inside(kind)  # type: ignore[arg-type]  # a class can be hashed
    if inside is None:
        raise TypeError(f"{name} is a {kind.__qualname__}: a part takes plain values only, see PLAIN.")
    for each in inside(value):
        _note_kinds(name, each, kinds)


@cache
def _inside(kind: type) -> Callable[[Plain], Any] | None:
    """How to come by the values inside one of this type; None when it may not be given to a part."""
    if issubclass(kind, Enum):
        return lambda _value: ()
    if issubclass(kind, tuple):
        return iter
    if kind is frozenset:
        return lambda value: sorted(value, key=repr)
    if is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        names = [field.name for field in fields(kind)]
        return lambda value: [getattr(value, name) for name in names]
    return None
