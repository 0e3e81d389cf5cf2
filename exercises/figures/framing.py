"""Which part of the plane a picture shows."""

import math
from dataclasses import dataclass, replace

from exercises.figures.arrows import shafts
from exercises.figures.outlines import Shape
from exercises.figures.scene import Stage, picture
from exercises.figures.signs import drawn
from exercises.figures.vectors import Point

MARGIN = 0.055
ASPECT = 4 / 3
# Points round which a close-up is framed stand this far from its edge, in cm.
_CLOSE_UP_CM = {"head": 11.0, "crown": 4.0, "hip_mid": 12.0}
# How far the floor goes back behind the person, in cm.
_FLOOR_BACK_CM = 34.0


@dataclass(frozen=True)
class Frame:
    """The shown rectangle in cm of the plane (y up), and the height of the far edge of the floor."""

    left: float
    bottom: float
    width: float
    height: float
    floor: float | None


def bounds(shapes: list[Shape]) -> tuple[float, float, float, float]:
    xs = [x for shape in shapes for ring in shape.rings for x, _ in ring]
    ys = [y for shape in shapes for ring in shape.rings for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def frames(stages: list[Stage]) -> list[Frame]:
    """The frame of each stage; stills that are seen from one place share one, so that nothing grows or shrinks."""
    each = [frame(one) for one in stages]
    if len({(one.figure.az, one.figure.el) for one in stages}) > 1:
        return each
    left, bottom = min(one.left for one in each), min(one.bottom for one in each)
    right, top = max(one.left + one.width for one in each), max(one.bottom + one.height for one in each)
    width = max(right - left, (top - bottom) * ASPECT)
    left -= (width - (right - left)) / 2
    bottom -= (width / ASPECT - (top - bottom)) / 2
    return [replace(one, left=left, bottom=bottom, width=width, height=width / ASPECT) for one in each]


def frame(chosen: Stage, whole: bool = True) -> Frame:
    """The frame that holds the whole movement: body, furniture and arrows; scenery may be cut. It is grown to the
    aspect of all pictures (4:3) and never squeezed.
    """
    figure, camera = chosen.figure, chosen.camera
    samples = figure.samples[::4] if whole else figure.samples[:1]
    if figure.focus:
        points: list[Point] = []
        for solved in samples:
            for name in figure.focus:
                x, y = camera.see(solved.points[name])
                edge = _CLOSE_UP_CM.get(name, 6.0)
                points += [(x - edge, y - edge), (x + edge, y + edge)]
        points += [point for shaft, _ in shafts(figure, camera) for point in shaft]
    else:
        shapes = [shape for solved in samples for scenery, shape in picture(chosen, solved) if not scenery]
        left, bottom, right, top = bounds(shapes)
        points = [(left, bottom), (right, top)]
        points += [point for shaft, _ in shafts(figure, camera) for point in shaft]
    for sign in figure.signs:
        points += [point for shape in drawn(sign, samples[0], camera) for ring in shape.rings for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for _, y in points), max(y for _, y in points)
    room = 1 - 2 * MARGIN
    width = max((right - left) / room, (top - bottom) / (room - 0.035) * ASPECT, 22.0)
    height = width / ASPECT
    spare = height - (top - bottom)
    below = spare * (0.44 if spare > 0.35 * height else 0.56)
    if figure.focus:
        below = spare * 0.5
    floor = None
    if figure.floor:
        floor = camera.see((0.0, figure.poses[0].floor_y - 1.5, 0.0))[1] + _FLOOR_BACK_CM * math.sin(
            math.radians(camera.el)
        )
    return Frame((left + right) / 2 - width / 2, bottom - below, width, height, floor)
