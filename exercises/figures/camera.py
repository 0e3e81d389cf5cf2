"""The orthographic camera: world points to the plane of the picture."""

import math

from exercises.figures.vectors import Point, Vec, dot


class Camera:
    """`az` 0 looks from the person's right (who faces right), 90 from the front; `el` degrees above the horizon.
    The plane is in cm, x to the right and y up.
    """

    def __init__(self, az: float, el: float) -> None:
        a, e = math.radians(az), math.radians(el)
        self.az, self.el = az, el
        self.right: Vec = (math.cos(a), 0.0, -math.sin(a))
        self.up: Vec = (-math.sin(a) * math.sin(e), math.cos(e), -math.cos(a) * math.sin(e))
        self.towards: Vec = (math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e))

    def see(self, point: Vec) -> Point:
        """Where a world point is in the plane."""
        return (dot(self.right, point), dot(self.up, point))

    def depth(self, point: Vec) -> float:
        """How near: greater is nearer."""
        return dot(self.towards, point)
