"""The words of a language as one dictionary: a page asks for 30 to 400 of them, each in a dozen catalogues otherwise.

Django keeps the words of each application apart, and behind those of English five catalogues of its own with no word in
them, so that to say an English word as it stands took most of four microseconds. The answers are the same:
tests/test_catalogues.py asks for every word both ways.
"""

from typing import Any

from django.conf import settings
from django.utils.translation.trans_real import TranslationCatalog, translation

HEADER = ""
"""Every catalogue says under the empty word who made it."""


class OneDictionary(TranslationCatalog):
    """The catalogues of a language, of which the first that has a word says it; plurals are asked for as before."""

    def __init__(self, several: Any) -> None:
        self._catalogs, self._plurals = several._catalogs, several._plurals
        self._words: dict[Any, Any] = {}
        for catalogue in reversed(self._catalogs):
            self._words |= catalogue

    def get(self, key: Any, default: Any = None) -> Any:
        return self._words.get(key, default)


def simplify() -> None:
    """Look words up so from now on, in every language. Reads them all: for a process that answers requests."""
    for language, _name in settings.LANGUAGES:
        words: Any = translation(language)
        if isinstance(words._catalog, TranslationCatalog):
            words._catalog = OneDictionary(words._catalog)
        while words is not None:
            words._fallback = next(filter(_has_words, _behind(words)), None)
            words = words._fallback


def _behind(words: Any) -> Any:
    """What is asked when these do not know a word, and what after that."""
    while (words := words._fallback) is not None:
        yield words


def _has_words(words: Any) -> bool:
    return any(key != HEADER for key in words._catalog.keys())  # noqa: SIM118  # Django's catalogue is no dict
