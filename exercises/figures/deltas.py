"""Merging what pose files say: every layer and key frame says only what differs from the one before."""

import copy
from collections.abc import Mapping
from typing import Any

from exercises.figures.joints import PAIRED

Json = dict[str, Any]

# What a close-up calls together.
GROUPS = {"fingers": ("index", "middle", "ring", "little"), "toes": ("big", "second", "third", "fourth", "fifth")}


def spread(pose: Mapping[str, Any]) -> Json:
    """`pose` with "knee", "hand", "foot" written out for both sides. What is said for one side wins; the left side of
    a pinned hand or foot is the mirror of the right.
    """
    out = dict(copy.deepcopy(dict(pose)))
    if "joints" in out:
        out["joints"] = _joints(out["joints"])
    if "ik" in out:
        out["ik"] = _pins(out["ik"])
    for group, members in GROUPS.items():
        if group in out.get("detail", {}):
            shared = out["detail"].pop(group)
            out["detail"] = {**out["detail"], **{name: {**shared, **out["detail"].get(name, {})} for name in members}}
    return out


def _joints(joints: Mapping[str, Any]) -> Json:
    spelled: Json = {}
    for name in sorted(joints, key=lambda name: name[-2:] in ("_l", "_r")):
        angles = joints[name] if isinstance(joints[name], dict) else {"flex": joints[name]}
        for full in [f"{name}_l", f"{name}_r"] if name in PAIRED else [name]:
            spelled[full] = {**spelled.get(full, {}), **angles}
    return spelled


def _pins(pins: Mapping[str, Any]) -> Json:
    spelled: Json = {}
    for name in sorted(pins, key=lambda name: name[-2:] in ("_l", "_r")):
        pin = pins[name]
        if name in ("hand", "foot"):
            spelled[f"{name}_r"] = copy.deepcopy(pin)
            spelled[f"{name}_l"] = _mirror(pin)
        elif pin is None or not isinstance(spelled.get(name), dict):
            spelled[name] = pin
        else:
            spelled[name] = {**spelled[name], **pin}
    return spelled


def _mirror(pin: Any) -> Any:
    if not isinstance(pin, dict):
        return pin
    out = copy.deepcopy(pin)
    for key in ("at", "dir", "palm", "elbow", "knee"):
        if key in out:
            out[key][-1] = -out[key][-1]
    return out


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> Json:
    """`over` laid on `under`; lists are replaced, and null takes a pinned hand or foot away."""
    out = copy.deepcopy(dict(under))
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merged(out[key], value)
        else:
            out[key] = copy.deepcopy(value)
    return out


def layered(under: Mapping[str, Any], over: Mapping[str, Any]) -> Json:
    """A whole pose file laid on the one that it starts from. Frames, stills and the like are replaced; the pose and
    what is pinned are merged, and "add_props" comes after the props that are there. What must be true of the one is not
    expected of the other.
    """
    out = merged(
        {k: v for k, v in under.items() if k not in ("pose", "expect")}, {k: v for k, v in over.items() if k != "pose"}
    )
    out["pose"] = merged(spread(under.get("pose", {})), spread(over.get("pose", {})))
    out["props"] = [*out.get("props", []), *out.pop("add_props", [])]
    return out
