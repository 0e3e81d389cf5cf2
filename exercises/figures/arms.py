"""Arms: by their joint angles, or reaching for a pinned hand."""

from exercises.figures.bones import Solved, reach
from exercises.figures.joints import SIDES, ball, ball_angles, outward
from exercises.figures.pose import Hand
from exercises.figures.proportions import FOREARM, HAND, SHOULDER_HALF_WIDTH, UPPER_ARM
from exercises.figures.vectors import (
    WORLD,
    Frame,
    Vec,
    about_x,
    about_z,
    add,
    angle_between,
    apply,
    chain,
    cross,
    dot,
    inverse,
    length,
    mul,
    sub,
    turned,
    unit,
)


def solve_arms(solved: Solved) -> None:
    """Adds shoulders to fingertips. Needs the trunk, and the legs where a hand is pinned to one.

    An arm that is pinned to the other one comes after it.
    """
    hands = solved.pose.hands
    rel = {side: hands[side].rel for side in SIDES if hands.get(side)}
    for side in sorted(SIDES, key=lambda side: rel.get(side) is not None and rel[side] not in solved.points):
        hand = solved.pose.hands.get(side)
        fingers, thumb = _pinned(solved, side, hand) if hand else _free(solved, side)
        wrist = solved.points[f"wrist_{side}"]
        curled = solved.pose.joints[f"fingers_{side}"]["flex"] / 100
        solved.points[f"palm_{side}"] = solved.points[f"hand_{side}"] = add(wrist, mul(fingers, 7.0))
        solved.points[f"fingers_{side}"] = add(wrist, mul(fingers, HAND - 1.5 - 5.0 * curled))
        knuckle = add(wrist, add(mul(fingers, 4.0), mul(thumb, 2.0)))
        solved.points[f"knuckle_{side}"] = knuckle
        solved.points[f"thumb_{side}"] = add(knuckle, add(mul(fingers, 4.2 - curled), mul(thumb, 2.6 - 1.2 * curled)))
        solved.frames[f"hand_{side}"] = (thumb, mul(fingers, -1), cross(thumb, mul(fingers, -1)))
        solved.angles[f"scap_{side}"] = dict(solved.pose.joints[f"scap_{side}"])
        solved.angles[f"fingers_{side}"] = {"flex": curled * 100}


def _shoulder(solved: Solved, side: str, raised_degrees: float) -> Vec:
    """The joint rises and comes in with the raised arm (scapulo-humeral rhythm), up to 4 cm from 50 degrees on."""
    scap = solved.pose.joints[f"scap_{side}"]
    share = max(0.0, (raised_degrees - 50) / 130)
    out = SHOULDER_HALF_WIDTH - 2.4 * share - 0.35 * abs(scap["prot"])
    place = (scap["prot"], scap["elev"] + 4.0 * share, outward(side) * out)
    return add(solved.points["sh_mid"], apply(solved.frames["thorax"], place))


def _free(solved: Solved, side: str) -> tuple[Vec, Vec]:
    joints, points, frames = solved.pose.joints, solved.points, solved.frames
    rotation = ball(joints[f"shoulder_{side}"], side)
    upper = chain(frames["thorax"], rotation)
    shoulder = _shoulder(solved, side, angle_between(rotation[1], (0.0, 1.0, 0.0)))
    elbow = add(shoulder, mul(upper[1], -UPPER_ARM))
    fore = chain(upper, about_z(joints[f"elbow_{side}"]["flex"]))
    points[f"shoulder_{side}"], points[f"elbow_{side}"] = shoulder, elbow
    points[f"wrist_{side}"] = add(elbow, mul(fore[1], -FOREARM))
    frames[f"uarm_{side}"], frames[f"farm_{side}"] = upper, fore
    for name in ("shoulder", "elbow", "wrist"):
        solved.angles[f"{name}_{side}"] = dict(joints[f"{name}_{side}"])
    wrist = joints[f"wrist_{side}"]
    # The forearm turns first, then the hand bends towards its palm and to the thumb's side.
    sign = outward(side)
    hand = chain(_turned_frame(fore, sign * wrist["rot"]), about_x(sign * wrist["flex"]), about_z(wrist["dev"]))
    return mul(hand[1], -1), hand[0]


def _turned_frame(frame: Frame, degrees: float) -> Frame:
    axis = mul(frame[1], -1)
    return (turned(frame[0], axis, degrees), frame[1], turned(frame[2], axis, degrees))


def _pinned(solved: Solved, side: str, hand: Hand) -> tuple[Vec, Vec]:
    points, frames, thorax = solved.points, solved.frames, solved.frames["thorax"]
    inside = frames[hand.frame] if hand.frame else WORLD
    target = add(points[hand.rel], apply(inside, hand.at)) if hand.rel else hand.at
    hanging = mul(thorax[1], -1)
    raised = angle_between(unit(sub(target, _shoulder(solved, side, 0))), hanging)
    shoulder = _shoulder(solved, side, raised)
    pole = hand.elbow or apply(thorax, (-0.6, -0.6, outward(side) * 0.35))
    elbow, wrist, missed, out = reach(shoulder, target, UPPER_ARM, FOREARM, pole)
    up, fore_up = unit(sub(shoulder, elbow)), unit(sub(elbow, wrist))
    axis = unit(cross(mul(out, -1), up))
    upper: Frame = (cross(up, axis), up, axis)
    fore: Frame = (cross(fore_up, axis), fore_up, axis)
    fingers = unit(hand.dir) if hand.dir else mul(fore_up, -1)
    solved.misses[f"hand_{side}"] = missed
    solved.angles[f"shoulder_{side}"] = ball_angles(chain(inverse(thorax), upper), side)
    solved.angles[f"elbow_{side}"] = {"flex": angle_between(up, fore_up)}
    solved.angles[f"wrist_{side}"] = {"flex": angle_between(fingers, mul(fore_up, -1))}
    points[f"shoulder_{side}"], points[f"elbow_{side}"], points[f"wrist_{side}"] = shoulder, elbow, wrist
    frames[f"uarm_{side}"], frames[f"farm_{side}"] = upper, fore
    palm = hand.palm or (mul(thorax[0], -1) if hand.rel else sub(wrist, shoulder))
    thumb = _thumb_side(fingers, palm, side)
    turn = solved.pose.joints[f"wrist_{side}"]["rot"]
    return fingers, turned(thumb, fingers, outward(side) * turn)


def _thumb_side(fingers: Vec, palm: Vec, side: str) -> Vec:
    flat = sub(palm, mul(fingers, dot(palm, fingers)))
    if length(flat) < 0.25 * length(palm):
        flat = sub((0.0, -1.0, 0.0), mul(fingers, -fingers[1]))
    if length(flat) < 1e-6:
        flat = (1.0, 0.0, 0.0)
    return unit(mul(cross(fingers, flat), outward(side)))
