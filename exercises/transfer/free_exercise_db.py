"""The JSON shape of free-exercise-db (a list of gym exercises), brought to our own fields by a mapping table. Pure.

The shape knows category, force, level, mechanic, equipment, primary and secondary muscles and instructions. It knows
no dose, effort, technique, stop signs or cautions: those stay empty in the draft. Position and impact are guessed from
the words of the row, and the row says so. What has no place here is a doubt, so that somebody looks.
"""

import re
from collections.abc import Mapping
from typing import Any

from accounts.names import folded
from exercises.transfer.own_json import parse
from exercises.transfer.values import MOST_ROWS, Content, FileRefused, ReadRow, Remark

KEYS = (
    *("id", "name", "force", "level", "mechanic", "equipment"),
    *("primaryMuscles", "secondaryMuscles", "instructions", "category", "images"),
)

GOAL_OF = {
    "strength": "strength", "stretching": "mobility", "cardio": "aerobic", "plyometrics": "strength",
    "powerlifting": "strength", "olympic weightlifting": "strength", "strongman": "strength",
}  # fmt: skip
IMPACT_OF: dict[str, str] = {
    "strength": "low", "stretching": "none", "cardio": "low", "plyometrics": "high",
    "powerlifting": "low", "olympic weightlifting": "moderate", "strongman": "moderate",
}  # fmt: skip
HEAVY = ("powerlifting", "olympic weightlifting", "strongman")

EQUIPMENT_OF: dict[str, tuple[str, ...]] = {
    "body only": (), "dumbbell": ("light-weights",), "bands": ("resistance-band",),
    "exercise ball": ("exercise-ball",),
}  # fmt: skip
"""Things that the library's vocabulary has too; all others (barbell, cable, machine ...) are doubts."""

REGION_OF = {
    "abdominals": "abdomen", "abductors": "hip", "adductors": "thigh", "biceps": "upper-arm", "calves": "lower-leg",
    "chest": "chest", "forearms": "forearm", "glutes": "hip", "hamstrings": "thigh", "lats": "upper-back",
    "lower back": "lower-back", "middle back": "upper-back", "neck": "neck", "quadriceps": "thigh",
    "shoulders": "shoulder", "traps": "upper-back", "triceps": "upper-arm",
}  # fmt: skip

# The first that fits counts. A lying start is told more surely than a standing one, which many texts leave out.
_POSITION_WORDS: tuple[tuple[str, str], ...] = (
    ("four-point", r"hands and knees|all fours|four.?point|quadruped"),
    ("kneeling", r"\bkneel"),
    ("lying-side", r"on your side|side.?lying"),
    ("lying-front", r"face ?down|\bprone|on your (stomach|belly|chest)|push.?ups?\b|\bplank"),
    ("lying-back", r"\b(lie|lying|lay)\b|\bsupine|on your back|\bbench press|sit.?ups?\b|crunch"),
    ("sitting", r"\bseat(ed)?\b|\bsit(ting)?\b"),
    ("standing", r"\bstand(ing)?\b|\bfeet\b.*(apart|shoulder|hip)|squat|lunge|dead ?lift|bent.?over|\bclean\b|snatch"),
)
# Ways of moving, told by the name alone: a text says "walk back to the start".
_MOVING_WORDS = (
    ("cycling", r"bicycl|\bcycl|\bbike"),
    ("walking", r"\bwalk|treadmill|elliptical|\bjogg?ing|\brunning|\bstep ?mill|\bstairmaster|\btrail"),
)
_JUMPS = re.compile(r"jump|\bhop\b|\bhops\b|bound(s|ing)?\b|sprint|\bskip|\bleap|plyo")
_RUNS = re.compile(r"\brun(ning)?\b|\bjogg?(ing)?\b")


def read(data: bytes) -> list[ReadRow]:
    document = parse(data)
    if not isinstance(document, list):
        raise FileRefused("json_shape")
    if len(document) > MOST_ROWS:
        raise FileRefused("too_many_rows", most=MOST_ROWS)
    if not document:
        raise FileRefused("no_rows")
    return [_row(line, entry) for line, entry in enumerate(document, start=1)]


