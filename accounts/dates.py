"""How a date is written in the reader's language: "9 November" is "9 de noviembre", "9 Nov" is "9 nov"."""

import re

from django.utils.translation import gettext

_DAY = re.compile(r"j F Y|j F|j M Y|j M|F Y")


def in_language(pattern: str) -> str:
    """A pattern of Django's date filter in English order, as the active language writes it."""
    return _DAY.sub(lambda found: _written(found[0]), pattern)


def _written(pattern: str) -> str:
    # Translators: these are patterns of Django's date filter, not words.
    match pattern:
        case "j F Y":
            return gettext("j F Y")
        case "j F":
            return gettext("j F")
        case "j M Y":
            return gettext("j M Y")
        case "j M":
            return gettext("j M")
        case _:
            return gettext("F Y")
