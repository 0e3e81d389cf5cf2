"""Sizes of the body in cm at a stature of 170: segment lengths after Drillis and Contini (as given by Winter,
Biomechanics and Motor Control of Human Movement), girths drawn by eye, and segment masses after Winter.
"""

PELVIS = 10.0
LUMBAR = 14.0
THORAX = 26.0
NECK = 8.5
HEAD_CENTRE = 8.5
HIP_HALF_WIDTH = 8.6
SHOULDER_HALF_WIDTH = 16.8
SHOULDER_DROP = 4.0
UPPER_ARM = 30.5
FOREARM = 25.0
HAND = 16.0
THIGH = 41.5
SHANK = 41.5
ANKLE_HEIGHT = 6.6
HEEL = 4.6
BALL = 12.5
TOE = 18.5

# Resting forward slope of the neck; the head turns back by four fifths of it.
NECK_REST_DEGREES = 18.0

# Shares of the body's mass.
HEAD_MASS = 0.081
TRUNK_MASS = 0.497
UPPER_ARM_MASS = 0.028
FOREARM_MASS = 0.016
HAND_MASS = 0.006
THIGH_MASS = 0.100
SHANK_MASS = 0.0465
FOOT_MASS = 0.0145

# Limb outlines: place along the bone (0 near the trunk), radius, shift to the front.
Station = tuple[float, float, float]
THIGH_OUTLINE: tuple[Station, ...] = ((0, 8.7, -0.3), (0.28, 8.3, 0.5), (0.65, 6.7, 0.8), (1, 5.3, 0.3))
SHANK_OUTLINE: tuple[Station, ...] = ((0, 5.2, 0.2), (0.27, 5.9, -1.5), (0.62, 4.3, -0.9), (1, 3.5, 0))
UPPER_ARM_OUTLINE: tuple[Station, ...] = ((0, 5.0, 0), (0.35, 4.5, 0.2), (0.7, 3.9, 0.3), (1, 3.5, 0))
FOREARM_OUTLINE: tuple[Station, ...] = ((0, 3.5, 0), (0.3, 3.8, 0.2), (0.7, 3.0, 0), (1, 2.5, 0))

# From the middle of a joint to the skin that can touch something.
SKIN: dict[str, float] = {
    "head": 9.0,
    "hip_mid": 8.5,
    "L3": 8.5,
    "T6": 9.5,
    **{
        f"{name}_{side}": radius
        for name, radius in {
            "knee": 5.0,
            "ankle": 3.4,
            "heel": 3.0,
            "ball": 2.3,
            "toe": 1.8,
            "elbow": 3.2,
            "wrist": 2.2,
            "fingers": 1.6,
        }.items()
        for side in "lr"
    },
}
