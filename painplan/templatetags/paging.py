"""`{% paging page %}`: where a page of a list stands, and the way to those beside it."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.html import escape
from django.utils.safestring import SafeString

from painplan.templatetags.parts import part

register = template.Library()

BEFORE, AFTER = "the page before", "the page after"
"""What stands in the place of the addresses while the piece is drawn: they may hold words that somebody typed."""


@register.simple_tag(takes_context=True)
def paging(context: Context, page: Page[Any]) -> SafeString:
    """`_pages.html` for one page of a list, with the other parameters of the address kept in both links."""
    before, after = page.has_previous(), page.has_next()
    drawn: str = part(
        "_pages.html",
        first=page.start_index(),
        last=page.end_index(),
        total=page.paginator.count,
        before=BEFORE if before else "",
        after=AFTER if after else "",
    )
    asked = context["request"].GET
    others = [(name, value) for name in asked if name != "page" for value in asked.getlist(name)]
    if before:
        drawn = drawn.replace(BEFORE, _address(others, page.number - 1))
    if after:
        drawn = drawn.replace(AFTER, _address(others, page.number + 1))
    return SafeString(drawn)  # nosec B308, B703  # drawn by a template, and escaped addresses


def _address(others: list[tuple[str, str]], number: int) -> str:
    return escape("?" + urlencode([*others, ("page", number)]))
