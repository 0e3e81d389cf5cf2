"""What reminders have to know of patients: their wish, and their local day so far. Reads only, many at a time."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import Patient
from plans.models import PainScore, Plan, Prescription, ReminderSettings, Session
from plans.reminding import DaySoFar, Wish, due
from plans.schedule import Planned, is_session_day, local_date, week_of


def wanted() -> QuerySet[ReminderSettings]:
    """The settings of everybody who may be reminded at all: wants it, has a login, and a plan that runs."""
    rows = ReminderSettings.objects.filter(
        is_on=True,
        patient__user__is_active=True,
        patient__status=Patient.Status.ACTIVE,
        patient__plans__status=Plan.Status.ACTIVE,
    ).filter(patient__in=Patient.objects.taking_part())
    return rows.select_related("patient__user").distinct()


def due_now(row: ReminderSettings, at: datetime) -> str | None:
    """The kind of reminder that this patient is owed at that moment; None when there is none."""
    if not wanted().filter(pk=row.pk).exists():
        return None
    zone = row.patient.time_zone
    return due(wish_of(row), at, zone, days_so_far([row.patient_id], local_date(at, zone))[row.patient_id])


def wish_of(row: ReminderSettings) -> Wish:
    return Wish(row.at, row.evening_at if row.evening else None)


def days_so_far(patient_ids: Sequence[UUID], day: date) -> dict[UUID, DaySoFar]:
    """By patient, how that local date stands. Three queries, however many patients."""
    asked = defaultdict(list)
    prescriptions = Prescription.objects.filter(
        version__plan__patient__in=patient_ids,
        version__plan__status=Plan.Status.ACTIVE,
        version__plan__active_version=F("version"),
    )
    # No rows of exercises: they are long, and this comes round every few minutes for everybody who wants a reminder.
    planned = prescriptions.order_by().values_list("version__plan__patient_id", "weekdays", "times_a_week")
    for patient, weekdays, times_a_week in planned:
        asked[patient].append(Planned(None if weekdays is None else frozenset(weekdays), times_a_week))
    sessions = Session.objects.finished().filter(
        patient__in=patient_ids, local_date__gte=week_of(day)[0], local_date__lte=day
    )
    done = set(sessions.values_list("patient_id", "local_date"))
    earlier = Counter(patient for patient, on in done if on < day)
    scores = PainScore.objects.current().answered().filter(patient__in=patient_ids, local_date=day)
    scored = set(scores.order_by().values_list("patient_id", flat=True))
    return {
        patient: DaySoFar(
            planned=is_session_day(asked[patient], day, earlier[patient]),
            session_done=(patient, day) in done,
            logged=(patient, day) in done or patient in scored,
        )
        for patient in patient_ids
    }
