"""Two exercises field by field, for somebody who decides whether they are one."""

from dataclasses import dataclass
from typing import Any

from exercises.import_words import field_word
from exercises.models import BodyRegion, Condition, Equipment, Exercise, ExerciseLink, ExerciseVersion
from exercises.transfer.comparing import differences
from exercises.transfer.stored import content_of
from exercises.transfer.values import Content

_ROWS = (
    *("also_known_as", "goal", "body_regions", "position", "equipment", "impact", "effort", "starting_dose"),
    *("dose_range", "steps", "cues", "common_mistakes", "should_feel", "stop_if", "cautions", "easier", "harder"),
    *("evidence", "source", "licence"),
)


@dataclass(frozen=True)
class SideRow:
    """One field of both: `kind` is text, list, steps, dose or range; `differs` whether they say something else."""

    label: str
    kind: str
    one: Any
    other: Any
    differs: bool


@dataclass(frozen=True)
class SideBySide:
    """Both versions, what they hold, and the rows of the comparison; empty rows are left out."""

    versions: tuple[ExerciseVersion, ExerciseVersion]
    contents: tuple[Content, Content]
    rows: list[SideRow]


def rows(one: Exercise, other: Exercise) -> SideBySide:
    """What is published of each, or its draft. A constant number of queries."""
    versions = (_version(one), _version(other))
    contents = tuple(_content(exercise, version) for exercise, version in zip((one, other), versions, strict=True))
    differ = {"effort" if name.startswith("effort") else name for name in differences(contents[0], contents[1])}
    differ |= {"effort" if name.startswith("effort") else name for name in differences(contents[1], contents[0])}
    words = {
        "body_regions": BodyRegion.objects.names(),
        "equipment": Equipment.objects.names(),
        "cautions": Condition.objects.names(),
    }
    found = []
    for name in _ROWS:
        left, right = (_shown(name, content, words) for content in contents)
        if left or right:
            found.append(SideRow(field_word(name), _kind(name), left, right, name in differ))
    return SideBySide(versions, (contents[0], contents[1]), found)


def _version(exercise: Exercise) -> ExerciseVersion:
    rows = exercise.versions.order_by("-number").prefetch_related("cautions", "media")
    wanted = rows.filter(pk=exercise.current_version_id) if exercise.current_version_id else rows
    return wanted[0]


def _content(exercise: Exercise, version: ExerciseVersion) -> Content:
    links = ExerciseLink.objects
    names = {
        "easier": list(links.filter(harder=exercise).values_list("easier__slug", flat=True)),
        "harder": list(links.filter(easier=exercise).values_list("harder__slug", flat=True)),
    }
    return content_of(version, exercise.slug, names)


def _kind(name: str) -> str:
    kinds = {"starting_dose": "dose", "dose_range": "range", "steps": "steps"}
    lists = ("cues", "common_mistakes", "stop_if", "cautions", "evidence")
    return kinds.get(name) or ("list" if name in lists else "text")


def _shown(name: str, content: Content, words: dict[str, dict[str, str]]) -> Any:
    if name == "effort":
        return f"{content['effort_min']}–{content['effort_max']}"
    value = content[name]
    if name in ("starting_dose", "dose_range"):
        return value if any(value.values()) else None
    if name == "cautions":
        return [f"{words[name].get(row['condition'], row['condition'])}: {row['reason']}" for row in value]
    if name == "evidence":
        return [f"{row.get('authors', '')} {row.get('year') or ''}. {row.get('title', '')}".strip() for row in value]
    if name in words:
        return ", ".join(words[name].get(slug, slug) for slug in value)
    if name in ("also_known_as", "easier", "harder"):
        return ", ".join(value)
    labels: dict[str, Any] = {
        "goal": ExerciseVersion.Goal,
        "position": ExerciseVersion.Position,
        "impact": ExerciseVersion.Impact,
    }
    return str(labels[name](value).label) if name in labels and value else value
