"""What moves, in words: which joints change most between start and end of a movement.

Sentences are English message ids (movement_phrases.py); whoever shows them translates them.
"""

from exercises.figures.bones import Solved
from exercises.figures.figure import Figure
from exercises.figures.joints import outward
from exercises.figures.movement_phrases import MIDDLE, PAIRED, STANDING_UP
from exercises.figures.vectors import angle_between, apply, inverse, length, mul, sub

# How much of each counts as much as one degree of a knee.
_WEIGHT = {
    "ankle.flex": 0.7, "toes.flex": 1.2, "elbow.flex": 0.6, "wrist.flex": 0.5, "wrist.rot": 0.6, "fingers.flex": 0.5,
    "hip.rot": 0.7, "root.lean": 1.3, "root.turn": 1.3, "back.flex": 1.2, "back.side": 1.8, "back.rot": 1.6,
    "head.flex": 1.0, "head.side": 1.2, "head.rot": 1.1, "head.back": 1.0, "scap.elev": 8.0, "scap.prot": 7.0,
    "belly": 8.0, "chest": 8.0, "jaw.open": 1.5, "jaw.side": 4.0, "jaw.forward": 4.0, "body.up": 1.3,
    "knee.up": 2.0, "hips.up": 3.0, "body.forward": 0.9, "body.right": 1.6, "arm.up": 1.2,
}  # fmt: skip
_FROM = 9.0
_SHARE = 0.3
MOST = 3


def _values(solved: Solved) -> dict[str, float]:
    """Every measure of a position, in degrees, cm or mm."""
    pose, angles, points = solved.pose, solved.angles, solved.points
    thorax = inverse(solved.frames["thorax"])
    values = {
        "root.lean": pose.root.lean if pose.root.base == "upright" else 0.0,
        "root.turn": pose.root.turn,
        "back.flex": angles["lumbar"]["flex"] + angles["thorax"]["flex"],
        "back.side": angles["lumbar"]["side"] + angles["thorax"]["side"],
        "back.rot": angles["lumbar"]["rot"] + angles["thorax"]["rot"],
        "head.flex": angles["neck"]["flex"] + angles["head"]["flex"],
        "head.side": angles["neck"]["side"] + angles["head"]["side"],
        "head.rot": angles["neck"]["rot"] + angles["head"]["rot"],
        "head.back": angles["head"]["flex"] - angles["neck"]["flex"],
        "belly": pose.belly,
        "chest": pose.chest,
        "hips.up": 0.0,
        "body.up": points["hip_mid"][1],
        "body.forward": points["hip_mid"][0],
        "body.right": points["hip_mid"][2],
        **{f"jaw.{key}": value for key, value in pose.jaw.items()},
    }
    for key in ("elev", "prot"):
        values[f"scap.{key}"] = (angles["scap_l"][key] + angles["scap_r"][key]) / 2
    for side in "lr":
        way = mul(apply(thorax, solved.frames[f"uarm_{side}"][1]), -1)
        hanging = (0.0, -1.0, 0.0)
        values[f"knee.up_{side}"] = values[f"leg.forward_{side}"] = 0.0
        values[f"arm.up_{side}"] = angle_between(way, hanging)
        values[f"arm.out_{side}"] = 90.0 * outward(side) * way[2] if values[f"arm.up_{side}"] > 50 else 0.0
        for joint in ("hip", "knee", "ankle", "toes", "elbow", "wrist", "fingers"):
            for key, value in {**pose.joints[f"{joint}_{side}"], **angles[f"{joint}_{side}"]}.items():
                values[f"{joint}.{key}_{side}"] = value
    return values


