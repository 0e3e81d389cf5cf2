"""Who looked at a patient, written by the question that reads what is looked at: who is shown nothing leaves no line.

    @looked_at
    def record(*, user: User, at: datetime, patient: UUID) -> QuerySet[Patient, Patient]:
        return with_look(Patient.objects.visible_to(user, at).filter(pk=patient), "", user, at)

    record("patient", user=me, at=now, patient=key)   # as `compiled` asks, on the page "patient"

For the pages that are opened all day; all others ask, and then call `log_access`.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db.models import Case, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.adding import Beside, send
from accounts.compiled import Texts
from accounts.models import AccessLog, BreakGlass, Clinic, User

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)

OF_EACH = (("patient_id", "looked_patient"), ("purpose", "looked_purpose"))
"""Columns of the log, and what `with_look` calls that which is written there."""


def with_look(rows: QuerySet[Any, M], to_patient: str, user: User, at: datetime) -> QuerySet[Any, M]:
    """With what the log holds of each row: the patient, unless it is this user's own record, and why they may look, as
    `log_access` has it. `to_patient` is the way there, as "plan__patient__".
    """
    reasons = BreakGlass.objects.reasons(patient=OuterRef(f"{to_patient}pk"), clinician=user.pk, at=at)
    closed = Q(**{f"{to_patient}clinic__record_access": Clinic.RecordAccess.ASSIGNED})
    known: QuerySet[Any, M] = rows.annotate(
        looked_patient=Case(When(~Q(**{f"{to_patient}user": user.pk}), then=F(f"{to_patient}pk"))),
        looked_purpose=Coalesce(Case(When(closed, then=Subquery(reasons[:1]))), Value("")),
    )
    return known


def looked_at(make: Callable[P, QuerySet[Any, R]]) -> Callable[Concatenate[str, P], list[R]]:
    """A queryset `with_look` as a question that is written once (accounts/compiled.py) and logs each of its rows, for
    the page named first. Of its values `user` is who looks, and `at` when.
    """
    texts = Texts(make, whole=True)

    @wraps(make)
    def asked(route: str, /, *shape: P.args, **given: P.kwargs) -> list[R]:
        text, values = texts.of(shape, given)
        if text is None:
            return []
        log = Beside(AccessLog, {"user_id": values["user"], "at": values["at"], "route": route}, OF_EACH)
        whole, said = log.to(text.sql, text.filled(values))
        return text.read(send(whole, said)[1])

    return asked
