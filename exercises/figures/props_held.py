"""Props that are held or stretched: ball, band, towel, stick, weights, bags."""

import itertools

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.outlines import Shape, circle, rod, rounded
from exercises.figures.props import Draw, Drawn, Prop, block, flat, place
from exercises.figures.vectors import Vec, add, apply, lerp, mul, sub, unit


def _ball(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    middle, radius = place(solved, prop["at"]), prop.get("r", 10)
    shine = add(middle, (-radius * 0.3, radius * 0.35, 0.0))
    shapes = [Shape("ball", (circle(camera.see(middle), radius),))]
    return prop.get("layer", "mid"), [*shapes, Shape("ball_light", (circle(camera.see(shine), radius * 0.28),))]


def _line(role: str, radius: float, layer: str) -> Draw:
    def draw(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
        points = [place(solved, said) for said in prop["through"]]
        rods = (rod(camera, a, b, prop.get("r", radius)) for a, b in itertools.pairwise(points))
        return prop.get("layer", layer), [Shape(role, tuple(rods))]

    return draw


def _stick(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    a, b = place(solved, prop["a"]), place(solved, prop["b"])
    past = mul(unit(sub(b, a)), prop.get("ext", 12))
    return prop.get("layer", "front"), [Shape("stick", (rod(camera, sub(a, past), add(b, past), prop.get("r", 1.2)),))]


def _bottle(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A bottle, can or hand weight held at `at`, along `along` ([x, y, z], default upright)."""
    middle = place(solved, prop["at"])
    along = mul(unit(place(solved, prop.get("along", (0, 1, 0)))), prop.get("half", 8))
    ends = (sub(middle, along), add(middle, along))
    if prop["type"] == "weight":
        heads = tuple(rounded(camera, (end, 3.4), (lerp(end, middle, 0.25), 3.4)) for end in ends)
        return prop.get("layer", "front"), [Shape("weight", (rod(camera, *ends, 1.3), *heads))]
    return prop.get("layer", "front"), [Shape("weight", (rod(camera, *ends, prop.get("r", 3.2)),))]


def _bag(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A shopping bag, bucket or kettle hanging from `at`."""
    hand, wide, high = place(solved, prop["at"]), prop.get("w", 12), prop.get("h", 26)
    x, y, z = hand
    handle = Shape(
        "weight",
        (rod(camera, hand, (x - wide * 0.6, y - 9, z), 0.7), rod(camera, hand, (x + wide * 0.6, y - 9, z), 0.7)),
    )
    body = block(camera, (x - wide, x + wide), (y - 9 - high, y - 9), (z - 6, z + 6), "prop")
    return prop.get("layer", "front"), [handle, *body]


def _crate(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A box that is carried, its middle `at`; `half` is half of its length, height and depth."""
    middle, half = place(solved, prop["at"]), prop.get("half", (16, 11, 14))
    x, y, z = ((each - size, each + size) for each, size in zip(middle, half, strict=True))
    return prop.get("layer", "mid"), block(camera, x, y, z, "prop")


def _helmet(prop: Prop, solved: Solved, camera: Camera) -> Drawn:
    """A bicycle helmet with its strap, for heads that are seen from the side."""

    def at(x: float, y: float, z: float = 0.0) -> Vec:
        return add(solved.points["head"], apply(solved.frames["head"], (x, y, z)))

    dome = flat(camera, *(at(x, y) for x, y in _HELMET))
    strap = rod(camera, at(0.5, 3.0, 7.0), at(3.6, -8.2, 5.0), 0.55)
    slots = tuple(rod(camera, at(x, 8.4), at(x + 4.2, 7.4), 0.7) for x in (-7.0, -0.6))
    return "front", [Shape("prop_dark", (strap,)), Shape("ball", (dome,)), Shape("ball_light", slots)]


# Half of a helmet in the frame of the head: x forward, y up, from the brow over the crown to the nape.
_HELMET = ((10.6, 3.4), (9.4, 8.6), (3.6, 13.2), (-4.4, 13.4), (-11.0, 9.0), (-12.6, 2.2), (-9.4, 0.8), (-1.0, 3.2))


HELD: dict[str, Draw] = {
    "ball": _ball,
    "band": _line("band", 0.9, "front"),
    "towel": _line("towel", 1.8, "front"),
    "float": _line("ball", 3.2, "front"),
    "rail": _line("metal", 1.6, "back"),
    "stick": _stick,
    **dict.fromkeys(("bottle", "weight"), _bottle),
    "bag": _bag,
    "crate": _crate,
    "helmet": _helmet,
}
