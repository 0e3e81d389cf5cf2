"""Props that are held or stretched: ball, band, towel, stick, weights, bags."""

import itertools

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.outlines import Shape, circle, rod, rounded
from exercises.figures.props import Draw, Drawn, Prop, block, place
from exercises.figures.vectors import add, lerp, mul, sub, unit


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


HELD: dict[str, Draw] = {
    "ball": _ball,
    "band": _line("band", 0.9, "front"),
    "towel": _line("towel", 1.8, "front"),
    "float": _line("ball", 3.2, "front"),
    "rail": _line("metal", 1.6, "back"),
    "stick": _stick,
    **dict.fromkeys(("bottle", "weight"), _bottle),
    "bag": _bag,
}
