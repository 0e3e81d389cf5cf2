"""Pictures of exercises for paper: the drawn posture, or the uploaded picture, as SVG that stands alone.

Nothing is decoded here: an uploaded picture goes into the SVG as it is stored.
"""

import base64
import re
from functools import cache
from pathlib import Path

from django.conf import settings

from plans.reports.picture import VARIABLE_USED, light_colours

POSITIONS = Path(settings.BASE_DIR) / "static/img/positions.svg"
SYMBOL = re.compile(r'<symbol id="([a-z-]+)" viewBox="([\d .-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
FALLBACK = "standing"
# The figure stands on its floor in a box of this shape, as on the pages.
WIDTH, HEIGHT = 160, 120


@cache
def position_svg(position: str) -> str:
    """The drawn figure of a position (a value of ExerciseVersion.Position) in the colours of the light theme."""
    found = _symbols()
    view, drawn = found.get(position) or found[FALLBACK]
    back = light_colours()["--pp-fig-bg"].strip()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="{view}">'
        f'<rect x="-200" y="-200" width="600" height="600" fill="{back}"/>{drawn}</svg>'
    )


def photo_svg(stored: bytes, width: int, height: int, content_type: str) -> str:
    """A stored picture of so many pixels."""
    data = base64.b64encode(stored).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image href="data:{content_type};base64,{data}" width="{width}" height="{height}"/></svg>'
    )


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    colours = light_colours()
    source = VARIABLE_USED.sub(lambda used: colours[used[1]].strip(), POSITIONS.read_text(encoding="utf-8"))
    return {name: (view, drawn) for name, view, drawn in SYMBOL.findall(source)}
