"""Props: what the person sits on, holds or stands beside. Every prop is shapes behind, between or before the body."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.outlines import Ring, Shape, circle, hull, rod
from exercises.figures.vectors import Point, Vec, add, apply, mul, unit

Prop = Mapping[str, Any]
Drawn = tuple[str, list[Shape]]  # layer back, mid or front, and the shapes
Draw = Callable[[Prop, Solved, Camera], Drawn]

# Props that may be cut by the edge of the picture, and those that stand for the room.
SCENERY = frozenset({"mat", "wall", "water", "floor", "ramp", "pool_edge", "doorway"})


# Degrees above the horizon from which the surface of water is looked down on.
_FROM_ABOVE = 35.0
# How far the bottom of the pool is seen to go back behind the person, in cm.
_FLOOR_BACK_CM = 34.0


def place(solved: Solved, said: Any) -> Vec:
    """A world point said as [x, y, z], as the name of a point, or as [name, [x, y, z]] beside one."""
    if isinstance(said, str):
        return solved.points[said]
    if isinstance(said[0], str):
        frame = solved.frames[said[2]] if len(said) > 2 else None
        offset = (float(said[1][0]), float(said[1][1]), float(said[1][2]))
        return add(solved.points[said[0]], apply(frame, offset) if frame else offset)
    return (float(said[0]), float(said[1]), float(said[2]))


def flat(camera: Camera, *corners: Vec) -> Ring:
    return tuple(camera.see(corner) for corner in corners)


def block(camera: Camera, x: Sequence[float], y: Sequence[float], z: Sequence[float], role: str) -> list[Shape]:
    """A box from the least to the most of each axis, with its top in a lighter tone."""
    corners = [(a, b, c) for a in x for b in y for c in z]
    top = ((x[0], y[1], z[0]), (x[1], y[1], z[0]), (x[1], y[1], z[1]), (x[0], y[1], z[1]))
    outline = Shape(role, (hull(camera.see(corner) for corner in corners),), "polygon")
    return [outline, Shape(f"{role}_top", (flat(camera, *top),), "polygon")]


def wheel(camera: Camera, middle: Vec, radius: float, role: str = "wheel", thick: float = 1.3) -> list[Shape]:
    """An upright wheel whose axle goes sideways: rim, spokes and hub."""
    eighths = [(math.cos(a), math.sin(a), 0.0) for a in (math.radians(45 * step + 22.5) for step in range(8))]
    # The corners of an octagon round which a smooth curve is a circle; the inner one runs back, which leaves a hole.
    outer, inner = ((radius + each) / math.cos(math.radians(22.5)) for each in (thick, -thick))
    rim = [flat(camera, *(add(middle, mul(way, outer)) for way in eighths))]
    rim.append(flat(camera, *(add(middle, mul(way, inner)) for way in reversed(eighths))))
    spokes = [rod(camera, middle, add(middle, mul(way, radius)), 0.35) for way in eighths]
    return [Shape("metal", tuple(spokes)), Shape(role, tuple(rim)), Shape("metal", (circle(camera.see(middle), 2.2),))]


def _mat(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    half, y = prop.get("w", 30), prop.get("y", 0)
    return "back", block(camera, prop.get("x", (-95, 95)), (y - 2, y), (-half, half), "mat")


def _chair(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    x, height, half, deep = prop.get("x", 0), prop.get("h", 44), prop.get("w", 21), prop.get("d", 21)
    turned, mid = -1 if prop.get("face") == "l" else 1, prop.get("z", 0)
    shapes = []
    for z in (-half + 2, half - 2):
        role = "prop_dark" if z < 0 else "prop"
        legs = [
            rod(camera, (foot, 1.5, mid + z), (foot, height - 2, mid + z), 1.5) for foot in (x - deep + 2, x + deep - 2)
        ]
        shapes.append(Shape(role, tuple(legs)))
    if prop.get("back", True):
        foot, head = x - turned * (deep - 1), x - turned * (deep + 5)
        for z in (-half + 2, half - 2):
            role = "prop_dark" if z < 0 else "prop"
            shapes.append(Shape(role, (rod(camera, (foot, height, mid + z), (head, height + 46, mid + z), 1.5),)))
        edge = [
            (x - turned * (deep + a), height + b, mid + z)
            for a, b in ((2.6, 24), (5.4, 47), (4, 24), (7, 47))
            for z in (-half, half)
        ]
        shapes.append(Shape("prop_top", (hull(camera.see(corner) for corner in edge),), "polygon"))
    shapes += block(camera, (x - deep, x + deep), (height - 3.5, height), (mid - half, mid + half), "prop")
    if prop.get("arms"):
        for z in (-half, half):
            role = "prop_dark" if z < 0 else "prop"
            rail = rod(
                camera, (x - turned * deep, height + 21, mid + z), (x + turned * (deep - 5), height + 21, mid + z), 1.8
            )
            post = rod(
                camera, (x + turned * (deep - 6), height, mid + z), (x + turned * (deep - 6), height + 20, mid + z), 1.5
            )
            shapes.append(Shape(role, (rail, post)))
    return prop.get("layer", "back"), shapes


def _box(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    role = {"pillow": "pillow", "cushion": "pillow"}.get(prop["type"], "prop")
    x, y, z = prop["x"], prop.get("y", (0, 15)), prop.get("z", (-25, 25))
    legs = []
    if prop["type"] == "table":
        legs = [
            Shape("prop_dark", (rod(camera, (foot, prop.get("foot", 1), side), (foot, y[0], side), 2),))
            for side in z
            for foot in (x[0] + 6, x[1] - 6)
        ]
    return prop.get("layer", "back"), legs + block(camera, x, y, z, role)


def _bed(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """From the floor (y[0]) to the top of the mattress (y[1]); `head` l or r for a board at that end of x."""
    x, (low, top), z = prop["x"], prop.get("y", (0, 46)), prop.get("z", (-45, 45))
    shapes = [
        Shape("prop_dark", (rod(camera, (foot, low + 1.5, side), (foot, top - 16, side), 2.2),))
        for side in z
        for foot in (x[0] + 4, x[1] - 4)
    ]
    if prop.get("head"):
        end = x[0] if prop["head"] == "l" else x[1]
        shapes += block(camera, (end - 2.5, end + 2.5), (top - 18, top + 34), z, "prop")
    shapes += block(camera, x, (top - 18, top - 11), z, "prop")
    return prop.get("layer", "back"), shapes + block(camera, x, (top - 12, top), z, "mat")


def _stairs(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """Steps up to the front from `x`; each `rise` cm high and `deep` cm deep, with an optional rail at z `rail`."""
    x, rise, deep, z = prop.get("x", 20), prop.get("rise", 17), prop.get("deep", 28), prop.get("z", (-32, 32))
    count, shapes = prop.get("count", 3), []
    for step in range(count):
        end = x + deep * count + 60
        shapes += block(camera, (x + deep * step, end), (rise * step, rise * (step + 1)), z, "prop")
    if "rail" in prop:
        side = prop["rail"]
        low, high = (x - 14, 92.0, side), (x + deep * count, 92.0 + rise * count, side)
        posts = [rod(camera, (p[0], p[1] - 90, side), p, 1.2) for p in (low, high)]
        shapes.append(Shape("metal", (*posts, rod(camera, low, high, 1.8))))
    return "back", shapes


def _ramp(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A slope through the origin, `rise` cm for every 100 cm to the front."""
    rise, z = prop.get("rise", 12) / 100, prop.get("z", (-40, 40))
    corners = [(x, y, side) for x, y in ((-260, -260 * rise), (260, 260 * rise), (260, -80), (-260, -80)) for side in z]
    return "back", [Shape("floor", (hull(camera.see(corner) for corner in corners),), "polygon")]


