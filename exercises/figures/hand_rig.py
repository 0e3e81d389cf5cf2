"""The hand close up: forearm, wrist and 19 finger bones. Fingers point to +x, the back of the hand to +y, the thumb to
+z, the near side. Angles are degrees in `Pose.detail`; flexion bends towards the palm.
"""

import itertools

from exercises.figures.bones import Solved, reach
from exercises.figures.camera import Camera
from exercises.figures.joints import Angles
from exercises.figures.outlines import Ring, Shape, circle, rounded, trunk
from exercises.figures.pose import Pose
from exercises.figures.vectors import (
    WORLD,
    Frame,
    Vec,
    about_x,
    about_y,
    about_z,
    add,
    apply,
    chain,
    dot,
    lerp,
    mul,
    sub,
    unit,
)

FINGERS = ("index", "middle", "ring", "little")
_BENDS = {"mcp": 8.0, "pip": 14.0, "dip": 8.0, "spread": 4.0}
RESTING: dict[str, dict[str, float]] = {
    # rot turns the palm up (supination), lean lifts the elbow
    "forearm": {"rot": 0.0, "lean": 0.0},
    # dev + towards the thumb
    "wrist": {"flex": 0.0, "dev": 0.0},
    **{finger: dict(_BENDS) for finger in FINGERS},
    # out: away from the index in the plane of the palm; abd: away from the palm; touch_*: 1 is on that fingertip
    "thumb": {"out": 38.0, "abd": 28.0, "mcp": 12.0, "ip": 12.0, **{f"touch_{finger}": 0.0 for finger in FINGERS}},
}
LIMITS: dict[str, tuple[float, float]] = {
    "forearm.rot": (-95, 185),
    "forearm.lean": (-95, 95),
    "wrist.flex": (-80, 85),
    "wrist.dev": (-35, 25),
    **{f"{finger}.{key}": limits for finger in FINGERS for key, limits in {
        "mcp": (-40.0, 95.0), "pip": (-8.0, 112.0), "dip": (-8.0, 88.0), "spread": (-12.0, 28.0)}.items()},
    "thumb.out": (-5, 75),
    "thumb.abd": (-10, 70),
    "thumb.mcp": (-12, 65),
    "thumb.ip": (-20, 85),
}  # fmt: skip
# Knuckle from the wrist (cm), bones, radius at the knuckle and at the tip, way in which it spreads.
_FINGERS: dict[str, tuple[Vec, tuple[float, float, float], float, float, int]] = {
    "index": ((9.0, 0.0, 2.7), (4.6, 2.6, 2.1), 1.02, 0.74, 1),
    "middle": ((9.3, 0.2, 0.75), (5.0, 3.0, 2.2), 1.04, 0.76, 1),
    "ring": ((8.9, 0.0, -1.2), (4.6, 2.8, 2.1), 0.98, 0.72, -1),
    "little": ((8.1, -0.3, -3.0), (3.7, 2.1, 1.9), 0.86, 0.64, -1),
}
_THUMB_BASE: Vec = (2.4, -0.7, 2.5)
_THUMB_BONES = (4.4, 3.4, 2.8)
_FOREARM_CM = 11.0


def solve_hand(pose: Pose) -> Solved:
    """The points wrist, elbow_end, palm; NAME_mcp, _pip, _dip, _tip of each finger; thumb_cmc, _mcp, _ip, _tip."""
    solved = Solved(pose)
    solved.angles = {name: dict(angles) for name, angles in pose.detail.items()}
    points, wrist = solved.points, pose.root.pos
    forearm = chain(WORLD, about_y(pose.root.turn), about_z(-pose.detail["forearm"]["lean"]))
    forearm = chain(forearm, about_x(pose.detail["forearm"]["rot"]))
    bend = pose.detail["wrist"]
    hand = chain(forearm, about_y(-bend["dev"]), about_z(-bend["flex"]))
    solved.frames.update(forearm=forearm, hand=hand)
    points["wrist"] = wrist
    points["elbow_end"] = add(wrist, mul(forearm[0], -_FOREARM_CM))
    points["palm"] = add(wrist, apply(hand, (6.0, -1.0, 0.0)))
    for finger in FINGERS:
        _finger(solved, finger, hand, pose.detail[finger])
    _thumb(solved, hand, pose.detail["thumb"])
    return solved


def _finger(solved: Solved, finger: str, hand: Frame, angles: Angles) -> None:
    knuckle, bones, _, _, way = _FINGERS[finger]
    at = add(solved.points["wrist"], apply(hand, knuckle))
    frame = chain(hand, about_y(-way * angles["spread"]))
    solved.points[f"{finger}_mcp"] = at
    for joint, point, bone in zip(("mcp", "pip", "dip"), ("pip", "dip", "tip"), bones, strict=True):
        frame = chain(frame, about_z(-angles[joint]))
        at = add(at, mul(frame[0], bone))
        solved.points[f"{finger}_{point}"] = at
    solved.frames[finger] = frame


