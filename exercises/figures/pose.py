"""A pose with every value filled in, and the way from one pose to the next."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from exercises.figures.joints import Angles
from exercises.figures.proportions import ANKLE_HEIGHT, BALL
from exercises.figures.vectors import Vec, lerp

# From the wrist to the middle of the palm.
_PALM_CM = 7.0


@dataclass(frozen=True)
class Root:
    """Where the pelvis is. `base` upright, supine, prone, side_l or side_r; lean forward +, turn right +."""

    base: str = "upright"
    pos: Vec = (0.0, 0.0, 0.0)
    lean: float = 0.0
    roll: float = 0.0
    turn: float = 0.0


@dataclass(frozen=True)
class Circle:
    """A foot or a hand on a pedal: centre of the crank, its radius in cm, and where it starts in degrees."""

    centre: Vec
    radius: float
    phase: float


@dataclass(frozen=True)
class Foot:
    """A pinned foot: the sole under the ankle stands at `at`. `lift` raises the heel about the ball, `pitch` raises the
    toes about the ankle, `yaw` turns them out; `knee` is the way the knee points. With `free`, `at` is the ankle itself
    and the foot follows the shank.
    """

    at: Vec
    yaw: float = 6.0
    lift: float = 0.0
    pitch: float = 0.0
    turn: float = 0.0
    out: float = 0.08
    knee: Vec | None = None
    free: bool = False
    circle: Circle | None = None


@dataclass(frozen=True)
class Hand:
    """A pinned wrist at `at`, or at that offset from the point `rel` in the frame `frame`. `dir` is the way the fingers
    point, `palm` the way the palm faces, `elbow` the way the elbow points.
    """

    at: Vec
    dir: Vec | None = None
    palm: Vec | None = None
    elbow: Vec | None = None
    rel: str | None = None
    frame: str | None = None
    circle: Circle | None = None


@dataclass(frozen=True)
class Anchor:
    """The body is moved until `point` is at `at`."""

    point: str
    at: Vec


@dataclass(frozen=True)
class Pose:
    """One position of the whole body. `joints` has every joint of joints.RESTING; feet and hands only the pinned ones.
    `belly`, `chest` are cm of breathing, `jaw` {open, side, forward} in mm and {tongue} 1 at the palate; `detail` has
    the angles of a close-up rig.
    """

    root: Root
    joints: Mapping[str, Angles]
    feet: Mapping[str, Foot] = field(default_factory=dict)
    hands: Mapping[str, Hand] = field(default_factory=dict)
    anchor: Anchor | None = None
    settle: tuple[str, ...] = ()
    floor_y: float = 0.0
    belly: float = 0.0
    chest: float = 0.0
    jaw: Angles = field(default_factory=lambda: {"open": 0.0, "side": 0.0, "forward": 0.0, "tongue": 0.0})
    detail: Mapping[str, Angles] = field(default_factory=dict)


def eased(t: float) -> float:
    """Slow at both ends."""
    return t * t * (3 - 2 * t)


def _between(a: float, b: float, t: float) -> float:
    return a + (b - a) * t


def _way(a: Vec | None, b: Vec | None, t: float) -> Vec | None:
    return lerp(a, b, t) if a is not None and b is not None else a if a is not None else b


def _angles(a: Angles, b: Angles, t: float) -> dict[str, float]:
    return {name: _between(value, b[name], t) for name, value in a.items()}


def mix(a: Pose, b: Pose, t: float) -> Pose:
    """The pose at the share `t` of the way from `a` to `b`. What is pinned in `a` alone stays as it is."""
    root = Root(
        a.root.base,
        lerp(a.root.pos, b.root.pos, t),
        _between(a.root.lean, b.root.lean, t),
        _between(a.root.roll, b.root.roll, t),
        _between(a.root.turn, b.root.turn, t),
    )
    feet = {}
    for side, one in a.feet.items():
        two = b.feet.get(side, one)
        feet[side] = replace(
            one,
            at=lerp(one.at, two.at, t),
            yaw=_between(one.yaw, two.yaw, t),
            lift=_between(one.lift, two.lift, t),
            pitch=_between(one.pitch, two.pitch, t),
            turn=_between(one.turn, two.turn, t),
            out=_between(one.out, two.out, t),
            knee=_way(one.knee, two.knee, t),
        )
    hands = {}
    for side, hand in a.hands.items():
        other = b.hands.get(side, hand)
        hands[side] = replace(
            hand,
            at=lerp(hand.at, other.at, t),
            dir=_way(hand.dir, other.dir, t),
            palm=_way(hand.palm, other.palm, t),
            elbow=_way(hand.elbow, other.elbow, t),
        )
    anchor = a.anchor
    if anchor is not None and b.anchor is not None:
        anchor = Anchor(anchor.point, lerp(anchor.at, b.anchor.at, t))
    return replace(
        a,
        root=root,
        joints={name: _angles(angles, b.joints[name], t) for name, angles in a.joints.items()},
        feet=feet,
        hands=hands,
        anchor=anchor,
        belly=_between(a.belly, b.belly, t),
        chest=_between(a.chest, b.chest, t),
        jaw=_angles(a.jaw, b.jaw, t),
        detail={name: _angles(angles, b.detail[name], t) for name, angles in a.detail.items()},
    )


def pedalled(pose: Pose, t: float) -> Pose:
    """The pose with feet and hands on pedals moved to where the crank is at time `t`, 0 to 1 for one turn."""
    feet, hands = dict(pose.feet), dict(pose.hands)
    for side, foot in pose.feet.items():
        if foot.circle:
            (x, y, z), angle = _on_crank(foot.circle, t)
            # The ball of the foot is on the pedal, toes up by `pitch`; the heel drops a little on the way down.
            tilt, back, up = math.radians(foot.pitch), 2 - BALL, 1 + ANKLE_HEIGHT
            x += back * math.cos(tilt) - up * math.sin(tilt)
            y += back * math.sin(tilt) + up * math.cos(tilt) - ANKLE_HEIGHT
            feet[side] = replace(foot, at=(x, y, z), pitch=foot.pitch - 16 - 8 * math.sin(angle + 0.6))
    for side, hand in pose.hands.items():
        if hand.circle:
            (x, y, z), _ = _on_crank(hand.circle, t)
            hands[side] = replace(hand, at=(x - _PALM_CM, y, z))
    return replace(pose, feet=feet, hands=hands)


def _on_crank(circle: Circle, t: float) -> tuple[Vec, float]:
    """Where the pedal is, and the angle of its crank in radians."""
    x, y, z = circle.centre
    angle = math.radians(circle.phase) - 2 * math.pi * t
    return (x + circle.radius * math.cos(angle), y + circle.radius * math.sin(angle), z), angle
