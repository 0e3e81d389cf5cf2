"""Sentences about the right side, said of the left one, and the other way round."""

import re

# The stems of both words in a language; what follows the stem stays (derecha, derechos).
_STEMS = {"en": ("right", "left", r"\b"), "es": ("derech", "izquierd", r"[oa]s?\b")}


def other_side(text: str, language: str = "en") -> str:
    """The sentence for the mirrored figure. An unknown language leaves it as it is."""
    if language not in _STEMS:
        return text
    right, left, rest = _STEMS[language]

    def swapped(found: re.Match[str]) -> str:
        other = left if found[1].lower() == right else right
        return other.capitalize() if found[1][0].isupper() else other

    return re.sub(rf"\b({right}|{left})(?={rest})", swapped, text, flags=re.IGNORECASE)
