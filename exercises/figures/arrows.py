"""Arrows: where the movement goes."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

from exercises.figures.camera import Camera
from exercises.figures.figure import Figure
from exercises.figures.outlines import Ring, Shape
from exercises.figures.props import place
from exercises.figures.vectors import Point

_STEPS = 14


def shafts(figure: Figure, camera: Camera) -> list[tuple[Ring, bool]]:
    """The middle line of every arrow, and whether it points both ways."""
    return [(_shaft(figure, camera, arrow), bool(arrow.get("both"))) for arrow in figure.arrows]


def _shaft(figure: Figure, camera: Camera, arrow: Mapping[str, Any]) -> Ring:
    if "round" not in arrow:
        return _curve(_through(figure, camera, arrow))
    x, y = camera.see(place(figure.samples[0], arrow["round"]))
    radius, start, end = float(arrow.get("r", 8)), float(arrow.get("from", 30)), float(arrow.get("to", 330))
    angles = (math.radians(start + (end - start) * step / (2 * _STEPS)) for step in range(2 * _STEPS + 1))
    return tuple((x + math.sin(a) * radius, y + math.cos(a) * radius) for a in angles)


def _through(figure: Figure, camera: Camera, arrow: Mapping[str, Any]) -> list[Point]:
    """Three points of an arrow: those of its "path", or beside the way of the point that it follows ("of"), from time
    "from" to "to", "off" cm to the left of its way.
    """
    if "path" in arrow:
        return [camera.see(place(figure.samples[0], each)) for each in arrow["path"]]
    start, end, off = arrow.get("from", 0.05), arrow.get("to", 0.95), arrow.get("off", 9)
    way = [
        camera.see(figure.solved_at(start + (end - start) * step / _STEPS).points[arrow["of"]])
        for step in range(_STEPS + 1)
    ]
    lengths = [0.0]
    for a, b in itertools.pairwise(way):
        lengths.append(lengths[-1] + math.dist(a, b))
    middle = min(range(_STEPS + 1), key=lambda step: abs(lengths[step] - lengths[-1] / 2))
    first, half, last = way[0], way[middle], way[-1]
    out = []
    for at, (a, b) in ((first, (first, half)), (half, (first, last)), (last, (half, last))):
        size = math.dist(a, b) or 1.0
        out.append((at[0] - (b[1] - a[1]) / size * off, at[1] + (b[0] - a[0]) / size * off))
    return out


def _curve(points: list[Point]) -> Ring:
    """A smooth line through three points; others stay as they are."""
    if len(points) != 3:
        return tuple(points)
    (ax, ay), (bx, by), (cx, cy) = points
    kx, ky = 2 * bx - (ax + cx) / 2, 2 * by - (ay + cy) / 2
    line = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        p, q, r = (1 - t) ** 2, 2 * t * (1 - t), t * t
        line.append((ax * p + kx * q + cx * r, ay * p + ky * q + cy * r))
    return tuple(line)


def drawn(shaft: Ring, both: bool, width: float, head: float) -> list[Shape]:
    """The line and the heads of one arrow, `width` and `head` in cm. A head is never longer than 0.6 of the arrow, of
    two 0.36 each.
    """
    total = sum(math.dist(a, b) for a, b in itertools.pairwise(shaft))
    head = min(head, total * (0.36 if both else 0.6))
    tip, shaft = _head(shaft, head)
    heads = [tip]
    if both:
        tip, shaft = _head(shaft[::-1], head)
        heads.append(tip)
    return [Shape("arrow_line", (shaft,), "line"), Shape("arrow", tuple(heads), "polygon")]


def _head(shaft: Ring, head: float) -> tuple[Ring, Ring]:
    """The triangle at the end of the shaft, and the shaft cut where it begins."""
    end, cut, along = shaft[-1], len(shaft) - 1, 0.0
    while cut > 1 and along < head * 0.75:
        along += math.dist(shaft[cut], shaft[cut - 1])
        cut -= 1
    size = math.dist(end, shaft[cut]) or 1.0
    dx, dy = (end[0] - shaft[cut][0]) / size, (end[1] - shaft[cut][1]) / size
    bx, by, half = end[0] - dx * head, end[1] - dy * head, head * 0.58
    tip = (end, (bx - dy * half, by + dx * half), (bx + dy * half, by - dx * half))
    return tip, (*shaft[: cut + 1], (bx + dx * head * 0.2, by + dy * head * 0.2))
