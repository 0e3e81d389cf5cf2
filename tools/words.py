"""The words of the interface: collect them from the source, and compile their translations.

    tools/words.py            bring every locale/*/LC_MESSAGES/django.po up to date and compile it
    tools/words.py --check    change nothing; fail when that would change something

Needs no GNU gettext: Python is read as syntax trees, templates through Django's own `templatize`. A translation whose
English has gone is dropped, a new one is empty and shows English until somebody writes it; nothing is ever guessed.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import catalogue
from catalogue import Message

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("accounts", "exercises", "plans", "painplan")
POSES = ROOT / "exercises/library/poses"
VOCABULARY = ROOT / "exercises/library/vocabulary.json"
LOCALE = ROOT / "locale"
# Function name -> where in its arguments stand context, singular and plural.
KEYWORDS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_CONSTANT = re.compile(r"%(?:\([a-z_]+\))?[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrs]")


@dataclass(frozen=True, slots=True, order=True)
class Words:
    """One message of the source. `plural` and `context` are "" when there is none."""

    singular: str
    plural: str = ""
    context: str = ""


def in_python(source: str) -> Iterator[Words]:
    """Every call of a gettext function with constant words."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in KEYWORDS:
            continue
        places = [None if place is None else _constant(node.args, place) for place in KEYWORDS[name]]
        context, singular, plural = places
        if singular:
            yield Words(singular, plural or "", context or "")


def _constant(arguments: list[ast.expr], place: int) -> str | None:
    if place >= len(arguments):
        return None
    value = arguments[place]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def in_template(source: str, name: str) -> Iterator[Words]:
    """What `translate`, `blocktranslate` and `_("...")` of a template ask for."""
    from django.utils.translation.template import templatize

    # Only the calls are of interest: all else are runs of X, which no parser should have to understand.
    text = templatize(source, origin=name)
    for call in re.finditer(r"\b(gettext|ngettext|pgettext|npgettext|_)\(", text):
        yield from in_python(_balanced(text, call.start(), call.end()))


def _balanced(text: str, start: int, inside: int) -> str:
    """The call that begins at `start`, up to its closing bracket outside of quotes."""
    quote, place = "", inside
    while place < len(text):
        letter = text[place]
        if quote:
            if letter == "\\":
                place += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == ")":
            return " ".join(text[start : place + 1].splitlines())
        place += 1
    raise ValueError(f"A call without an end: {text[start : start + 60]!r}")


def in_pose(source: str) -> Iterator[Words]:
    """What a pose says of itself, where the sentences made from its angles would not do."""
    for said in json.loads(source).get("words", {}).values():
        yield Words(said)


def in_vocabulary(source: str) -> Iterator[tuple[str, str, str]]:
    """Conditions, body regions, equipment, activities: kind, short name or code, English."""
    for kind, terms in json.loads(source).items():
        for term in terms:
            yield (kind, term["code"], term["activity"]) if kind == "met_values" else (kind, term["slug"], term["name"])


def everything() -> dict[Words, list[str]]:
    """Every message with the files it stands in, sorted."""
    found: dict[Words, set[str]] = {}
    for top in SOURCES:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                for words in in_python(path.read_text(encoding="utf-8")):
                    found.setdefault(words, set()).add(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "templates").rglob("*.*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in (".html", ".txt"):
            for words in in_template(path.read_text(encoding="utf-8"), name):
                found.setdefault(words, set()).add(name)
    for path in sorted(POSES.rglob("*.json")):
        if path.name != "pose.schema.json":
            for words in in_pose(path.read_text(encoding="utf-8")):
                found.setdefault(words, set()).add(path.relative_to(ROOT).as_posix())
    for _kind, _key, english in in_vocabulary(VOCABULARY.read_text(encoding="utf-8")):
        found.setdefault(Words(english), set()).add(VOCABULARY.relative_to(ROOT).as_posix())
    # gettext keeps one translation for a singular, with or without a plural.
    plural = {(words.context, words.singular) for words in found if words.plural}
    for words in [each for each in found if not each.plural and (each.context, each.singular) in plural]:
        several = next(
            each for each in found if each.plural and (each.context, each.singular) == (words.context, words.singular)
        )
        found[several] |= found.pop(words)
    return {words: sorted(found[words]) for words in sorted(found)}


def from_library(language: str) -> dict[str, str]:
    """English -> translation of the vocabulary, from exercises/library/<language>/vocabulary.json."""
    path = VOCABULARY.parent / language / VOCABULARY.name
    if not path.exists():
        return {}
    said = json.loads(path.read_text(encoding="utf-8"))
    terms = in_vocabulary(VOCABULARY.read_text(encoding="utf-8"))
    return {english: said[kind][key] for kind, key, english in terms if key in said.get(kind, {})}


def renewed(old: list[Message], source: dict[Words, list[str]], language: str) -> list[Message]:
    """These messages with the translations that `old` has of them."""
    known = {message.key: message for message in old}
    vocabulary = from_library(language)
    new = []
    for words, places in source.items():
        had = known.get((words.context, words.singular))
        forms = had.forms if had and had.plural == words.plural else ["", ""] if words.plural else [""]
        if not words.context and not words.plural and words.singular in vocabulary:
            forms = [vocabulary[words.singular]]
        formatted = _CONSTANT.search(words.singular) or _CONSTANT.search(words.plural)
        flags = ["python-format"] if formatted else []
        new.append(Message(words.singular, words.plural, words.context, forms, places[:3], flags))
    return new


def files() -> Iterator[tuple[Path, list[Message], bytes]]:
    """Every file as it should be: where, the messages in it, its content."""
    source = everything()
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        language = po.parent.parent.name
        messages = renewed(catalogue.read(po.read_text(encoding="utf-8")), source, language)
        yield po, messages, catalogue.write(messages, language).encode()
        yield po.with_suffix(".mo"), messages, catalogue.compiled(messages, language)


def main() -> int:
    arguments = argparse.ArgumentParser(description="Collect the words of the interface and compile translations.")
    arguments.add_argument("--check", action="store_true", help="change nothing; fail when something would change")
    check = arguments.parse_args().check
    stale = []
    for path, messages, content in files():
        if not path.exists() or path.read_bytes() != content:
            stale.append(path.relative_to(ROOT).as_posix())
            if not check:
                path.write_bytes(content)
        missing = sum(1 for message in messages if not message.is_translated)
        print(f"{path.relative_to(ROOT)}: {len(messages)} messages, {missing} without a translation")
    if check and stale:
        print("Not up to date: " + ", ".join(stale) + ". Run make words.", file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
