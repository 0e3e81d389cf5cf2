"""Catalogues of translations: .po files read and written, .mo files made from them. Standard library only.

The formats are those of GNU gettext (its manual, "The Format of PO Files" and "The Format of GNU MO Files"). Written
is one order and one line width always, so that the same words are the same bytes, whoever collects them.
"""

import ast
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEADER = (
    "Project-Id-Version: Painplan\n"
    "Language: {language}\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: {plural_forms}\n"
)
PLURAL_FORMS = {"es": "nplurals=2; plural=(n != 1);"}
WIDTH = 116
_MAGIC = 0x950412DE


@dataclass(slots=True)
class Message:
    """English and its translation. `plural` and `context` are "" when there is none, `forms` until translated."""

    singular: str
    plural: str = ""
    context: str = ""
    forms: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.singular

    @property
    def is_translated(self) -> bool:
        return bool(self.forms) and all(self.forms)


def read(text: str) -> list[Message]:
    """The messages of a .po file, its header left out. Raises ValueError for what is no .po file."""
    found = [_message(block) for block in text.split("\n\n") if 'msgid "' in block]
    return [message for message in found if message.singular]


def _message(block: str) -> Message:
    texts: dict[str, str] = {}
    message, current = Message(""), ""
    for line in block.splitlines():
        if line.startswith("#,"):
            message.flags = [flag.strip() for flag in line[2:].split(",")]
        elif line.startswith("#:"):
            message.places += line[2:].split()
        elif line.startswith("#") or not line.strip():
            continue
        elif line.startswith('"'):
            texts[current] += _unquoted(line)
        else:
            current, _space, rest = line.partition(" ")
            if current not in ("msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr[0]", "msgstr[1]", "msgstr[2]"):
                raise ValueError(f"This line belongs to no .po file: {line[:60]}")
            texts[current] = _unquoted(rest)
    message.singular, message.plural = texts.get("msgid", ""), texts.get("msgid_plural", "")
    message.context = texts.get("msgctxt", "")
    message.forms = [text for name, text in texts.items() if name.startswith("msgstr")]
    return message


def _unquoted(quoted: str) -> str:
    return str(ast.literal_eval(quoted))


def write(messages: Iterable[Message], language: str) -> str:
    """The .po file."""
    header = Message("", forms=[HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])])
    lines = ["# The words of Painplan. Written by tools/words.py; translators change only msgstr."]
    return "\n".join([*lines, *_lines(header), *(line for each in messages for line in ("", *_lines(each)))]) + "\n"


def _lines(message: Message) -> Iterator[str]:
    yield from (f"#: {place}" for place in message.places)
    if message.flags:
        yield f"#, {', '.join(message.flags)}"
    if message.context:
        yield from _quoted("msgctxt", message.context)
    yield from _quoted("msgid", message.singular)
    if message.plural:
        yield from _quoted("msgid_plural", message.plural)
        for number, form in enumerate(message.forms):
            yield from _quoted(f"msgstr[{number}]", form)
    else:
        yield from _quoted("msgstr", message.forms[0] if message.forms else "")


def _quoted(name: str, text: str) -> Iterator[str]:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    rows = [part for line in escaped.splitlines(keepends=True) for part in _wrapped(line.replace("\n", "\\n"))]
    if len(rows) < 2 and len(name) + len(escaped) < WIDTH:
        yield f'{name} "{rows[0] if rows else ""}"'
        return
    yield f'{name} ""'
    yield from (f'"{row}"' for row in rows)


def _wrapped(line: str) -> Iterator[str]:
    row = ""
    for word in line.replace(" ", " \0").split("\0"):
        if row and len(row) + len(word) > WIDTH:
            yield row
            row = ""
        row += word
    yield row


def compiled(messages: Iterable[Message], language: str) -> bytes:
    """The .mo file: what is translated, sorted as gettext wants it."""
    header = HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])
    entries = [(b"", header.encode())]
    for message in messages:
        if message.is_translated:
            words = f"{message.singular}\0{message.plural}" if message.plural else message.singular
            key = f"{message.context}\x04{words}" if message.context else words
            entries.append((key.encode(), "\0".join(message.forms).encode()))
    entries.sort()
    start = 28 + 16 * len(entries)
    keys, values = (b"".join(entry[side] + b"\0" for entry in entries) for side in (0, 1))
    tables = [number for entry in _offsets((k for k, _v in entries), start) for number in entry]
    tables += [number for entry in _offsets((v for _k, v in entries), start + len(keys)) for number in entry]
    head = struct.pack("<7I", _MAGIC, 0, len(entries), 28, 28 + 8 * len(entries), 0, start)
    return head + struct.pack(f"<{len(tables)}I", *tables) + keys + values


def _offsets(texts: Iterable[bytes], start: int) -> Iterator[tuple[int, int]]:
    for text in texts:
        yield len(text), start
        start += len(text) + 1
