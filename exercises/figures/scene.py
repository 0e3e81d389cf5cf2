"""One picture: who and what is before whom."""

from dataclasses import dataclass

from exercises.figures.bodies import Parts, Style, body
from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.figure import SAMPLES, Figure
from exercises.figures.foot_rig import draw_foot
from exercises.figures.hand_rig import draw_hand
from exercises.figures.outlines import Shape
from exercises.figures.people import person_for
from exercises.figures.props import DRAWERS, SCENERY
from exercises.figures.props_held import HELD
from exercises.figures.rigs import CLOSE_UPS
from exercises.figures.vectors import WORLD, dot
from exercises.figures.vehicles import VEHICLES

_OUTLINED = frozenset({"shirt", "shirt_far", "skin", "skin_far", "trousers", "trousers_far"})
_DRAWERS = {**DRAWERS, **HELD, **VEHICLES}
_LAYERS = ("back", "mid", "front")
# What lies behind everything, in whatever layer its prop is.
BEHIND = frozenset({"water", "water_bed"})
_MOUTHS = {"face": "mouth", "mouth": "open"}
_BAREFOOT = frozenset({"mat", "bed", "water"})
# From this difference of depth (cm) between the hips on, one side is the far one.
_FAR_FROM_CM = 9.0


@dataclass(frozen=True)
class Stage:
    """What stays the same through a figure: the camera, the style, and the order of the body's parts."""

    figure: Figure
    camera: Camera
    style: Style
    order: tuple[str, ...]
    mirrored: bool = False


def stage(figure: Figure, mirrored: bool = False) -> Stage:
    """How the figure is shown. `mirrored`: as the other side of the body does it."""
    camera = Camera(figure.az, figure.el)
    first, middle = figure.samples[0], figure.samples[SAMPLES // 2]
    kinds = {prop["type"] for prop in figure.props}
    style = Style(
        person=person_for(figure.id, figure.person),
        far="" if figure.rig in CLOSE_UPS else _far(figure, first, camera),
        side=figure.side,
        mark=figure.mark,
        look=middle.frames.get("head", WORLD),
        face=_MOUTHS.get(figure.rig, ""),
        palm_side=figure.rig == "hand" and dot(middle.frames["hand"][1], camera.towards) < -0.25,
        barefoot=figure.wear in ("bare", "swim") or (not figure.wear and bool(kinds & _BAREFOOT)),
        swimwear=figure.wear == "swim" or (not figure.wear and "water" in kinds),
    )
    return Stage(figure, camera, style, _order(figure, style.far), figure.flip != mirrored)


def _far(figure: Figure, solved: Solved, camera: Camera) -> str:
    if figure.far is not None:
        return figure.far
    left, right = camera.depth(solved.points["hip_l"]), camera.depth(solved.points["hip_r"])
    if abs(left - right) < _FAR_FROM_CM:
        return ""
    return "l" if left < right else "r"


def _order(figure: Figure, far: str) -> tuple[str, ...]:
    if figure.rig in CLOSE_UPS:
        order: tuple[str, ...] = figure.order or ("mid", figure.rig)
    elif figure.order:
        order = figure.order
    elif far:
        near = "l" if far == "r" else "r"
        order = (f"arm_{far}", f"leg_{far}", "mid", "neck", "top", f"leg_{near}", "head", f"arm_{near}")
    elif figure.az < 0:
        order = ("arm_l", "arm_r", "head", "neck", "leg_l", "leg_r", "top", "mid")
    else:
        order = ("neck", "leg_l", "leg_r", "top", "head", "mid", "arm_l", "arm_r")
    return order if "mid" in order else (*order[:-1], "mid", order[-1])


def props_drawn(chosen: Stage, solved: Solved) -> dict[str, list[tuple[bool, Shape]]]:
    """The shapes of the props by layer, each with whether it is scenery."""
    layers: dict[str, list[tuple[bool, Shape]]] = {layer: [] for layer in _LAYERS}
    behind: list[tuple[bool, Shape]] = []
    for prop in chosen.figure.props:
        draw = _DRAWERS[prop["type"]]
        layer, shapes = draw(prop, solved, chosen.camera)
        scenery = prop["type"] in SCENERY or bool(prop.get("scenery"))
        for shape in shapes:
            (behind if shape.role in BEHIND else layers.setdefault(layer, [])).append((scenery, shape))
    return {**layers, "back": behind + layers["back"]}


def parts(chosen: Stage, solved: Solved) -> Parts:
    if chosen.figure.rig == "hand":
        return {"hand": draw_hand(chosen.camera, solved, chosen.style.palm_side)}
    if chosen.figure.rig == "foot":
        return {"foot": draw_foot(chosen.camera, solved)}
    return body(chosen.camera, solved, chosen.style)


def picture(chosen: Stage, solved: Solved) -> list[tuple[bool, Shape]]:
    """All shapes from the back to the front, each with whether it is scenery that may be cut."""
    layers, drawn = props_drawn(chosen, solved), parts(chosen, solved)
    out = list(layers["back"])
    for part in chosen.order:
        if part in drawn:
            out += [(False, shape) for shape in drawn[part]]
        else:
            out += layers.get(part, [])
    return out + layers["front"]


def ghost(chosen: Stage, solved: Solved) -> list[Shape]:
    """The dashed outline of where the movement began."""
    drawn = parts(chosen, solved)
    wanted = [shape for part in chosen.figure.ghost for shape in drawn[part]]
    return [
        Shape("ghost", shape.rings) for shape in wanted if shape.role.split("_")[0] in ("shirt", "skin", "trousers")
    ]
