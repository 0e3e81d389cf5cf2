"""A flag: something about a patient's pain that a clinician has to look at. The row is the inbox item."""

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from accounts.models.base import Row, no_removal, pair
from accounts.models.history import keeps_history
from plans.models.profile import BodySite
from plans.models.rows import ClinicalQuerySet, same_patient


def _rank() -> models.Case:
    return models.Case(models.When(severity="urgent", then=0), models.When(severity="important", then=1), default=2)


# Whoever writes the flag: sleep ends when something new was found since. A rise of silence is its next severity; the
# days that go on being silent are nothing new.
WAKES = """
    IF OLD.snoozed_at IS NOT NULL AND NEW.snoozed_at IS NOT DISTINCT FROM OLD.snoozed_at AND (
        NEW.state <> 'acknowledged' OR NEW.acknowledged_at IS NULL OR NEW.severity = 'urgent'
        OR OLD.severity = 'watch' AND NEW.severity = 'important'
        OR NEW.rule <> 'R5' AND NEW.last_alert_on > OLD.last_alert_on
    ) THEN
        NEW.snoozed_until := NULL;
        NEW.snoozed_at := NULL;
        NEW.snoozed_by_id := NULL;
    END IF;
    RETURN NEW;
"""


class FlagQuerySet(ClinicalQuerySet["Flag"]):
    def open(self) -> "FlagQuerySet":
        """Open or acknowledged: somebody still has to do something."""
        return self.filter(state__in=[Flag.State.OPEN, Flag.State.ACKNOWLEDGED])

    def gravest_first(self) -> "FlagQuerySet":
        """Urgent, important, watch; in each the oldest first."""
        return self.order_by(_rank(), "raised_at", "id")

    def gravest_of_each_patient(self) -> "FlagQuerySet":
        """One flag per patient: the gravest, and of those the oldest. Order it again in an outer query."""
        return self.order_by("patient_id", _rank(), "raised_at", "id").distinct("patient_id")


