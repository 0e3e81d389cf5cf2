"""The sentences of movement_words.py: English message ids. gettext_noop only marks them for translation."""


def gettext_noop(message: str) -> str:
    return message


STANDING_UP = gettext_noop("Standing up.")
# (joint.angle, sign of the change) -> sentences for both sides, for the right and for the left.
PAIRED: dict[tuple[str, int], tuple[str, str, str]] = {
    ("hip.flex", 1): (
        gettext_noop("Both thighs come closer to the belly."),
        gettext_noop("The right thigh comes closer to the belly."),
        gettext_noop("The left thigh comes closer to the belly."),
    ),
    ("hip.flex", -1): (
        gettext_noop("Both hips straighten."),
        gettext_noop("The right leg goes backwards."),
        gettext_noop("The left leg goes backwards."),
    ),
    ("hip.abd", 1): (
        gettext_noop("Both legs go out to the side."),
        gettext_noop("The right leg goes out to the side."),
        gettext_noop("The left leg goes out to the side."),
    ),
    ("hip.abd", -1): (
        gettext_noop("Both legs come in to the middle."),
        gettext_noop("The right leg comes in to the middle."),
        gettext_noop("The left leg comes in to the middle."),
    ),
    ("hip.rot", 1): (
        gettext_noop("Both legs turn outwards."),
        gettext_noop("The right leg turns outwards."),
        gettext_noop("The left leg turns outwards."),
    ),
    ("hip.rot", -1): (
        gettext_noop("Both legs turn inwards."),
        gettext_noop("The right leg turns inwards."),
        gettext_noop("The left leg turns inwards."),
    ),
    ("knee.up", 1): (
        gettext_noop("Both knees lift."),
        gettext_noop("The right knee lifts."),
        gettext_noop("The left knee lifts."),
    ),
    ("leg.forward", 1): (
        gettext_noop("Both legs go forwards."),
        gettext_noop("The right leg goes forwards."),
        gettext_noop("The left leg goes forwards."),
    ),
    ("knee.flex", 1): (
        gettext_noop("Both knees bend."),
        gettext_noop("The right knee bends."),
        gettext_noop("The left knee bends."),
    ),
    ("knee.flex", -1): (
        gettext_noop("Both knees straighten."),
        gettext_noop("The right knee straightens."),
        gettext_noop("The left knee straightens."),
    ),
    ("ankle.flex", 1): (
        gettext_noop("Both feet bend up."),
        gettext_noop("The right foot bends up."),
        gettext_noop("The left foot bends up."),
    ),
    ("ankle.flex", -1): (
        gettext_noop("Both feet point down."),
        gettext_noop("The right foot points down."),
        gettext_noop("The left foot points down."),
    ),
    ("toes.flex", 1): (
        gettext_noop("Both heels lift."),
        gettext_noop("The right heel lifts."),
        gettext_noop("The left heel lifts."),
    ),
    ("toes.flex", -1): (
        gettext_noop("Both heels go down."),
        gettext_noop("The right heel goes down."),
        gettext_noop("The left heel goes down."),
    ),
    ("elbow.flex", 1): (
        gettext_noop("Both elbows bend."),
        gettext_noop("The right elbow bends."),
        gettext_noop("The left elbow bends."),
    ),
    ("elbow.flex", -1): (
        gettext_noop("Both elbows straighten."),
        gettext_noop("The right elbow straightens."),
        gettext_noop("The left elbow straightens."),
    ),
    ("arm.up", 1): (
        gettext_noop("Both arms lift."),
        gettext_noop("The right arm lifts."),
        gettext_noop("The left arm lifts."),
    ),
    ("arm.up", -1): (
        gettext_noop("Both arms go down."),
        gettext_noop("The right arm goes down."),
        gettext_noop("The left arm goes down."),
    ),
    ("arm.out", 1): (
        gettext_noop("Both arms open to the side."),
        gettext_noop("The right arm opens to the side."),
        gettext_noop("The left arm opens to the side."),
    ),
    ("arm.out", -1): (
        gettext_noop("Both arms come to the middle."),
        gettext_noop("The right arm comes to the middle."),
        gettext_noop("The left arm comes to the middle."),
    ),
    ("wrist.flex", 1): (
        gettext_noop("Both wrists bend."),
        gettext_noop("The right wrist bends."),
        gettext_noop("The left wrist bends."),
    ),
    ("wrist.flex", -1): (
        gettext_noop("Both wrists bend back."),
        gettext_noop("The right wrist bends back."),
        gettext_noop("The left wrist bends back."),
    ),
    ("wrist.rot", 1): (
        gettext_noop("Both palms turn up."),
        gettext_noop("The right palm turns up."),
        gettext_noop("The left palm turns up."),
    ),
    ("wrist.rot", -1): (
        gettext_noop("Both palms turn down."),
        gettext_noop("The right palm turns down."),
        gettext_noop("The left palm turns down."),
    ),
    ("fingers.flex", 1): (
        gettext_noop("Both hands close."),
        gettext_noop("The right hand closes."),
        gettext_noop("The left hand closes."),
    ),
    ("fingers.flex", -1): (
        gettext_noop("Both hands open."),
        gettext_noop("The right hand opens."),
        gettext_noop("The left hand opens."),
    ),
}
MIDDLE: dict[tuple[str, int], str] = {
    ("body.up", 1): gettext_noop("The body comes up."),
    ("body.up", -1): gettext_noop("The body goes down."),
    ("body.forward", 1): gettext_noop("The body shifts forwards."),
    ("body.forward", -1): gettext_noop("The body shifts backwards."),
    ("body.right", 1): gettext_noop("The weight shifts to the right."),
    ("body.right", -1): gettext_noop("The weight shifts to the left."),
    ("root.lean", 1): gettext_noop("The trunk leans forwards."),
    ("root.lean", -1): gettext_noop("The trunk comes back up."),
    ("root.turn", 1): gettext_noop("The pelvis rolls to the right."),
    ("root.turn", -1): gettext_noop("The pelvis rolls to the left."),
    ("back.flex", 1): gettext_noop("The back rounds."),
    ("back.flex", -1): gettext_noop("The back arches."),
    ("back.side", 1): gettext_noop("The trunk bends to the right."),
    ("back.side", -1): gettext_noop("The trunk bends to the left."),
    ("back.rot", 1): gettext_noop("The trunk turns to the right."),
    ("back.rot", -1): gettext_noop("The trunk turns to the left."),
    ("head.flex", 1): gettext_noop("The chin comes towards the chest."),
    ("head.flex", -1): gettext_noop("The head looks up."),
    ("head.back", 1): gettext_noop("The head glides straight back, the chin tucked in."),
    ("head.side", 1): gettext_noop("The head bends to the right."),
    ("head.side", -1): gettext_noop("The head bends to the left."),
    ("head.rot", 1): gettext_noop("The head turns to the right."),
    ("head.rot", -1): gettext_noop("The head turns to the left."),
    ("scap.elev", 1): gettext_noop("The shoulders lift."),
    ("scap.elev", -1): gettext_noop("The shoulders drop."),
    ("scap.prot", 1): gettext_noop("The shoulders come forwards."),
    ("scap.prot", -1): gettext_noop("The shoulder blades draw together."),
    ("hips.up", 1): gettext_noop("The hips lift."),
    ("belly", 1): gettext_noop("The belly rises."),
    ("belly", -1): gettext_noop("The belly draws in."),
    ("chest", 1): gettext_noop("The ribs widen."),
    ("chest", -1): gettext_noop("The ribs narrow."),
    ("jaw.open", 1): gettext_noop("The mouth opens."),
    ("jaw.open", -1): gettext_noop("The mouth closes."),
    ("jaw.side", 1): gettext_noop("The jaw glides to the right."),
    ("jaw.side", -1): gettext_noop("The jaw glides to the left."),
    ("jaw.forward", 1): gettext_noop("The jaw glides forwards."),
    ("jaw.forward", -1): gettext_noop("The jaw glides back."),
}