def movement(figure: Figure) -> list[str]:
    """Up to three sentences, what moves most first; [] when nothing moves visibly."""
    start, end = (figure.solved_at(t) for t in figure.pair)
    before, after = _values(start), _values(end)
    change = {name: after[name] - before[name] for name in before}
    if figure.poses[0].root.base == "upright" and figure.standing and change["body.up"] > 25:
        return [STANDING_UP]
    _leave_out(figure, start, end, change)
    found: list[tuple[float, str]] = []
    for (name, sign), sentence in MIDDLE.items():
        size = change.get(name, 0.0) * sign * _WEIGHT.get(name, 1.0)
        if size >= _FROM:
            found.append((size, sentence))
    for (name, sign), (both, right, left) in PAIRED.items():
        sizes = {side: change[f"{name}_{side}"] * sign * _WEIGHT.get(name, 1.0) for side in "lr"}
        if min(sizes.values()) >= _FROM:
            found.append((max(sizes.values()), both))
        else:
            found += [(sizes[side], text) for side, text in (("r", right), ("l", left)) if sizes[side] >= _FROM]
    found.sort(key=lambda pair: -pair[0])
    return [sentence for size, sentence in found if size >= _SHARE * found[0][0]][:MOST]


def _leave_out(figure: Figure, start: Solved, end: Solved, change: dict[str, float]) -> None:
    """What only follows from something else is not said."""
    if abs(change["head.flex"]) < 8 and change["head.back"] > 16:
        change["head.flex"] = 0.0
    else:
        change["head.back"] = 0.0
    for side in "lr":
        if start.pose.feet.get(side):  # the sole stays where it is pinned: the ankle only follows
            moved = length(sub(end.points[f"ball_{side}"], start.points[f"ball_{side}"]))
            if moved < 4:
                change[f"ankle.flex_{side}"] = change[f"hip.rot_{side}"] = change[f"hip.abd_{side}"] = 0.0
        if start.pose.hands.get(side):
            change[f"wrist.flex_{side}"] = 0.0
            moved = length(sub(end.points[f"wrist_{side}"], start.points[f"wrist_{side}"]))
            if moved < 6:
                change[f"arm.up_{side}"] = change[f"arm.out_{side}"] = change[f"elbow.flex_{side}"] = 0.0
    _legs(figure, start, end, change)
    root = figure.poses[0].root
    on_knees = root.base == "upright" and max(start.points[f"knee_{side}"][1] for side in "lr") < 9
    if on_knees and abs(change["back.flex"]) > 20:
        change["root.lean"] = 0.0
    for side in "lr":  # the pelvis rocks, the legs stand
        if root.base == "supine" and start.pose.feet.get(side) and abs(change[f"hip.flex_{side}"]) < 25:
            change[f"hip.flex_{side}"] = 0.0
    if root.base == "upright" and abs(change["root.lean"]) > 15:
        for side in "lr":  # bending at the hips is the leaning
            change[f"hip.flex_{side}"] = 0.0


def _legs(figure: Figure, start: Solved, end: Solved, change: dict[str, float]) -> None:
    """A thigh that comes up is said as a knee that lifts or a leg that goes forwards; a foot that stays moves none."""
    base = figure.poses[0].root.base
    if base == "supine" and change["body.up"] > 6 and start.pose.anchor:
        change["hips.up"] = change["body.up"]
        for name in [name for name in change if name[:-2] in ("hip.flex", "knee.flex")] + ["body.up"]:
            change[name] = 0.0
    if base != "upright":
        return
    for side in "lr":
        hip, foot = f"hip.flex_{side}", f"ball_{side}"
        if start.pose.feet.get(side) and length(sub(end.points[foot], start.points[foot])) < 4:
            change[hip] = 0.0
        bent, risen = (
            end.angles[f"knee_{side}"]["flex"],
            end.points[f"knee_{side}"][1] - start.points[f"knee_{side}"][1],
        )
        if change[hip] > 8 and bent > 40 and risen > 4:
            change[f"knee.up_{side}"], change[hip] = max(risen, change[hip] / 2), 0.0
            change[f"knee.flex_{side}"] = min(change[f"knee.flex_{side}"], 0.0)
        elif change[hip] > 8 and bent < 30:
            change[f"leg.forward_{side}"], change[hip] = change[hip], 0.0
