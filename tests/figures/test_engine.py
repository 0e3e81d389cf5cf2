"""Joints, reach, camera and the reading of pose files."""

import json
import math

import pytest

from exercises.figures import reading
from exercises.figures.bones import reach
from exercises.figures.camera import Camera
from exercises.figures.deltas import layered, spread
from exercises.figures.joints import ball, ball_angles
from exercises.figures.outlines import blob, circle, hull
from exercises.figures.proportions import SHANK, THIGH
from exercises.figures.props import DRAWERS
from exercises.figures.props_held import HELD
from exercises.figures.reading import PoseError, load, read
from exercises.figures.rigs import RIGS
from exercises.figures.skeleton import solve
from exercises.figures.vectors import length, sub
from exercises.figures.vehicles import VEHICLES
from tests.figures.schema import problems


@pytest.mark.parametrize("side", ["l", "r"])
@pytest.mark.parametrize(("flex", "abd", "rot"), [(0, 0, 0), (80, 10, 20), (-15, 30, -40), (110, -20, 45)])
def test_the_angles_of_a_ball_joint_come_back(side, flex, abd, rot):
    found = ball_angles(ball({"flex": flex, "abd": abd, "rot": rot}, side), side)
    assert found == pytest.approx({"flex": flex, "abd": abd, "rot": rot})


def test_two_bones_reach_and_say_what_is_missing():
    middle, end, missed, _ = reach((0, 0, 0), (0, -60, 0), 40, 40, (1, 0, 0))
    assert missed == 0
    assert end == pytest.approx((0, -60, 0))
    assert middle[0] > 0
    assert length(middle) == pytest.approx(40)
    *_, missed, _ = reach((0, 0, 0), (0, -90, 0), 40, 40, (1, 0, 0))
    assert missed == pytest.approx(10, abs=0.1)


def test_signs_are_clinical():
    """Flexion lifts the knee, abduction takes the foot out, turning right brings the right shoulder back."""
    stand = {"root": {"pos": [0, 89, 0]}}
    thigh = solve(read({"id": "t", "pose": stand | {"joints": {"hip_r": 90}}}).poses[0]).points["knee_r"]
    assert thigh[0] > 35
    out = solve(read({"id": "t", "pose": stand | {"joints": {"hip_l": {"abd": 30}}}}).poses[0]).points["ankle_l"]
    assert out[2] < -40
    turned = solve(read({"id": "t", "pose": stand | {"joints": {"thorax": {"rot": 40}}}}).poses[0]).points
    assert turned["shoulder_r"][0] < turned["shoulder_l"][0]
    bent = solve(read({"id": "t", "pose": stand | {"joints": {"neck": {"side": 30}}}}).poses[0]).points
    assert bent["head"][2] > 3


def test_bones_keep_their_length_and_feet_their_place():
    figure = load("sit_to_stand")
    for solved in figure.samples:
        assert length(sub(solved.points["hip_r"], solved.points["knee_r"])) == pytest.approx(THIGH)
        assert length(sub(solved.points["knee_r"], solved.points["ankle_r"])) == pytest.approx(SHANK)
    first, last = figure.samples[0].points, figure.samples[-1].points
    assert first["heel_l"] == pytest.approx(last["heel_l"], abs=0.1)
    assert last["hip_mid"][1] - first["hip_mid"][1] > 30


def test_an_anchor_holds_and_feet_settle_on_the_floor():
    for solved in load("bridge").samples:
        assert solved.points["sh_mid"] == pytest.approx((-46, 10.5, 0), abs=0.2)
    for solved in load("walking").samples:
        lowest = min(solved.points[f"{name}_{side}"][1] for name in ("heel", "ball", "toe") for side in "lr")
        assert 0 < lowest < 4


def test_the_camera_sees_from_the_side_and_from_the_front():
    side, front = Camera(0, 0), Camera(90, 0)
    assert side.see((10, 20, 5)) == pytest.approx((10, 20))
    assert front.see((10, 20, 5)) == pytest.approx((-5, 20))
    assert side.depth((0, 0, 5)) > side.depth((0, 0, -5))
    assert front.depth((5, 0, 0)) > front.depth((-5, 0, 0))


def test_outlines_hold_their_circles():
    ring = blob([((0.0, 0.0), 3.0), ((10.0, 0.0), 2.0)])
    assert min(x for x, _ in ring) < -2.9
    assert max(x for x, _ in ring) > 11.9
    assert len(circle((0, 0), 1)) == 8
    assert set(hull([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2)])) == {(0, 0), (4, 0), (4, 4), (0, 4)}


def test_both_sides_are_written_out_mirrored():
    said = spread({"joints": {"knee": 40, "knee_l": 10}, "ik": {"hand": {"at": [1, 2, 3], "dir": [0, 0, 1]}}})
    assert said["joints"] == {"knee_l": {"flex": 10}, "knee_r": {"flex": 40}}
    assert said["ik"]["hand_l"] == {"at": [1, 2, -3], "dir": [0, 0, -1]}


def test_a_pose_is_laid_on_what_it_starts_from():
    under = {"pose": {"joints": {"knee": 90}, "ik": {"foot": {"at": [0, 0, 9]}}}, "props": [{"type": "mat"}]}
    over = {"pose": {"joints": {"knee_r": 10}, "ik": {"foot_r": None}}, "add_props": [{"type": "ball"}]}
    merged = layered(under, over)
    assert merged["pose"]["joints"]["knee_l"] == {"flex": 90}
    assert merged["pose"]["ik"]["foot_r"] is None
    assert [prop["type"] for prop in merged["props"]] == ["mat", "ball"]
    assert set(read({"id": "x", **merged}).poses[0].feet) == {"l"}


