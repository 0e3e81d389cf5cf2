"""Reading pose files into figures, with errors that name the file and what is wrong."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from exercises.figures.deltas import Json, layered, merged, spread
from exercises.figures.figure import Figure
from exercises.figures.joints import RESTING
from exercises.figures.pose import Anchor, Pose, Root
from exercises.figures.reading_pins import FOOT_KEYS, HAND_KEYS, foot, hand, vec
from exercises.figures.rigs import resting
from exercises.figures.skeleton import BASES

FOLDER = Path(__file__).resolve().parent.parent / "library" / "poses"
VIEWS = {"side": (0.0, 8.0), "front": (90.0, 8.0), "three_quarter": (35.0, 14.0), "back": (-90.0, 8.0)}
FILE_KEYS = {
    *(
        "id",
        "name",
        "start",
        "class",
        "view",
        "mode",
        "cycle",
        "pair",
        "telling",
        "side",
        "mark",
        "far",
        "flip",
        "wear",
    ),
    *("person", "order", "focus", "ghost", "contacts", "support", "floor", "floor_y", "props", "add_props", "arrows"),
    *("signs", "expect", "words", "words_es", "rig", "pose", "frames", "stills", "note"),
}
# What is said of the picture in the pose file itself, by language.
_WORDS = {"en": "words", "es": "words_es"}
POSE_KEYS = {"t", "root", "joints", "ik", "anchor", "settle", "shape", "jaw", "detail"}


class PoseError(ValueError):
    """A pose file cannot be read; the message says where and why."""


def pose_files() -> dict[str, Path]:
    """Every pose by its id, which is the name of its file."""
    found: dict[str, Path] = {}
    for path in sorted(FOLDER.glob("*/*.json")):
        if path.stem in found:
            raise PoseError(f"{path}: {found[path.stem]} has the same id. Rename one of them.")
        found[path.stem] = path
    return found


@cache
def _paths() -> dict[str, Path]:
    return pose_files()


@cache
def _said() -> dict[str, Json]:
    """What is said of figures instead of what is made from their poses: id -> {words, words_es}."""
    path = FOLDER / "words.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def ids() -> list[str]:
    """The ids of all figures, without the starting positions."""
    return [name for name, path in pose_files().items() if path.parent.name != "starts"]


def load(figure_id: str) -> Figure:
    """The figure of this id. Raises PoseError."""
    return read(raw(figure_id))


def raw(figure_id: str, seen: tuple[str, ...] = ()) -> Json:
    """What the file of this id says, laid on what it starts from. Raises PoseError."""
    path = _paths().get(figure_id) or pose_files().get(figure_id)
    if path is None:
        raise PoseError(f"There is no pose “{figure_id}” below {FOLDER}.")
    if figure_id in seen:
        raise PoseError(f"{path}: it starts from itself ({' → '.join([*seen, figure_id])}).")
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PoseError(f"{path}: not valid JSON ({error}).") from error
    if not isinstance(data, dict):
        raise PoseError(f"{path}: a pose is one JSON object.")
    if data.get("id") != figure_id:
        raise PoseError(f"{path}: its id is {data.get('id')!r} and has to be the name of the file.")
    data |= _said().get(figure_id, {})
    if "start" in data:
        return layered(raw(data["start"], (*seen, figure_id)), data)
    return data


def read(data: Mapping[str, Any]) -> Figure:
    """A figure from the parsed JSON. Raises PoseError."""
    where = str(data.get("id", "?"))
    try:
        return _figure(data, where)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        if isinstance(error, PoseError):
            raise
        raise PoseError(f"{where}: {type(error).__name__}: {error}") from error


def _figure(data: Mapping[str, Any], where: str) -> Figure:
    if unknown := set(data) - FILE_KEYS:
        raise PoseError(f"{where}: unknown key {', '.join(sorted(unknown))}.")
    mode = data.get("mode", "stills" if data.get("stills") else "pingpong")
    base = spread(data.get("pose", {}))
    times, poses = _key_poses(base, data, where)
    view = data.get("view", {})
    az, el = VIEWS[view] if isinstance(view, str) else (float(view.get("az", 0.0)), float(view.get("el", 8.0)))
    pair = data.get("pair") or ([0, 0.5] if mode == "loop" else [0, 1])
    support = data.get("support")
    stills = [
        layered({k: v for k, v in data.items() if k not in ("stills", "frames", "mode")}, each)
        for each in data.get("stills", [])
    ]
    return Figure(
        id=where,
        name=str(data.get("name", where)),
        times=times,
        poses=poses,
        az=az,
        el=el,
        mode=mode,
        cycle=float(data.get("cycle", 5.0)),
        pair=(float(pair[0]), float(pair[1])),
        telling=float(data.get("telling", pair[1])),
        side=data.get("side") or "",
        mark=data.get("mark", "leg"),
        far=None if data.get("far", "auto") == "auto" else data["far"],
        flip=bool(data.get("flip", False)),
        wear=data.get("wear", ""),
        person=data.get("person", ""),
        standing=data.get("class") == "standing",
        floor=data.get("floor", True),
        order=tuple(data.get("order", ())),
        focus=tuple(data.get("focus", ())),
        ghost=tuple(data.get("ghost", ())),
        contacts=tuple(
            (each, 0.0) if isinstance(each, str) else (each[0], float(each[1])) for each in data.get("contacts", ())
        ),
        support=None if support is None else tuple(support),
        props=tuple(data.get("props", ())),
        arrows=tuple(data.get("arrows", ())),
        signs=tuple(data.get("signs", ())),
        expected={
            float(t): {name: (float(a), float(b)) for name, (a, b) in angles.items()}
            for t, angles in data.get("expect", {}).items()
        },
        words={language: data[key] for language, key in _WORDS.items() if key in data},
        rig=data.get("rig", "body"),
        stills=tuple(_figure(each, where) for each in stills),
    )


def _key_poses(base: Json, data: Mapping[str, Any], where: str) -> tuple[tuple[float, ...], tuple[Pose, ...]]:
    times, poses, said = [], [], base
    frames: list[Json] = data.get("frames") or [{}]
    floor_y, rig = float(data.get("floor_y", 0.0)), data.get("rig", "body")
    for index, frame in enumerate(frames):
        said = merged(said, spread({key: value for key, value in frame.items() if key != "t"}))
        times.append(float(frame.get("t", index / max(1, len(frames) - 1))))
        poses.append(_pose(said, floor_y, rig, f"{where}, frame {index + 1}"))
    if times != sorted(set(times)):
        raise PoseError(f"{where}: the times of the frames have to grow from 0 to 1, not {times}.")
    for pins in ("feet", "hands"):
        pinned = [set(getattr(pose, pins)) for pose in poses]
        if any(each != pinned[0] for each in pinned):
            raise PoseError(f"{where}: {pins} pinned in one frame have to be pinned in all, or they jump.")
    return tuple(times), tuple(poses)


def _pose(said: Mapping[str, Any], floor_y: float, rig: str, where: str) -> Pose:
    if unknown := set(said) - POSE_KEYS:
        raise PoseError(f"{where}: unknown key {', '.join(sorted(unknown))} in the pose.")
    joints = _filled(RESTING, said.get("joints", {}), where)
    root = said.get("root", {})
    if root.get("base", "upright") not in BASES:
        raise PoseError(f"{where}: base is one of {', '.join(BASES)}.")
    feet, hands = {}, {}
    for name, pin in said.get("ik", {}).items():
        if name not in ("foot_l", "foot_r", "hand_l", "hand_r"):
            raise PoseError(f"{where}: ik has foot_l, foot_r, hand_l, hand_r, foot and hand, not “{name}”.")
        known = FOOT_KEYS if name.startswith("foot") else HAND_KEYS
        if unknown := set(pin or ()) - known:
            raise PoseError(f"{where}: {name} has no {', '.join(sorted(unknown))}, only {', '.join(sorted(known))}.")
        if pin is not None and name.startswith("foot"):
            feet[name[-1]] = foot(pin)
        elif pin is not None:
            hands[name[-1]] = hand(pin)
    anchor = said.get("anchor")
    shape = said.get("shape", {})
    return Pose(
        root=Root(
            root.get("base", "upright"),
            vec(root.get("pos", (0, 0, 0))),
            float(root.get("lean", 0)),
            float(root.get("roll", 0)),
            float(root.get("turn", 0)),
        ),
        joints=joints,
        feet=feet,
        hands=hands,
        anchor=Anchor(anchor["point"], vec(anchor["at"])) if anchor else None,
        settle=tuple(said.get("settle", ())),
        floor_y=floor_y,
        belly=float(shape.get("belly", 0)),
        chest=float(shape.get("chest", 0)),
        jaw={key: float(said.get("jaw", {}).get(key, 0)) for key in ("open", "side", "forward", "tongue")},
        detail=_filled(resting(rig), said.get("detail", {}), where),
    )


def _filled(resting: Mapping[str, Mapping[str, float]], said: Json, where: str) -> dict[str, dict[str, float]]:
    joints = {name: dict(angles) for name, angles in resting.items()}
    for name, angles in said.items():
        if name not in joints:
            raise PoseError(f"{where}: there is no joint “{name}”, only {', '.join(joints)}.")
        if unknown := set(angles) - set(joints[name]):
            raise PoseError(f"{where}: {name} has no {', '.join(sorted(unknown))}, only {', '.join(joints[name])}.")
        joints[name].update({key: float(value) for key, value in angles.items()})
    return joints
