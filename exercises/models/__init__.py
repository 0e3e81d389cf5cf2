"""The library: what can be prescribed."""

from exercises.models.curation import CurationEvent, ImportBatch, LibraryChange, Merge, NotDuplicate, Proposal
from exercises.models.exercise import Exercise, ExerciseLink
from exercises.models.figure import FigurePose, FigureReview
from exercises.models.media import Media
from exercises.models.version import Caution, ExerciseVersion
from exercises.models.vocabulary import BodyRegion, Condition, Equipment

__all__ = [
    "BodyRegion",
    "Caution",
    "Condition",
    "CurationEvent",
    "Equipment",
    "Exercise",
    "ExerciseLink",
    "ExerciseVersion",
    "FigurePose",
    "FigureReview",
    "ImportBatch",
    "LibraryChange",
    "Media",
    "Merge",
    "NotDuplicate",
    "Proposal",
]
