"""Two contents compared field by field, and laid over one another. Pure."""

from typing import Any

from exercises.transfer.values import (
    FIELDS,
    LINKS,
    LISTS,
    Content,
    empty_dose,
    normal_dose,
    normal_range,
)

_TEXTS = ("slug", "name", "goal", "family", "position", "impact", "should_feel", "figure", "source", "licence")


def whole(given: Content) -> Content:
    """A content with every field, what was not given being empty (effort: 0 to 3, which a draft starts with)."""
    empty: Content = dict.fromkeys(_TEXTS, "") | {name: [] for name in (*LISTS, *LINKS, "cautions", "evidence")}
    empty |= {"effort_min": 0, "effort_max": 3, "met": None}
    empty |= {"starting_dose": empty_dose(), "dose_range": normal_range({})}
    return {name: given.get(name, empty[name]) for name in FIELDS}


def over(stored: Content, given: Content) -> Content:
    """What is here, with what was given laid over it. Links are added, never taken away."""
    laid = {**stored, **{name: value for name, value in given.items() if name != "slug"}}
    for name in LINKS:
        laid[name] = list(dict.fromkeys([*stored[name], *given.get(name, [])]))
    for name in ("source", "licence"):
        laid[name] = given.get(name) or stored[name]
    return laid


def differences(given: Content, stored: Content) -> list[str]:
    """The fields in which a row says something else than what is here. What it does not say is no difference."""
    return [name for name in FIELDS if name in given and name != "slug" and not _agree(name, given[name], stored[name])]


def _agree(name: str, given: Any, stored: Any) -> bool:
    if name in LINKS:
        return set(given) <= set(stored)
    if name in ("source", "licence") and not given:
        return True
    if name == "starting_dose":
        return normal_dose(given) == normal_dose(stored)
    if name == "dose_range":
        return normal_range(given) == normal_range(stored)
    if name in ("body_regions", "equipment"):
        return set(given) == set(stored)
    if name == "cautions":
        return _cautions(given) == _cautions(stored)
    return bool(_plain(given) == _plain(stored))


def _cautions(rows: Any) -> list[tuple[str, str, str]]:
    return sorted((row["condition"], row["kind"], _plain(row["reason"])) for row in rows)


def _plain(value: Any) -> Any:
    """As a file can carry it: no spaces at the ends, no empty lines in a list."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\t", " ").strip()
    if isinstance(value, list):
        return [_plain(item) for item in value if item not in ("", None)]
    if isinstance(value, dict):
        return {key: _plain(item) or None for key, item in value.items()}
    return value
