"""Vectors and rotations. A frame is three unit vectors: anterior, up (towards the head or the nearer joint), right."""

import math

Vec = tuple[float, float, float]
Point = tuple[float, float]
Frame = tuple[Vec, Vec, Vec]

WORLD: Frame = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def add(a: Vec, b: Vec) -> Vec:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def sub(a: Vec, b: Vec) -> Vec:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def mul(a: Vec, factor: float) -> Vec:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def dot(a: Vec, b: Vec) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec, b: Vec) -> Vec:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def length(a: Vec) -> float:
    return math.sqrt(dot(a, a))


def unit(a: Vec) -> Vec:
    """The direction of `a`; the zero vector stays zero."""
    size = length(a)
    return mul(a, 1 / size) if size > 1e-9 else (0.0, 0.0, 0.0)


def lerp(a: Vec, b: Vec, t: float) -> Vec:
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def apply(frame: Frame, v: Vec) -> Vec:
    """`v`, given in `frame`, in the coordinates in which the frame is given."""
    return add(add(mul(frame[0], v[0]), mul(frame[1], v[1])), mul(frame[2], v[2]))


def chain(*frames: Frame) -> Frame:
    """The frames one inside the other, outermost first."""
    result = frames[0]
    for frame in frames[1:]:
        result = (apply(result, frame[0]), apply(result, frame[1]), apply(result, frame[2]))
    return result


def inverse(frame: Frame) -> Frame:
    x, y, z = frame
    return ((x[0], y[0], z[0]), (x[1], y[1], z[1]), (x[2], y[2], z[2]))


def about_x(degrees: float) -> Frame:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((1.0, 0.0, 0.0), (0.0, c, s), (0.0, -s, c))


def about_y(degrees: float) -> Frame:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((c, 0.0, -s), (0.0, 1.0, 0.0), (s, 0.0, c))


def about_z(degrees: float) -> Frame:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0))


def turned(v: Vec, axis: Vec, degrees: float) -> Vec:
    """`v` turned about the unit vector `axis`, right-handed."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return add(add(mul(v, c), mul(cross(axis, v), s)), mul(axis, dot(axis, v) * (1 - c)))


def angle_between(a: Vec, b: Vec) -> float:
    """Degrees between two unit vectors, 0 to 180."""
    return math.degrees(math.acos(max(-1.0, min(1.0, dot(a, b)))))


def mirrored(v: Vec) -> Vec:
    """The same on the other side of the body."""
    return (v[0], v[1], -v[2])
