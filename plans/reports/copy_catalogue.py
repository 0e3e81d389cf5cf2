"""What a patient's own copy holds: every table that reaches a patient, or the reason why it is not in the copy.

A test walks the models: a new table or column that reaches a patient fails it until it is named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Table:
    """`path` leads from a row to its patient. `without` names the columns that stay out, with the reason; `also` adds
    columns of rows beside it, by the name in the copy. `rows` keeps to some of the rows; `why` says which and why.
    """

    path: str = "patient"
    without: Mapping[str, object] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    rows: Q = field(default_factory=Q)
    why: object = ""

    def of(self, patient: UUID) -> Q:
        """Which rows are this patient's; a path that ends with `__contains` leads into a list of ids."""
        return self.rows & Q(**{self.path: [patient] if self.path.endswith("__contains") else patient})


TEAM = _("The team’s working notes. Your clinic gives them to you when you ask for your whole record.")
KEY = _("A key that opens something. It is kept as a fingerprint only, and belongs in no copy.")
MACHINE = _("A mark that the program needs and that says nothing about you.")
SEARCH = _("Your name once more, in the form that the search reads.")
OTHERS = _("Who else stood in the same list. That is theirs.")
TAKEN_TWICE = _("The fingerprint of an answer, so that nothing is stored twice.")
# What the team does with a flag; that it was seen and when stays in the copy.
TEAMS_OWN = (
    "note",
    "action_taken",
    "useful",
    "assigned_to",
    "snoozed_until",
    "snoozed_at",
    "snoozed_by",
    "escalated_at",
)

TABLES: dict[str, Table] = {
    "accounts.Patient": Table(path="pk", without={"name_key": SEARCH}, also={"clinic_name": "clinic__name"}),
    "accounts.CareAssignment": Table(),
    "accounts.AccessLog": Table(),
    "accounts.ListLook": Table(path="patients__contains", without={"patients": OTHERS}),
    "accounts.Withdrawal": Table(),
    "accounts.Transfer": Table(),
    "accounts.BreakGlass": Table(),
    "accounts.LegalHold": Table(without={"reason": TEAM}),
    "accounts.Erasure": Table(),
    "accounts.AuditPurge": Table(path="erasure__patient"),
    "accounts.Invitation": Table(without={"token_hash": KEY}),
    "plans.ClinicalProfile": Table(),
    "plans.BodySite": Table(),
    "plans.Screening": Table(),
    "plans.BaselineTest": Table(also={"exercise_slug": "exercise__slug"}),
    "plans.Goal": Table(),
    "plans.GoalRating": Table(path="goal__patient"),
    "plans.Plan": Table(),
    "plans.PlanVersion": Table(
        path="plan__patient",
        without={"lock": MACHINE},
        rows=~Q(state="draft"),
        why=_("Drafts that your clinic is still working on are not in it."),
    ),
    "plans.Prescription": Table(
        path="version__plan__patient",
        also={"exercise_name": "exercise_version__name"},
        rows=~Q(version__state="draft"),
        why=_("Drafts that your clinic is still working on are not in it."),
    ),
    "plans.PlanRead": Table(path="version__plan__patient"),
    "plans.Quota": Table(path="prescription__version__plan__patient", rows=~Q(prescription__version__state="draft")),
    "plans.QuotaStep": Table(
        path="quota__prescription__version__plan__patient",
        without={"why": TEAM},
        rows=~Q(quota__prescription__version__state="draft"),
    ),
    "plans.Pause": Table(path="plan__patient", without={"reason": TEAM, "end_note": TEAM}),
    "plans.Reevaluation": Table(path="plan__patient", without={"note": TEAM}),
    "plans.Session": Table(without={"fingerprint": TAKEN_TWICE}),
    "plans.SessionConflict": Table(path="session__patient", without={"fingerprint": TAKEN_TWICE}),
    "plans.SessionStep": Table(path="session__patient"),
    "plans.ExerciseLog": Table(path="session__patient", also={"exercise_name": "prescription__exercise_version__name"}),
    "plans.PainScore": Table(also={"site_name": "site__name"}),
    "plans.CheckIn": Table(),
    "plans.Report": Table(),
    "plans.Flag": Table(
        without=dict.fromkeys(TEAMS_OWN, TEAM),
    ),
    "plans.Decision": Table(),
    "plans.Threshold": Table(without={"reason": TEAM, "clinic": _("Rules of the whole clinic are not about you.")}),
    "plans.Message": Table(),
    "plans.Note": Table(
        rows=Q(is_shared=True, withdrawn_at=None),
        why=_("Notes that the team wrote for itself are not in it. Your clinic gives them to you when you ask."),
    ),
    "plans.Notification": Table(
        without={"key": MACHINE, "about": MACHINE, "message_id": MACHINE, "last_error": MACHINE, "attempts": MACHINE},
        rows=Q(recipient=F("patient__user")),
        why=_("Mail to your clinicians is not in it."),
    ),
    "plans.ReminderSettings": Table(without={"stop_hash": KEY}),
    "plans.CalendarFeed": Table(without={"token_hash": KEY}),
    "plans.PlanEvent": Table(without={"detail": TEAM}),
}
"""Tables by "app.Model", in the order of the copy. Foreign keys to people become names, others stay ids."""

LEFT_OUT: dict[str, object] = {
    "accounts.AuditSalt": _("Random letters of the seal that shows that nobody has changed the history."),
    "plans.DraftStep": _("Steps back in a draft that your clinic is still working on."),
    "plans.LibraryNotice": _("News for your clinic about exercises of the library."),
    "plans.PainWatch": _("What the rules keep in mind between two looks. It is worked out from your numbers."),
}
"""Tables that reach a patient and are not in the copy, with the reason."""

ACCOUNT_WITHOUT: dict[str, object] = {
    "password": KEY,
    "is_active": MACHINE,
    "is_staff": MACHINE,
    "is_superuser": MACHINE,
    "groups": MACHINE,
    "user_permissions": MACHINE,
    "curates_shared_library": MACHINE,
    "digest_at": _("For clinicians only."),
    "quiet_from": _("For clinicians only."),
    "quiet_until": _("For clinicians only."),
}
"""Columns of the login that are not in the copy, with the reason."""