@keeps_history(quiet=["evidence", "last_alert_on"])
class Flag(Row):
    """What a rule found, with the numbers. The sentence is made from `evidence` in the reader's language.

    `first_alert_on` .. `last_alert_on` are local dates of the episode; `since_on` is when the rise began.
    """

    class Rule(models.TextChoices):
        R0 = "R0", _("Red flag")
        R1 = "R1", _("Session ceiling")
        R2 = "R2", _("Next morning")
        R3 = "R3", _("Sustained increase")
        R4 = "R4", _("Severe pain")
        R5 = "R5", _("Silence")
        R6 = "R6", _("Over-doing")
        R7 = "R7", _("Function")
        R8 = "R8", _("Mood")
        R9 = "R9", _("Flare")

    class Severity(models.TextChoices):
        WATCH = "watch", _("Watch")
        IMPORTANT = "important", _("Important")
        URGENT = "urgent", _("Urgent")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CLOSED = "closed", _("Closed by itself")

    class Action(models.TextChoices):
        TALKED = "talked", _("Talked with the patient")
        CHANGED = "changed", _("Changed the plan")
        REFERRED = "referred", _("Referred")
        WATCHING = "watching", _("Watching, no change")
        NEW_USUAL = "new usual", _("Accepted as the new usual")
        OTHER = "other", _("Something else")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="flags")
    site = models.ForeignKey(BodySite, on_delete=models.PROTECT, null=True, blank=True, related_name="flags")
    rule = models.CharField(_("rule"), max_length=2, choices=Rule.choices)
    rule_version = models.PositiveSmallIntegerField(_("version of the rule"))
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    since_on = models.DateField(_("since"))
    first_alert_on = models.DateField(_("first alert"))
    last_alert_on = models.DateField(_("last alert"))
    evidence = models.JSONField(_("evidence"), default=dict)
    raised_at = models.DateTimeField(_("raised"))
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    snoozed_until = models.DateField(_("asleep until"), null=True, blank=True)
    snoozed_at = models.DateTimeField(_("put to sleep"), null=True, blank=True)
    snoozed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    escalated_at = models.DateTimeField(_("told the lead"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action_taken = models.CharField(_("what was done"), max_length=10, choices=Action.choices, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    useful = models.BooleanField(_("was this flag useful?"), null=True, blank=True)
    ended_at = models.DateTimeField(_("closed or withdrawn"), null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["patient", "severity", "raised_at"],
                condition=Q(state__in=["open", "acknowledged"]),
                name="flag_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "rule", "site"],
                condition=Q(state__in=["open", "acknowledged"]),
                name="flag_one_open_per_rule_and_site",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(last_alert_on__gte=F("first_alert_on")), name="flag_dates_in_order"),
            models.CheckConstraint(condition=Q(since_on__lte=F("first_alert_on")), name="flag_since_before_alert"),
            pair("flag_acknowledged_at_and_by", "acknowledged_at", "acknowledged_by"),
            pair("flag_snoozed_at_and_by", "snoozed_at", "snoozed_by"),
            # An urgent flag never sleeps.
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True)
                | Q(snoozed_at__isnull=False, acknowledged_at__isnull=False) & ~Q(severity="urgent"),
                name="flag_asleep_was_seen_and_is_not_urgent",
            ),
            pair("flag_resolved_at_and_by", "resolved_at", "resolved_by"),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False) & ~Q(action_taken="")
                | ~Q(state="resolved") & Q(resolved_at__isnull=True),
                name="flag_resolved_says_what_was_done",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
                name="flag_acknowledged_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "withdrawn"], ended_at__isnull=False)
                | ~Q(state__in=["closed", "withdrawn"]) & Q(ended_at__isnull=True),
                name="flag_ended_has_a_date",
            ),
            # Silence never closes an unseen flag.
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(acknowledged_at__isnull=False), name="flag_closed_was_seen"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["watch", "important", "urgent"]), name="flag_severity_known"
            ),
        ]
        triggers = [
            *no_removal(),
            pgtrigger.Trigger(name="wakes", when=pgtrigger.Before, operation=pgtrigger.Update, func=WAKES),
            same_patient(
                "flag_on_own_site",
                "site_id",
                "SELECT s.patient_id FROM plans_bodysite s WHERE s.id = NEW.site_id",
                "the body site belongs to another patient",
            ),
            pgtrigger.Trigger(
                name="no_overlap",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=~pgtrigger.Q(new__state="withdrawn"),
                func="""
                    PERFORM 1 FROM plans_painwatch w WHERE w.patient_id = NEW.patient_id FOR UPDATE;
                    IF EXISTS (SELECT 1 FROM plans_flag f
                               WHERE f.patient_id = NEW.patient_id AND f.rule = NEW.rule
                               AND f.site_id IS NOT DISTINCT FROM NEW.site_id
                               AND f.id <> NEW.id AND f.state <> 'withdrawn'
                               -- A red flag that comes after another was resolved may share its day.
                               AND NOT (NEW.rule = 'R0' AND (f.state = 'resolved' OR NEW.state = 'resolved'))
                               AND f.first_alert_on <= NEW.last_alert_on AND f.last_alert_on >= NEW.first_alert_on) THEN
                        RAISE EXCEPTION 'two flags of one patient, rule and site cannot overlap'
                            USING ERRCODE = '23P01', CONSTRAINT = 'flag_no_overlap';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.first_alert_on}"

    @property
    def is_open(self) -> bool:
        return self.state in (Flag.State.OPEN, Flag.State.ACKNOWLEDGED)

    def is_asleep(self, today: date) -> bool:
        """Put to sleep until a later date of the clinic. On that date it wakes by itself."""
        return sleeps(self.state, self.snoozed_until, today)


def sleeps(state: str, until: date | None, today: date) -> bool:
    """Whether a flag in this state, put to sleep until a day or not, is asleep."""
    return state in (Flag.State.OPEN, Flag.State.ACKNOWLEDGED) and until is not None and until > today
