"""Sets a report as PDF/UA-1 (tagged, readable aloud) with typst: a template and its words in, bytes out.

The words arrive as JSON, so that nothing a person wrote is ever read as markup.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from plans.reports.fonts import folder

TEMPLATES = Path(__file__).parent
STANDARD = "ua-1"


def pdf(template: str, words: Mapping[str, Any], *, at: datetime) -> bytes:
    """The report `template` (a name in this folder, without ".typ") with its words, dated `at`.

    A letter that no typeface here has would make a PDF that a screen reader cannot read aloud, which PDF/UA refuses:
    such a report is set without the claim, because a report with a box in it is better than none.
    """
    given = {"words": json.dumps(words, ensure_ascii=False)}
    source = TEMPLATES / f"{template}.typ"
    try:
        return _set(source, given, at, [STANDARD])
    except typst.TypstError as error:
        if "could not be displayed" not in f"{error.message} {error.diagnostic}":
            raise
        return _set(source, given, at, [])


def _set(source: Path, given: dict[str, str], at: datetime, standards: list[Any]) -> bytes:
    compiler = typst.Compiler(root=str(TEMPLATES), font_paths=_fonts(), sys_inputs=given)
    dated = at.replace(microsecond=0)  # typst refuses parts of a second
    made = compiler.compile(input=str(source), format="pdf", pdf_standards=standards, timestamp=dated)
    if not isinstance(made, bytes):
        raise TypeError("typst gave no PDF")
    return made


@cache
def _fonts() -> "typst.Fonts":
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[str(folder())])
