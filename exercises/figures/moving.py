"""The moving picture: paths that change their shape (SMIL), so that it plays in an img without script or style."""

import itertools

from exercises.figures.figure import Figure
from exercises.figures.framing import frame, frames
from exercises.figures.joints import SIDES
from exercises.figures.outlines import Shape
from exercises.figures.rigs import CLOSE_UPS
from exercises.figures.scene import Stage, picture
from exercises.figures.svg import HEIGHT, LARGE, WIDTH, Pen, Size, _document, _turned, panel
from exercises.figures.vectors import add, length, mul, sub

# Pictures from start to end; between them the points move in straight lines.
STEPS = (8, 12, 18)
LOOP_STEPS = 12
_MOST_SHRINKING = 0.04
_LIMBS = tuple(
    (f"{near}_{side}", f"{far}_{side}")
    for near, far in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))
    for side in SIDES
)
_HOLD, _MOVE, _HOLD_END = 0.08, 0.40, 0.12
_STILL_SECONDS = 2.5


def moving(stages: list[Stage], size: Size = LARGE) -> str:
    """The animated document: there and back with holds, once round for loops, one after another for stills."""
    return _slides(stages, size) if len(stages) > 1 else _movement(stages[0], size)


def steps_of(figure: Figure) -> int:
    """How many pictures it takes that no limb shrinks visibly between two of them."""
    if figure.mode == "loop":
        return LOOP_STEPS
    if figure.rig in CLOSE_UPS:
        return STEPS[0]
    return next((steps for steps in STEPS if shrinking(figure, steps) <= _MOST_SHRINKING), STEPS[-1])


def shrinking(figure: Figure, steps: int) -> float:
    """The share of its length that a limb loses at most half way between two pictures, because its ends move in
    straight lines while it turns.
    """
    worst = 0.0
    solved = [figure.solved_at(step / steps).points for step in range(steps + 1)]
    for before, after in itertools.pairwise(solved):
        for near, far in _LIMBS:
            ways = [sub(points[near], points[far]) for points in (before, after)]
            worst = max(worst, 1 - length(mul(add(*ways), 0.5)) / length(ways[0]))
    return worst


def timing(mode: str, steps: int) -> tuple[list[int], list[float]]:
    """The pictures in the order in which they are shown, and when, 0 to 1."""
    if mode == "loop":
        return list(range(steps + 1)), [step / steps for step in range(steps + 1)]
    order = [0, *range(steps + 1), *range(steps, -1, -1)]
    back = 1 - _HOLD - _MOVE - _HOLD_END
    there = [_HOLD + _MOVE * step / steps for step in range(steps + 1)]
    again = [_HOLD + _MOVE + _HOLD_END + back * step / steps for step in range(steps + 1)]
    return order, [0.0, *there, *again]


def _short(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _movement(chosen: Stage, size: Size) -> str:
    figure = chosen.figure
    pen = Pen(frame(chosen), size)
    steps = steps_of(figure)
    order, times = timing(figure.mode, steps)
    solved = [figure.solved_at(step / steps) for step in range(steps + 1)]
    pictures: list[list[Shape]] = [[shape for _, shape in picture(chosen, each)] for each in solved]
    key_times = ";".join(_short(t) for t in times)
    start = f'<animate attributeName="d" dur="{_short(figure.cycle)}s" repeatCount="indefinite" '
    start += f'keyTimes="{key_times}" values="'
    content = ""
    for index, shape in enumerate(pictures[0]):
        paths = [pen.path(each[index]) for each in pictures]
        if len(set(paths)) == 1:
            content += pen.element(shape)
        else:
            content += pen.element(shape, start + ";".join(paths[step] for step in order) + '"/>')
    content += pen.signs(chosen, solved[0])
    return _document(pen.backdrop() + _turned(chosen, content))


def _slides(stages: list[Stage], size: Size) -> str:
    seconds = _STILL_SECONDS * len(stages)
    content = ""
    for index, (chosen, seen) in enumerate(zip(stages, frames(stages), strict=True)):
        inside = panel(chosen, Pen(seen, size), 0.0, arrow=True)
        values = ";".join("inline" if each == index else "none" for each in range(len(stages)))
        shown = "inline" if index == 0 else "none"
        content += (
            f'<g display="{shown}"><animate attributeName="display" dur="{_short(seconds)}s" calcMode="discrete" '
            f'repeatCount="indefinite" values="{values}"/><svg width="{WIDTH}" height="{HEIGHT}">{inside}</svg></g>'
        )
    return _document(content)
