"""Joan Whitfield, the demo's patient: twelve weeks, usual pain about 4.3, about 6.4 in the last ten days.

Day 0 is her first day with the clinic, day 80 is today.
"""

from plans.demo.people import Complaint, Person

TODAY = 80

PERSON = Person(
    "Joan Whitfield",
    61,
    Complaint(
        ("Low back", "Right knee"),
        ("chronic-low-back-pain", "knee-osteoarthritis"),
        "joan",
        "Stairs at her daughter's by Christmas.",
    ),
    "stepping",
    4.3,
)
KNEE_USUAL = 3.1
# What she says after a session and the next morning stays below the limits of the rules about single scores.
AFTER_HIGHEST, KNEE_AFTER_HIGHEST, MORNING_HIGHEST = 6, 5, 8

# What a day comes to, by day number: a half is the mean of two entries. Other days have no log.
VALUES = {
    0: 2.5, 1: 3, 3: 3.5, 4: 6, 5: 4.5, 6: 4.5, 8: 5.5, 11: 4.5, 12: 4.5, 13: 3.5, 14: 2.5, 15: 4, 16: 5, 17: 5.5,
    18: 6, 20: 4, 21: 3, 22: 3, 23: 4.5, 24: 6, 25: 4, 26: 4.5, 27: 5, 28: 6, 29: 3, 32: 4, 33: 5, 36: 6, 37: 2.5,
    39: 3, 40: 4.5, 41: 5, 43: 2.5, 44: 3.5, 45: 2.5, 46: 2.5, 48: 5, 49: 3, 51: 4, 52: 5.5, 53: 2.5, 54: 3.5, 56: 2,
    57: 4.5, 58: 6.5, 59: 3.5, 60: 3.5, 61: 3, 64: 4.5, 65: 4.5, 66: 2.5, 67: 3.5, 68: 2.5, 70: 8, 73: 6, 74: 5,
    75: 6.5, 76: 5.5, 77: 8, 78: 6.5, 80: 5.5,
}  # fmt: skip

DONE = {
    0, 2, 5, 7, 9, 14, 16, 21, 23, 26, 28, 33, 35, 37, 40, 42, 44, 49, 51, 54, 56, 58, 59, 61, 63, 65, 66, 68, 72, 77,
    79,
}  # fmt: skip
PARTLY = {19, 70}

WORSE_FROM = 70
HARDEST = "sit-to-stand"
NOTES = {70: "Stopped sit to stand, it hurt too much.", 77: "Bad night, back seized up getting out of the car."}

# The days of her sessions, counted from today: three a week, then four.
SESSION_DAYS = ((-3, -1, 2), (-3, -1, 2), (-3, -1, 0, 2))

REVIEWS = (
    (14, "continue", "Settling in well. Keep the plan as it is."),
    (28, "change", "Ready for more: sit to stand added, for stairs."),
    (56, "progress", "Two holds feel easy. Agreed goal: stairs at her daughter's by Christmas."),
)
DUE_IN_DAYS = 4

WHAT_HELPS = "Warmth, short walks, slow breathing before bed."
FLARE_PLAN = "Halve the number of times. Keep the walk and the breathing. Warm pack on the back. Write to the clinic."
