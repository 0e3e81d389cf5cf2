"""`{% pain_picture %}`: a pain chart as SVG, in one width or several, and the small one of a check-in.

A record draws three and four of them; through templates they cost a quarter of the page. Coordinates keep their points
in every language, what is said is said in the reader's.
"""

from collections.abc import Iterator
from decimal import Decimal
from html import escape
from typing import NamedTuple, Self

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from plans.chart_marks import PainChart, PauseMark, Zone
from plans.chart_small import SmallChart
from plans.templatetags.chart_words import Words, day_said, points, points_said

register = template.Library()

SIZE = "{}"


@register.simple_tag
def pain_picture(chart: PainChart, mine: bool = False, label: str | None = None, css: str = "") -> SafeString:
    """The picture alone. `mine`: worded for the patient; `label`: one sentence for screen readers, made from the marks
    unless given; `css`: a class more.
    """
    return _drawn(chart, _Alike.of(chart, label), mine, css)


@register.simple_tag
def pain_pictures(
    wide: PainChart, narrow: PainChart, phone: PainChart | None, mine: bool = False, label: str | None = None
) -> SafeString:
    """The same chart in its widths, of which the page shows the one that it has room for."""
    alike, drawn = _Alike.of(wide, label), []
    for chart, css in ((wide, "pp-chart-wide"), (narrow, "pp-chart-narrow"), (phone, "pp-chart-phone")):
        if chart:
            if chart.bottom != wide.bottom:
                alike = _Alike.of(chart, label)
            drawn.append(_drawn(chart, alike, mine, css))
    return SafeString("".join(drawn))  # nosec B703  # pictures of the tag above


class _Alike(NamedTuple):
    """What is drawn alike in every width of one height: its sentence, the dots and the sessions, with a `%s` for the
    place of each, and `SIZE` for how large they are.
    """

    words: Words
    said: str
    dots: str
    sessions: str

    @classmethod
    def of(cls, chart: PainChart, label: str | None) -> Self:
        words = Words()
        sessions = _sessions(chart, words) if chart.lanes else ""
        return cls(words, _said(chart, label, words), _dots(chart, words), sessions)


def _drawn(chart: PainChart, alike: _Alike, mine: bool, css: str) -> SafeString:
    words = alike.words
    marks = [
        f'<svg class="pp-chart{" " if css else ""}{escape(css)}" viewBox="0 0 {chart.width} {chart.height}"'
        f' width="{chart.width}" height="{chart.height}" role="img" aria-label="{alike.said}">',
        "".join(_pauses(chart, words)),
        "".join(_zones(chart, words)),
        _plot(chart, words),
        "".join(
            f'<path class="c-version" d="M{version.x} {chart.top} V{chart.bottom}">'
            f"<title>{words.short_day(version.day)}: {escape(version.label)}</title></path>"
            for version in chart.versions
            if version.line
        ),
        "".join([f'<path class="c-line-soft" d="{line}"/>' for line in chart.lines]),
        alike.dots.replace(SIZE, str(chart.dot_radius)) % chart.dot_xs,
        "".join(_means(chart, words)),
        _words_beside(chart, mine, words),
        "".join(
            f'<path class="c-axis" d="M{tick.x} {chart.bottom} v5"/>'
            f'<text x="{tick.x}" y="{chart.tick_word_y}" text-anchor="middle">{words.short_day(tick.day)}</text>'
            for tick in chart.ticks
        ),
        _lanes(chart, alike) if chart.lanes else "".join(_version_words(chart)),
        _notes(chart, words),
        "</svg>",
    ]
    return SafeString("\n".join([mark for mark in marks if mark]))  # nosec B703  # numbers, our words, and what is escaped


@register.simple_tag
def answers_picture(chart: SmallChart, worse: bool) -> SafeString:
    """The answers of a check-in, small; the last one marked, and in another colour when it became worse."""
    language, last = get_language(), len(chart.answers) - 1
    lines = "".join(f'<path class="c-line" d="{line}"/>' for line in chart.lines)
    dots = "".join(
        f'<circle class="c-dot{"-alert" if worse and number == last else ""}" cx="{answer.x}" cy="{answer.y}"'
        f' r="{4 if number == last else 2.2}"><title>{day_said(answer.day, "j M", language)}:'
        f" {points_said(answer.value, language)}</title></circle>"
        for number, answer in enumerate(chart.answers)
    )
    return SafeString(  # nosec B703  # numbers, dates and names of classes
        f'<svg class="pp-chart" viewBox="0 0 {chart.width} {chart.height}" width="{chart.width}"'
        f' height="{chart.height}" aria-hidden="true"><path class="c-axis" d="M0 {chart.base_y} H{chart.width}"/>'
        f"{lines}{dots}</svg>"
    )


