"""The words of the interface: all are collected, all are translated, and what is filled in later fits."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import catalogue
import words

LANGUAGES = [code for code, _name in settings.LANGUAGES if not code.startswith("en")]
MESSAGES = [
    (language, message)
    for language in LANGUAGES
    for message in catalogue.read((words.LOCALE / language / "LC_MESSAGES/django.po").read_text(encoding="utf-8"))
]
PLACE = re.compile(r"%\([a-zA-Z_]+\)[-+0# ]*\d*(?:\.\d+)?[a-zA-Z]|%%\w?|%[sd]|\{[a-z_]*\}|</?[a-z][^>]*>")


def places(text: str) -> Counter[str]:
    """What is filled in later, and tags."""
    return Counter(PLACE.findall(text))


def shown(pairs: list[tuple[str, object]]) -> str:
    return "\n".join(f"{text[:80]!r}: {wrong}" for text, wrong in pairs)


def test_every_word_of_the_source_is_collected():
    """Run `make words` after a text was added or changed, then translate what is new in locale/*/LC_MESSAGES."""
    stale = [path.name for path, _messages, content in words.files() if path.read_bytes() != content]
    assert stale == []


def test_every_message_is_translated():
    missing = [(message.singular, language) for language, message in MESSAGES if not message.is_translated]
    assert not missing, shown(missing)


def test_nothing_is_a_guess():
    assert not [message.singular for _language, message in MESSAGES if "fuzzy" in message.flags]


def test_what_is_filled_in_later_is_the_same_in_the_translation():
    wrong = []
    for _language, message in MESSAGES:
        allowed = [places(message.singular), places(message.plural)] if message.plural else [places(message.singular)]
        for number, form in enumerate(message.forms):
            # One may be named "one" instead of by its number, in either language.
            right = places(form) in allowed if number == 0 else places(form) == allowed[-1]
            if not right:
                wrong.append((message.singular, form))
    assert not wrong, shown(wrong)


def test_ends_and_line_breaks_are_the_same():
    wrong = []
    for _language, message in MESSAGES:
        for english, form in zip((message.singular, message.plural or message.singular), message.forms, strict=False):
            same = all(english[at] == form[at] for at in (0, -1) if english[at].isspace() or form[at].isspace())
            if not same or (english.endswith((".", ":", "…")) and len(english) > 1 and form[-1] != english[-1]):
                wrong.append((english, form))
    assert not wrong, shown(wrong)


def test_spanish_questions_are_opened_and_nobody_is_called_usted():
    wrong = [
        (message.singular, form)
        for language, message in MESSAGES
        for form in message.forms
        if language == "es"
        and (
            form.count("¿") != form.count("?")
            or form.count("¡") != form.count("!")
            or re.search(r"\b(usted|ustedes|vosotros)\b", form)
        )
    ]
    assert not wrong, shown(wrong)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('_("Hello")', [words.Words("Hello")]),
        ('gettext_lazy("a" "b")', [words.Words("ab")]),
        ('ngettext("%(n)d day", "%(n)d days", n)', [words.Words("%(n)d day", "%(n)d days")]),
        ('pgettext("a month", "May")', [words.Words("May", context="a month")]),
        ("_(name)", []),
    ],
)
def test_words_are_found_in_python(source, found):
    assert list(words.in_python(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% load i18n %}{% translate "100 % (all)" %}', [words.Words("100 %% (all)")]),
        ('{% translate "Flagged" context "pennant" %}', [words.Words("Flagged", context="pennant")]),
        ('{% include "x" with label=_("It\'s") %}', [words.Words("It's")]),
        (
            "{% blocktranslate trimmed count n=all %}\n {{ n }} day\n{% plural %}{{ n }} days{% endblocktranslate %}",
            [words.Words("%(n)s day", "%(n)s days")],
        ),
        ("{# {% translate 'No' %} #}", []),
    ],
)
def test_words_are_found_in_templates(source, found):
    assert list(words.in_template(source, "a template")) == found


def test_a_catalogue_is_read_as_it_was_written():
    texts = ['He said "a\\b"', "two\nlines\n", "x" * 200, "word " * 60, "Tab\t, ¿qué?", "%(n)d day"]
    messages = [catalogue.Message(text, forms=[text.upper()]) for text in texts]
    messages += [catalogue.Message("a day", "days", "context", ["un día", "días"], ["a/b.py"], ["python-format"])]
    assert catalogue.read(catalogue.write(messages, "es")) == messages


def test_what_is_not_translated_is_not_compiled(tmp_path):
    import gettext

    messages = [catalogue.Message("yes", forms=["sí"]), catalogue.Message("no", forms=[""])]
    messages.append(catalogue.Message("a day", "days", "c", ["un día", "días"]))
    file = tmp_path / "x.mo"
    file.write_bytes(catalogue.compiled(messages, "es"))
    with file.open("rb") as opened:
        found = gettext.GNUTranslations(opened)
    assert (found.gettext("yes"), found.gettext("no")) == ("sí", "no")
    assert [found.npgettext("c", "a day", "days", n) for n in (1, 0, 5)] == ["un día", "días", "días"]


def test_a_line_that_is_no_po_file_is_refused():
    with pytest.raises(ValueError, match="belongs to no"):
        catalogue.read('msgid "a"\nnonsense "b"')
