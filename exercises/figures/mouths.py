"""The mouth, and for exercises of jaw and tongue what lies behind lips and cheek: jawbone, palate, front teeth, tongue.

Places are in cm in the frame of the head: x forward, y up, z to the right, from the middle of the skull.
"""

import math
from collections.abc import Callable

from exercises.figures.camera import Camera
from exercises.figures.joints import Angles
from exercises.figures.outlines import Shape, blob
from exercises.figures.vectors import Vec

At = Callable[..., Vec]
# Millimetres of a glide are shown nearly as millimetres; the head is drawn at its true size.
_GLIDE = 1 / 8
_DEGREES_FOR_MM = 0.6
_HINGE = (-0.5, -2.0)


def jaw_turned(x: float, y: float, open_mm: float) -> tuple[float, float]:
    """A point of the lower jaw, turned about the joint before the ear; 40 mm between the teeth are 24 degrees."""
    angle = -math.radians(open_mm * _DEGREES_FOR_MM)
    dx, dy = x - _HINGE[0], y - _HINGE[1]
    turned_x = dx * math.cos(angle) - dy * math.sin(angle) + _HINGE[0]
    return turned_x, dx * math.sin(angle) + dy * math.cos(angle) + _HINGE[1]


def chin_of(jaw: Angles) -> Vec:
    x, y = jaw_turned(3.6, -5.2, jaw["open"])
    return x + jaw["forward"] * _GLIDE, y, jaw["side"] * _GLIDE


def mouth(camera: Camera, at: At, jaw: Angles, from_side: bool) -> Shape:
    """Between the upper lip and the lower one, which goes with the jaw; 2 mm are always seen."""
    aside, forward = jaw["side"] * _GLIDE, jaw["forward"] * _GLIDE
    if from_side:
        low_x, low_y = jaw_turned(8.2, -5.3, jaw["open"])
        corner_x, corner_y = jaw_turned(5.0, -5.0, jaw["open"] / 2)
        ring = [
            at(8.6, -4.7),
            at(7.0, -4.7),
            at(corner_x, corner_y),
            at(low_x - 1.4 + forward, low_y),
            at(low_x + forward, low_y),
        ]
    else:
        _, low = jaw_turned(8.0, -5.2, jaw["open"])
        wide = 2.6 - jaw["open"] / 60
        ring = [
            *(at(8.5, -4.8, z * wide) for z in (-0.4, 0.4)),
            at(8.3, (low - 4.8) / 2, wide + aside / 2),
            *(at(8.3, low, z * wide * 0.8 + aside) for z in (0.5, -0.5)),
            at(8.3, (low - 4.8) / 2, -wide + aside / 2),
        ]
    return Shape("mouth", (tuple(camera.see(point) for point in ring),))


def opened(camera: Camera, at: At, jaw: Angles, from_side: bool) -> list[Shape]:
    """What is seen without the cheek (from the side) or with the lips drawn back (from the front), back to front."""
    return _section(camera, at, jaw) if from_side else _teeth(camera, at, jaw)


def _section(camera: Camera, at: At, jaw: Angles) -> list[Shape]:
    forward = jaw["forward"] * _GLIDE

    def above(x: float, y: float) -> tuple[float, float]:
        return camera.see(at(x, y))

    def below(x: float, y: float) -> tuple[float, float]:
        turned_x, turned_y = jaw_turned(x, y, jaw["open"])
        return camera.see(at(turned_x + forward, turned_y))

    cavity = [above(8.0, -4.4), above(4.6, -3.4), above(1.2, -3.6), above(0.2, -6.0)]
    cavity += [below(2.2, -7.6), below(6.6, -7.6), below(8.0, -5.8)]
    up = jaw["tongue"]
    tip, low_tip = above(6.5, -4.6), below(6.2, -6.2)
    middle, low_middle = above(4.3, -4.9), below(4.3, -5.9)

    def raised(high: tuple[float, float], low: tuple[float, float]) -> tuple[float, float]:
        return low[0] + (high[0] - low[0]) * up, low[1] + (high[1] - low[1]) * up

    half_up = ((middle[0] + low_middle[0]) / 2, (middle[1] + low_middle[1]) / 2)
    tongue = [(below(2.2, -6.6), 1.6), (raised(half_up, low_middle), 1.25), (raised(tip, low_tip), 0.75)]
    jawbone = [below(x, y) for x, y in (
        (-1.7, -1.6), (-0.5, -1.4), (0.8, -4.2), (1.6, -6.4), (3.6, -7.3), (6.3, -7.1), (7.1, -7.1), (7.4, -8.0),
        (7.0, -9.0), (5.4, -9.3), (2.6, -9.0), (-0.4, -7.6), (-1.3, -5.0),
    )]  # fmt: skip
    palate = [above(x, y) for x, y in ((7.9, -4.3), (7.9, -3.2), (4.8, -2.3), (1.4, -2.6), (1.2, -3.4), (4.6, -3.3))]
    return [
        Shape("mouth", (tuple(reversed(cavity)) if _anticlockwise(cavity) else tuple(cavity),)),
        Shape("tongue", (blob(tongue),)),
        Shape("bone", (tuple(jawbone),)),
        Shape("bone", (tuple(palate),)),
        Shape("tooth", (blob([(below(6.7, -7.2), 0.42), (below(6.9, -6.4), 0.45), (below(7.0, -5.7), 0.34)]),)),
        Shape("tooth", (blob([(above(7.5, -4.0), 0.45), (above(7.6, -4.8), 0.48), (above(7.5, -5.5), 0.36)]),)),
        Shape("ear", (blob([(above(8.5, -4.1), 0.6), (above(8.7, -4.7), 0.62)]),)),
        Shape("ear", (blob([(below(8.1, -6.3), 0.62), (below(7.8, -7.0), 0.6)]),)),
    ]


def _anticlockwise(ring: list[tuple[float, float]]) -> bool:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) > 0


def _teeth(camera: Camera, at: At, jaw: Angles) -> list[Shape]:
    """Two rows, each with a gap in its middle that shows how far the lower jaw has gone aside."""
    aside = jaw["side"] * _GLIDE
    low = jaw_turned(8.0, -5.2, jaw["open"])[1] - 1.3

    def patch(*corners: tuple[float, float]) -> tuple[tuple[float, float], ...]:
        return tuple(camera.see(at(8.4, y, z)) for z, y in corners)

    def lips(wide: float, top: float, bottom: float) -> tuple[tuple[float, float], ...]:
        middle = (top + bottom) / 2
        return patch(
            (-wide * 0.4, top), (wide * 0.4, top), (wide, middle + 0.3), (wide + aside / 2, middle - 0.3),
            (wide * 0.5 + aside, bottom), (-wide * 0.5 + aside, bottom), (-wide + aside / 2, middle - 0.3),
            (-wide, middle + 0.3),
        )  # fmt: skip

    def row(top: float, bottom: float, wide: float, moved: float) -> tuple[tuple[tuple[float, float], ...], ...]:
        halves = ((-wide, -_GAP), (_GAP, wide))
        return tuple(
            patch((a + moved, top), (b + moved, top), (b + moved, bottom), (a + moved, bottom)) for a, b in halves
        )

    return [
        Shape("ear", (lips(3.6, -3.9, low - 0.5),)),
        Shape("mouth", (lips(3.1, -4.3, low),)),
        Shape("tooth", row(-4.5, -5.35, 1.9, 0.0), "polygon"),
        Shape("tooth", row(low + 1.2, low + 0.45, 1.5, aside), "polygon"),
    ]


_GAP = 0.13
