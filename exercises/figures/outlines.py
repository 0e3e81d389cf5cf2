"""Outlines in the plane of the picture: closed smooth curves round chains of circles, polygons, hulls."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from exercises.figures.camera import Camera
from exercises.figures.proportions import Station
from exercises.figures.vectors import Frame, Point, Vec, add, dot, lerp, mul

Ring = tuple[Point, ...]

# A closed quadratic B-spline through the corners of an octagon of this radius is a circle of radius 1, nearly.
_OCTAGON = 1 / math.cos(math.radians(22.5))


@dataclass(frozen=True)
class Shape:
    """One path: `role` says what it is (and so its colour), `kind` spline, polygon or line."""

    role: str
    rings: tuple[Ring, ...]
    kind: str = "spline"


def _minus(a: Point, b: Point) -> Point:
    return (a[0] - b[0], a[1] - b[1])


def _unit(a: Point) -> Point:
    size = math.hypot(a[0], a[1])
    return (a[0] / size, a[1] / size) if size > 1e-9 else (0.0, 0.0)


def circle(middle: Point, radius: float) -> Ring:
    """Clockwise, as all rings are: rings of one path must not punch holes into each other."""
    ways = (math.radians(-45 * step - 22.5) for step in range(8))
    return tuple(
        (middle[0] + math.cos(a) * radius * _OCTAGON, middle[1] + math.sin(a) * radius * _OCTAGON) for a in ways
    )


def blob(chain: Sequence[tuple[Point, float]], start: float = 1.0, end: float = 1.0) -> Ring:
    """The outline round circles (middle, radius) one after another. `start` and `end` flatten the caps (1 is round)."""
    middles = [middle for middle, _ in chain]
    last = len(chain) - 1
    span = _minus(middles[-1], middles[0])
    axis = _unit(span) if math.hypot(*span) > 0.2 else (0.0, 1.0)
    ways = []
    for index in range(last + 1):
        way = _minus(middles[min(index + 1, last)], middles[max(index - 1, 0)])
        ways.append(_unit(way) if math.hypot(*way) > 0.2 else axis)

    def beside(index: int, sign: int) -> Point:
        (x, y), radius, (dx, dy) = middles[index], chain[index][1], ways[index]
        return (x - dy * radius * sign, y + dx * radius * sign)

    def cap(index: int, degrees: tuple[float, ...], flat: float) -> list[Point]:
        (x, y), radius, (dx, dy) = middles[index], chain[index][1] * _OCTAGON, ways[index]
        points = []
        for degree in degrees:
            along = math.cos(math.radians(degree)) * radius * flat
            aside = math.sin(math.radians(degree)) * radius
            points.append((x + dx * along - dy * aside, y + dy * along + dx * aside))
        return points

    ring = [beside(index, 1) for index in range(1, last)]
    ring += cap(last, (67.5, 22.5, -22.5, -67.5), end)
    ring += [beside(index, -1) for index in range(last - 1, 0, -1)]
    ring += cap(0, (-112.5, -157.5, 157.5, 112.5), start)
    return tuple(ring)


def rounded(camera: Camera, *chain: tuple[Vec, float]) -> Ring:
    """The outline round spheres in the world."""
    return blob([(camera.see(middle), radius) for middle, radius in chain])


def rod(camera: Camera, a: Vec, b: Vec, radius: float) -> Ring:
    return rounded(camera, (a, radius), (lerp(a, b, 0.5), radius), (b, radius))


def _station(outline: Sequence[Station], t: float) -> Station:
    for (t0, r0, f0), (t1, r1, f1) in itertools.pairwise(outline):
        if t0 <= t <= t1:
            share = (t - t0) / (t1 - t0)
            return (t, r0 + (r1 - r0) * share, f0 + (f1 - f0) * share)
    return outline[-1]


def limb(
    camera: Camera,
    ends: tuple[Vec, Vec],
    front: Vec,
    outline: Sequence[Station],
    girth: Callable[[float], float] = lambda radius: radius,
    part: tuple[float, float] = (0.0, 1.0),
) -> Ring:
    """The outline of a limb, or of the part of it between two shares of the bone. `girth` changes its radii."""
    first, last = part
    stations = [each for each in outline if first <= each[0] <= last]
    if not stations or stations[0][0] > first + 0.02:
        stations.insert(0, _station(outline, first))
    if stations[-1][0] < last - 0.02:
        stations.append(_station(outline, last))
    return blob([(camera.see(add(lerp(*ends, t), mul(front, shift))), girth(radius)) for t, radius, shift in stations])


Level = tuple[Vec, Frame, float, float, float]


def trunk(camera: Camera, levels: Sequence[Level], start: float, end: float) -> Ring:
    """The outline round elliptical sections (middle, frame, half width, half depth, shift to the front): how wide each
    looks follows from how the camera sees its two axes.
    """
    seen = [camera.see(add(middle, mul(frame[0], shift))) for middle, frame, _, _, shift in levels]
    last = len(seen) - 1
    whole = _unit(_minus(seen[-1], seen[0]))
    chain = []
    for index, (_, frame, width, depth, _) in enumerate(levels):
        way = _minus(seen[min(index + 1, last)], seen[max(index - 1, 0)])
        dx, dy = _unit(way) if math.hypot(*way) > 0.2 else whole
        across = add(mul(camera.right, -dy), mul(camera.up, dx))
        chain.append((seen[index], math.hypot(width * dot(frame[2], across), depth * dot(frame[0], across))))
    return blob(chain, start, end)


def hull(points: Iterable[Point]) -> Ring:
    """The convex outline of points."""
    ordered = sorted({(round(x, 2), round(y, 2)) for x, y in points})

    def half(row: list[Point]) -> list[Point]:
        out: list[Point] = []
        for x, y in row:
            while len(out) > 1:
                (ax, ay), (bx, by) = out[-2], out[-1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                out.pop()
            out.append((x, y))
        return out[:-1]

    return tuple(half(ordered) + half(ordered[::-1]))
