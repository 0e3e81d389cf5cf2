"""Reading what is pinned: feet and hands."""

from collections.abc import Mapping
from typing import Any

from exercises.figures.pose import Circle, Foot, Hand
from exercises.figures.vectors import Vec

FOOT_KEYS = {"at", "y", "yaw", "lift", "pitch", "turn", "out", "knee", "free", "circle"}
HAND_KEYS = {"at", "dir", "palm", "elbow", "rel", "frame", "circle"}


def vec(value: Any) -> Vec:
    x, y, z = (float(each) for each in value)
    return (x, y, z)


def _maybe(value: Any) -> Vec | None:
    return None if value is None else vec(value)


def foot(pin: Mapping[str, Any]) -> Foot:
    at = [float(each) for each in pin["at"]]
    return Foot(
        at=(at[0], float(pin.get("y", at[1] if len(at) == 3 else 0.0)), at[-1]),
        yaw=float(pin.get("yaw", 6)),
        lift=float(pin.get("lift", 0)),
        pitch=float(pin.get("pitch", 0)),
        turn=float(pin.get("turn", 0)),
        out=float(pin.get("out", 0.08)),
        knee=_maybe(pin.get("knee")),
        free=bool(pin.get("free", False)),
        circle=_circle(pin.get("circle")),
    )


def hand(pin: Mapping[str, Any]) -> Hand:
    return Hand(
        at=vec(pin["at"]),
        dir=_maybe(pin.get("dir")),
        palm=_maybe(pin.get("palm")),
        elbow=_maybe(pin.get("elbow")),
        rel=pin.get("rel"),
        frame=pin.get("frame"),
        circle=_circle(pin.get("circle")),
    )


def _circle(said: Mapping[str, Any] | None) -> Circle | None:
    return Circle(vec(said["c"]), float(said["r"]), float(said.get("phase", 0))) if said else None
