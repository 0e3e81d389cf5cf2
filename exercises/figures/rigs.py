"""The skeletons that a figure can use: the whole body, the body with a face in detail or its mouth
opened to view, a hand, a foot."""

from collections.abc import Mapping

from exercises.figures import foot_rig, hand_rig, joints, skeleton
from exercises.figures.bones import Solved
from exercises.figures.joints import Angles
from exercises.figures.pose import Pose

CLOSE_UPS = ("hand", "foot")
FACES = ("face", "mouth")
RIGS = ("body", *FACES, *CLOSE_UPS)


def resting(rig: str) -> Mapping[str, Angles]:
    """The resting angles of a close-up; nothing for the body. Raises ValueError for a rig that does not exist."""
    if rig not in RIGS:
        raise ValueError(f"there is no rig “{rig}”; there are {', '.join(RIGS)}")
    return {"hand": hand_rig.RESTING, "foot": foot_rig.RESTING}.get(rig, {})


def solve(rig: str, pose: Pose) -> Solved:
    if rig == "hand":
        return hand_rig.solve_hand(pose)
    return foot_rig.solve_foot(pose) if rig == "foot" else skeleton.solve(pose)


def limits(rig: str) -> Mapping[str, tuple[float, float]]:
    return {"hand": hand_rig.LIMITS, "foot": foot_rig.LIMITS}.get(rig, joints.LIMITS)
