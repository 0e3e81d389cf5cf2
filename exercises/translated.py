"""An exercise's words in another language, each kept with a mark of the English it was made from. Pure: no database.

`translations` of a version: language -> field -> {"of": mark, "said": words}, and "cautions" -> condition -> the same.
Words whose English has changed since are not used: what a patient must not do is then said in English, not wrongly.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FIELDS = ("name", "also_known_as", "steps", "cues", "common_mistakes", "should_feel", "stop_if")
LISTS = ("also_known_as", "steps", "cues", "common_mistakes", "stop_if")
SOURCE = "en"

Translations = Mapping[str, Mapping[str, Any]]


def mark(english: Any) -> str:
    """Changes when the English does: text, or a list of texts."""
    return hashlib.sha256(json.dumps(english, ensure_ascii=False).encode()).hexdigest()[:12]


def kept(english: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """One language of `translations`. `english` and `said` hold FIELDS and "cautions" (condition -> reason)."""
    found: dict[str, Any] = {name: {"of": mark(english[name]), "said": said[name]} for name in FIELDS if said.get(name)}
    cautions = {
        condition: {"of": mark(reason), "said": said["cautions"][condition]}
        for condition, reason in english["cautions"].items()
        if said.get("cautions", {}).get(condition)
    }
    return found | {"cautions": cautions} if cautions else found


def words(translations: Translations, language: str, name: str, english: Any) -> Any:
    """The field in `language`, or None when there is no translation of this very English."""
    entry = translations.get(language, {}).get(name)
    return entry["said"] if entry and entry["of"] == mark(english) else None


def reason(translations: Translations, language: str, condition: str, english: str) -> str | None:
    """The reason of a caution in `language`, or None when there is no translation of this very English."""
    entry = translations.get(language, {}).get("cautions", {}).get(condition)
    return entry["said"] if entry and entry["of"] == mark(english) else None


def outdated(translations: Translations, language: str, english: Mapping[str, Any]) -> list[str]:
    """The fields (and "cautions") that are there in English and not, or not any more, in `language`."""
    found = [name for name in FIELDS if english[name] and words(translations, language, name, english[name]) is None]
    cautions = english["cautions"].items()
    if any(reason(translations, language, condition, said) is None for condition, said in cautions):
        found.append("cautions")
    return found
