"""What is asked of the rows about a patient whom the rules judge; plans/actions/facts.py makes values of it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import FloatField, QuerySet
from django.db.models.functions import Cast

from accounts.compiled import ask, compiled
from accounts.models import Patient
from plans.models import (
    BodySite,
    CheckIn,
    Decision,
    ExerciseLog,
    PainScore,
    Plan,
    PlanVersion,
    Reevaluation,
    Report,
    Session,
)

# One look at which tables hold anything: most patients have no row in most of them, and each reading saved is a tenth
# of an evaluation.
HELD = """
    SELECT (SELECT usual_pain_at_intake FROM plans_clinicalprofile WHERE patient_id = one.patient),
           EXISTS (SELECT 1 FROM plans_decision WHERE patient_id = one.patient),
           EXISTS (SELECT 1 FROM plans_session WHERE patient_id = one.patient),
           EXISTS (SELECT 1 FROM plans_checkin WHERE patient_id = one.patient),
           EXISTS (SELECT 1 FROM plans_report WHERE patient_id = one.patient),
           EXISTS (SELECT 1 FROM plans_plan WHERE patient_id = one.patient),
           EXISTS (SELECT 1 FROM plans_reevaluation r JOIN plans_plan p ON p.id = r.plan_id
                   WHERE p.patient_id = one.patient AND r.state = 'done'),
           EXISTS (SELECT 1 FROM plans_threshold WHERE patient_id = one.patient OR clinic_id = one.clinic)
    FROM (SELECT %s::uuid AS patient, %s::uuid AS clinic) one
"""
OVER = (Session.State.DONE, Session.State.LEFT)
ASKED_OF_SCORES = (
    "site", "local_date", "moment", Cast("value", FloatField()),
    "session", "session__local_date", "session__started_at",
)  # fmt: skip

Rows = QuerySet[Any, tuple[Any, ...]]


@compiled
def sites_of(*, patient: UUID) -> Rows:
    return BodySite.objects.filter(patient=patient).values_list("pk")


@compiled
def scores_of(*, patient: UUID) -> Rows:
    return PainScore.objects.current().filter(patient=patient).order_by().values_list(*ASKED_OF_SCORES)


@compiled
def scores_of_site(*, site: UUID) -> Rows:
    return PainScore.objects.current().filter(site=site).order_by().values_list(*ASKED_OF_SCORES)


@compiled
def decisions_of(*, patient: UUID) -> QuerySet[Decision, Decision]:
    return Decision.objects.filter(patient=patient)


@compiled
def sessions_of(*, patient: UUID) -> Rows:
    over = Session.objects.filter(patient=patient, state__in=OVER)
    return over.values_list("pk", "local_date", "started_at")


@compiled
def checkins_of(*, patient: UUID) -> Rows:
    told = CheckIn.objects.current().filter(patient=patient, kind__in=[CheckIn.Kind.PEG, CheckIn.Kind.PHQ4])
    return told.values_list("kind", "items", "local_date", "answered_at")


@compiled
def reports_of(*, patient: UUID) -> QuerySet[Report, Report]:
    return Report.objects.filter(patient=patient)


@compiled
def reevaluated_at(*, patient: UUID) -> Rows:
    done = Reevaluation.objects.filter(plan__patient=patient, state=Reevaluation.State.DONE, done_at__isnull=False)
    return done.values_list("done_at")


@compiled
def amounts_of(*, patient: UUID) -> Rows:
    logs = ExerciseLog.objects.filter(session__patient=patient, session__state__in=OVER)
    return logs.exclude(sets_done=None, repetitions_done=None, duration_minutes_done=None).values_list(
        "session", "prescription", "prescription__exercise_version__name",
        "sets_done", "repetitions_done", "duration_minutes_done",
    )  # fmt: skip


@compiled
def doses_of(*, sessions: Sequence[UUID]) -> Rows:
    return Session.objects.filter(pk__in=sessions).order_by().values_list("pk", "doses")


@compiled
def versions_of(*, patient: UUID) -> Rows:
    """A row for each exercise, or one where there is none."""
    activated = PlanVersion.objects.filter(plan__patient=patient, activated_at__isnull=False)
    ordered = activated.exclude(state=PlanVersion.State.DRAFT).order_by("activated_at", "plan", "number")
    return ordered.values_list("pk", "plan", "activated_at", "prescriptions__weekdays", "prescriptions__times_a_week")


@compiled
def plans_of(*, patient: UUID) -> Rows:
    """A row for each pause, or one where there is none."""
    begun = Plan.objects.filter(patient=patient).exclude(status=Plan.Status.DRAFT)
    ordered = begun.order_by("-created_at", "pk", "pauses__paused_at")
    return ordered.values_list("pk", "status", "pauses", "pauses__from_on", "pauses__until_on")


class Held(NamedTuple):
    """The usual pain at intake, and whether there is any row of a kind about a patient, in the order of HELD."""

    intake: Decimal | None
    decisions: bool
    sessions: bool
    checkins: bool
    reports: bool
    plans: bool
    reevaluations: bool
    thresholds: bool


def held_of(patient: Patient) -> Held:
    return Held(*ask(HELD, [patient.pk, patient.clinic_id])[0])