def _wall(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    x, high = prop.get("x", 0), prop.get("h", 400)
    if "z" in prop:  # a wall along the way the person faces
        z = prop["z"]
        return "back", [
            Shape("wall", (flat(camera, (-300, 0, z), (-300, high, z), (300, high, z), (300, 0, z)),), "polygon")
        ]
    if abs(camera.az) > 60:
        half = prop.get("w", 70)
        panel = flat(camera, (x, 0, -half), (x, high, -half), (x, high, half), (x, 0, half))
        return "back", [Shape("wall", (panel,), "polygon")]
    deep = 6 if prop.get("face", "r") == "l" else -6
    edge = [(at, y, z) for at in (x, x + deep) for y in (0, high) for z in (-30, 30)]
    side = flat(camera, (x, 0, -30), (x, high, -30), (x, high, 30), (x, 0, 30))
    outline = Shape("wall", (hull(camera.see(corner) for corner in edge),), "polygon")
    return "back", [outline, Shape("wall_top", (side,), "polygon")]


def _doorway(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """Two posts and a lintel across the way the person faces, at `x`."""
    x, half = prop.get("x", 0), prop.get("half", 46)
    shapes = []
    for z in ((-half - 12, -half), (half, half + 12)):
        shapes += block(camera, (x - 4, x + 4), (0, 210), z, "wall")
    return prop.get("layer", "back"), shapes + block(
        camera, (x - 4, x + 4), (203, 214), (-half - 12, half + 12), "wall"
    )


def _dot(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    return prop.get("layer", "front"), [
        Shape(prop.get("role", "mark"), (circle(camera.see(place(solved, prop["at"])), prop.get("r", 2)),))
    ]


def _water(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """The surface 30 cm before the middle, level across the picture from wherever one looks: water and the bottom of
    the pool, if it has one, behind the body (scene.BEHIND), a veil and the line before it. From high above water fills
    the picture.
    """
    if camera.el > _FROM_ABOVE:
        corners = ((-400.0, prop["y"], -400.0), (400.0, prop["y"], -400.0), (400.0, prop["y"], 400.0))
        surface = (flat(camera, *corners, (-400.0, prop["y"], 400.0)),)
        return "front", [Shape(role, surface, "polygon") for role in ("water", "water_veil")]
    near = unit((camera.towards[0], 0.0, camera.towards[2]))

    def seen(across: float, height: float) -> Point:
        place = add(mul(camera.right, across), mul(near, 30.0))
        return camera.see((place[0], height, place[2]))

    top = [seen(x, prop["y"] + 1.2 * math.sin(x / 8)) for x in range(-400, 401, 5)]
    right, left = seen(400.0, -160.0), seen(-400.0, -160.0)
    water, veil = (Shape(role, ((*top, right, left),), "polygon") for role in ("water", "water_veil"))
    bed = []
    if "bottom" in prop:
        level = camera.see(add(mul(near, -_FLOOR_BACK_CM), (0.0, prop["bottom"] - 1.5, 0.0)))[1]
        bed = [Shape("water_bed", (((left[0], level), (right[0], level), right, left),), "polygon")]
    return "front", [water, *bed, veil, Shape("water_line", (tuple(top),), "line")]


DRAWERS: dict[str, Draw] = {
    "mat": _mat,
    "chair": _chair,
    "bed": _bed,
    **dict.fromkeys(("box", "step", "table", "pillow", "cushion"), _box),
    "stairs": _stairs,
    "ramp": _ramp,
    "wall": _wall,
    "doorway": _doorway,
    "dot": _dot,
    "water": _water,
}
