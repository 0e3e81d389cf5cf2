"""Joints: their names, resting angles, rotations and the ranges a person can reach."""

import math
from collections.abc import Mapping

from exercises.figures.proportions import NECK_REST_DEGREES
from exercises.figures.vectors import Frame, about_x, about_y, about_z, chain, inverse

Angles = Mapping[str, float]
SIDES = ("l", "r")

MIDDLE: dict[str, dict[str, float]] = {
    "lumbar": {"flex": 0, "side": 0, "rot": 0},
    "thorax": {"flex": 4, "side": 0, "rot": 0},
    "neck": {"flex": 0, "side": 0, "rot": 0},
    "head": {"flex": -NECK_REST_DEGREES * 0.8, "side": 0, "rot": 0},
}
# scap is in cm: elev up, prot forward. wrist.rot turns the thumb outwards (supination), 0 is thumb forward.
# fingers.flex is per cent of a fist. ankle.inv turns the sole inwards.
PAIRED: dict[str, dict[str, float]] = {
    "scap": {"elev": 0, "prot": 0},
    "shoulder": {"flex": 0, "abd": 7, "rot": 0},
    "elbow": {"flex": 10},
    "wrist": {"flex": 0, "dev": 0, "rot": 0},
    "fingers": {"flex": 0},
    "hip": {"flex": 0, "abd": 1, "rot": 4},
    "knee": {"flex": 2},
    "ankle": {"flex": 0, "inv": 0},
    "toes": {"flex": 0},
}
RESTING: dict[str, dict[str, float]] = {
    **MIDDLE,
    **{f"{name}_{side}": angles for name, angles in PAIRED.items() for side in SIDES},
}

# What the checks allow, least and most. The shoulder is judged by the direction of the arm (checks.py); the ankle
# goes to -75 because the foot of a kneeling person bends in its middle too.
LIMITS: dict[str, tuple[float, float]] = {
    "lumbar.flex": (-30, 60),
    "lumbar.side": (-28, 28),
    "lumbar.rot": (-12, 12),
    "thorax.flex": (-22, 45),
    "thorax.side": (-28, 28),
    "thorax.rot": (-45, 45),
    "neck.flex": (-45, 50),
    "neck.side": (-40, 40),
    "neck.rot": (-55, 55),
    "head.flex": (-35, 25),
    "head.side": (-10, 10),
    "head.rot": (-45, 45),
    "scap.elev": (-4, 7),
    "scap.prot": (-6, 7),
    "elbow.flex": (-5, 150),
    "wrist.flex": (-90, 92),
    "wrist.dev": (-35, 35),
    "wrist.rot": (-95, 95),
    "fingers.flex": (-5, 100),
    "hip.flex": (-20, 130),
    "hip.abd": (-30, 50),
    "hip.rot": (-45, 60),
    "knee.flex": (-5, 150),
    "ankle.flex": (-75, 32),
    "ankle.inv": (-25, 40),
    "toes.flex": (-40, 70),
}


def spine(angles: Angles, share: float = 1.0) -> Frame:
    """The rotation of a part of the spine, or of a share of it."""
    return chain(about_y(-angles["rot"] * share), about_x(angles["side"] * share), about_z(-angles["flex"] * share))


def outward(side: str) -> int:
    """The sign of z on this side."""
    return 1 if side == "r" else -1


def ball(angles: Angles, side: str) -> Frame:
    """The rotation of a hip or a shoulder: flexion, then abduction, then rotation about the bone."""
    sign = outward(side)
    return chain(about_z(angles["flex"]), about_x(-sign * angles["abd"]), about_y(-sign * angles["rot"]))


def ball_angles(frame: Frame, side: str) -> dict[str, float]:
    """The angles from which `ball` makes this rotation."""
    sign = outward(side)
    _, y, _ = frame
    tilt = math.degrees(math.asin(max(-1.0, min(1.0, y[2]))))
    flex = math.degrees(math.atan2(-y[0], y[1]))
    left = chain(inverse(chain(about_z(flex), about_x(tilt))), frame)
    turn = math.degrees(math.atan2(-left[0][2], left[0][0]))
    return {"flex": flex, "abd": -sign * tilt, "rot": -sign * turn}