@register.simple_tag
def answered_kind(
    name: str, last: Decimal | None, change: Decimal | None, worse: bool, chart: SmallChart | None, sentence: str
) -> SafeString:
    """One kind of check-in: the last answer, its change, the picture and a sentence."""
    if last is None:
        value = f'<p class="v pp-meta">{gettext("not asked")}</p>'
    else:
        kind, arrow = "up" if worse else "flat", "↑" if change and change > 0 else "↓"
        by = f' <span class="pp-delta-{kind}" aria-hidden="true">{arrow} {points(abs(change))}</span>' if change else ""
        value = f'<p class="v">{points(last)}{by}</p>{answers_picture(chart, worse) if chart else ""}'
    return SafeString(  # nosec B703  # numbers, our words, and what is escaped
        f'<div><h3 class="pp-small pp-meta">{escape(name)}</h3>{value}'
        f'<p class="pp-small pp-soft">{escape(sentence)}</p></div>'
    )


def _said(chart: PainChart, label: str | None, words: Words) -> str:
    """For screen readers."""
    if label:
        said = [f"{escape(label)}."]
    else:
        between = {"first": words.long_day(chart.first), "last": words.long_day(chart.last)}
        said = [words.gettext("Pain from %(first)s to %(last)s.") % between]
    if band := chart.band:
        usual = {
            "usual": words.in_tenths(band.usual),
            "low": words.in_tenths(band.low),
            "high": words.in_tenths(band.high),
        }
        said.append(words.gettext("Usual level %(usual)s, range %(low)s to %(high)s.") % usual)
    if zone := chart.current:
        now = {"since": words.long_day(zone.since_on), "mean": words.in_tenths(zone.mean)}
        said.append(words.gettext("Since %(since)s the mean is %(mean)s.") % now)
    if not chart.logged:
        said.append(words.gettext("Nothing was logged."))
    return " ".join(said)


def _pauses(chart: PainChart, words: Words) -> Iterator[str]:
    for pause in chart.events.pauses if chart.events else ():
        yield (
            f'<rect class="c-pause" x="{pause.x}" y="{chart.top}" width="{pause.width}" height="{chart.plot_height}"'
            f' rx="2"><title>{_rested(pause, words)}</title></rect>'
        )


def _rested(pause: PauseMark, words: Words) -> str:
    days = {"first": words.short_day(pause.from_on), "last": words.short_day(pause.until_on)}
    if pause.until_on:
        return words.gettext("Plan paused from %(first)s to %(last)s") % days
    return words.gettext("Plan paused since %(first)s") % days


def _zones(chart: PainChart, words: Words) -> Iterator[str]:
    for zone in chart.zones:
        told = {
            "since": words.short_day(zone.since_on),
            "until": words.short_day(zone.until_on),
            "mean": words.in_tenths(zone.mean),
        }
        said = words.gettext("Above usual from %(since)s to %(until)s, mean %(mean)s") % told
        yield (
            f'<rect class="c-alert-zone" x="{zone.x}" y="{chart.top}" width="{zone.width}"'
            f' height="{chart.plot_height}" rx="2"><title>{said}</title></rect>'
        )


def _plot(chart: PainChart, words: Words) -> str:
    """The band, the grid with its scale, and the usual line over it."""
    left, right, band = chart.left, chart.right, chart.band
    marks = []
    if band:
        between = {"low": words.in_tenths(band.low), "high": words.in_tenths(band.high)}
        said = words.gettext("Usual range %(low)s to %(high)s") % between
        marks.append(
            f'<rect class="c-band" x="{left}" y="{band.y}" width="{chart.plot_width}" height="{band.height}">'
            f"<title>{said}</title></rect>"
        )
    marks += [
        f'<path class="c-grid" d="M{left} {chart.middle} H{right} M{left} {chart.top} H{right}"/>',
        f'<path class="c-axis" d="M{left} {chart.bottom} H{right}"/>',
        f'<text x="16" y="{chart.zero_word_y}" text-anchor="end">0</text>',
        f'<text x="16" y="{chart.five_word_y}" text-anchor="end">5</text>',
        f'<text x="16" y="{chart.ten_word_y}" text-anchor="end">10</text>',
    ]
    if band:
        marks.append(f'<path class="c-usual" d="M{left} {band.line_y} H{right}"/>')
    return "".join(marks)


def _dots(chart: PainChart, words: Words) -> str:
    """A dot for each logged day, with its day and value."""
    return "\n".join(
        [
            f'<circle class="{"c-dot" if kind == "plain" else f"c-dot-{kind}"}" cx="%s" cy="{y}" r="{SIZE}">'
            f"<title>{words.short_day(day)}: {points_said(value, words.language)}</title></circle>"
            for (day, value, kind), y in zip(chart.logged, chart.dot_ys, strict=True)
        ]
    )


def _means(chart: PainChart, words: Words) -> Iterator[str]:
    """The mean of each time above usual, and since when it is so."""
    for zone in chart.zones:
        place = f"M{zone.x} {zone.mean_y} h{zone.width}"
        yield f'<path class="c-line-alert" d="{place}"><title>{_mean(zone, words)}</title></path>'
        if zone.ongoing and zone.from_fits:
            since = words.gettext("From %(since)s") % {"since": words.short_day(zone.since_on)}
            yield (
                f'<text class="t-alert" x="{zone.from_x}" y="{chart.from_word_y}"'
                f' text-anchor="{zone.from_anchor}">{since}</text>'
            )


