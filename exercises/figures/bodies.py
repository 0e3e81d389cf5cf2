"""The body as shapes, in parts that can be put in front of one another."""

from collections.abc import Callable
from dataclasses import dataclass

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.heads import head
from exercises.figures.joints import SIDES
from exercises.figures.outlines import Ring, Shape, limb, rounded, trunk
from exercises.figures.people import Person
from exercises.figures.proportions import FOREARM_OUTLINE, SHANK_OUTLINE, THIGH_OUTLINE, UPPER_ARM_OUTLINE
from exercises.figures.vectors import Frame, Vec, add, apply, lerp, mul

Parts = dict[str, list[Shape]]


@dataclass(frozen=True)
class Style:
    """What is decided once for a whole figure: the paler side ("" for none), the side and limb with a band, how the
    head looks in the middle of the movement, bare feet, swimwear, how the mouth is
    drawn (heads.head), and a palm that is turned to the viewer.
    """

    person: Person
    far: str
    side: str
    mark: str
    look: Frame
    barefoot: bool
    swimwear: bool
    face: str = ""
    palm_side: bool = False

    def role(self, base: str, side: str) -> str:
        return f"{base}_far" if self.far == side else base

    def banded(self, side: str, limb_name: str) -> bool:
        return self.side in (side, "b") and self.mark == limb_name

    def girth(self, radius: float) -> float:
        return radius * self.person.limb


def body(camera: Camera, solved: Solved, style: Style) -> Parts:
    """neck, top, head, and for each side arm, uarm, farm, leg, thigh, shank (the halves are for limbs that cross)."""
    parts: Parts = {"top": [Shape("shirt", (_shirt(camera, solved, style.person),))]}
    parts["neck"] = [Shape("skin", (_neck(camera, solved),))]
    parts["head"] = head(camera, solved, style.person.hair_style, style.look, style.face)
    pelvis = _pelvis(camera, solved, style.person)
    for side in SIDES:
        _arm(camera, solved, style, side, parts)
        _leg(camera, solved, style, side, pelvis, parts)
    if not style.far:
        both: list[Shape] = parts["leg_l"] + parts["leg_r"]
        clothes = [shape for shape in both if shape.role == "trousers"]
        united = Shape("trousers", (pelvis, *(ring for shape in clothes for ring in shape.rings)))
        skin = [shape for shape in parts["leg_l"] if shape.role == "skin"]
        parts["leg_l"] = [*skin, *(each for each in parts["leg_l"] if each.role not in ("skin", "trousers"))]
        rest = [each for each in parts["leg_r"] if each.role not in ("skin", "trousers")]
        parts["leg_r"] = [*[each for each in parts["leg_r"] if each.role == "skin"], united, *rest]
    return parts


def _grown(style_person: Person, width: float, depth: float, shift: float) -> tuple[float, float, float]:
    """A section of a broader trunk: it grows to the sides and to the front, the back stays where it touches."""
    wider = width * style_person.trunk
    deeper = depth * (1 + (style_person.trunk - 1) * 0.5)
    return wider, deeper, shift + deeper - depth


def _pelvis(camera: Camera, solved: Solved, person: Person) -> Ring:
    pelvis, low = solved.frames["pelvis"], solved.frames["lower_lumbar"]
    hip, l5 = solved.points["hip_mid"], solved.points["L5"]
    rows = [
        (hip, pelvis, -2.5, 14.5, 9.4, -1.2),
        (hip, pelvis, 1.5, 16.3, 10.6, -1.2),
        (hip, pelvis, 6.5, 15.8, 10.4, -0.7),
        (l5, low, 0.0, 14.9, 9.9, -0.2),
        (l5, low, 2.5, 14.3, 9.6, 0.1),
    ]
    levels = [
        (add(at, mul(frame[1], up)), frame, *_grown(person, wide, deep, shift))
        for at, frame, up, wide, deep, shift in rows
    ]
    return trunk(camera, levels, 0.62, 0.12)


def _shirt(camera: Camera, solved: Solved, person: Person) -> Ring:
    points, frames = solved.points, solved.frames
    belly, chest = solved.pose.belly, solved.pose.chest
    # middle, frame, cm up, half width, half depth, shift, and how much of the belly and the chest swells here
    rows = [
        (points["hip_mid"], frames["pelvis"], 7.0, 15.0, 9.6, -0.4, 0.4, 0.0),
        (points["L5"], frames["lower_lumbar"], 1.0, 14.1, 9.2, 0.2, 0.8, 0.0),
        (points["L3"], frames["lower_lumbar"], 0.0, 13.5, 9.1, 0.5, 1.0, 0.0),
        (points["T12"], frames["lumbar"], 1.0, 14.0, 9.7, 0.6, 0.5, 0.3),
        (points["T12"], frames["lower_thorax"], 8.0, 15.2, 10.6, 0.7, 0.1, 0.6),
        (points["T6"], frames["thorax"], 2.0, 16.4, 11.2, 0.6, 0.0, 0.6),
        (points["C7"], frames["thorax"], -6.0, 17.2, 9.0, -0.4, 0.0, 0.0),
        (points["C7"], frames["thorax"], -2.2, 13.5, 6.6, -0.8, 0.0, 0.0),
        (points["C7"], frames["thorax"], 0.8, 6.6, 5.4, -0.4, 0.0, 0.0),
    ]
    levels = []
    for index, (at, frame, up, wide, deep, shift, of_belly, of_chest) in enumerate(rows):
        if index < 6:
            wide, deep, shift = _grown(person, wide, deep, shift)
        swell = belly * of_belly * 0.8 + person.belly * of_belly * 0.5 + chest * of_chest
        levels.append((add(at, mul(frame[1], up)), frame, wide + chest * of_chest, deep + swell, shift + swell))
    return trunk(camera, levels, 0.2, 0.35)


