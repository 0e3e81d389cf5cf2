"""The library: what can be prescribed."""

from exercises.models.exercise import Exercise, ExerciseLink
from exercises.models.version import Caution, ExerciseVersion
from exercises.models.vocabulary import BodyRegion, Condition, Equipment

__all__ = [
    "BodyRegion",
    "Caution",
    "Condition",
    "Equipment",
    "Exercise",
    "ExerciseLink",
    "ExerciseVersion",
]