def _mean(zone: Zone, words: Words) -> str:
    return words.gettext("Mean %(mean)s") % {"mean": words.in_tenths(zone.mean)}


def _words_beside(chart: PainChart, mine: bool, words: Words) -> str:
    """Right of the plot: the mean now, the usual level and its range."""
    said = []
    if zone := chart.current:
        now = words.gettext("Now %(mean)s") % {"mean": words.in_tenths(zone.mean)} if mine else _mean(zone, words)
        said.append(f'<text class="t-alert" x="{chart.word_x}" y="{chart.mean_word_y}">{now}</text>')
    if band := chart.band:
        usual = words.gettext("Usual %(usual)s") % {"usual": words.in_tenths(band.usual)}
        said.append(f'<text class="t-usual" x="{chart.word_x}" y="{chart.usual_word_y}">{usual}</text>')
        if not mine:
            between = f"{words.in_tenths(band.low)}–{words.in_tenths(band.high)}"
            said.append(f'<text x="{chart.word_x}" y="{chart.range_word_y}">{between}</text>')
    return "".join(said)


def _lanes(chart: PainChart, alike: _Alike) -> str:
    """Under the plot: sessions and versions of the plan; over it the days on which a flag was raised."""
    words = alike.words
    sessions = alike.sessions.replace(SIZE, str(chart.mark_scale)) % chart.mark_xs
    rows = [_lane_word(chart, chart.lane_word_y, words.gettext("Sessions")), sessions]
    rows.append(_lane_word(chart, chart.bar_word_y, words.gettext("Plan")))
    for version in chart.versions:
        bar, word = ("c-vbar-now", ' class="t-usual"') if version.current else ("c-vbar", "")
        rows.append(
            f'<rect class="{bar}" x="{version.x}" y="{chart.bar_y}" width="{version.width}" height="22" rx="6">'
            f"<title>{words.short_day(version.day)}: {escape(version.label)}</title></rect>"
        )
        if version.text:
            rows.append(f'<text{word} x="{version.text_x}" y="{chart.bar_word_y}">{escape(version.text)}</text>')
    for pole in chart.poles:
        flagged = words.gettext("Flagged on %(day)s") % {"day": words.short_day(pole.day)}
        word = pgettext("pennant in the chart, at most 8 letters", "Flagged")
        rows.append(
            f'<path class="c-alert-rule" d="M{pole.x} 28 V{chart.bottom}"/>'
            f'<path class="c-flag" d="M{pole.x} 8 h62 a5 5 0 0 1 5 5 v12 a5 5 0 0 1 -5 5 h-62 z">'
            f'<title>{flagged}</title></path><text class="t-inv" x="{pole.text_x}" y="23">{word}</text>'
        )
    return "\n".join(rows)


def _lane_word(chart: PainChart, y: float, word: str) -> str:
    return f'<text x="{chart.word_x}" y="{y}">{word}</text>'


def _sessions(chart: PainChart, words: Words) -> str:
    """Done, partly done and missed sessions in their lane, each with its day."""
    drawn = {
        "done": ('<circle class="c-done" r="3.5"/>', words.gettext("session done")),
        "part": (
            '<circle class="c-part" r="3"/><path class="c-done" d="M0 -3.5 a3.5 3.5 0 0 0 0 7 z"/>',
            words.gettext("session partly done"),
        ),
        "missed": ('<path class="c-miss" d="M-2.6 -2.6 l5.2 5.2 m0 -5.2 l-5.2 5.2"/>', words.gettext("session missed")),
    }
    y = chart.lane_y
    return "\n".join(
        [
            f'<g transform="translate(%s {y}) scale({SIZE})">{drawn[state][0]}'
            f"<title>{words.short_day(day)}: {drawn[state][1]}</title></g>"
            for day, state in chart.marks
        ]
    )


def _version_words(chart: PainChart) -> Iterator[str]:
    """Without lanes the versions have their words on top of their lines."""
    for version in chart.versions:
        if version.line and version.top_fits:
            yield f'<text x="{version.top_x}" y="{chart.from_word_y}">{escape(version.label)}</text>'


def _notes(chart: PainChart, words: Words) -> str:
    if not chart.events or not chart.events.notes:
        return ""
    marks = [_lane_word(chart, chart.events.notes_word_y, words.gettext("Notes"))]
    marks += [
        f'<g transform="translate({note.x} {chart.events.notes_y})">'
        '<rect class="c-note" x="-4" y="-4" width="8" height="8" rx="1"/>'
        f"<title>{words.short_day(note.day)}: {escape(note.words)}</title></g>"
        for note in chart.events.notes
    ]
    return "".join(marks)
