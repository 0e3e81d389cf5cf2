"""A figure: key poses over time, and how to look at them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from exercises.figures.bones import Solved
from exercises.figures.pose import Pose, eased, mix, pedalled
from exercises.figures.rigs import solve

# Samples per movement: for the checks and the frame, and for the pictures of the animation.
SAMPLES = 16


@dataclass(frozen=True)
class Figure:
    """All that a pose file says, read and filled in.

    `az`, `el`: the camera in degrees (az 0 side with the right side near, 90 front; el above the horizon).
    `mode`: pingpong (there and back, eased), loop (once round, even) or stills (each of `stills` is a figure of its
    own). `cycle`: seconds. `pair`: the two times shown in print. `side` l, r or b and `mark` leg or arm: the band round
    the working limb. `far`: the paler side, "" for none, None to find out. `expected`: time -> angle -> (least, most).
    `words`: language -> what is said instead of what is made from the pose.
    """

    id: str
    name: str
    times: tuple[float, ...]
    poses: tuple[Pose, ...]
    az: float = 0.0
    el: float = 8.0
    mode: str = "pingpong"
    cycle: float = 5.0
    pair: tuple[float, float] = (0.0, 1.0)
    telling: float = 1.0
    side: str = ""
    mark: str = "leg"
    far: str | None = None
    flip: bool = False
    wear: str = ""
    person: str = ""
    standing: bool = False
    floor: bool = True
    order: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    ghost: tuple[str, ...] = ()
    contacts: tuple[tuple[str, float], ...] = ()
    support: tuple[str, ...] | None = None
    props: tuple[Mapping[str, Any], ...] = ()
    arrows: tuple[Mapping[str, Any], ...] = ()
    signs: tuple[Mapping[str, Any], ...] = ()
    expected: Mapping[float, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rig: str = "body"
    stills: tuple["Figure", ...] = ()

    @property
    def shown_side(self) -> str:
        """Which side of the body works, l or r. Close-ups show a left hand or foot, all others work with the right."""
        close_up = "l" if self.rig in ("hand", "foot") else "r"
        side = self.side if self.side in ("l", "r") else close_up
        return side if not self.flip else "l" if side == "r" else "r"

    def pose_at(self, t: float) -> Pose:
        """The pose at time `t`, 0 to 1."""
        if t <= self.times[0]:
            return pedalled(self.poses[0], t)
        for index in range(len(self.times) - 1):
            if t <= self.times[index + 1]:
                share = (t - self.times[index]) / (self.times[index + 1] - self.times[index])
                share = share if self.mode == "loop" else eased(share)
                return pedalled(mix(self.poses[index], self.poses[index + 1], share), t)
        return pedalled(self.poses[-1], t)

    def solved_at(self, t: float) -> Solved:
        """The body at time `t`; every moment is solved once."""
        key = round(t * 4800)
        if key not in self._solved:
            self._solved[key] = solve(self.rig, self.pose_at(t))
        return self._solved[key]

    @cached_property
    def _solved(self) -> dict[int, Solved]:
        return {}

    @cached_property
    def samples(self) -> tuple[Solved, ...]:
        """The body at 0, 1/16 ... 1."""
        return tuple(self.solved_at(index / SAMPLES) for index in range(SAMPLES + 1))
