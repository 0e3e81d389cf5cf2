"""From a pose to the points and frames of the whole body."""

from exercises.figures.arms import solve_arms
from exercises.figures.bones import Solved
from exercises.figures.joints import SIDES, outward, spine
from exercises.figures.legs import solve_legs
from exercises.figures.pose import Pose
from exercises.figures.proportions import (
    FOOT_MASS,
    FOREARM_MASS,
    HAND_MASS,
    HEAD_CENTRE,
    HEAD_MASS,
    HIP_HALF_WIDTH,
    LUMBAR,
    NECK,
    NECK_REST_DEGREES,
    PELVIS,
    SHANK_MASS,
    SHOULDER_DROP,
    SKIN,
    THIGH_MASS,
    THORAX,
    TRUNK_MASS,
    UPPER_ARM_MASS,
)
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
    length,
    lerp,
    mul,
    sub,
)

# How a person lies or stands before lean, roll and turn. Supine: head to the left; prone: head to the right;
# side_l, side_r: on that side, with the face to the viewer.
BASES: dict[str, Frame] = {
    "upright": WORLD,
    "supine": ((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    "prone": ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    "side_l": ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "side_r": ((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
}


def solve(pose: Pose) -> Solved:
    """The body in this pose, moved so that its anchor or its lowest point is where it has to be."""
    place = pose.root.pos
    solved = _solve(pose, place)
    for _ in range(3):
        move: Vec = (0.0, 0.0, 0.0)
        if pose.anchor is not None:
            move = sub(pose.anchor.at, solved.points[pose.anchor.point])
        elif pose.settle:
            lowest = min(solved.points[name][1] - SKIN.get(name, 0.0) for name in pose.settle)
            move = (0.0, pose.floor_y - lowest, 0.0)
        if length(move) < 0.01:
            break
        place = add(place, move)
        solved = _solve(pose, place)
    return solved


def _solve(pose: Pose, place: Vec) -> Solved:
    solved = Solved(pose)
    _trunk(solved, place)
    solve_legs(solved)
    solve_arms(solved)
    solved.points["com"] = _centre_of_mass(solved.points)
    return solved


def _trunk(solved: Solved, place: Vec) -> None:
    """Lumbar and thoracic spine turn in two halves each, so that the back bends as a curve."""
    points, frames, root, joints = solved.points, solved.frames, solved.pose.root, solved.pose.joints
    for name in ("lumbar", "thorax", "neck", "head"):
        solved.angles[name] = dict(joints[name])
    pelvis = chain(BASES[root.base], about_y(-root.turn), about_x(root.roll), about_z(-root.lean))
    points["hip_mid"] = place
    points["L5"] = add(place, mul(pelvis[1], PELVIS))
    lower = chain(pelvis, spine(joints["lumbar"], 0.5))
    points["L3"] = add(points["L5"], mul(lower[1], LUMBAR / 2))
    lumbar = chain(pelvis, spine(joints["lumbar"]))
    points["T12"] = add(points["L3"], mul(lumbar[1], LUMBAR / 2))
    middle = chain(lumbar, spine(joints["thorax"], 0.5))
    points["T6"] = add(points["T12"], mul(middle[1], THORAX / 2))
    thorax = chain(lumbar, spine(joints["thorax"]))
    points["C7"] = add(points["T6"], mul(thorax[1], THORAX / 2))
    neck_angles = {**joints["neck"], "flex": joints["neck"]["flex"] + NECK_REST_DEGREES}
    neck = chain(thorax, spine(neck_angles))
    points["skull"] = add(points["C7"], mul(neck[1], NECK))
    head = chain(neck, spine(joints["head"]))
    frames.update(
        pelvis=pelvis, lower_lumbar=lower, lumbar=lumbar, lower_thorax=middle, thorax=thorax, neck=neck, head=head
    )
    points["head"] = add(points["skull"], apply(head, (1.8, HEAD_CENTRE, 0.0)))
    points["crown"] = add(points["head"], mul(head[1], 11.5))
    points["nose"] = add(points["head"], mul(head[0], 10.0))
    points["chin"] = add(points["head"], apply(head, (5.0, -10.0, 0.0)))
    points["sh_mid"] = add(points["C7"], mul(thorax[1], -SHOULDER_DROP))
    points["belly"] = add(points["L3"], mul(lower[0], 11.0))
    points["chest"] = add(points["T6"], mul(middle[0], 12.0))
    points["back"] = add(points["T6"], mul(middle[0], -10.0))
    points["sacrum"] = add(place, apply(pelvis, (-11.0, 6.0, 0.0)))
    for side in SIDES:
        points[f"hip_{side}"] = add(place, mul(pelvis[2], outward(side) * HIP_HALF_WIDTH))


def _centre_of_mass(points: dict[str, Vec]) -> Vec:
    parts = [(points["head"], HEAD_MASS), (lerp(points["hip_mid"], points["sh_mid"], 0.5), TRUNK_MASS)]
    for side in SIDES:
        at = {name: points[f"{name}_{side}"] for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")}
        parts += [
            (lerp(at["shoulder"], at["elbow"], 0.44), UPPER_ARM_MASS),
            (lerp(at["elbow"], at["wrist"], 0.43), FOREARM_MASS),
            (points[f"palm_{side}"], HAND_MASS),
            (lerp(at["hip"], at["knee"], 0.43), THIGH_MASS),
            (lerp(at["knee"], at["ankle"], 0.43), SHANK_MASS),
            (points[f"mid_{side}"], FOOT_MASS),
        ]
    centre: Vec = (0.0, 0.0, 0.0)
    for place, mass in parts:
        centre = add(centre, mul(place, mass))
    return mul(centre, 1 / sum(mass for _, mass in parts))
