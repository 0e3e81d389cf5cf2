"""Who is this, and whom may they see? Nothing clinical lives here."""

from accounts.models.absence import Absence
from accounts.models.access import AccessLog, ListLook
from accounts.models.audit import AuditBlock, AuditLink, AuditPurge, AuditSalt
from accounts.models.base import Row, new_id
from accounts.models.break_glass import BreakGlass
from accounts.models.clinic import Clinic, Holiday
from accounts.models.erasure import Erasure, LegalHold
from accounts.models.event import ClinicEvent
from accounts.models.history import History, keeps_history
from accounts.models.invitation import Invitation
from accounts.models.membership import Membership, Role
from accounts.models.patient import CareAssignment, Patient, Withdrawal
from accounts.models.sign_in import SignIn
from accounts.models.transfer import Transfer
from accounts.models.user import User

__all__ = [
    "Absence",
    "AccessLog",
    "AuditBlock",
    "AuditLink",
    "AuditPurge",
    "AuditSalt",
    "BreakGlass",
    "CareAssignment",
    "Clinic",
    "ClinicEvent",
    "Erasure",
    "History",
    "Holiday",
    "Invitation",
    "LegalHold",
    "ListLook",
    "Membership",
    "Patient",
    "Role",
    "Row",
    "SignIn",
    "Transfer",
    "User",
    "Withdrawal",
    "keeps_history",
    "new_id",
]
