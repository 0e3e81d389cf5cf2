"""Legs: by their joint angles, or reaching for a pinned foot."""

import math

from exercises.figures.bones import Solved, reach
from exercises.figures.joints import SIDES, ball, ball_angles, outward
from exercises.figures.pose import Foot
from exercises.figures.proportions import ANKLE_HEIGHT, BALL, HEEL, SHANK, THIGH, TOE
from exercises.figures.vectors import (
    Frame,
    Vec,
    about_x,
    about_y,
    about_z,
    add,
    apply,
    chain,
    cross,
    dot,
    inverse,
    mul,
    sub,
    unit,
)

# The ball of the foot, seen from the ankle, when the heel turns about it.
_PIVOT: Vec = (BALL, -ANKLE_HEIGHT + 2.2, 0.0)


def solve_legs(solved: Solved) -> None:
    """Adds hips to toes. Needs the pelvis."""
    for side in SIDES:
        foot = solved.pose.feet.get(side)
        lifted = _pinned(solved, side, foot) if foot else _free(solved, side)
        _sole(solved, side, lifted)


def _free(solved: Solved, side: str) -> float:
    joints, points, frames = solved.pose.joints, solved.points, solved.frames
    thigh = chain(frames["pelvis"], ball(joints[f"hip_{side}"], side))
    knee = add(points[f"hip_{side}"], mul(thigh[1], -THIGH))
    shank = chain(thigh, about_z(-joints[f"knee_{side}"]["flex"]))
    frames[f"thigh_{side}"], frames[f"shank_{side}"] = thigh, shank
    frames[f"foot_{side}"] = _foot_on(shank, solved, side)
    points[f"knee_{side}"], points[f"ankle_{side}"] = knee, add(knee, mul(shank[1], -SHANK))
    for name in ("hip", "knee", "ankle", "toes"):
        solved.angles[f"{name}_{side}"] = dict(joints[f"{name}_{side}"])
    return joints[f"toes_{side}"]["flex"]


def _foot_on(shank: Frame, solved: Solved, side: str) -> Frame:
    ankle = solved.pose.joints[f"ankle_{side}"]
    return chain(shank, about_z(ankle["flex"]), about_x(outward(side) * ankle["inv"]))


def _pinned(solved: Solved, side: str, foot: Foot) -> float:
    points, frames, pelvis = solved.points, solved.frames, solved.frames["pelvis"]
    sign = outward(side)
    flat = about_y(-sign * foot.yaw + foot.turn)
    frame = chain(flat, about_z(foot.pitch - foot.lift))
    target = foot.at
    if not foot.free:
        target = add(foot.at, (0.0, ANKLE_HEIGHT, 0.0))
        if foot.lift:
            target = sub(add(target, apply(flat, _PIVOT)), apply(frame, _PIVOT))
    pole = foot.knee or add(pelvis[0], mul(pelvis[2], sign * foot.out))
    hip = points[f"hip_{side}"]
    knee, ankle, missed, front = reach(hip, target, THIGH, SHANK, pole)
    up, down = unit(sub(hip, knee)), unit(sub(knee, ankle))
    axis = unit(cross(front, up))
    thigh: Frame = (cross(up, axis), up, axis)
    shank: Frame = (cross(down, axis), down, axis)
    if foot.free:
        frame = _foot_on(shank, solved, side)
    bent = math.degrees(math.atan2(dot(cross(down, up), axis), dot(up, down)))
    toe_way = chain(inverse(shank), frame)[0]
    solved.misses[f"foot_{side}"] = missed
    solved.angles[f"hip_{side}"] = ball_angles(chain(inverse(pelvis), thigh), side)
    solved.angles[f"knee_{side}"] = {"flex": bent}
    raised = math.degrees(math.atan2(toe_way[1], math.hypot(toe_way[0], toe_way[2])))
    solved.angles[f"ankle_{side}"] = {"flex": raised, "inv": 0.0}
    solved.angles[f"toes_{side}"] = {"flex": foot.lift}
    frames[f"thigh_{side}"], frames[f"shank_{side}"], frames[f"foot_{side}"] = thigh, shank, frame
    points[f"knee_{side}"], points[f"ankle_{side}"] = knee, ankle
    return foot.lift + solved.pose.joints[f"toes_{side}"]["flex"]


def _sole(solved: Solved, side: str, toes_up: float) -> None:
    points, frame = solved.points, solved.frames[f"foot_{side}"]
    ankle = points[f"ankle_{side}"]
    points[f"heel_{side}"] = add(ankle, apply(frame, (-HEEL + 2.6, -ANKLE_HEIGHT + 3.2, 0.0)))
    ball_of_foot = add(ankle, apply(frame, (BALL, -ANKLE_HEIGHT + 2.4, 0.0)))
    points[f"ball_{side}"] = ball_of_foot
    points[f"toe_{side}"] = add(ball_of_foot, apply(chain(frame, about_z(toes_up)), (TOE - BALL, -0.3, 0.0)))
    points[f"mid_{side}"] = add(ankle, apply(frame, (5.0, -2.2, 0.0)))
