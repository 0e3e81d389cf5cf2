"""A language that is written from right to left turns the page round: style sheets name start and end, not sides."""

import re
from pathlib import Path

import pytest

from painplan import icons
from painplan.templatetags.painplan_ui import icon

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
CSS = sorted((STATIC / "css").glob("*.css"))
SIDED = re.compile(
    r"\b(margin|padding)-(left|right)\b|\bborder-(left|right)\b|(?<![\w-])(left|right)\s*:|text-align:\s*(left|right)"
    r"|float:\s*(left|right)|-(left|right)-radius|\bclear:\s*(left|right)"
)
FOUR = re.compile(r"(?<![\w-])(margin|padding|inset):\s*([^;{}]+)")
# In the middle, moved back by half: the same from both sides.
CENTRED = re.compile(r"(?<![\w-])left:\s*50%;[^}]*translateX\(-50%\)")


def sided(css: str) -> list[str]:
    """Declarations that mean a side of the screen rather than of the text."""
    css = CENTRED.sub("", re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    found = [match[0] for match in SIDED.finditer(css)]
    for match in FOUR.finditer(css):
        values = re.findall(r"(?:[^\s()]+\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s()]+)", match[2])
        if len(values) == 4 and values[1] != values[3]:
            found.append(match[0])
    rules = re.findall(r"([^{}]+)\{([^{}]*background-position:\s*(?:left|right)[^{}]*)\}", css)
    turned = {selector.strip().removeprefix('[dir="rtl"] ') for selector, _ in rules if "rtl" in selector}
    found += [selector.strip() for selector, _ in rules if "rtl" not in selector and selector.strip() not in turned]
    return found


@pytest.mark.parametrize("path", CSS, ids=lambda path: path.name)
def test_no_rule_names_a_side_of_the_screen(path):
    assert sided(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "rule",
    ["a { margin-left: 1px; }", "a { left: 0 }", "a { padding: 1px 2px 3px 4px; }", "a { text-align: right }"],
)
def test_the_check_sees_a_side(rule):
    assert sided(rule)


def test_the_check_lets_the_middle_pass():
    assert sided("a { left: 50%; top: 0; transform: translateX(-50%) } b { padding: 1px 2px; inset: auto 0 0 0 }") == []


def test_what_points_along_the_line_is_turned_round():
    sideways = {name for name in icons.NAMES if re.search(r"(?<!-left)-(left|right)(?!-)", name)}
    assert sideways - {"arrow-left-right"} <= icons.WAYS and icons.WAYS <= icons.NAMES
    assert 'class="pp-icon pp-way"' in icon("chevron-left")
    assert "pp-way" not in icon("chevron-down")
    assert '[dir="rtl"] .pp-way { scale: -1 1; }' in (STATIC / "css/base.css").read_text(encoding="utf-8")


def test_every_icon_that_points_is_drawn_by_the_tag():
    """A drawing that names the sprite itself would not turn."""
    sources = [*(ROOT / "templates").rglob("*.html"), *(STATIC / "js").glob("*.js")]
    bare = [
        path.name for path in sources if re.search(r"icons\.svg|#(chevron|arrow)-", path.read_text(encoding="utf-8"))
    ]
    assert bare == []


def test_the_page_says_its_direction(rf, monkeypatch):
    from django.template.loader import render_to_string
    from django.utils import translation

    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl"' in render_to_string("400.html", {}, rf.get("/"))
    assert "dir=" not in render_to_string("400.html", {}, rf.get("/")).split("<head>")[0]
