"""What the tests of figures share: which poses are looked at, and poses that have been damaged on purpose."""

import copy
import os

from exercises.figures.deltas import spread
from exercises.figures.reading import ids, raw

FULL = bool(os.environ.get("PAINPLAN_FULL"))
ALL = ids()
SAMPLE = ALL if FULL else ALL[:: max(1, len(ALL) // 40)]
GOLDEN = (
    "sit_to_stand", "bridge", "cat_cow", "clamshell", "seated_rotation", "wall_slide", "walking", "bike",
    "water_squat", "diaphragm_breathing",
)  # fmt: skip


def poses_of(data: dict) -> list[dict]:
    """The pose and the key frames of a file, to be changed in place."""
    return [data.setdefault("pose", {}), *data.setdefault("frames", [])]


def _sunk(data: dict) -> None:
    for pose in poses_of(data):
        if "pos" in pose.get("root", {}):
            pose["root"]["pos"][1] -= 12
        if "anchor" in pose:
            pose["anchor"]["at"][1] -= 12


def _forward(data: dict) -> None:
    for pose in poses_of(data):
        if "pos" in pose.get("root", {}):
            pose["root"]["pos"][0] += 45
        if "anchor" in pose:
            pose["anchor"]["at"][0] += 45


def _knees_backwards(data: dict) -> None:
    for pose in poses_of(data):
        for name, angles in pose.get("joints", {}).items():
            if name.startswith("knee") and isinstance(angles, dict):
                angles["flex"] = -angles.get("flex", 0)


def _neck_broken(data: dict) -> None:
    for pose in poses_of(data):
        pose.setdefault("joints", {})["neck"] = {"flex": 75}


def _elbow_backwards(data: dict) -> None:
    for pose in poses_of(data):
        pose.setdefault("joints", {})["elbow"] = {"flex": -40}
        pose.get("ik", {}).pop("hand_r", None)
        pose.get("ik", {}).pop("hand_l", None)


def _foot_away(data: dict) -> None:
    pin = data["pose"].get("ik", {}).get("foot_l")
    if pin and data.get("frames"):
        moved = copy.deepcopy(pin)
        moved["at"][0] += 60
        data["frames"][-1].setdefault("ik", {})["foot_l"] = moved


def _spine_folded(data: dict) -> None:
    for pose in poses_of(data):
        pose.setdefault("joints", {})["lumbar"] = {"flex": 80}


DAMAGES = {
    "12 cm lower": _sunk,
    "45 cm forward": _forward,
    "knees bent backwards": _knees_backwards,
    "neck bent 75 degrees": _neck_broken,
    "elbows bent backwards": _elbow_backwards,
    "a foot 60 cm away": _foot_away,
    "lumbar spine folded": _spine_folded,
}


def damaged(figure: str, damage: str) -> dict | None:
    """The pose with this damage; None when it has nothing that could be damaged so."""
    good = raw(figure)
    good["pose"] = spread(good.get("pose", {}))
    good["frames"] = [spread(frame) for frame in good.get("frames", [])]
    bad = copy.deepcopy(good)
    DAMAGES[damage](bad)
    return bad if bad != good else None
