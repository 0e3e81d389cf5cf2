"""What a chart repeats for every day, quickly: words for days and points, and the marks themselves.

A year of dots through template loops costs tens of milliseconds; through these tags, a few.
"""

from datetime import date
from functools import lru_cache

from django import template
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from accounts.dates import in_language
from plans.charts import Dot, PainChart, Sparkline

register = template.Library()


@register.filter
def short_day(day: date | None) -> str:
    """A day without its year ("9 Nov"), in the reader's language; empty for none."""
    return "" if day is None else _day(day, "j M", get_language())


@register.filter
def full_day(day: date | None) -> str:
    """A day with weekday and year ("Mon 9 Nov 2026")."""
    return "" if day is None else _day(day, "D j M Y", get_language())


@register.filter
def points(value: float | None) -> str:
    """Pain with one decimal when it has one ("6", "6.5"); empty for none."""
    return "" if value is None else _points(float(value), get_language())


@register.simple_tag
def day_dots(chart: PainChart) -> SafeString:
    """A dot for each logged day, with its day and value."""
    r = chart.dot_radius
    return format_html_join(
        "\n",
        '<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}: {}</title></circle>',
        ((dot.css, str(dot.x), str(dot.y), str(r), short_day(dot.day), points(dot.value)) for dot in chart.dots),
    )


@register.simple_tag
def spark_marks(spark: Sparkline) -> SafeString:
    """The band, the lines and the dots of a sparkline: a list has fifty of them."""
    drawn: list[tuple[str, list[tuple[object, ...]]]] = []
    if spark.band:
        band = '<rect class="c-band" x="0" y="{}" width="{}" height="{}" rx="1"/>'
        usual = '<path class="c-usual" stroke-opacity=".6" d="M0 {} H{}"/>'
        drawn += [(band, [(spark.band.y, spark.width, spark.band.height)]), (usual, [(spark.band.line_y, spark.width)])]
    drawn += [
        ('<path class="c-line" d="{}"/>', [(line,) for line in spark.lines]),
        ('<path class="c-line-alert" d="{}"/>', [(line,) for line in spark.alert_lines]),
        ('<circle class="c-dot{}" stroke="none" cx="{}" cy="{}" r="1.8"/>', [_place(dot) for dot in spark.dots]),
        ('<circle class="c-dot{}" cx="{}" cy="{}" r="3.2"/>', [_place(spark.end)] if spark.end else []),
    ]
    return format_html_join("", "{}", ((format_html_join("", mark, rows),) for mark, rows in drawn))


def _place(dot: Dot) -> tuple[str, str, str]:
    return "-alert" if dot.kind == "alert" else "", str(dot.x), str(dot.y)


@register.simple_tag
def session_marks(chart: PainChart) -> SafeString:
    """Done, partly done and missed sessions in their lane, each with its day."""
    drawn = {
        "done": SafeString('<circle class="c-done" r="3.5"/>'),
        "part": SafeString('<circle class="c-part" r="3"/><path class="c-done" d="M0 -3.5 a3.5 3.5 0 0 0 0 7 z"/>'),
        "missed": SafeString('<path class="c-miss" d="M-2.6 -2.6 l5.2 5.2 m0 -5.2 l-5.2 5.2"/>'),
    }
    words = {
        "done": gettext("session done"),
        "part": gettext("session partly done"),
        "missed": gettext("session missed"),
    }
    y, scale = str(chart.lane_y), str(chart.mark_scale)
    return format_html_join(
        "\n",
        '<g transform="translate({} {}) scale({})">{}<title>{}: {}</title></g>',
        ((str(mark.x), y, scale, drawn[mark.state], short_day(mark.day), words[mark.state]) for mark in chart.sessions),
    )


@register.simple_tag
def day_rows(chart: PainChart) -> SafeString:
    """The same days as rows of a table, the newest first."""
    above = gettext("in a time above usual")
    return format_html_join(
        "\n",
        '<tr><th scope="row">{}</th><td class="n">{}</td><td class="pp-wrap">{}</td></tr>',
        ((full_day(dot.day), points(dot.value), above if dot.kind == "alert" else "") for dot in chart.newest_first),
    )


@register.simple_tag
def timeline_rows(rows: list[tuple[date, float | None, str, str]]) -> SafeString:
    """Day, pain, session and what else happened as rows of a table."""
    return format_html_join(
        "\n",
        '<tr><th scope="row">{}</th><td class="n">{}</td><td>{}</td><td class="pp-wrap">{}</td></tr>',
        ((full_day(day), points(pain), session, said) for day, pain, session, said in rows),
    )


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str | None) -> str:
    return date_format(day, in_language(pattern))


@lru_cache(maxsize=1024)
def _points(value: float, language: str | None) -> str:
    return str(floatformat(value, "-1"))
