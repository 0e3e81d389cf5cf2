"""What moves in the close-ups of hand and foot, in words: English message ids, translated by whoever shows them."""

from collections.abc import Iterator, Mapping

from exercises.figures.figure import Figure
from exercises.figures.foot_rig import TOES
from exercises.figures.hand_rig import FINGERS
from exercises.figures.movement_phrases import gettext_noop

_FROM_DEGREES = 8.0
_ALL_FROM = 3

# angle -> sentence when it grows, when it shrinks
_SINGLE: dict[str, tuple[str, str]] = {
    "wrist.flex": (gettext_noop("The wrist bends towards the palm."), gettext_noop("The wrist bends back.")),
    "wrist.dev": (
        gettext_noop("The hand tilts to the side of the thumb."),
        gettext_noop("The hand tilts to the side of the little finger."),
    ),
    "forearm.rot": (gettext_noop("The palm turns up."), gettext_noop("The palm turns down.")),
    "thumb.out": (gettext_noop("The thumb moves out to the side."), gettext_noop("The thumb moves in to the hand.")),
    "thumb.abd": (gettext_noop("The thumb moves in front of the palm."), gettext_noop("The thumb moves back.")),
    "thumb.ip": (gettext_noop("The thumb bends."), gettext_noop("The thumb straightens.")),
    "ankle.flex": (gettext_noop("The foot bends up."), gettext_noop("The foot points down.")),
    "ankle.inv": (gettext_noop("The sole turns inwards."), gettext_noop("The sole turns outwards.")),
    "ankle.turn": (gettext_noop("The toes turn outwards."), gettext_noop("The toes turn inwards.")),
    "shank.lean": (gettext_noop("The knee moves forwards over the foot."), gettext_noop("The knee moves back.")),
}
_TOUCH = {
    "index": gettext_noop("The thumb touches the tip of the index finger."),
    "middle": gettext_noop("The thumb touches the tip of the middle finger."),
    "ring": gettext_noop("The thumb touches the tip of the ring finger."),
    "little": gettext_noop("The thumb touches the tip of the little finger."),
}
_ONE: dict[str, tuple[str, str]] = {
    "index": (gettext_noop("The index finger bends."), gettext_noop("The index finger lifts.")),
    "middle": (gettext_noop("The middle finger bends."), gettext_noop("The middle finger lifts.")),
    "ring": (gettext_noop("The ring finger bends."), gettext_noop("The ring finger lifts.")),
    "little": (gettext_noop("The little finger bends."), gettext_noop("The little finger lifts.")),
    "big": (gettext_noop("The big toe presses down."), gettext_noop("The big toe lifts.")),
}
_FINGERS_BEND = (gettext_noop("The fingers curl."), gettext_noop("The fingers straighten."))
_FINGERS_SPREAD = (gettext_noop("The fingers spread apart."), gettext_noop("The fingers come together."))
_TOES_LIFT = (gettext_noop("The toes lift."), gettext_noop("The toes press down."))
_SMALL_TOES_LIFT = (gettext_noop("The small toes lift."), gettext_noop("The small toes press down."))
_TOES_CURL = (gettext_noop("The toes curl."), gettext_noop("The toes straighten."))
_TOES_SPREAD = (gettext_noop("The toes spread apart."), gettext_noop("The toes come together."))


def detail_movement(figure: Figure) -> list[str]:
    """Up to three sentences, what moves most first."""
    start, end = (figure.solved_at(t).angles for t in figure.pair)
    change = {
        f"{joint}.{key}": end[joint][key] - value for joint, angles in start.items() for key, value in angles.items()
    }
    found = sorted((_fingers if figure.rig == "hand" else _toes)(change), key=lambda pair: -pair[0])
    single = [
        (abs(change[name]), texts[change[name] < 0])
        for name, texts in _SINGLE.items()
        if abs(change.get(name, 0.0)) > _FROM_DEGREES
    ]
    ordered = sorted([*found, *single], key=lambda pair: -pair[0])
    return [text for size, text in ordered if size > 0.3 * ordered[0][0]][:3]


def _fingers(change: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    for finger, text in _TOUCH.items():
        if change[f"thumb.touch_{finger}"] > 0.5:
            yield 200.0, text
            return
    bends = {finger: sum(change[f"{finger}.{joint}"] for joint in ("mcp", "pip", "dip")) for finger in FINGERS}
    yield from _together(bends, _FINGERS_BEND, 20.0)
    yield from _together({finger: change[f"{finger}.spread"] * 4 for finger in FINGERS}, _FINGERS_SPREAD, 20.0)
    alone = [finger for finger in FINGERS if abs(bends[finger]) > 20]
    if len(alone) < _ALL_FROM:
        for finger in alone:
            yield abs(bends[finger]), _ONE[finger][bends[finger] < 0]


def _toes(change: Mapping[str, float]) -> Iterator[tuple[float, str]]:
    lifts = {toe: change[f"{toe}.mtp"] for toe in TOES}
    small = {toe: lift for toe, lift in lifts.items() if toe != "big"}
    if abs(lifts["big"] - sum(small.values()) / len(small)) > 12:
        if abs(lifts["big"]) > _FROM_DEGREES:
            yield abs(lifts["big"]), _ONE["big"][lifts["big"] > 0]
        yield from _together(small, _SMALL_TOES_LIFT, _FROM_DEGREES)
    else:
        yield from _together(lifts, _TOES_LIFT, _FROM_DEGREES)
    yield from _together({toe: change[f"{toe}.curl"] for toe in TOES}, _TOES_CURL, 15.0)
    yield from _together({toe: change[f"{toe}.spread"] * 4 for toe in TOES}, _TOES_SPREAD, 16.0)


def _together(sizes: Mapping[str, float], texts: tuple[str, str], least: float) -> Iterator[tuple[float, str]]:
    """The first text when most of them grow, the second when most shrink."""
    for sign, text in ((1, texts[0]), (-1, texts[1])):
        moved = [size * sign for size in sizes.values() if size * sign > least]
        if len(moved) >= _ALL_FROM:
            yield sum(moved) / len(moved), text
