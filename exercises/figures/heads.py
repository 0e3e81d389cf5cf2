"""Head, face and hair."""

from collections.abc import Callable

from exercises.figures.bones import Solved
from exercises.figures.camera import Camera
from exercises.figures.mouths import chin_of, mouth, opened
from exercises.figures.outlines import Ring, Shape, circle, rounded
from exercises.figures.vectors import Frame, Vec, add, apply, dot, lerp, mul

At = Callable[..., Vec]
Cap = Callable[[Vec, float, Vec, float], Ring]


def head(camera: Camera, solved: Solved, style: str, look: Frame, face: str) -> list[Shape]:
    """The shapes of the head, back to front. What is seen of the face follows from `look`, the head's frame in the
    middle of the movement, so that every picture of the movement has the same parts. `face`: "mouth" draws one, "open"
    shows what is behind lips and cheek, "" neither.
    """
    frame, middle = solved.frames["head"], solved.points["head"]

    def at(x: float, y: float, z: float = 0.0) -> Vec:
        return add(middle, apply(frame, (x, y, z)))

    def cap(a: Vec, a_radius: float, b: Vec, b_radius: float) -> Ring:
        return rounded(camera, (a, a_radius), (lerp(a, b, 0.5), (a_radius + b_radius) / 2), (b, b_radius))

    def one(role: str, *rings: Ring) -> Shape:
        return Shape(role, rings)

    facing = dot(look[0], camera.towards)
    from_below = dot(look[1], camera.towards) < -0.3
    jaw = solved.pose.jaw
    chin = at(*chin_of(jaw))
    skull = one("skin", cap(at(1.2, 0.8), 8.4, chin, 5.0))
    nose = one("skin", cap(at(8.0, 0), 1.3, at(9.3, -2.2), 1.5))
    back, top = _hair(at, cap, camera, style, facing, from_below)
    shapes = [*back, nose, skull, *top] if facing > -0.35 else [skull, *top, *back]
    from_side = abs(facing) < 0.55
    if face == "open":
        shapes += opened(camera, at, jaw, from_side)
    if facing > 0.6:
        shapes.append(one("ear", cap(at(9, -0.6), 0.9, at(9.6, -2.6), 1.3)))
    for sign in (-1, 1):
        if dot(mul(look[2], sign), camera.towards) > -0.3:
            shapes.append(one("ear", circle(camera.see(at(-0.6, -1.6, sign * 7.4)), 1.9)))
        if dot(apply(look, (0.8, 0.0, sign * 0.6)), camera.towards) > 0.25:
            shapes.append(one("eye", circle(camera.see(at(7.6, 0.6, sign * 3.3)), 0.95)))
    if face == "mouth":
        shapes.append(mouth(camera, at, jaw, from_side))
    return shapes


def _hair(
    at: At, cap: Cap, camera: Camera, style: str, facing: float, from_below: bool
) -> tuple[list[Shape], list[Shape]]:
    """Hair behind the face, and over the forehead."""
    front_view = abs(facing) >= 0.55 and facing > -0.35
    mass = cap(at(-1, 4.5), 8.6, at(-1, 6.5), 8) if from_below else cap(at(-1.6, 2.0), 9.2, at(-3.6, -2.2), 6.4)
    fringe = (
        cap(at(-2, 5.6, -3.2), 5.6, at(-2, 5.6, 3.2), 5.6) if front_view else cap(at(-2.6, 3.4), 7.8, at(2.6, 7.2), 4.0)
    )
    top = [Shape("hair", (fringe,))]
    if style == "bun":
        return [Shape("hair", (circle(camera.see(at(-10.2, 4.2)), 3.3),)), Shape("hair", (mass,))], top
    if style == "bob":
        low = cap(at(-2.2, 2.0), 9.4, at(-4.4, -6.0), 6.2)
        wide = cap(at(-2.6, -4.0, -5.2), 4.6, at(-2.6, -4.0, 5.2), 4.6)
        return [Shape("hair", (mass if from_below else low, wide) if not from_below else (mass,))], top
    if style == "curls":
        puffs = [
            (-4, 8.4, 0, 5.2),
            (-8.4, 4.6, 0, 4.8),
            (-9.4, -1.0, 0, 4.2),
            (1.6, 8.8, 0, 4.6),
            (-3, 5, -7, 4.2),
            (-3, 5, 7, 4.2),
        ]
        rings = tuple(circle(camera.see(at(x, y, z)), r) for x, y, z, r in puffs)
        return [Shape("hair", (mass, *rings))], top
    if style == "receding":
        rim = cap(at(-3.4, 1.6), 8.0, at(-4.4, -2.4), 5.6)
        scalp = cap(at(-5.8, -2.6), 3.9, at(-6.0, 3.2), 3.4)
        return [Shape("hair", (rim,))], [] if front_view else [Shape("hair", (scalp,))]
    if style == "cropped":
        close = cap(at(-1, 4.5), 8.2, at(-1, 6), 7.6) if from_below else cap(at(-0.8, 2.2), 8.9, at(-2.8, -0.6), 6.6)
        short = (
            cap(at(-1.6, 6.2, -2.8), 4.4, at(-1.6, 6.2, 2.8), 4.4)
            if front_view
            else cap(at(-2.2, 3.6), 7.0, at(2.0, 7.4), 3.0)
        )
        return [Shape("hair", (close,))], [Shape("hair", (short,))]
    return [Shape("hair", (mass,))], top
