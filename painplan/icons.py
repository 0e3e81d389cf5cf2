"""Builds the icon sprite that pages use: `python -m painplan.icons` (`--check` only compares).

The drawings come from the bootstrap-icons package (MIT); the sprite is committed, so that serving
pages needs no node_modules. A page that wants another icon adds its name to NAMES and runs this.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "bootstrap-icons" / "icons"
SPRITE = ROOT / "static" / "img" / "icons.svg"

NAMES = frozenset(
    [
        "activity",
        "alarm",
        "arrow-clockwise",
        "arrow-counterclockwise",
        "arrow-down",
        "arrow-down-up",
        "arrow-left",
        "arrow-left-right",
        "arrow-right",
        "arrow-repeat",
        "arrow-up",
        "arrows-angle-expand",
        "archive",
        "bandaid",
        "bar-chart",
        "bell",
        "bell-slash",
        "book",
        "bookmark",
        "bookmark-fill",
        "box-arrow-right",
        "box-arrow-up-right",
        "calendar-check",
        "calendar-week",
        "calendar3",
        "card-checklist",
        "chat",
        "chat-dots",
        "check",
        "check-circle",
        "check-circle-fill",
        "check-lg",
        "check2-all",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "chevron-up",
        "circle",
        "circle-half",
        "clipboard-check",
        "clock",
        "clock-history",
        "copy",
        "dash",
        "database",
        "download",
        "droplet",
        "emoji-smile",
        "envelope",
        "exclamation-circle-fill",
        "exclamation-triangle",
        "exclamation-triangle-fill",
        "eye",
        "eye-slash",
        "file-earmark-text",
        "fingerprint",
        "flag",
        "flag-fill",
        "funnel",
        "gear",
        "globe",
        "graph-down",
        "graph-up",
        "graph-up-arrow",
        "grip-vertical",
        "hand-thumbs-up",
        "heart-pulse",
        "hourglass-split",
        "house",
        "inbox",
        "inbox-fill",
        "info-circle",
        "info-circle-fill",
        "journal-plus",
        "journal-text",
        "layout-sidebar",
        "key",
        "layout-split",
        "life-preserver",
        "lightbulb",
        "link-45deg",
        "list",
        "laptop",
        "lock",
        "moon-stars",
        "octagon-fill",
        "pause-circle",
        "pause-circle-fill",
        "pause-fill",
        "pencil",
        "pencil-square",
        "people",
        "people-fill",
        "person",
        "person-check",
        "person-circle",
        "person-plus",
        "person-walking",
        "phone",
        "play-circle",
        "play-fill",
        "plus",
        "plus-lg",
        "printer",
        "qr-code",
        "question-circle",
        "search",
        "send",
        "shield-check",
        "shield-lock",
        "skip-forward",
        "slash-circle",
        "sliders",
        "sort-down",
        "stars",
        "stop-fill",
        "sun",
        "sun-fill",
        "sunrise",
        "table",
        "telephone",
        "telephone-fill",
        "exclamation-circle",
        "list-ul",
        "phone-vibrate",
        "thermometer-half",
        "volume-up",
        "three-dots",
        "trash",
        "umbrella",
        "unlock",
        "upload",
        "water",
        "wifi-off",
        "x",
        "x-circle",
        "x-lg",
        "zoom-in",
    ]
)

# They say "back", "on", "out" or where a line begins: turned round where a language is written from right to left.
WAYS = frozenset(
    [
        "arrow-left",
        "arrow-right",
        "box-arrow-right",
        "box-arrow-up-right",
        "card-checklist",
        "chevron-left",
        "chevron-right",
        "layout-sidebar",
        "list-ul",
        "send",
    ]
)


def symbol(name: str, source: str) -> str:
    """One icon file as a <symbol>; it keeps the 16 x 16 box and takes its colour from the text."""
    body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if body is None:
        raise ValueError(f"{name}.svg is not an SVG drawing")
    shapes = re.sub(r"\s*\n\s*", "", body.group(1))
    return f'<symbol id="{name}" viewBox="0 0 16 16">{shapes}</symbol>'


def sprite(names: frozenset[str] = NAMES) -> str:
    """The whole sprite, names in order. Raises FileNotFoundError for a name the package does not have."""
    symbols = [symbol(name, (SOURCE / f"{name}.svg").read_text(encoding="utf-8")) for name in sorted(names)]
    head = '<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Bootstrap Icons, MIT licence. -->\n'
    return head + "\n".join(symbols) + "\n</svg>\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the sprite, or with --check say whether the committed one is current (exit 1 if not)."""
    parser = argparse.ArgumentParser(prog="python -m painplan.icons", description="Build the icon sprite.")
    parser.add_argument("--check", action="store_true", help="only compare with the committed sprite")
    options = parser.parse_args(arguments)
    if not SOURCE.is_dir():
        print(
            "The icons are not installed. Run `npm ci`, then try again.",
            file=sys.stderr,
        )
        return 2
    fresh = sprite()
    if options.check:
        if SPRITE.is_file() and SPRITE.read_text(encoding="utf-8") == fresh:
            return 0
        print(
            "static/img/icons.svg is out of date. Run `python -m painplan.icons`.",
            file=sys.stderr,
        )
        return 1
    SPRITE.write_text(fresh, encoding="utf-8")
    print(f"{len(NAMES)} icons in {SPRITE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
