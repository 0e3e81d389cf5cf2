"""The text for those who do not see the picture: position, then movement. Whole sentences, each an English message id,
so that any language can put them one after another.
"""

from exercises.figures.detail_words import detail_movement
from exercises.figures.figure import Figure
from exercises.figures.movement_phrases import gettext_noop
from exercises.figures.movement_words import movement
from exercises.figures.other_side import other_side
from exercises.figures.rigs import FACES

_BASES = {
    "prone": gettext_noop("Lying on the front."),
    "side_l": gettext_noop("Lying on the left side."),
    "side_r": gettext_noop("Lying on the right side."),
}
_WITH: tuple[tuple[str, str], ...] = (
    ("wall", gettext_noop("At a wall.")),
    ("doorway", gettext_noop("In a doorway.")),
    ("band", gettext_noop("With an elastic band.")),
    ("stick", gettext_noop("With a stick.")),
    ("towel", gettext_noop("With a towel.")),
    ("ball", gettext_noop("With a ball.")),
    ("bottle", gettext_noop("With a weight in the hand.")),
    ("weight", gettext_noop("With a weight in the hand.")),
    ("float", gettext_noop("With a float.")),
    ("step", gettext_noop("At a step.")),
    ("stairs", gettext_noop("On stairs.")),
    ("ramp", gettext_noop("On a slope.")),
    ("treadmill", gettext_noop("On a treadmill.")),
    ("walker", gettext_noop("With a walking frame.")),
    ("poles", gettext_noop("With two poles.")),
    ("bag", gettext_noop("With a bag in the hand.")),
    ("broom", gettext_noop("With a broom.")),
    ("helmet", gettext_noop("With a helmet.")),
)
# With these a person goes somewhere, whatever the picture shows of it.
_ON_THE_WAY = frozenset({"walker", "poles", "stairs", "ramp", "treadmill"})
_SITTING = gettext_noop("Sitting on a chair.")
_FACE = gettext_noop("The face, close up.")
_BED = gettext_noop("On a bed.")
_HAND = gettext_noop("A hand, close up.")
_FOOT = gettext_noop("A foot, close up.")
_PEDALS = gettext_noop("The feet turn the pedals.")
_ARM_PEDALS = gettext_noop("The hands turn the pedals.")
_STEPS = gettext_noop("Step follows step.")
_AND_BACK = gettext_noop("Then back.")
_STAYS = gettext_noop("The body stays still.")
_ONE_AFTER_ANOTHER = gettext_noop("Positions one after another:")


def sentences(figure: Figure, language: str = "en", mirrored: bool = False) -> list[str]:
    """What is read, in order: message ids, and what the pose file says itself, in `language` when it has that one, else
    in English. `mirrored`: of the figure that shows the other side.
    """
    own = language if language in figure.words else "en"
    said = figure.words.get(own, {})
    if figure.stills:
        parts = [("position", [_ONE_AFTER_ANOTHER, *_apart(figure.stills)]), ("movement", [])]
    else:
        parts = [("position", position(figure)), ("movement", _moves(figure))]
    out: list[str] = []
    for part, made in parts:
        found, spoken = ([said[part]], own) if part in said else (made, "en")
        out += [other_side(text, spoken) for text in found] if mirrored != figure.flip else found
    return out


def _apart(stills: tuple[Figure, ...]) -> list[str]:
    out: list[str] = []
    for still in stills:
        text = position(still)[0]
        if not out or out[-1] != text:
            out.append(text)
    return out


def _moves(figure: Figure) -> list[str]:
    cranks = [prop for prop in figure.props if prop["type"] == "crank"]
    if cranks:
        return [_ARM_PEDALS if cranks[0].get("hands") else _PEDALS]
    if figure.standing and (figure.mode == "loop" or _ON_THE_WAY & {prop["type"] for prop in figure.props}):
        return [_STEPS]
    found = detail_movement(figure) if figure.rig in ("hand", "foot") else movement(figure)
    if not found:
        return [] if figure.signs or figure.arrows else [_STAYS]
    return found if figure.mode == "loop" else [*found, _AND_BACK]


def position(figure: Figure) -> list[str]:
    """Where the body is, then what is used."""
    kinds = [prop["type"] for prop in figure.props]
    if figure.rig in ("hand", "foot"):
        return [_HAND if figure.rig == "hand" else _FOOT, *_used(kinds)]
    lying = "bed" in kinds and figure.poses[0].root.base != "upright"
    face, bed = [_FACE] if figure.rig in FACES else [], [_BED] if lying else []
    return [*face, _place(figure, kinds), *bed, *_used(kinds)]


def _used(kinds: list[str]) -> list[str]:
    return list(dict.fromkeys(text for kind, text in _WITH if kind in kinds))


def _place(figure: Figure, kinds: list[str]) -> str:
    solved = figure.solved_at(figure.pair[0])
    base, points = figure.poses[0].root.base, solved.points
    if "water" in kinds and base in ("supine", "prone"):
        return gettext_noop("Floating on the back.") if base == "supine" else gettext_noop("Floating on the front.")
    if base == "supine":
        bent = min(solved.angles[f"knee_{side}"]["flex"] for side in "lr") > 50
        return gettext_noop("Lying on the back, knees bent.") if bent else gettext_noop("Lying on the back.")
    if base in _BASES:
        return _BASES[base]
    return _upright(figure, kinds, [points["knee_l"][1], points["knee_r"][1]])


def _upright(figure: Figure, kinds: list[str], knees: list[float]) -> str:
    for kind, text in (
        ("wheelchair", gettext_noop("Sitting in a wheelchair.")),
        ("bike", gettext_noop("Sitting on an exercise bike.")),
        ("bicycle", gettext_noop("Sitting on a bicycle.")),
        ("recumbent", gettext_noop("Sitting on a bike with a chair seat.")),
    ):
        if kind in kinds:
            return text
    solved = figure.solved_at(figure.pair[0])
    hips, lean = solved.points["hip_mid"][1], figure.poses[0].root.lean
    if max(knees) < 9 and hips > 30:
        return gettext_noop("On hands and knees.") if lean > 45 else gettext_noop("Kneeling.")
    if max(knees) < 12:
        return gettext_noop("Kneeling, sitting on the heels.")
    if min(knees) < 9:
        return gettext_noop("Kneeling on one knee.")
    if hips < 70 and "bed" in kinds:
        return gettext_noop("Sitting on the edge of a bed.")
    if hips < 70 and "table" in kinds and "chair" in kinds:
        return gettext_noop("Sitting at a table.")
    if hips < 66 and "chair" in kinds:
        return _SITTING
    walking = figure.standing and (figure.mode == "loop" or bool(_ON_THE_WAY & set(kinds)))
    if "water" in kinds:
        return gettext_noop("Walking in water.") if walking else gettext_noop("Standing in water.")
    if walking:
        return gettext_noop("Walking.")
    if "chair" in kinds:
        return gettext_noop("Standing by a chair.")
    if "box" in kinds or "table" in kinds:
        return gettext_noop("Standing at a worktop.")
    return gettext_noop("Standing.")
