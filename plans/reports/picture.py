"""A chart for paper: the SVG of the pages with its colours written out, because typst knows no CSS variables.

The rules come from the style sheets of the pages (static/css), light theme, so that a chart looks the same everywhere.
"""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

from plans.charts import PainChart
from plans.reports.fonts import EXTENDED, FAMILY
from plans.templatetags.chart_picture import pain_picture

CSS = Path(settings.BASE_DIR) / "static/css"
VARIABLE_USED = re.compile(r"var\((--pp-[\w-]+)\)")
VARIABLE = re.compile(r"(--pp-[\w-]+):\s*([^;]+);")
RULE = re.compile(r"^(\.(?:pp-chart(?: text| \.[\w-]+)|c-[\w-]+)) \{([^}]*)\}", re.MULTILINE)
# Paint and type only: the rest is layout, which the picture's own width and height decide.
KEPT = ("fill", "stroke", "font-size", "font-weight")


def chart_svg(chart: PainChart, *, mine: bool) -> str:
    """The picture with its styles inside. `mine`: worded for the patient."""
    svg = pain_picture(chart, mine, "-")
    start = svg.index("<svg")
    head_end = svg.index(">", start) + 1
    head = svg[start:head_end].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    titles = re.compile(r"<title>.*?</title>", re.DOTALL)
    return f"{head}<style>{_styles()}</style>{titles.sub('', svg[head_end:])}"


@cache
def light_colours() -> dict[str, str]:
    """The colours of the light theme by the names of their CSS variables."""
    tokens = (CSS / "tokens.css").read_text(encoding="utf-8")
    return dict(VARIABLE.findall(tokens[tokens.index(":root {") : tokens.index("@media screen")]))


@cache
def _styles() -> str:
    colours = light_colours()
    rules = [f'text {{ font-family: "{FAMILY}", "{EXTENDED}"; }}']
    for selector, body in RULE.findall((CSS / "charts.css").read_text(encoding="utf-8")):
        paints = [part.strip() for part in body.split(";") if part.strip().startswith(KEPT)]
        resolved = [VARIABLE_USED.sub(lambda found: colours[found[1]].strip(), paint) for paint in paints]
        rules.append(f"{selector} {{ {'; '.join(resolved)}; }}")
    return "\n".join(rules)
