"""`{% paging page %}`: where a page of a list stands, and the way to those beside it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.safestring import SafeString

from painplan.templatetags.lines import line

register = template.Library()


@dataclass(frozen=True)
class Place:
    """Which of how many a page shows; `before` and `after` are the addresses of the pages beside it, or empty."""

    first: str
    last: str
    total: str
    before: str
    after: str


@register.simple_tag(takes_context=True)
def paging(context: Context, page: Page[Any]) -> SafeString:
    """`_pages.html` for one page of a list, with the other parameters of the address kept in both links."""
    asked = context["request"].GET
    others = [(name, value) for name in asked if name != "page" for value in asked.getlist(name)]

    def address(number: int) -> str:
        return "?" + urlencode([*others, ("page", number)])

    place = Place(
        first=str(page.start_index()),
        last=str(page.end_index()),
        total=str(page.paginator.count),
        before=address(page.number - 1) if page.has_previous() else "",
        after=address(page.number + 1) if page.has_next() else "",
    )
    return line("_pages.html", place)  # type: ignore[no-any-return]  # a tag
