"""Checks of what touches what: floor, seats, steps, walls, and balance over the feet."""

from collections.abc import Iterator, Mapping
from typing import Any

from exercises.figures.figure import SAMPLES, Figure
from exercises.figures.proportions import SKIN
from exercises.figures.vectors import Vec, add, length, sub

_BELOW_FLOOR_CM = 1.6
_GAP_CM = 2.2
_SINK_CM = 1.6
_SOLID = ("step", "box", "bed", "table")

Points = Mapping[str, Vec]


def contact_complaints(figure: Figure, step: int) -> Iterator[str]:
    """The faults at one sample."""
    points = figure.samples[step].points
    yield from _floor(figure, points)
    yield from _contacts(figure, points)
    if figure.standing and points["head"][1] < points["hip_mid"][1]:
        yield "the head is below the pelvis of a standing person"
    yield from _balance(figure, points)
    for prop in figure.props:
        yield from _inside(prop, points, figure)
    yield from _dragged(figure, step)


def _floor(figure: Figure, points: Points) -> Iterator[str]:
    floor_y = figure.poses[0].floor_y
    for name, radius in SKIN.items():
        depth = floor_y - (points[name][1] - radius)
        if depth > _BELOW_FLOOR_CM:
            yield f"{name} is {depth:.1f} cm below the floor"


def _contacts(figure: Figure, points: Points) -> Iterator[str]:
    for name, height in figure.contacts:
        gap = points[name][1] - SKIN.get(name, 0.0) - height
        if abs(gap) > _GAP_CM:
            yield f"contact {name} is {gap:.1f} cm off its surface"


def _support(figure: Figure) -> tuple[str, ...]:
    """What carries the person: as said, or seat and feet on a chair."""
    if figure.support is not None:
        return figure.support
    seated = not figure.standing and any(prop["type"] in ("chair", "wheelchair") for prop in figure.props)
    return ("hip_mid", "foot_l", "foot_r") if seated else ()


def _balance(figure: Figure, points: Points) -> Iterator[str]:
    support = _support(figure)
    if not support:
        return
    base: list[Vec] = []
    for name in support:
        if name.startswith("foot"):
            base += [points[f"heel_{name[-1]}"], points[f"toe_{name[-1]}"]]
        else:
            base.append(points[name])
    if "hip_mid" in support:
        base += [add(points["hip_mid"], (-9.0, 0.0, z)) for z in (-8.0, 8.0)]
    for axis, word, edge in ((0, "forwards or backwards", 4.0), (2, "sideways", 6.5)):
        low, high = min(p[axis] for p in base) - edge, max(p[axis] for p in base) + edge
        at = points["com"][axis]
        if not low <= at <= high:
            yield f"would fall {word}: centre of mass at {at:.0f}, carried from {low:.0f} to {high:.0f}"


def _inside(prop: Mapping[str, Any], points: Points, figure: Figure) -> Iterator[str]:
    kind = prop["type"]
    if kind in _SOLID and not prop.get("ghostly"):
        (x0, x1), (y0, y1), (z0, z1) = prop["x"], prop.get("y", (0, 15)), prop.get("z", (-25, 25))
        for name, radius in SKIN.items():
            x, y, z = points[name]
            within = x0 + 1 < x < x1 - 1 and z0 < z < z1
            if within and y0 + 1 < y < y1 - _SINK_CM + radius * 0.9 and y - radius < y1 - 1.8:
                yield f"{name} is inside the {kind}"
    if kind in ("chair", "wheelchair"):
        height, at = prop.get("h", 44), prop.get("x", 0)
        for name in ("hip_mid", "knee_l", "knee_r"):
            sunk = height - (points[name][1] - SKIN[name])
            beside = abs(points[name][2] - prop.get("z", points[name][2])) > 21
            if not beside and abs(points[name][0] - at) < 20 and points[name][1] > height - 4 and sunk > _SINK_CM:
                yield f"{name} sinks {sunk:.1f} cm into the seat"
    if kind == "wall" and "z" not in prop and abs(figure.az) < 60:
        facing = 1 if prop.get("face", "r") == "r" else -1
        for name, radius in SKIN.items():
            if facing * (points[name][0] - prop.get("x", 0)) - radius < -2:
                yield f"{name} is inside the wall"


def _dragged(figure: Figure, step: int) -> Iterator[str]:
    if figure.mode == "loop" or step == SAMPLES:
        return
    now, then = figure.samples[step], figure.samples[step + 1]
    for side in "lr":
        foot = now.pose.feet.get(side)
        if foot is None or foot.free or any(prop.get("slides") for prop in figure.props):
            continue
        a, b = now.points[f"ball_{side}"], then.points[f"ball_{side}"]
        level = any(abs(foot.at[1] - height) < 0.01 for height in _levels(figure))
        if level and abs(a[1] - foot.at[1] - 2.3) < 2.2 and abs(a[1] - b[1]) < 0.15 and length(sub(a, b)) > 0.35:
            yield f"foot_{side} is dragged along the floor"


def _levels(figure: Figure) -> set[float]:
    steps = {float(prop.get("y", (0, 15))[1]) for prop in figure.props if prop["type"] == "step"}
    return {figure.poses[0].floor_y, *steps}
