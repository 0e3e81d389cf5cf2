"""What the record asks for, each question written once a process. The patient came through a door before."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.compiled import compiled
from accounts.models import User
from plans.models import Flag, Note, PainScore


@compiled
def flags(*, patient: UUID) -> QuerySet[Flag, Flag]:
    """All flags of the patient, the gravest first."""
    rows = Flag.objects.filter(patient=patient).select_related("site", "acknowledged_by", "resolved_by")
    return rows.gravest_first()


@compiled
def notes(most: int, *, user: User, at: datetime, patient: UUID) -> QuerySet[Note, Note]:
    """The team's notes that this person may read, the newest first."""
    return Note.objects.visible_to(user, at).filter(patient=patient).standing().select_related("author")[:most]


@compiled
def said(most: int, *, patient: UUID, first: date) -> QuerySet[Any, Any]:
    """Scores with words since a day: day, words, value, and who logged it."""
    rows = PainScore.objects.filter(patient=patient).current().exclude(note="").filter(local_date__gte=first)
    return rows.values_list("local_date", "note", "value", "recorded_by", "recorded_by__full_name")[:most]
