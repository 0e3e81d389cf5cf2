"""What a chart repeats for every day, quickly: words for days and points, and the marks themselves.

A year of dots through template loops costs tens of milliseconds; through these tags, a few.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django import template
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.html import escape, format_html_join
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
    r, language = chart.dot_radius, get_language()
    # Numbers, dates and names of classes: nothing here needs to be escaped.
    return SafeString(  # nosec B703  # numbers, dates and words of our own
        "\n".join(
            f'<circle class="{dot.css}" cx="{dot.x}" cy="{dot.y}" r="{r}">'
            f"<title>{_day(dot.day, 'j M', language)}: {_points(dot.value, language)}</title></circle>"
            for dot in chart.dots
        )
    )


@register.simple_tag
def spark_marks(spark: Sparkline) -> SafeString:
    """The band, the lines and the dots of a sparkline: a list has fifty of them."""
    drawn = []
    if spark.band:
        band = spark.band
        drawn = [
            f'<rect class="c-band" x="0" y="{band.y}" width="{spark.width}" height="{band.height}" rx="1"/>',
            f'<path class="c-usual" stroke-opacity=".6" d="M0 {band.line_y} H{spark.width}"/>',
        ]
    drawn += [f'<path class="c-line" d="{path}"/>' for path in spark.lines]
    drawn += [f'<path class="c-line-alert" d="{path}"/>' for path in spark.alert_lines]
    drawn += [f'<circle class="{_spark_dot(dot)}" stroke="none" {_place(dot)} r="1.8"/>' for dot in spark.dots]
    if spark.end:
        drawn.append(f'<circle class="{_spark_dot(spark.end)}" {_place(spark.end)} r="3.2"/>')
    return SafeString("".join(drawn))  # nosec B703  # numbers and names of classes


def _spark_dot(dot: Dot) -> str:
    return "c-dot-alert" if dot.kind == "alert" else "c-dot"


def _place(dot: Dot) -> str:
    return f'cx="{dot.x}" cy="{dot.y}"'


@register.simple_tag
def session_marks(chart: PainChart) -> SafeString:
    """Done, partly done and missed sessions in their lane, each with its day."""
    drawn = {
        "done": ('<circle class="c-done" r="3.5"/>', gettext("session done")),
        "part": (
            '<circle class="c-part" r="3"/><path class="c-done" d="M0 -3.5 a3.5 3.5 0 0 0 0 7 z"/>',
            gettext("session partly done"),
        ),
        "missed": ('<path class="c-miss" d="M-2.6 -2.6 l5.2 5.2 m0 -5.2 l-5.2 5.2"/>', gettext("session missed")),
    }
    shown = {state: (mark, escape(words)) for state, (mark, words) in drawn.items()}
    y, scale, language = chart.lane_y, chart.mark_scale, get_language()
    return SafeString(  # nosec B703  # numbers, dates and words of our own
        "\n".join(
            f'<g transform="translate({mark.x} {y}) scale({scale})">{shown[mark.state][0]}'
            f"<title>{_day(mark.day, 'j M', language)}: {shown[mark.state][1]}</title></g>"
            for mark in chart.sessions
        )
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
def timeline_rows(rows: Iterable[tuple[date, float | None, str, str]]) -> SafeString:
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
