"""The typeface of the PDF reports: Atkinson Hyperlegible as TTF, because typst cannot read the web's woff2.

Made once from the npm package (SIL Open Font License) and kept beside the other files that the app makes.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

FAMILY = "Atkinson Hyperlegible"
# The letters beyond western Europe come as files of their own; under their own name typst falls back to them.
EXTENDED = FAMILY + " Ext"
SOURCE = settings.BASE_DIR / "node_modules/@fontsource/atkinson-hyperlegible/files"
FACES = ("400-normal", "700-normal")
FAMILY_NAMES = (1, 16)
FULL_NAMES = (4, 6)


@cache
def folder() -> Path:
    """The folder with the TTF files, made when it is not there yet."""
    made = Path(settings.VAR_DIR) / "fonts"
    made.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        for script, family in (("latin", FAMILY), ("latin-ext", EXTENDED)):
            target = made / f"atkinson-hyperlegible-{script}-{face}.ttf"
            if not target.exists():
                _make(SOURCE / f"atkinson-hyperlegible-{script}-{face}.woff2", target, family)
    return made


def _make(source: Path, target: Path, family: str) -> None:
    """Unpack one file. Written under another name and moved, so that nobody ever reads half of it."""
    with TTFont(source) as font:
        font.flavor = None
        for record in font["name"].names:
            if record.nameID in FAMILY_NAMES:
                record.string = family
            elif record.nameID in FULL_NAMES and family == EXTENDED:
                record.string = f"{record.toUnicode()} Ext"
        handle, half = tempfile.mkstemp(dir=target.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            font.save(file)
    Path(half).chmod(0o644)
    Path(half).replace(target)