def _thumb(solved: Solved, hand: Frame, angles: Angles) -> None:
    points = solved.points
    base = add(points["wrist"], apply(hand, _THUMB_BASE))
    frame = chain(hand, about_y(-angles["out"]), about_z(-angles["abd"]))
    knuckle = add(base, mul(frame[0], _THUMB_BONES[0]))
    bent = chain(frame, about_y(angles["mcp"]))
    middle = add(knuckle, mul(bent[0], _THUMB_BONES[1]))
    last = chain(bent, about_y(angles["ip"]))
    tip = add(middle, mul(last[0], _THUMB_BONES[2]))
    reached = sum(angles[f"touch_{finger}"] for finger in FINGERS)
    if reached > 0:
        target = tip
        for finger in FINGERS:
            pad = add(points[f"{finger}_tip"], mul(solved.frames[finger][1], -1.3))
            target = add(target, mul(sub(pad, tip), angles[f"touch_{finger}"]))
        out = apply(hand, (0.5, -0.6, 1.0))
        knuckle, tip, missed, _ = reach(base, target, _THUMB_BONES[0] + 0.4, sum(_THUMB_BONES[1:]) - 0.2, out)
        solved.misses["thumb"] = missed
        middle = add(lerp(knuckle, tip, 0.55), mul(unit(out), 0.5))
        last = (unit(sub(tip, middle)), hand[1], hand[2])
    solved.frames["thumb"] = last
    points.update(thumb_cmc=base, thumb_mcp=knuckle, thumb_ip=middle, thumb_tip=tip)


def _nail(camera: Camera, solved: Solved, finger: str, radius: float) -> Shape:
    """Seen as far as the back of the fingertip is turned to the camera; never missing, so that nothing jumps."""
    frame, tip = solved.frames[finger], solved.points[f"{finger}_tip"]
    back = frame[1] if finger != "thumb" else unit(add(frame[1], mul(frame[2], 0.9)))
    shown = max(0.02, dot(back, camera.towards))
    at = add(tip, add(mul(frame[0], -0.35), mul(back, radius * 0.5)))
    return Shape("nail", (circle(camera.see(at), radius * 0.62 * shown),))


def draw_hand(camera: Camera, solved: Solved, palm_side: bool) -> list[Shape]:
    """Back to front. `palm_side`: the palm is turned to the viewer, so fingers curl in front of it."""
    points, hand, forearm = solved.points, solved.frames["hand"], solved.frames["forearm"]
    palm = _palm(camera, solved)
    arm = trunk(camera, [
        (points["elbow_end"], _across(forearm), 3.9, 3.4, 0.0),
        (lerp(points["elbow_end"], points["wrist"], 0.5), _across(forearm), 3.5, 2.9, 0.0),
        (points["wrist"], _across(hand), 2.9, 2.1, 0.0),
        (add(points["wrist"], apply(hand, (2.5, 0.0, 0.0))), _across(hand), 3.2, 1.9, 0.0),
    ], 0.3, 0.4)  # fmt: skip
    cuff = trunk(camera, [
        (add(points["elbow_end"], mul(forearm[0], step)), _across(forearm), 4.4, 3.9, 0.0) for step in (-3.0, -0.5, 2.0)
    ], 0.2, 0.1)  # fmt: skip
    fingers = {finger: _chain(camera, solved, finger) for finger in FINGERS}
    order = sorted(
        FINGERS, key=lambda finger: _FINGERS[finger][0][2] * (1 if dot(hand[2], camera.towards) >= 0 else -1)
    )
    shapes = [Shape("skin", (arm, palm))]
    for finger in order:
        shapes.append(Shape("skin", fingers[finger]))
        shapes.append(_nail(camera, solved, finger, _FINGERS[finger][3]))
    if not palm_side:
        shapes.append(Shape("skin_plain", (arm, palm)))
    shapes += [Shape("skin", _thumb_outline(camera, solved)), _nail(camera, solved, "thumb", 1.0)]
    root = add(points["wrist"], apply(hand, (1.4, -0.5, 1.0)))
    along = lerp(points["thumb_cmc"], points["thumb_mcp"], 0.35)
    ball_of_thumb = rounded(camera, (root, 1.6), (points["thumb_cmc"], 1.5), (along, 1.35))
    return [*shapes, Shape("skin_plain", (ball_of_thumb,)), Shape("shirt", (cuff,))]


def _across(frame: Frame) -> Frame:
    """The frame of a section: depth towards the back of the hand, up along the arm, width towards the thumb."""
    return (frame[1], frame[0], frame[2])


def _palm(camera: Camera, solved: Solved) -> Ring:
    hand, wrist = solved.frames["hand"], solved.points["wrist"]
    rows = ((0.0, 0.0, 2.7, 1.9), (2.5, 0.2, 3.4, 1.8), (5.5, 0.0, 4.0, 1.6), (8.2, -0.15, 4.05, 1.25))
    return trunk(
        camera, [(add(wrist, apply(hand, (x, -0.2, z))), _across(hand), w, d, 0.0) for x, z, w, d in rows], 0.4, 0.5
    )


def _chain(camera: Camera, solved: Solved, finger: str) -> tuple[Ring, ...]:
    """One rounded piece for each bone, so that a bent finger has no folds."""
    _, _, first, last, _ = _FINGERS[finger]
    places = [solved.points[f"{finger}_{name}"] for name in ("mcp", "pip", "dip", "tip")]
    places[-1] = lerp(places[-1], places[-2], last / 3.4)
    return _pieces(camera, places, [first + (last - first) * share for share in (0.0, 0.35, 0.7, 1.0)])


def _pieces(camera: Camera, places: list[Vec], radii: list[float]) -> tuple[Ring, ...]:
    ends = list(zip(places, radii, strict=True))
    return tuple(rounded(camera, a, b) for a, b in itertools.pairwise(ends))


def _thumb_outline(camera: Camera, solved: Solved) -> tuple[Ring, ...]:
    points = solved.points
    tip = lerp(points["thumb_tip"], points["thumb_ip"], 0.25)
    return _pieces(camera, [points["thumb_cmc"], points["thumb_mcp"], points["thumb_ip"], tip], [1.5, 1.2, 1.05, 0.85])
