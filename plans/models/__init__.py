"""Everything that happens to one patient's plan."""

from plans.models.decision import Decision
from plans.models.dose import MEASURES, Dose
from plans.models.event import JobRun, PlanEvent
from plans.models.flag import Flag
from plans.models.notice import LibraryNotice
from plans.models.plan import Plan, PlanVersion, Prescription
from plans.models.profile import BodySite, ClinicalProfile, Screening
from plans.models.reevaluation import Reevaluation
from plans.models.score import PainScore
from plans.models.session import ExerciseLog, Session, SessionConflict
from plans.models.watch import PainWatch

__all__ = [
    "MEASURES",
    "BodySite",
    "ClinicalProfile",
    "Decision",
    "Dose",
    "ExerciseLog",
    "Flag",
    "JobRun",
    "LibraryNotice",
    "PainScore",
    "PainWatch",
    "Plan",
    "PlanEvent",
    "PlanVersion",
    "Prescription",
    "Reevaluation",
    "Screening",
    "Session",
    "SessionConflict",
]
