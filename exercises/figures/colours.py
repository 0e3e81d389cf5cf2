"""Colours of the figures in both themes. The grounds and the parts are the figure tokens of static/css/tokens.css."""

import re

from exercises.figures.people import Person

LIGHT: dict[str, str] = {
    "ground": "#efe8dc",
    "floor": "#e3d9c8",
    "shirt": "#0f7a73",
    "shirt_far": "#86b3a9",
    "trousers": "#334f6d",
    "trousers_far": "#93a2ae",
    "shoe": "#22303a",
    "shoe_far": "#7f898e",
    "eye": "#2a211c",
    "mouth": "#5c2a25",
    "tongue": "#c0635c",
    "bone": "#f0e2c6",
    "tooth": "#fffdf6",
    "mark": "#a86205",
    "arrow": "#a86205",
    "prop": "#a48d6f",
    "prop_top": "#c2ae8f",
    "prop_dark": "#8b775c",
    "mat": "#c3cbb6",
    "mat_top": "#d3d9c6",
    "pillow": "#ded6c8",
    "pillow_top": "#faf6ee",
    "wall": "#d3c6b0",
    "wall_top": "#e0d5c2",
    "ball": "#8c5a78",
    "ball_light": "#b58aa4",
    "band": "#8c4a6b",
    "stick": "#8a5f38",
    "towel": "#7a86b0",
    "water": "#f4fbff",
    "water_bed": "#fff8ea",
    "water_veil": "#1f6fa8",
    "water_line": "#5b8ab3",
    "metal": "#7d858a",
    "wheel": "#4d565b",
    "weight": "#5c5368",
    "food": "#8f9b62",
}
DARK: dict[str, str] = {
    **LIGHT,
    "ground": "#232e30",
    "floor": "#2d3a3c",
    "shirt": "#3ea79d",
    "shirt_far": "#2a6a64",
    "trousers": "#7c9bbf",
    "trousers_far": "#4a5f77",
    "shoe": "#d8dfe1",
    "shoe_far": "#8a969a",
    "eye": "#1c1613",
    "mouth": "#4a1f1b",
    "tongue": "#c46a63",
    "bone": "#e2d5bb",
    "tooth": "#fdf9ee",
    "mark": "#f0b54e",
    "arrow": "#f0b54e",
    "prop": "#8d7c69",
    "prop_top": "#a8967f",
    "prop_dark": "#6b5d4f",
    "mat": "#46584c",
    "mat_top": "#54685a",
    "pillow": "#7b8084",
    "pillow_top": "#a3a9ab",
    "wall": "#37454a",
    "wall_top": "#43525a",
    "stick": "#c08a52",
    "band": "#d08ab0",
    "ball": "#b57a9d",
    "ball_light": "#d5a9c3",
    "towel": "#8c9bb3",
    "water": "#041b28",
    "water_bed": "#1d1a12",
    "water_veil": "#5bb0e0",
    "water_line": "#7fb0d3",
    "metal": "#98a2a6",
    "wheel": "#a9b3b6",
    "weight": "#a99bb8",
    "food": "#a9b57c",
}
THEMES = {"light": LIGHT, "dark": DARK}

# What can be seen through, with how much it covers. Water is two: most of it lies behind the body, and over the body
# only a veil, so that what is under water stands out as far as what is above.
OPACITY = {"water": 0.9, "water_veil": 0.14}

# Parts that are cut out from what lies behind them by a rim in the colour of the ground.
RIMMED = frozenset({"skin", "skin_far", "shirt", "shirt_far", "trousers", "trousers_far", "shoe", "shoe_far", "hair"})


# Documents are written with "$role;" for every colour and painted once for each theme.
_TOKEN = re.compile(r"\$(\w+);")


def palette(theme: str, person: Person) -> dict[str, str]:
    """Role -> colour for this person in the "light" or "dark" theme."""
    index = 0 if theme == "light" else 1
    own = {
        "skin": person.skin,
        "skin_plain": person.skin,
        "skin_far": person.skin_far,
        "nail": person.skin_far,
        "ear": person.ear,
        "hair": person.hair,
    }
    return {**THEMES[theme], **{role: tones[index] for role, tones in own.items()}}


def painted(document: str, theme: str, person: Person) -> str:
    """The document with the colours of a theme in place of "$role;"."""
    colours = palette(theme, person)
    return _TOKEN.sub(lambda token: colours[token[1]], document)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """The contrast ratio of two "#rrggbb" colours after WCAG 2.2, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(two)))
    return (high + 0.05) / (low + 0.05)
