"""Is a figure something that a person can do? Every sample of the movement is checked."""

import math
import re
from collections.abc import Iterator

from exercises.figures.checks_contact import contact_complaints
from exercises.figures.figure import SAMPLES, Figure
from exercises.figures.framing import frame
from exercises.figures.joints import SIDES, outward
from exercises.figures.outlines import Shape
from exercises.figures.rigs import CLOSE_UPS, limits
from exercises.figures.scene import Stage, picture, stage
from exercises.figures.vectors import apply, inverse, length, mul, sub

_SLACK_DEGREES = 0.5
_REACH_CM = 0.6
_SLIDE_CM = 0.8
_EXTENSION_DEGREES = 62
_ACROSS_DEGREES = 50


def complaints(figure: Figure) -> list[str]:
    """What is wrong, one line for each kind of fault, with the first time at which it happens; [] when nothing is."""
    if figure.stills:
        return [f"still {index + 1}: {line}" for index, still in enumerate(figure.stills) for line in complaints(still)]
    found: list[str] = []
    for step in range(SAMPLES + 1):
        for line in (*_angles(figure, step), *_reach(figure, step), *_surroundings(figure, step)):
            found.append(f"t={step / SAMPLES:.2f} {line}")
    found += _sliding(figure)
    found += _expectations(figure)
    chosen = stage(figure)
    found += _frame(chosen)
    found += _steady(chosen)
    return _first_of_each(found)


def _surroundings(figure: Figure, step: int) -> Iterator[str]:
    return iter(()) if figure.rig in CLOSE_UPS else contact_complaints(figure, step)


def _first_of_each(lines: list[str]) -> list[str]:
    seen: set[str] = set()
    out = []
    for line in lines:
        kind = re.sub(r"-?\d+(\.\d+)?", "", line)
        if kind not in seen:
            seen.add(kind)
            out.append(line)
    return out


def _angles(figure: Figure, step: int) -> Iterator[str]:
    solved = figure.samples[step]
    for side in SIDES if figure.rig not in CLOSE_UPS else ():
        # Angles about one axis after the other say little about a raised arm; its direction does.
        way = mul(apply(inverse(solved.frames["thorax"]), solved.frames[f"uarm_{side}"][1]), -1)
        behind = math.degrees(math.asin(max(0.0, min(1.0, -way[0])))) if way[1] < 0.3 else 0.0
        across = math.degrees(math.asin(max(-1.0, min(1.0, -outward(side) * way[2]))))
        if behind > _EXTENSION_DEGREES:
            yield f"shoulder_{side} is {behind:.0f} degrees behind the body, more than {_EXTENSION_DEGREES}"
        if across > _ACROSS_DEGREES:
            yield f"shoulder_{side} is {across:.0f} degrees across the body, more than {_ACROSS_DEGREES}"
    for joint, angles in solved.angles.items():
        name = joint[:-2] if joint[-2:] in ("_l", "_r") else joint
        for key, value in angles.items():
            low, high = limits(figure.rig).get(f"{name}.{key}", (-math.inf, math.inf))
            if name == "hip" and key == "rot" and angles["flex"] > 60:
                low, high = -50, 70
            if not low - _SLACK_DEGREES <= value <= high + _SLACK_DEGREES:
                yield f"{joint}.{key} is {value:.0f}, outside {low:.0f} to {high:.0f}"


def _reach(figure: Figure, step: int) -> Iterator[str]:
    for name, missed in figure.samples[step].misses.items():
        if missed > _REACH_CM:
            yield f"{name} cannot reach its place: {missed:.1f} cm are missing"


def _sliding(figure: Figure) -> Iterator[str]:
    """A foot pinned to one place all the time must stay; one that moves while it stands on the floor is dragged."""
    for side in SIDES:
        pins = [pose.feet.get(side) for pose in figure.poses]
        first = pins[0]
        if first is None or first.circle or first.free or figure.rig in CLOSE_UPS:
            continue
        balls = [solved.points[f"ball_{side}"] for solved in figure.samples]
        if all(pin == first for pin in pins):
            most = max(length(sub(ball, balls[0])) for ball in balls)
            if most > _SLIDE_CM:
                yield f"foot_{side} slides by {most:.1f} cm"


def _expectations(figure: Figure) -> Iterator[str]:
    """ "expect" names angles ("knee_r.flex"), places ("head.y", in cm), the jaw ("jaw.open", in mm) or a breath
    ("shape.belly", "shape.chest", in cm) with the least and the most.
    """
    for t, wanted in figure.expected.items():
        solved = figure.solved_at(t)
        for name, (low, high) in wanted.items():
            joint, _, key = name.partition(".")
            if joint in solved.angles and key in solved.angles[joint]:
                value = solved.angles[joint][key]
            elif joint in solved.points and key in ("x", "y", "z"):
                value = solved.points[joint]["xyz".index(key)]
            elif joint == "jaw" and key in solved.pose.jaw:
                value = solved.pose.jaw[key]
            elif name in ("shape.belly", "shape.chest"):
                value = solved.pose.belly if key == "belly" else solved.pose.chest
            else:
                yield f"t={t:.2f} expect: there is no {name}"
                continue
            if not low <= value <= high:
                yield f"t={t:.2f} expect: {name} is {value:.0f}, not {low:.0f} to {high:.0f}"


def _frame(chosen: Stage) -> Iterator[str]:
    """All that is not scenery is inside the picture; a close-up says what it is about."""
    if chosen.figure.focus:
        return
    shown = frame(chosen)
    for step, solved in enumerate(chosen.figure.samples):
        for name, point in solved.points.items():
            x, y = chosen.camera.see(point)
            inside = shown.left < x < shown.left + shown.width and shown.bottom < y < shown.bottom + shown.height
            if not inside:
                yield f"t={step / SAMPLES:.2f} {name} is outside the picture"


def _shape_key(shapes: list[Shape]) -> list[tuple[str, list[int]]]:
    return [(shape.role, [len(ring) for ring in shape.rings]) for shape in shapes]


def _steady(chosen: Stage) -> Iterator[str]:
    """Every picture of the movement has the same parts in the same order, or it would jump."""
    figure = chosen.figure
    if len(figure.poses) < 2:
        return
    first = [shape for _, shape in picture(chosen, figure.samples[0])]
    last = [shape for _, shape in picture(chosen, figure.samples[-1])]
    if [key[0] for key in _shape_key(first)] != [key[0] for key in _shape_key(last)]:
        yield "parts appear or vanish during the movement"
    moving = [(a, b) for a, b in zip(_shape_key(first), _shape_key(last), strict=False) if a[1] != b[1]]
    if moving:
        yield f"{moving[0][0][0]} changes its number of corners, so it would jump; keep it still"
    for side in SIDES:
        for kind in ("feet", "hands"):
            pins = [getattr(pose, kind).get(side) for pose in figure.poses]
            for key in ("knee", "elbow", "dir", "palm"):
                said = [getattr(pin, key, None) is not None for pin in pins if pin is not None]
                if any(said) and not all(said):
                    yield f"{kind} {side}: “{key}” is said in some frames only, so it would jump"
