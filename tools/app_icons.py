"""Draw the icons of the installed app from static/img/app/icon.svg: `python tools/app_icons.py [--check]`.

The PNG files are committed. The maskable ones fill the whole square and keep the drawing inside the inner 80 per
cent, which no launcher cuts away (W3C, Web Application Manifest, "safe zone").
"""

import sys
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).resolve().parent.parent / "static/img/app"
# Name, edge in pixels, the drawing that is set.
ICONS = [
    ("icon-192.png", 192, "icon.svg"),
    ("icon-512.png", 512, "icon.svg"),
    ("maskable-192.png", 192, "maskable.svg"),
    ("maskable-512.png", 512, "maskable.svg"),
    ("apple-180.png", 180, "maskable.svg"),
]


def drawn(edge: int, drawing: str) -> bytes:
    """The PNG of a drawing, `edge` pixels wide and high, on nothing."""
    source = (
        f"#set page(width: {edge}pt, height: {edge}pt, margin: 0pt, fill: none)\n"
        f'#image("{drawing}", width: {edge}pt, height: {edge}pt)'
    )
    compiled: Any = typst.compile  # its types want the folder to be of the source's type
    made = compiled(source.encode(), root=str(FOLDER), format="png", ppi=72.0)
    if not isinstance(made, bytes):
        raise TypeError("typst gave no picture")
    return made


def main() -> int:
    check = "--check" in sys.argv[1:]
    for name, edge, drawing in ICONS:
        content, file = drawn(edge, drawing), FOLDER / name
        if check and (not file.exists() or file.read_bytes() != content):
            print(f"static/img/app/{name} is out of date. Run `python tools/app_icons.py`.", file=sys.stderr)
            return 1
        if not check:
            file.write_bytes(content)
    print(f"{len(ICONS)} icons in static/img/app")
    return 0


if __name__ == "__main__":
    sys.exit(main())
