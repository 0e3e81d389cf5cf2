"""The foot close up: shank, ankle and five toes. Toes point to +x, the big toe is on the near side (+z). Angles are
degrees in `Pose.detail`.
"""

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.outlines import Shape, circle, rounded, trunk
from exercises.figures.pose import Pose
from exercises.figures.vectors import WORLD, Frame, Vec, about_x, about_y, about_z, add, apply, chain, dot, lerp, mul

TOES = ("big", "second", "third", "fourth", "fifth")
RESTING: dict[str, dict[str, float]] = {
    # lean tilts the knee to the front; knee straightens nothing, it only turns the shank
    "shank": {"lean": 0.0},
    # flex: toes up +; inv: sole inwards +; turn: toes outwards +
    "ankle": {"flex": 0.0, "inv": 0.0, "turn": 0.0},
    # mtp: up +; curl: the end of the toe bends down; spread: away from the second toe
    **{toe: {"mtp": 8.0, "curl": 10.0, "spread": 0.0} for toe in TOES},
}
LIMITS: dict[str, tuple[float, float]] = {
    "shank.lean": (-60, 95),
    "ankle.flex": (-55, 32),
    "ankle.inv": (-25, 40),
    "ankle.turn": (-35, 30),
    **{f"{toe}.{key}": limits for toe in TOES for key, limits in {
        "mtp": (-45.0, 75.0), "curl": (-5.0, 85.0), "spread": (-12.0, 22.0)}.items()},
}  # fmt: skip
# Base of the toe from the ankle (cm), lengths of its two parts, radii, way in which it spreads.
_TOES: dict[str, tuple[Vec, tuple[float, float], tuple[float, float], int]] = {
    "big": ((12.2, -5.8, 2.9), (3.6, 3.0), (1.6, 1.3), 1),
    "second": ((12.6, -6.1, 0.9), (3.2, 2.5), (1.1, 0.92), 0),
    "third": ((12.2, -6.2, -0.8), (2.9, 2.2), (1.05, 0.88), -1),
    "fourth": ((11.4, -6.3, -2.3), (2.6, 2.0), (1.0, 0.84), -1),
    "fifth": ((10.3, -6.4, -3.6), (2.3, 1.8), (0.98, 0.82), -1),
}
_SHANK_CM = 17.0
# Sections of the foot: place from the ankle, half width, half height.
_SECTIONS: tuple[tuple[float, float, float, float, float], ...] = (
    (-4.6, -4.3, 0.0, 2.7, 3.2),
    (-1.5, -3.3, 0.0, 3.2, 4.4),
    (3.5, -3.6, 0.1, 3.5, 4.0),
    (8.0, -4.9, 0.1, 4.1, 2.9),
    (11.2, -5.8, 0.0, 4.5, 1.9),
)


def solve_foot(pose: Pose) -> Solved:
    """The points knee_end, ankle, heel, ball, and NAME_base, NAME_joint, NAME_tip of every toe."""
    solved = Solved(pose)
    solved.angles = {name: dict(angles) for name, angles in pose.detail.items()}
    points, ankle = solved.points, pose.root.pos
    shank = chain(WORLD, about_y(-pose.root.turn), about_z(-pose.detail["shank"]["lean"]))
    bend = pose.detail["ankle"]
    # Measured against the upright, so that the foot stays flat while the shank leans over it.
    foot = chain(WORLD, about_y(-pose.root.turn + bend["turn"]), about_z(bend["flex"]), about_x(-bend["inv"]))
    solved.frames.update(shank=shank, foot=foot)
    points["ankle"] = ankle
    points["knee_end"] = add(ankle, mul(shank[1], _SHANK_CM))
    points["heel"] = add(ankle, apply(foot, (-5.6, -7.0, 0.0)))
    points["ball"] = add(ankle, apply(foot, (12.4, -7.4, 0.0)))
    for toe in TOES:
        base, (first, last), _, way = _TOES[toe]
        angles = pose.detail[toe]
        at = add(ankle, apply(foot, base))
        frame = chain(foot, about_y(-way * angles["spread"]), about_z(angles["mtp"]))
        joint = add(at, mul(frame[0], first))
        frame = chain(frame, about_z(-angles["curl"]))
        points[f"{toe}_base"], points[f"{toe}_joint"] = at, joint
        points[f"{toe}_tip"] = add(joint, mul(frame[0], last))
        solved.frames[toe] = frame
    return solved


def _section(frame: Frame) -> Frame:
    return (frame[1], frame[0], frame[2])


def draw_foot(camera: Camera, solved: Solved) -> list[Shape]:
    """Back to front: far toes first."""
    points, foot, shank = solved.points, solved.frames["foot"], solved.frames["shank"]
    ankle = points["ankle"]
    middle = trunk(camera, [
        (add(ankle, apply(foot, (x, y, z))), _section(foot), wide, high, 0.0) for x, y, z, wide, high in _SECTIONS
    ], 0.9, 0.75)  # fmt: skip
    rows = ((17.0, 5.1, 5.4, -1.5), (8.0, 3.6, 4.0, -0.8), (1.5, 3.3, 3.7, -0.3), (-3.0, 3.2, 3.6, 0.2))
    leg = trunk(camera, [(add(ankle, mul(shank[1], up)), shank, w, d, s) for up, w, d, s in rows], 0.2, 0.7)
    cloth = trunk(
        camera, [(add(ankle, mul(shank[1], up)), shank, 6.0, 6.2, -1.3) for up in (20.0, 16.0, 13.0)], 0.2, 0.15
    )
    inner = max(0.02, dot(foot[2], camera.towards))
    bump = circle(camera.see(add(ankle, apply(foot, (0.1, -0.4, 2.6)))), 1.15 * inner)
    near_first = dot(foot[2], camera.towards) >= 0
    toes = TOES[::-1] if near_first else TOES
    shapes = [Shape("skin", (leg, middle))]
    for toe in toes:
        _, _, (first, last), _ = _TOES[toe]
        at = [points[f"{toe}_{name}"] for name in ("base", "joint", "tip")]
        shapes.append(
            Shape(
                "skin",
                (
                    rounded(
                        camera, (at[0], first), (at[1], (first + last) / 2 + 0.05), (lerp(at[2], at[1], 0.25), last)
                    ),
                ),
            )
        )
        frame = solved.frames[toe]
        shown = max(0.02, dot(frame[1], camera.towards))
        nail = add(at[2], add(mul(frame[0], -0.5), mul(frame[1], last * 0.6)))
        shapes.append(Shape("nail", (circle(camera.see(nail), last * 0.6 * shown),)))
    shapes.append(Shape("skin_plain", (leg, middle)))
    return [*shapes, Shape("ear", (bump,)), Shape("trousers", (cloth,))]
