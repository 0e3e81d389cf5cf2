"""What solving a pose gives, and the two-bone reach that legs and arms share."""

import math
from dataclasses import dataclass, field

from exercises.figures.pose import Pose
from exercises.figures.vectors import Frame, Vec, add, cross, dot, length, mul, sub, unit


@dataclass
class Solved:
    """A solved pose: named points (cm), frames of the segments, angles of the joints, and by how many cm a pinned
    foot or hand could not be reached.
    """

    pose: Pose
    points: dict[str, Vec] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    angles: dict[str, dict[str, float]] = field(default_factory=dict)
    misses: dict[str, float] = field(default_factory=dict)


def reach(start: Vec, target: Vec, upper: float, lower: float, pole: Vec) -> tuple[Vec, Vec, float, Vec]:
    """Two bones from `start` to `target` with the middle joint towards `pole`: the middle, the end, how far it missed
    in cm, and the direction in which the middle joint stands out.
    """
    way = sub(target, start)
    distance, straight = length(way), unit(way)
    missed = max(0.0, distance - (upper + lower - 0.01), abs(upper - lower) - distance)
    distance = min(max(distance, abs(upper - lower) + 0.01), upper + lower - 0.01)
    along = (upper * upper - lower * lower + distance * distance) / (2 * distance)
    aside = math.sqrt(max(0.0, upper * upper - along * along))
    side = sub(pole, mul(straight, dot(pole, straight)))
    side = unit(side) if length(side) > 1e-6 else unit(cross(straight, (0.0, 0.0, 1.0)))
    middle = add(add(start, mul(straight, along)), mul(side, aside))
    return middle, add(start, mul(straight, distance)), missed, side
