"""The words of a language as one dictionary: a page asks for 30 to 400 of them, each in a dozen catalogues otherwise.

Django keeps the words of each application apart, and behind those of English five catalogues of its own with no word in
them, so that to say an English word as it stands took most of four microseconds. The answers are the same:
tests/test_catalogues.py asks for every word both ways.

Which language is spoken was kept for each task of a thread, which takes as long to look up as the word. Here a thread
answers one request after the other, and none waits in the middle for another: it is kept for each thread.
"""

import threading
from typing import Any

from django.conf import settings
from django.utils.translation import trans_real
from django.utils.translation.trans_real import TranslationCatalog, translation

HEADER = ""
"""Every catalogue says under the empty word who made it."""

CONTEXT = "\x04"
"""Stands between the context of a word and the word."""


class OneDictionary(TranslationCatalog):
    """The catalogues of a language, of which the first that has a word says it. In the `last` one that is asked a word
    that is not known stays as it is, as it would after two more looks: most of English.
    """

    last = False

    def __init__(self, several: Any) -> None:
        self._catalogs, self._plurals = several._catalogs, several._plurals
        self._words: dict[Any, Any] = {}
        for catalogue in reversed(self._catalogs):
            self._words |= catalogue
        # With numbers a word stands there as (word, which of its forms); languages choose the form each in its way.
        self._counted: dict[Any, dict[int, Any]] = {}
        for place, catalogue in enumerate(self._catalogs):
            for word in {key[0] for key in catalogue if isinstance(key, tuple)}:
                self._counted.setdefault(word, {})[place] = self._plurals[place]

    def get(self, key: Any, default: Any = None) -> Any:
        said = self._words.get(key)
        if said is None:
            return key if self.last and type(key) is str and CONTEXT not in key else default
        return said

    def plural(self, msgid: Any, num: int) -> Any:
        for place, form_of in self._counted.get(msgid, {}).items():
            said = self._catalogs[place].get((msgid, form_of(num)))
            if said is not None:
                return said
        raise KeyError


def simplify() -> None:
    """Look words up so from now on, in every language. Reads them all: for a process that answers requests."""
    kept: Any = trans_real
    if not isinstance(kept._active, threading.local):
        spoken, kept._active = getattr(kept._active, "value", None), threading.local()
        if spoken is not None:
            kept._active.value = spoken
    for language, _name in settings.LANGUAGES:
        words: Any = translation(language)
        if isinstance(words._catalog, TranslationCatalog):
            words._catalog = OneDictionary(words._catalog)
        while words is not None:
            words._fallback = next(filter(_has_words, _behind(words)), None)
            if words._fallback is None and isinstance(words._catalog, OneDictionary):
                words._catalog.last = True
            words = words._fallback


def _behind(words: Any) -> Any:
    """What is asked when these do not know a word, and what after that."""
    while (words := words._fallback) is not None:
        yield words


def _has_words(words: Any) -> bool:
    return any(key != HEADER for key in words._catalog.keys())  # noqa: SIM118  # Django's catalogue is no dict
