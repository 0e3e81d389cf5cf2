"""Links in a row, of which a list shows a dozen: filters and views, written without a template's nodes for each."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from painplan.templatetags.painplan_ui import icon

register = template.Library()

NOTHING, HIDDEN = format_html("{}", ""), format_html("{}", " hidden")
NOW, HERE = (format_html(' aria-current="{}"', what) for what in ("true", "page"))


@register.simple_tag
def chip_links(chips: Iterable[Mapping[str, Any]]) -> SafeString:
    """The filters of _chips.html: url, label, on."""
    return format_html_join(
        "",
        '<li><a class="pp-chip" href="{}"{}>{}{}</a></li>',
        (
            (chip["url"], NOW, icon("check"), chip["label"])
            if chip["on"]
            else (chip["url"], NOTHING, NOTHING, chip["label"])
            for chip in chips
        ),
    )


@register.simple_tag
def tab_links(tabs: Iterable[Mapping[str, Any]]) -> SafeString:
    """The views of _tabs.html: url, label, current; count, and the id of the count, where there are some."""
    return format_html_join(
        "",
        '<li><a class="pp-tab" href="{}"{}>{}{}</a></li>',
        ((tab["url"], HERE if tab["current"] else NOTHING, tab["label"], _count(tab)) for tab in tabs),
    )


def _count(tab: Mapping[str, Any]) -> SafeString:
    count, key = tab.get("count"), tab.get("id")
    if count is None:
        return NOTHING
    if not key:
        return format_html(' <span class="pp-count">{}</span>', count)
    return format_html(' <span class="pp-count" id="{}"{}>{}</span>', key, NOTHING if count else HIDDEN, count)
