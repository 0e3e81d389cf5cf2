"""Props with wheels, pedals and belts."""

import itertools
import math

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.outlines import Shape, circle, rod
from exercises.figures.props import Draw, Drawn, Prop, block, flat, place, wheel
from exercises.figures.vectors import add, mul, sub, unit


def _bike(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A stationary bike: `c` [x, y, r] the crank, `seat` and `bar` heights."""
    x, y, _ = prop["c"]
    seat, bar = prop["seat"], prop["bar"]

    def tube(role: str, a: tuple[float, float], b: tuple[float, float], radius: float) -> Shape:
        return Shape(role, (rod(camera, (a[0], a[1], 0.0), (b[0], b[1], 0.0), radius),))

    return "back", [
        tube("prop", (x - 42, 3), (x + 50, 3), 2.2),
        tube("prop_dark", (x - 14, 5), (x - 22, seat - 6), 2.4),
        tube("prop", (x - 20, 5), (x + 2, y), 2.2),
        tube("prop", (x + 36, 5), (x + 2, y), 2.2),
        tube("prop", (x + 36, 5), (x + 28, bar - 2), 2.2),
        Shape("prop_top", (circle(camera.see((x + 34, 28.0, 0.0)), 17),)),
        Shape("prop", (circle(camera.see((x + 34, 28.0, 0.0)), 5),)),
        tube("prop_dark", (x - 34, seat - 3), (x - 12, seat - 3), 3),
        tube("prop", (x + 28, bar - 2), (x + 36, bar + 4), 2),
        Shape("prop_dark", (circle(camera.see((x, y, 0.0)), 8),)),
    ]


def _crank(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """Crank arms from `c` [x, y] to the balls of both feet, or with `hands` to both palms at `z`."""
    x, y = prop["c"][:2]
    shapes = []
    for side, z, role in (("l", -9.0, "prop_dark"), ("r", 9.0, "prop")):
        if prop.get("hands"):
            end = solved.points[f"palm_{side}"]
            shapes.append(
                Shape(
                    role,
                    (
                        rod(camera, (x, y, 0.0), (end[0], end[1], 0.0), 1.3),
                        rod(camera, (end[0], end[1], 0.0), end, 1.5),
                    ),
                )
            )
        else:
            end = add(solved.points[f"ball_{side}"], mul(solved.frames[f"foot_{side}"][1], -4.0))
            shapes.append(Shape(role, (rod(camera, (x, y, z), end, 1.4),)))
    return prop.get("layer", "mid"), shapes


def _pedals(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """Pedals on the floor or on a table (arm pedals): a frame under the crank `c` [x, y] standing on `base` cm."""
    x, y = prop["c"][:2]
    base = prop.get("base", 0.0)
    legs = (
        rod(camera, (x - 18, base + 1.5, 0.0), (x, y, 0.0), 1.7),
        rod(camera, (x + 18, base + 1.5, 0.0), (x, y, 0.0), 1.7),
    )
    foot = rod(camera, (x - 21, base + 1.5, 0.0), (x + 21, base + 1.5, 0.0), 1.7)
    return "back", [Shape("prop_dark", (*legs, foot)), Shape("prop", (circle(camera.see((x, y, 0.0)), 5),))]


def _recumbent(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A bike with a chair seat: seat top at `seat`, its back edge at `x`, crank `c` [x, y]."""
    x, seat = prop["x"], prop["seat"]
    cx, cy = prop["c"][:2]
    beam = rod(camera, (x - 6, 4, 0.0), (cx + 26, 4, 0.0), 2.4)
    posts = (
        rod(camera, (x + 14, 4, 0.0), (x + 14, seat - 5, 0.0), 2.6),
        rod(camera, (cx + 8, 4, 0.0), (cx, cy, 0.0), 2.6),
    )
    mast = rod(camera, (cx + 8, 6, 0.0), (cx + 2, cy + 46, 0.0), 2.0)
    back = rod(camera, (x + 2, seat, 0.0), (x - 16, seat + 48, 0.0), 3.2)
    wheel_cover = Shape("prop_top", (circle(camera.see((cx + 6, cy - 2, 0.0)), 17),))
    seat_top = block(camera, (x, x + 36), (seat - 5, seat), (-16, 16), "prop")
    return "back", [Shape("prop", (beam, *posts, mast)), Shape("prop_dark", (back,)), *seat_top, wheel_cover]


def _bicycle(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A bicycle for the road: crank `c` [x, y], `seat` and `bar` heights."""
    x, y = prop["c"][:2]
    seat, bar = prop["seat"], prop["bar"]
    rear, front = (x - 43.0, 33.0, 0.0), (x + 62.0, 33.0, 0.0)
    saddle, head, crank = (x - 26.0, seat - 5.0, 0.0), (x + 44.0, bar - 12.0, 0.0), (x, y, 0.0)
    tubes = [(rear, crank), (rear, saddle), (saddle, crank), (crank, head), (saddle, head), (head, front)]
    frame = tuple(rod(camera, a, b, 1.6) for a, b in tubes)
    grip = rod(camera, head, (x + 46.0, bar, 0.0), 1.6)
    seat_top = rod(camera, (x - 35.0, seat - 3.0, 0.0), (x - 14.0, seat - 3.0, 0.0), 2.8)
    wheels = [*wheel(camera, rear, 31, thick=1.6), *wheel(camera, front, 31, thick=1.6)]
    return "back", [
        *wheels,
        Shape("prop_dark", (*frame, grip)),
        Shape("wheel", (seat_top,)),
        Shape("prop", (circle(camera.see(crank), 6),)),
    ]


def _treadmill(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A belt whose top is the floor (the person keeps y = 0), with rails and a console in front at `x`."""
    x = prop.get("x", 52)
    belt = [
        *block(camera, (x - 140, x + 6), (-9, -1), (-30, 30), "prop"),
        *block(camera, (x - 132, x - 6), (-2, 0), (-22, 22), "wheel"),
    ]
    belt = [shape for shape in belt if shape.role != "wheel_top"]
    shapes = belt
    for z in (-30.0, 30.0):
        role = "metal" if z > 0 else "prop_dark"
        post = rod(camera, (x, 0.0, z), (x + 6, 112.0, z), 1.8)
        rail = rod(camera, (x + 4, 92.0, z), (x - 46, 88.0, z), 1.8)
        shapes.append(Shape(role, (post, rail)))
    return "back", [*shapes, *block(camera, (x + 2, x + 12), (104, 120), (-28, 28), "prop")]


def _wheelchair(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A wheelchair instead of a chair: seat height `h` and middle `x` as there. The near wheel is a prop of its own
    (wheelchair_wheel), before the body.
    """
    x, h, half = prop.get("x", 0), prop.get("h", 44), prop.get("w", 21)
    shapes = wheel(camera, (x - 10.0, 30.0, -half - 3.0), 29)
    shapes += [Shape("wheel", (circle(camera.see((x + 27.0, 8.0, z)), 7.5),)) for z in (-half, half)]
    for z in (-half, half):
        role = "prop_dark" if z < 0 else "metal"
        parts = (
            rod(camera, (x - 20, h - 4, z), (x - 27, h + 47, z), 1.5),
            rod(camera, (x - 27, h + 47, z), (x - 35, h + 48, z), 1.5),
            rod(camera, (x - 20, h - 3, z), (x + 22, h - 3, z), 1.5),
            rod(camera, (x + 22, h - 3, z), (x + 34, 12, z), 1.3),
            rod(camera, (x + 34, 12, z), (x + 46, 10, z), 1.3),
        )
        shapes.append(Shape(role, parts))
    back = [(x - 22.0, h + 14.0), (x - 27.0, h + 44.0)]
    shapes.append(Shape("wheel", (rod(camera, (*back[0], 0.0), (*back[1], 0.0), 2.6),)))
    return "back", shapes + block(camera, (x - 20, x + 20), (h - 3, h), (-half, half), "prop")


def _wheelchair_wheel(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    x, half = prop.get("x", 0), prop.get("w", 21)
    return "front", wheel(camera, (x - 10.0, 30.0, half + 3.0), 29)


def _walker(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A walking frame in front at `x` (with `at`: that far from there), its handles at `h`; with `wheels` it rolls."""
    x, h, half = prop.get("x", 24), prop.get("h", 86), prop.get("w", 25)
    if "at" in prop:
        x += place(solved, prop["at"])[0]
    shapes = []
    for z in (-half, half):
        role = "prop_dark" if z < 0 else "metal"
        top = rod(camera, (x - 12, h, z), (x + 16, h, z), 1.7)
        legs = (rod(camera, (x - 10, h, z), (x - 16, 2, z), 1.4), rod(camera, (x + 15, h, z), (x + 23, 2, z), 1.4))
        brace = rod(camera, (x - 13, 44, z), (x + 19, 44, z), 1.1)
        shapes.append(Shape(role, (top, *legs, brace)))
        if prop.get("wheels"):
            shapes += [
                Shape("wheel", (circle(camera.see((x + 23.0, 7.0, z)), 7),)),
                Shape("wheel", (circle(camera.see((x - 16.0, 7.0, z)), 7),)),
            ]
    cross_bar = rod(camera, (x + 17, h - 8, -half), (x + 17, h - 8, half), 1.4)
    shapes.insert(0, Shape("metal", (cross_bar,)))
    return prop.get("layer", "back"), shapes


def _poles(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A pole in each hand, `long` cm from the palm to its tip, which is on the floor behind the hand."""
    shapes = []
    for side in "lr":
        hand, long = solved.points[f"palm_{side}"], prop.get("long", 112)
        behind = math.sqrt(max(0.0, long**2 - hand[1] ** 2))
        role = "stick" if side == "r" else "prop_dark"
        tip = (hand[0] - behind, 0.5, hand[2])
        shapes.append(Shape(role, (rod(camera, add(hand, mul(unit(sub(hand, tip)), 6.0)), tip, 1.0),)))
    return "mid", shapes


def _broom(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A broom or mop through both palms down to its head at `at`."""
    a, head = place(solved, prop.get("from", "palm_l")), place(solved, prop["at"])
    past = mul(unit(sub(a, head)), 22.0)
    brush = rod(camera, add(head, (-12.0, 0.0, 0.0)), add(head, (12.0, 0.0, 0.0)), 3.0)
    return "front", [Shape("stick", (rod(camera, add(a, past), head, 1.2),)), Shape("prop_dark", (brush,))]


def _car(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """The side of a car that drives to the right, with an open door between its pillars; the seat is at x = 0."""

    def plate(role: str, z: float, *corners: tuple[float, float]) -> Shape:
        return Shape(role, (flat(camera, *((x, y, z) for x, y in corners)),), "polygon")

    def tube(role: str, radius: float, z: float, *points: tuple[float, float]) -> Shape:
        ends = [(x, y, z) for x, y in points]
        return Shape(role, tuple(rod(camera, a, b, radius) for a, b in itertools.pairwise(ends)))

    far, near, middle = -66.0, -4.0, -28.0
    roof = ((-98, 100), (-70, 146), (42, 148), (88, 98))
    wheels = [(circle(camera.see((x, 28.0, near + 2)), r), role) for x in (-122.0, 134.0) for r, role in _TYRE]
    return "back", [
        plate("wall", far, (-160, 22), (-160, 96), *roof, (158, 86), (168, 60), (168, 22)),
        plate("wall_top", far, (-88, 102), (-66, 138), (38, 140), (74, 102)),
        *block(camera, (-100, 108), (12, 22), (far, near), "prop"),
        *block(camera, (84, 108), (22, 88), (far, near - 4), "prop"),
        tube("wheel", 2.0, middle, (84, 80), (66, 88)),
        tube("wheel", 2.0, middle, (60, 102), (71, 75)),
        *block(camera, (-24, 26), (22, 48), (-50, -8), "prop"),
        tube("prop_dark", 7.0, middle, (-27, 52), (-40, 100)),
        tube("prop_dark", 5.0, middle, (-42, 114), (-43, 120)),
        plate("prop_top", near, (-160, 24), (-160, 94), (-96, 98), (-84, 84), (-84, 24)),
        plate("prop_top", near, (104, 24), (100, 94), (158, 84), (166, 58), (166, 24)),
        tube("metal", 2.8, near, (-84, 26), (-84, 92), (-72, 144), (42, 146), (88, 96), (104, 90)),
        *(Shape(role, (ring,)) for ring, role in wheels),
    ]


_TYRE = ((27.0, "wheel"), (14.0, "metal"))


VEHICLES: dict[str, Draw] = {
    "car": _car,
    "bike": _bike,
    "crank": _crank,
    "pedals": _pedals,
    "recumbent": _recumbent,
    "bicycle": _bicycle,
    "treadmill": _treadmill,
    "wheelchair": _wheelchair,
    "wheelchair_wheel": _wheelchair_wheel,
    "walker": _walker,
    "poles": _poles,
    "broom": _broom,
}
