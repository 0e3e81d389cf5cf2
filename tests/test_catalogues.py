"""Words looked up in one dictionary are those that Django's own catalogues say."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from asgiref.local import Local
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext, trans_real

from painplan.catalogues import simplify

UNKNOWN = "a sentence that nobody has ever translated"


@pytest.fixture
def both(monkeypatch):
    """For each language its words as Django has them, and simplified."""
    plain = {language: trans_real.DjangoTranslation(language) for language, _name in settings.LANGUAGES}
    monkeypatch.setattr(trans_real, "_translations", {})
    monkeypatch.setattr(trans_real, "_active", trans_real._active)
    simplify()
    return {language: (words, trans_real.translation(language)) for language, words in plain.items()}


def chain(words):
    while words is not None:
        yield words
        words = words._fallback


def keys(words):
    return {key for one in chain(words) for key in one._catalog.keys()}  # noqa: SIM118


def test_every_word_is_said_as_before(both):
    assert len(keys(both["es"][0])) > 5_000  # ours and those of Django and allauth
    for plain, simple in both.values():
        assert keys(simple) == keys(plain)
        for key in keys(plain):
            word = key[0] if isinstance(key, tuple) else key
            context, _mark, said = word.rpartition("\x04")
            assert simple.gettext(word) == plain.gettext(word)
            assert simple.pgettext(context, said) == plain.pgettext(context, said)
            for number in (0, 1, 2, 1_000_000):
                assert simple.ngettext(said, "more", number) == plain.ngettext(said, "more", number)
                assert simple.npgettext(context, said, "more", number) == plain.npgettext(context, said, "more", number)


def test_unknown_words_stay_as_they_are(both):
    for plain, simple in both.values():
        assert simple.gettext(UNKNOWN) == plain.gettext(UNKNOWN) == UNKNOWN
        assert [simple.ngettext(UNKNOWN, "more", number) for number in (1, 2)] == [UNKNOWN, "more"]


def test_nothing_is_asked_that_has_no_words(both):
    plain, simple = both["en-gb"]
    assert len(list(chain(plain))) > 1  # should Django stop bringing empty ones, this module can go
    assert len(list(chain(simple))) == 1


def test_other_catalogues_are_still_behind_spanish(both):
    assert [type(each._catalog).__name__ for each in chain(both["es"][1])] == ["OneDictionary", "OneDictionary"]


def test_each_thread_speaks_its_own_language(both):
    def told():
        return str(get_language()), gettext("Inbox")

    def spanish():
        before = told()
        with translation.override("es"):
            ready.wait()  # both speak at the same time
            return before, told()

    ready, english = Barrier(2, timeout=10), told()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(spanish)
        with translation.override("en-gb"):
            ready.wait()
            assert told() == ("en-gb", "Inbox")
        assert answer.result() == ((settings.LANGUAGE_CODE, "Inbox"), ("es", "Bandeja"))
    assert told() == english


@pytest.mark.parametrize("language", ["en-gb", "es"])
def test_who_spoke_before_goes_on(both, monkeypatch, language):
    monkeypatch.setattr(trans_real, "_active", Local())
    with translation.override(language):
        simplify()
        assert get_language() == language
        assert ngettext("%(n)d day", "%(n)d days", 2) == {"es": "%(n)d días", "en-gb": "%(n)d days"}[language]


def test_twice_is_as_once(both):
    before = list(chain(both["es"][1]))
    simplify()
    assert list(chain(both["es"][1])) == before
