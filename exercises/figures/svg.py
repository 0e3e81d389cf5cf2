"""Writing pictures as SVG: presentation attributes only (no style element, no script, no text), one viewBox for all."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from exercises.figures import arrows, signs
from exercises.figures.bones import Solved
from exercises.figures.colours import OPACITY, RIMMED
from exercises.figures.framing import Frame, frame, frames
from exercises.figures.outlines import Ring, Shape
from exercises.figures.scene import Stage, ghost, picture

WIDTH, HEIGHT = 1600, 1200
GAP = 48
_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'


@dataclass(frozen=True)
class Size:
    """Strokes in css px at the width for which a picture is made: rim between limbs, arrow line, arrow head."""

    width: int
    rim: float
    line: float
    head: float


ROW = Size(72, 1.15, 2.1, 7.5)
TILE = Size(160, 1.6, 2.7, 10)
PANEL = Size(260, 2.2, 3.4, 13)
LARGE = Size(366, 2.2, 4.0, 15)


def _step(a: tuple[int, int], b: tuple[int, int]) -> str:
    return f"{b[0] - a[0]} {b[1] - a[1]}"


class Pen:
    """Turns shapes into path elements for one frame and size; colours are left as "$role;"."""

    def __init__(self, shown: Frame, size: Size) -> None:
        self.shown, self.size = shown, size
        self.scale = WIDTH / shown.width
        self.px = WIDTH / size.width

    def point(self, x: float, y: float) -> tuple[int, int]:
        across = round((x - self.shown.left) * self.scale)
        return across, round((self.shown.bottom + self.shown.height - y) * self.scale)

    def ring(self, ring: Ring, kind: str) -> str:
        """Path data, relative after the first point: steps are short numbers, which pack well."""
        if kind != "spline":
            first, *others = (self.point(x, y) for x, y in ring)
            steps = "".join(f"l{_step(a, b)}" for a, b in itertools.pairwise([first, *others]))
            return f"M{first[0]} {first[1]}{steps}" + ("z" if kind == "polygon" else "")
        corners = [self.point(x, y) for x, y in ring]
        middles = [
            self.point((ax + bx) / 2, (ay + by) / 2)
            for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True)
        ]
        start, first = middles[-1], middles[0]
        steps = "".join(f"t{_step(a, b)}" for a, b in itertools.pairwise(middles))
        bend = f"{_step(start, corners[0])} {_step(start, first)}"
        return f"M{start[0]} {start[1]}q{bend}{steps}z"

    def path(self, shape: Shape) -> str:
        """The d attribute."""
        return "".join(self.ring(ring, shape.kind) for ring in shape.rings)

    def look(self, role: str) -> str:
        """The presentation attributes of a role."""
        ground, arrow = "$ground;", "$arrow;"
        if role in RIMMED:
            return (
                f'fill="${role};" stroke="{ground}" stroke-width="{self.size.rim * self.px:.0f}" paint-order="stroke"'
            )
        if role in ("bone", "tooth"):  # on any skin
            return f'fill="${role};" stroke="$mouth;" stroke-width="{0.8 * self.px:.0f}"'
        if role in OPACITY:
            return f'fill="${role};" fill-opacity="{OPACITY[role]:g}"'
        if role == "water_line":
            return f'fill="none" stroke="${role};" stroke-width="{1.6 * self.px:.0f}"'
        if role in ("arrow_line", "sign_line", "sign_faint"):
            wide = self.size.line if role == "arrow_line" else self.size.line * 0.62
            faint = ' stroke-opacity=".35"' if role == "sign_faint" else ""
            return f'fill="none" stroke="{arrow}" stroke-width="{wide * self.px:.0f}" stroke-linecap="round"{faint}'
        if role in ("arrow_halo", "sign_halo"):
            wide = self.size.line if role == "arrow_halo" else self.size.line * 0.62
            wide += 2 * (1.2 if self.size.width < 130 else 2.0)
            return f'fill="none" stroke="{ground}" stroke-width="{wide * self.px:.0f}" stroke-linecap="round"'
        if role == "head_halo":
            wide = 2 * (1.2 if self.size.width < 130 else 2.0)
            return f'fill="{ground}" stroke="{ground}" stroke-width="{wide * self.px:.0f}"'
        if role == "ghost":
            line = f'fill="none" stroke="{arrow}" stroke-width="{1.6 * self.px:.0f}"'
            return f'{line} stroke-dasharray="{4.5 * self.px:.0f}"'
        fill = {"sign": arrow, "sign_ground": ground}.get(role, f"${role};")
        return f'fill="{fill}"'

    def element(self, shape: Shape, inside: str = "") -> str:
        head = f'<path {self.look(shape.role)} d="{self.path(shape)}"'
        return f"{head}>{inside}</path>" if inside else f"{head}/>"

    def elements(self, shapes: Iterable[Shape]) -> str:
        return "".join(self.element(shape) for shape in shapes)

    def backdrop(self) -> str:
        shapes = f'<rect fill="$ground;" width="{WIDTH}" height="{HEIGHT}"/>'
        if self.shown.floor is not None:
            top = max(0, round((self.shown.bottom + self.shown.height - self.shown.floor) * self.scale))
            if top < HEIGHT:
                shapes += f'<rect fill="$floor;" y="{top}" width="{WIDTH}" height="{HEIGHT - top}"/>'
        return shapes

    def arrows(self, chosen: Stage) -> str:
        unit = self.px / self.scale
        out = ""
        for shaft, both in arrows.shafts(chosen.figure, chosen.camera):
            line, head = arrows.drawn(shaft, both, self.size.line * unit, self.size.head * unit)
            halo = [Shape("arrow_halo", line.rings, "line"), Shape("head_halo", head.rings, "polygon")]
            out += self.elements([*halo, line, head])
        return out

    def signs(self, chosen: Stage, solved: Solved) -> str:
        return "".join(self.elements(signs.drawn(sign, solved, chosen.camera)) for sign in chosen.figure.signs)


def _turned(chosen: Stage, content: str) -> str:
    return f'<g transform="matrix(-1 0 0 1 {WIDTH} 0)">{content}</g>' if chosen.mirrored else content


def panel(chosen: Stage, pen: Pen, t: float, arrow: bool, ghost_from: float | None = None) -> str:
    """The inside of one picture at time `t`."""
    solved = chosen.figure.solved_at(t)
    content = pen.elements(shape for _, shape in picture(chosen, solved))
    if ghost_from is not None and chosen.figure.ghost:
        content += pen.elements(ghost(chosen, chosen.figure.solved_at(ghost_from)))
    content += pen.signs(chosen, solved)
    if arrow:
        content += pen.arrows(chosen)
    return pen.backdrop() + _turned(chosen, content)


def _document(content: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    return _OPEN.format(w=width, h=height) + f'<g stroke-linejoin="round">{content}</g></svg>'


def still(chosen: Stage, size: Size = TILE, t: float | None = None, arrow: bool = True) -> str:
    """One picture at the telling moment, or at time `t`."""
    pen = Pen(frame(chosen), size)
    return _document(panel(chosen, pen, chosen.figure.telling if t is None else t, arrow))


def _row(panels: list[str]) -> str:
    """Panels side by side in one document, each clipped to its own place; from four on, in two rows."""
    across = len(panels) if len(panels) < 4 else -(-len(panels) // 2)
    rows = -(-len(panels) // across)
    content = ""
    for index, each in enumerate(panels):
        x, y = (index % across) * (WIDTH + GAP), (index // across) * (HEIGHT + GAP)
        content += f'<svg x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}">{each}</svg>'
    return _document(content, across * (WIDTH + GAP) - GAP, rows * (HEIGHT + GAP) - GAP)


def pair(stages: list[Stage], size: Size = PANEL) -> str:
    """Start and end of the movement in one shared frame, with the arrow in the first; or all stills of a figure."""
    if len(stages) > 1:
        shown = zip(stages, frames(stages), strict=True)
        return _row([panel(each, Pen(seen, size), 0.0, arrow=True) for each, seen in shown])
    (chosen,) = stages
    pen = Pen(frame(chosen), size)
    start, end = chosen.figure.pair
    return _row([panel(chosen, pen, start, arrow=True), panel(chosen, pen, end, arrow=False, ghost_from=start)])
