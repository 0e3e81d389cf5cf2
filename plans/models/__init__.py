"""Everything that happens to one patient's plan."""

from plans.models.checkin import CheckIn
from plans.models.decision import Decision
from plans.models.dose import MEASURES, Dose
from plans.models.draft import DraftStep, PlanRead
from plans.models.event import JobRun, PlanEvent
from plans.models.flag import Flag
from plans.models.flag_read import AnyFlag, FlagLike, FlagRead
from plans.models.goal import Goal, GoalRating
from plans.models.message import Message, Note
from plans.models.notice import LibraryNotice
from plans.models.notification import Notification
from plans.models.pause import Pause
from plans.models.plan import Plan, PlanVersion, Prescription
from plans.models.profile import BodySite, ClinicalProfile, Screening
from plans.models.quota import BaselineTest, Measure, Quota, QuotaStep
from plans.models.reevaluation import Reevaluation
from plans.models.reminder import CalendarFeed, ReminderSettings
from plans.models.report import Report
from plans.models.saved_filter import SavedFilter
from plans.models.score import PainScore
from plans.models.session import ExerciseLog, Session, SessionConflict
from plans.models.step import SessionStep
from plans.models.template import PlanTemplate, TemplateItem, TemplateStep
from plans.models.threshold import Threshold
from plans.models.trial import RuleTrial
from plans.models.watch import PainWatch

__all__ = [
    "MEASURES",
    "AnyFlag",
    "BaselineTest",
    "BodySite",
    "CalendarFeed",
    "CheckIn",
    "ClinicalProfile",
    "Decision",
    "Dose",
    "DraftStep",
    "ExerciseLog",
    "Flag",
    "FlagLike",
    "FlagRead",
    "Goal",
    "GoalRating",
    "JobRun",
    "LibraryNotice",
    "Measure",
    "Message",
    "Note",
    "Notification",
    "PainScore",
    "PainWatch",
    "Pause",
    "Plan",
    "PlanEvent",
    "PlanRead",
    "PlanTemplate",
    "PlanVersion",
    "Prescription",
    "Quota",
    "QuotaStep",
    "Reevaluation",
    "ReminderSettings",
    "Report",
    "RuleTrial",
    "SavedFilter",
    "Screening",
    "Session",
    "SessionConflict",
    "SessionStep",
    "TemplateItem",
    "TemplateStep",
    "Threshold",
]
