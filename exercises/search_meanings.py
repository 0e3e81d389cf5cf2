"""Words that clinicians use, and the short names of regions, goals and families that they mean. Pure.

An entry only adds to what a search finds; what holds the word itself always stands before it.
"""

SMALL = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "my", "of", "on", "or", "the", "to", "with", "your"}
)
"""Words that are never looked for, unless they stand alone."""

OF_COMPLAINTS = frozenset(
    {
        *("ache", "aches", "aching", "discomfort", "exercise", "exercises", "hurt", "hurting", "hurts"),
        *("pain", "painful", "pains", "problem", "problems", "sore", "soreness", "stiff", "stiffness"),
    }
)
"""Words beside a part of the body: they need not stand in an exercise, but tell that the part itself is meant."""

SHORT_FOR: dict[str, tuple[str, ...]] = {
    "laq": ("long", "arc", "quad"),
    "pmr": ("progressive", "muscle", "relaxation"),
    "rdl": ("hip", "hinge"),
    "saq": ("short", "arc", "quad"),
    "slr": ("straight", "leg", "raise"),
    "sls": ("single", "leg", "stance"),
    "sts": ("sit", "to", "stand"),
}
"""What clinicians write short, in full."""

_BACK = ("lower-back", "upper-back")

MEANT: dict[tuple[str, ...], tuple[str, ...]] = {
    # Parts of the body.
    ("abdominal",): ("abdomen",),
    ("abs",): ("abdomen",),
    ("arm",): ("upper-arm", "forearm"),
    ("back",): _BACK,
    ("belly",): ("abdomen",),
    ("biceps",): ("upper-arm",),
    ("buttock",): ("hip",),
    ("calf",): ("lower-leg",),
    ("calves",): ("lower-leg",),
    ("cervical",): ("neck",),
    ("core",): ("abdomen", "motor-control"),
    ("feet",): ("foot",),
    ("finger",): ("hand",),
    ("glute",): ("hip",),
    ("gluteal",): ("hip",),
    ("groin",): ("hip", "thigh"),
    ("hamstring",): ("thigh",),
    ("heart",): ("heart-and-lungs",),
    ("heel",): ("foot", "ankle"),
    ("leg",): ("thigh", "lower-leg"),
    ("low", "back"): ("lower-back",),
    ("lumbar",): ("lower-back",),
    ("lumbosacral",): ("lower-back", "pelvis"),
    ("lung",): ("heart-and-lungs",),
    ("mid", "back"): ("upper-back",),
    ("middle", "back"): ("upper-back",),
    ("patella",): ("knee",),
    ("patellofemoral",): ("knee",),
    ("pelvic",): ("pelvis",),
    ("pelvic", "floor"): ("pelvis",),
    ("piriformis",): ("hip",),
    ("quad",): ("thigh",),
    ("quadriceps",): ("thigh",),
    ("rib",): ("chest",),
    ("rotator", "cuff"): ("shoulder",),
    ("sacroiliac",): ("pelvis", "lower-back"),
    ("scapula",): ("shoulder", "upper-back"),
    ("scapular",): ("shoulder", "upper-back"),
    ("shin",): ("lower-leg",),
    ("shoulder", "blade"): ("shoulder", "upper-back"),
    ("si", "joint"): ("pelvis", "lower-back"),
    ("spinal",): _BACK,
    ("spine",): _BACK,
    ("stomach",): ("abdomen",),
    ("thoracic",): ("upper-back",),
    ("thumb",): ("hand",),
    ("tmd",): ("jaw",),
    ("tmj",): ("jaw",),
    ("toe",): ("foot",),
    ("triceps",): ("upper-arm",),
    ("trunk",): ("abdomen", *_BACK),
    ("tummy",): ("abdomen",),
    # What it is for, and how it is done.
    ("activities", "daily"): ("everyday-function",),
    ("adl",): ("everyday-function",),
    ("aqua",): ("water",),
    ("aquatic",): ("water",),
    ("bicycle",): ("cycling",),
    ("bike",): ("cycling",),
    ("breath",): ("breathing",),
    ("cardio",): ("aerobic", "heart-and-lungs"),
    ("chi", "kung"): ("tai-chi-qigong",),
    ("coordination",): ("motor-control",),
    ("daily", "living"): ("everyday-function",),
    ("deep", "breath"): ("breathing",),
    ("endurance",): ("aerobic",),
    ("fitness",): ("aerobic",),
    ("flexibility",): ("mobility",),
    ("flossing",): ("nerve",),
    ("functional",): ("everyday-function",),
    ("hydrotherapy",): ("water",),
    ("meditation",): ("relaxation", "mind-body"),
    ("mindfulness",): ("relaxation", "mind-body", "breathing"),
    ("neural",): ("nerve",),
    ("neurodynamic",): ("nerve",),
    ("pool",): ("water",),
    ("proprioception",): ("balance",),
    ("qi", "gong"): ("tai-chi-qigong",),
    ("respiratory",): ("breathing",),
    ("sciatic",): ("nerve",),
    ("sciatica",): ("nerve",),
    ("stability",): ("balance", "motor-control"),
    ("stretch",): ("mobility",),
    ("strengthening",): ("strength",),
    ("swim",): ("water",),
    ("taiji",): ("tai-chi-qigong",),
    ("vestibular",): ("balance",),
}
