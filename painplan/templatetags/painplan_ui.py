"""Template tags for the parts in templates/_*.html: icons, pictures, the 0-10 scale, field kinds."""

from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from exercises.drawn import Drawn
from painplan import icons

register = template.Library()

POSITIONS = frozenset(
    [
        "standing",
        "sitting",
        "lying-back",
        "lying-front",
        "lying-side",
        "four-point",
        "kneeling",
        "walking",
        "in-water",
        "cycling",
    ]
)
"""Positions that static/img/positions.svg can draw."""

SIZES = {
    "row": (72, 54),
    "tight": (60, 46),
    "strip": (72, 60),
    "plan": (112, 92),
    "print": (156, 116),
    "tile": (160, 120),
    "wide": (350, 206),
}
"""Picture sizes in CSS pixels (width, height)."""

BADGES = {
    "urgent": ("octagon-fill", gettext_lazy("Urgent")),
    "important": ("exclamation-triangle-fill", gettext_lazy("Important")),
    "watch": ("eye", gettext_lazy("Watch")),
    "info": ("info-circle-fill", gettext_lazy("Note")),
    "ok": ("check-circle-fill", gettext_lazy("Resolved")),
    "withdrawn": ("arrow-counterclockwise", gettext_lazy("Withdrawn")),
    "no": ("slash-circle", gettext_lazy("Not for")),
    "plain": ("", ""),
}
"""Badge kinds: icon and the word used when the page gives none."""

CHECKS = {
    "stop": "slash-circle",
    "warning": "exclamation-triangle-fill",
    "info": "info-circle-fill",
    "ok": "check-circle-fill",
}
"""Kinds of builder checks and their icons."""

DAYS = {
    "done": ("check-lg", gettext_lazy("Done")),
    "part": ("", gettext_lazy("Partly done")),
    "today": ("", gettext_lazy("Today")),
    "planned": ("", gettext_lazy("Planned")),
    "missed": ("x-lg", gettext_lazy("Not done")),
    "rest": ("dash", gettext_lazy("Rest day")),
}
"""States of a day in the week strip: icon and word."""


PLACES = frozenset(
    [
        "find",
        "inbox",
        "caseload",
        "library",
        "templates",
        "review",
        "library_review",
        "clinic",
        "operator",
        "preferences",
        "today",
        "progress",
        "plan",
        "help",
    ]
)
"""What the navigation of staff or of a patient can mark as the current place."""


@register.simple_tag(takes_context=True)
def place(context: Context, named: str) -> str:
    """Where in the navigation a page belongs: what its view named, else its route; "" where neither stands there."""
    match = context["request"].resolver_match
    here = named or (match.url_name if match else "")
    return here if here in PLACES else ""


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite, hidden from screen readers: the words beside it carry the meaning."""
    if name not in icons.NAMES:
        raise ValueError(f"No icon {name!r}. Add it to painplan/icons.py and run `python -m painplan.icons`.")
    return format_html(
        '<svg class="pp-icon{}{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        " pp-way" if name in icons.WAYS else "",
        f" {css}" if css else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def pictogram(position: str, width: int, height: int, alt: str = "") -> SafeString:
    """A calm drawn placeholder for a position, until the exercise has its own figure."""
    name = position if position in POSITIONS else "standing"
    naming = format_html('role="img" aria-label="{}"', alt) if alt else SafeString('aria-hidden="true"')
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 {} {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        width,
        height,
        width,
        height,
        naming,
        static("img/positions.svg"),
        name,
    )


@register.simple_tag
def size_of(name: str) -> dict[str, int]:
    """Width and height of a named picture size, in CSS pixels."""
    width, height = SIZES[name or "row"]
    return {"width": width, "height": height}


@register.simple_tag
def picture_of(drawn: Drawn, size: str) -> dict[str, str]:
    """Addresses of a figure's picture for a named size, in both themes."""
    kind = "row" if size in ("", "row", "tight", "strip") else "tile"
    return {theme: drawn.address(kind, theme) for theme in ("light", "dark")}


@register.filter
def badge_icon(kind: str) -> str:
    """Icon name of a badge kind; empty for a plain badge."""
    return BADGES[kind][0]


@register.filter
def badge_word(kind: str) -> str:
    """The word a badge shows when the page gives none."""
    return str(BADGES[kind][1])


@register.filter
def check_icon(kind: str) -> str:
    """Icon name of a builder check."""
    return CHECKS[kind]


@register.filter
def day_icon(state: str) -> str:
    """Icon name of a day state; empty where the ring alone is drawn."""
    return DAYS[state][0]


@register.filter
def day_word(state: str) -> str:
    """A day state in words, for screen readers."""
    return str(DAYS[state][1])


@register.filter
def kind_of(field: BoundField) -> str:
    """How _field.html lays a bound field out: radios, checks, check, select, text area or input."""
    widget = field.field.widget
    for kind, classes in (
        ("checks", CheckboxSelectMultiple),
        ("radios", RadioSelect),
        ("check", CheckboxInput),
        ("select", Select),
        ("textarea", Textarea),
    ):
        if isinstance(widget, classes):
            return kind
    return "input"


@register.simple_tag
def nrs_cells(field: Any, name: str, value: Any, low: str, high: str) -> list[dict[str, Any]]:
    """The eleven cells of a 0-10 scale: number, checked, accessible label.

    `field` is a bound field or nothing; `value` is what was posted (text, a number or nothing): 0 is a
    value, an empty string and None are not. Without a `value` the bound field's own one counts; nothing
    else is ever chosen beforehand.
    """
    bound = field if isinstance(field, BoundField) else None
    chosen = bound.value() if bound is not None and value in (None, "") else value
    text = "" if chosen is None else str(chosen).strip()
    base = bound.auto_id if bound is not None and bound.auto_id else f"id_{name}"
    ends = {0: low or gettext("no pain"), 10: high or gettext("worst pain imaginable")}
    return [
        {
            "number": number,
            "id": f"{base}_{number}",
            "checked": text == str(number),
            "label": f"{number}, {ends[number][:1].lower()}{ends[number][1:]}" if number in ends else "",
        }
        for number in range(11)
    ]


@register.filter
def same_as(value: Any, other: Any) -> bool:
    """Whether a choice's value and what was posted mean the same option (0 and "0" do, None and "" do not)."""
    return value is not None and other not in (None, "") and str(value) == str(other)


@register.filter
def undo_url(message: Message) -> str:
    """The address that undoes what a message reports: messages.success(..., extra_tags="undo:/path/")."""
    for tag in (message.extra_tags or "").split():
        if tag.startswith("undo:/") and not tag.startswith("undo://"):
            return tag.removeprefix("undo:")
    return ""


@register.simple_tag
def count_to(last: int) -> range:
    """The numbers 1 to last, for progress bars made of steps."""
    return range(1, int(last) + 1)


@register.filter
def initials(full_name: str) -> str:
    """Up to two initials of a name, for the round picture beside it."""
    words = str(full_name).split()
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words))
