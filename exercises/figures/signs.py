"""Signs for what a body cannot show: a dot where to work, a clock ring for a hold, waves for a breath."""

import math
from collections.abc import Mapping
from typing import Any

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.outlines import Shape, circle
from exercises.figures.props import place
from exercises.figures.vectors import Point


def _arc(middle: Point, radius: float, start: float, end: float) -> tuple[Point, ...]:
    """Points on an arc from `start` to `end` in degrees, clockwise from the top."""
    steps = 20
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return tuple((middle[0] + math.sin(a) * radius, middle[1] + math.cos(a) * radius) for a in angles)


def drawn(sign: Mapping[str, Any], solved: Solved, camera: Camera) -> list[Shape]:
    """`dot`: a spot with two rings at `at`. `hold`: a clock ring beside `at`. `breath`: two waves going out from `at`
    towards `way` degrees (0 up, 90 right). Each stands on the colour of the ground, to be seen on any skin.
    """
    x, y = camera.see(place(solved, sign["at"]))
    dx, dy = sign.get("off", (0, 0))
    middle = (x + dx, y + dy)
    radius = float(sign.get("r", 6 if sign["type"] == "hold" else 4))
    if sign["type"] == "dot":
        rings = (_arc(middle, radius, 0, 360), _arc(middle, radius * 1.7, 0, 360))
        shown = [Shape("sign_line", rings, "line"), Shape("sign", (circle(middle, radius * 0.5),))]
        return [Shape("sign_ground", (circle(middle, radius * 2.0),)), *shown]
    if sign["type"] == "hold":
        hand = ((middle[0], middle[1] + radius * 0.55), middle, (middle[0] + radius * 0.42, middle[1]))
        return [
            Shape("sign_ground", (circle(middle, radius * 1.25),)),
            Shape("sign_faint", (_arc(middle, radius, 0, 360),), "line"),
            Shape("sign_line", (_arc(middle, radius, 0, 270), hand), "line"),
        ]
    if sign["type"] == "breath":
        way = float(sign.get("way", 90))
        waves = tuple(_arc(middle, radius * n, way - 32, way + 32) for n in (1.0, 1.7, 2.4))
        return [Shape("sign_halo", waves, "line"), Shape("sign_line", waves, "line")]
    raise ValueError(f"there is no sign “{sign['type']}”; there are dot, hold and breath")
