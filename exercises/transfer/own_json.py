"""Our own JSON: complete and lossless. An object {"format", "version", "exercises": [...]}, or the bare list. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from exercises.transfer.values import MOST_ROWS, Content, FileRefused, ReadRow

NAME, VERSION = "painplan-exercises", 1


def write(contents: Sequence[Content]) -> bytes:
    document = {"format": NAME, "version": VERSION, "exercises": list(contents)}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read(data: bytes) -> list[ReadRow]:
    return [ReadRow(line, raw) for line, raw in enumerate(entries(parse(data)), start=1)]


def parse(data: bytes) -> Any:
    """The JSON value of a file, or FileRefused with the line that is wrong."""
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_repeated_keys, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise FileRefused("not_utf8") from None
    except json.JSONDecodeError as error:
        raise FileRefused("not_json", line=error.lineno) from None
    except RecursionError:
        raise FileRefused("too_deep") from None
    except FileRefused:
        raise
    except ValueError:  # a number of thousands of digits
        raise FileRefused("json_number") from None


def entries(document: Any) -> list[Any]:
    """The list of exercises in a document."""
    if isinstance(document, dict):
        if document.get("format") != NAME:
            raise FileRefused("json_shape")
        if document.get("version") != VERSION:
            raise FileRefused("json_version", version=str(document.get("version"))[:20])
        document = document.get("exercises")
    if not isinstance(document, list):
        raise FileRefused("json_shape")
    if len(document) > MOST_ROWS:
        raise FileRefused("too_many_rows", most=MOST_ROWS)
    if not document:
        raise FileRefused("no_rows")
    return document


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _value in pairs if sum(other == key for other, _ in pairs) > 1)
        raise FileRefused("json_key_twice", key=twice[:60])
    return found


def _no_constant(word: str) -> Any:
    raise FileRefused("json_number")
