"""What a chart repeats for every day, quickly: words for days and points, rows of tables, the marks of a sparkline.

A year of days through template loops costs tens of milliseconds; through these tags, a few. The chart itself:
chart_picture.py.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape

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
    return "" if day is None else day_said(day, "j M", get_language())


@register.filter
def full_day(day: date | None) -> str:
    """A day with weekday and year ("Mon 9 Nov 2026")."""
    return "" if day is None else day_said(day, "D j M Y", get_language())


@register.filter
def points(value: float | Decimal | None) -> str:
    """Pain with one decimal when it has one ("6", "6.5"); empty for none."""
    return "" if value is None else points_said(float(value), get_language())


@register.simple_tag
def spark_marks(spark: Sparkline) -> SafeString:
    """The band, the lines and the dots of a sparkline: a list has dozens of them."""
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
    language, rows = get_language(), list(rows)
    words = {session: escape(session) for session in {row[2] for row in rows}}
    return SafeString(  # nosec B703  # numbers, dates, and what is escaped
        "\n".join(
            f'<tr><th scope="row">{day_said(day, "D j M Y", language)}</th>'
            f'<td class="n">{"" if pain is None else points_said(float(pain), language)}</td><td>{words[session]}</td>'
            f'<td class="pp-wrap">{escape(said) if said else ""}</td></tr>'
            for day, pain, session, said in rows
        )
    )


@register.simple_tag
def strip_numbers(strip: Iterable[tuple[str, str, str]]) -> SafeString:
    """The numbers over a chart: name, value, and what it is compared with."""
    drawn = [
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}"
        f"{f' <small>{escape(compared)}</small>' if compared else ''}</dd></div>"
        for name, value, compared in strip
    ]
    return SafeString("".join(drawn))  # nosec B703  # what is escaped


@register.simple_tag
def answer_rows(name: str, top: int, rows: Sequence[tuple[date, Decimal | None]]) -> SafeString:
    """The answers to one kind of check-in as rows of a table, the newest first; `top` is the end of its scale."""
    language, said = get_language(), gettext("%(n)s of %(top)s")
    none = f'<span class="pp-meta">{gettext("not answered")}</span>'
    head = f'<tr><th scope="row">{escape(name)}</th><td>'
    return SafeString(  # nosec B703  # numbers, dates, our words, and what is escaped
        "".join(
            f'{head}{day_said(day, "D j M Y", language)}</td><td class="n">'
            f"{none if total is None else said % {'n': points_said(float(total), language), 'top': top}}</td></tr>"
            for day, total in reversed(rows)
        )
    )


class Words:
    """The words of a picture, in the reader's language: each asked for once for all widths."""

    def __init__(self) -> None:
        self.language, self._said = get_language(), dict[str, str]()

    def gettext(self, words: str) -> str:
        if words not in self._said:
            self._said[words] = gettext(words)
        return self._said[words]

    def short_day(self, day: date | None) -> str:
        """As the filter."""
        return "" if day is None else day_said(day, "j M", self.language)

    def long_day(self, day: date) -> str:
        """A day with its month in full ("9 November")."""
        return day_said(day, "j F", self.language)

    def in_tenths(self, value: float) -> str:
        """A level or a mean, always with its decimal ("6.0")."""
        return _in_tenths(float(value), self.language)


@lru_cache(maxsize=4096)
def day_said(day: date, pattern: str, language: str | None) -> str:
    """A day as a pattern of the date filter says it; for whoever says many, and knows the language."""
    return date_format(day, in_language(pattern))


@lru_cache(maxsize=1024)
def points_said(value: float, language: str | None) -> str:
    """Points as `points` says them; for whoever says many."""
    return _plain(floatformat(value, "-1"))


@lru_cache(maxsize=1024)
def _in_tenths(value: float, language: str | None) -> str:
    return _plain(floatformat(value, 1))


def _plain(said: str) -> str:
    """Marked as HTML, it would be copied each time that it is put into a text."""
    return said + ""