def _neck(camera: Camera, solved: Solved) -> Ring:
    points = solved.points
    throat = add(points["skull"], apply(solved.frames["head"], (1.0, 3.0, 0.0)))
    base = add(points["C7"], mul(solved.frames["thorax"][1], -3.0))
    return rounded(camera, (base, 5.2), (lerp(points["C7"], points["skull"], 0.6), 4.9), (throat, 5.0))


def _arm(camera: Camera, solved: Solved, style: Style, side: str, parts: Parts) -> None:
    points = {
        name: solved.points[f"{name}_{side}"]
        for name in ("shoulder", "elbow", "wrist", "palm", "fingers", "knuckle", "thumb")
    }
    upper_front, fore_front = solved.frames[f"uarm_{side}"][0], solved.frames[f"farm_{side}"][0]
    above, below = (points["shoulder"], points["elbow"]), (points["elbow"], points["wrist"])
    upper = limb(camera, above, upper_front, UPPER_ARM_OUTLINE, style.girth)
    fore = limb(camera, below, fore_front, FOREARM_OUTLINE, style.girth)
    curled = solved.pose.joints[f"fingers_{side}"]["flex"] / 100
    hand = rounded(camera, (points["wrist"], 2.5), (points["palm"], 3.7), (points["fingers"], 1.9 + 1.5 * curled))
    thumb = rounded(
        camera, (points["knuckle"], 1.7), (lerp(points["knuckle"], points["thumb"], 0.5), 1.5), (points["thumb"], 1.2)
    )
    sleeve = limb(camera, above, upper_front, UPPER_ARM_OUTLINE, lambda r: style.girth(r) + 0.7, (0.0, 0.5))
    skin, shirt = style.role("skin", side), style.role("shirt", side)
    band = []
    if style.banded(side, "arm"):
        band = [
            Shape(
                "mark", (limb(camera, below, fore_front, FOREARM_OUTLINE, lambda r: style.girth(r) + 0.6, (0.8, 0.93)),)
            )
        ]
    parts[f"arm_{side}"] = [Shape(skin, (upper, fore, hand, thumb)), Shape(shirt, (sleeve,)), *band]
    parts[f"uarm_{side}"] = [Shape(skin, (upper,)), Shape(shirt, (sleeve,))]
    parts[f"farm_{side}"] = [Shape(skin, (fore, hand, thumb)), *band]


def _leg(camera: Camera, solved: Solved, style: Style, side: str, pelvis: Ring, parts: Parts) -> None:
    points, frames = solved.points, solved.frames
    above = (points[f"hip_{side}"], points[f"knee_{side}"])
    below = (points[f"knee_{side}"], points[f"ankle_{side}"])
    thigh_front, shank_front = frames[f"thigh_{side}"][0], frames[f"shank_{side}"][0]
    thigh = limb(camera, above, thigh_front, THIGH_OUTLINE, style.girth)
    shank = limb(camera, below, shank_front, SHANK_OUTLINE, lambda r: r + (style.girth(r) - r) * 0.7)
    cloth, skin = style.role("trousers", side), style.role("skin", side)
    near = (pelvis,) if style.far and side != style.far else ()
    foot = Shape(skin if style.barefoot else style.role("shoe", side), _foot(camera, solved, side))
    if style.swimwear:
        shorts = limb(camera, above, thigh_front, THIGH_OUTLINE, lambda r: style.girth(r) + 0.9, (0.0, 0.5))
        bare = Shape(skin, (thigh, shank, *foot.rings))
        shapes, upper, lower = (
            [bare, Shape(cloth, (*near, shorts))],
            [Shape(skin, (thigh,)), Shape(cloth, (*near, shorts))],
            [Shape(skin, (shank, *foot.rings))],
        )
    else:
        shapes, upper = [Shape(cloth, (*near, thigh, shank)), foot], [Shape(cloth, (*near, thigh))]
        lower = [Shape(cloth, (shank,)), foot]
    if style.banded(side, "leg"):
        wide: Callable[[float], float] = lambda r: r + (style.girth(r) - r) * 0.7 + 0.5  # noqa: E731
        band = Shape("mark", (limb(camera, below, shank_front, SHANK_OUTLINE, wide, (0.74, 0.84)),))
        shapes, lower = [*shapes, band], [*lower, band]
    parts[f"leg_{side}"], parts[f"thigh_{side}"], parts[f"shank_{side}"] = shapes, upper, lower


def _foot(camera: Camera, solved: Solved, side: str) -> tuple[Ring, ...]:
    at: dict[str, Vec] = {name: solved.points[f"{name}_{side}"] for name in ("ankle", "heel", "ball", "mid", "toe")}
    return (
        rounded(camera, (at["ankle"], 3.7), (lerp(at["ankle"], at["heel"], 0.5), 3.9), (at["heel"], 3.3)),
        rounded(camera, (at["heel"], 3.2), (lerp(at["heel"], at["ball"], 0.5), 3.2), (at["ball"], 2.6)),
        rounded(camera, (at["ankle"], 3.5), (at["mid"], 3.2), (at["ball"], 2.6)),
        rounded(camera, (at["ball"], 2.6), (lerp(at["ball"], at["toe"], 0.5), 2.3), (at["toe"], 2.0)),
    )