def fits(entry: Any) -> bool:
    """Whether an entry of a JSON list has this shape."""
    return isinstance(entry, Mapping) and ("primaryMuscles" in entry or "instructions" in entry)


def _row(line: int, entry: Any) -> ReadRow:
    if not isinstance(entry, Mapping):
        return ReadRow(line, entry)
    wrong = [key for key in ("name", "category", "equipment", "level") if not isinstance(entry.get(key), str | None)]
    wrong += [
        key
        for key in ("primaryMuscles", "secondaryMuscles", "instructions")
        if not isinstance(items := entry.get(key) or [], list) or not all(isinstance(item, str) for item in items)
    ]
    if wrong:
        refusals = tuple(Remark("not_this_shape", {"field": key}) for key in wrong)
        return ReadRow(line, {"name": entry.get("name")}, refusals)
    return _mapped(line, entry)


def _mapped(line: int, entry: Mapping[str, Any]) -> ReadRow:
    doubts: list[Remark] = []
    notes: list[Remark] = []
    name, steps = entry.get("name") or "", list(entry.get("instructions") or ())
    content: Content = {"name": name, "steps": steps}
    for key in entry:
        if key not in KEYS:
            notes.append(Remark("left_behind", {"field": str(key)[:60]}))
    category = entry.get("category") or ""
    content["goal"] = GOAL_OF.get(category, "")
    if category not in GOAL_OF:
        doubts.append(Remark("no_place_for", {"field": "category", "value": category[:60]}))
    content["impact"] = _impact(name, category)
    content["position"] = _position(name, steps, category)
    guessed = {field: content[field] for field in ("position", "impact") if content[field]}
    if guessed:
        notes.append(Remark("guessed", guessed))
    if content["impact"] == "high":
        doubts.append(Remark("high_impact"))
    if category in HEAVY:
        doubts.append(Remark("heavy", {"value": category}))
    if entry.get("level") == "expert":
        doubts.append(Remark("expert"))
    content["body_regions"], lost = _regions(entry, category)
    if lost:
        doubts.append(Remark("no_place_for", {"field": "primaryMuscles", "value": ", ".join(lost)[:120]}))
    thing = entry.get("equipment")
    content["equipment"] = list(EQUIPMENT_OF.get(thing or "body only", ()))
    if thing and thing not in EQUIPMENT_OF:
        doubts.append(Remark("no_place_for", {"field": "equipment", "value": thing[:60]}))
    return ReadRow(line, content, (), tuple(doubts), tuple(notes))


def _impact(name: str, category: str) -> str:
    words = folded(name)
    if category == "stretching":
        return "none"
    if _JUMPS.search(words) or (category == "cardio" and _RUNS.search(words)):
        return "high"
    return IMPACT_OF.get(category, "")


def _position(name: str, steps: list[str], category: str) -> str:
    """The name tells it most surely, then the first sentences; nothing when neither does."""
    words = folded(name)
    ways: tuple[tuple[str, str], ...] = _MOVING_WORDS if category == "cardio" else (("walking", r"\bwalk(ing)?\b"),)
    for position, pattern in (*ways, *_POSITION_WORDS):
        if re.search(pattern, words):
            return position
    start = folded(" ".join(steps[:2]))
    for position, pattern in _POSITION_WORDS:
        if re.search(pattern, start):
            return position
    return ""


def _regions(entry: Mapping[str, Any], category: str) -> tuple[list[str], list[str]]:
    muscles = [*(entry.get("primaryMuscles") or ()), *(entry.get("secondaryMuscles") or ())]
    found = [REGION_OF[muscle] for muscle in muscles if muscle in REGION_OF]
    if category == "cardio":
        found.insert(0, "heart-and-lungs")
    return list(dict.fromkeys(found)), [muscle for muscle in muscles if muscle not in REGION_OF]