def test_pedals_turn_once():
    figure = load("bike")
    heights = [solved.points["ball_r"][1] for solved in figure.samples]
    assert max(heights) - min(heights) == pytest.approx(30, abs=3)
    assert heights[0] == pytest.approx(heights[-1], abs=0.1)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"colour": "red"}, "unknown key colour"),
        ({"pose": {"joints": {"tail": 3}}}, "no joint “tail”"),
        ({"pose": {"joints": {"knee": {"abd": 3}}}}, "has no abd"),
        ({"pose": {"root": {"base": "flying"}}}, "base is one of"),
        ({"pose": {"ik": {"tail": {"at": [0, 0, 0]}}}}, "not “tail”"),
        ({"frames": [{"t": 0.5}, {"t": 0.2}]}, "have to grow"),
        ({"frames": [{}, {"ik": {"hand_r": {"at": [9, 90, 9]}}}]}, "pinned in all"),
        ({"rig": "tentacle"}, "there is no rig"),
        ({"pose": {"ik": {"foot_r": {}}}}, "KeyError"),
    ],
)
def test_bad_poses_say_what_is_wrong(data, complaint):
    with pytest.raises(PoseError, match=complaint):
        read({"id": "broken", **data})


def test_bad_files_say_which_one(tmp_path, monkeypatch):
    folder = tmp_path / "mobility"
    folder.mkdir()
    (folder / "torn.json").write_text('{"id": ')
    (folder / "renamed.json").write_text(json.dumps({"id": "other"}))
    (folder / "ring.json").write_text(json.dumps({"id": "ring", "start": "ring"}))
    (folder / "lost.json").write_text(json.dumps({"id": "lost", "start": "nowhere"}))
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    reading._paths.cache_clear()
    try:
        for name, complaint in (("torn", "not valid JSON"), ("renamed", "name of the file"), ("ring", "from itself")):
            with pytest.raises(PoseError, match=complaint):
                load(name)
        with pytest.raises(PoseError, match="no pose “nowhere”"):
            load("lost")
    finally:
        reading._paths.cache_clear()


def test_hands_and_feet_have_their_own_bones():
    fist = read({
        "id": "fist", "rig": "hand", "pose": {"root": {"pos": [0, 0, 0]}},
        "frames": [{}, {"detail": {"fingers": {"mcp": 85, "pip": 95, "dip": 60}}}],
    })  # fmt: skip
    open_hand, closed = fist.samples[0].points, fist.samples[-1].points
    assert open_hand["middle_tip"][0] > 17
    assert closed["middle_tip"][0] < 11
    foot = read({
        "id": "foot", "rig": "foot", "pose": {"root": {"pos": [0, 8, 0]}},
        "frames": [{}, {"detail": {"big": {"mtp": 50, "curl": 0}}}],
    })  # fmt: skip
    lifted = foot.samples[-1].points["big_tip"][1] - foot.samples[0].points["big_tip"][1]
    assert lifted > 3
    assert math.isclose(foot.samples[0].points["ankle"][1], 8)


def test_the_thumb_reaches_each_fingertip():
    for finger in ("index", "middle", "ring", "little"):
        bends = {finger: {"mcp": 60, "pip": 45, "dip": 20}, "thumb": {f"touch_{finger}": 1}}
        figure = read({"id": "touch", "rig": "hand", "pose": {"detail": bends}})
        points = figure.samples[0].points
        assert length(sub(points["thumb_tip"], points[f"{finger}_tip"])) < 2.5, finger


@pytest.mark.parametrize("path", sorted(reading.FOLDER.glob("*/*.json")), ids=lambda path: path.stem)
def test_a_pose_file_fits_the_schema(path):
    schema = json.loads((reading.FOLDER / "pose.schema.json").read_text(encoding="utf-8"))
    assert list(problems(json.loads(path.read_text(encoding="utf-8")), schema, schema)) == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"id": "x", "colour": "red"}, "/colour: is not allowed"),
        ({"id": "x", "side": "left"}, "/side: 'left' is none of"),
        ({"id": "x", "cycle": "slow"}, "/cycle: 'slow' is no number"),
        ({"name": "x"}, ": id is missing"),
        ({"id": "x", "signs": [{"type": "dot"}]}, "/signs/0: at is missing"),
    ],
)
def test_the_schema_refuses(wrong, complaint):
    schema = json.loads((reading.FOLDER / "pose.schema.json").read_text(encoding="utf-8"))
    assert any(complaint in each for each in problems(wrong, schema, schema))


def test_the_schema_names_what_the_reader_knows():
    schema = json.loads((reading.FOLDER / "pose.schema.json").read_text())
    assert set(schema["properties"]) == reading.FILE_KEYS
    assert set(schema["$defs"]["pose"]["properties"]) == reading.POSE_KEYS
    assert set(schema["$defs"]["props"]["items"]["properties"]["type"]["enum"]) == {*DRAWERS, *HELD, *VEHICLES}
    assert schema["properties"]["rig"]["enum"] == list(RIGS)
