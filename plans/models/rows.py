"""The door to clinical rows: a row is seen by whoever may see its patient."""

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

import pgtrigger
from django.db import models

from accounts.models import Patient
from accounts.models.base import no_removal

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)


class ClinicalQuerySet(models.QuerySet[M]):
    """Querysets of tables that reach their patient through `patient_path`."""

    patient_path = "patient"

    def visible_to(self, user: "User", at: datetime | None = None) -> Self:
        """Rows of the patients whom this user may see now."""
        patients = Patient.objects.visible_to(user, at).values("pk")
        return self.filter(**{f"{self.patient_path}__in": patients})

    def of(self, patient: Patient) -> Self:
        """Rows of one patient."""
        return self.filter(**{self.patient_path: patient})


class PlanQuerySet(ClinicalQuerySet[M]):
    """Rows that reach their patient through the plan."""

    patient_path = "plan__patient"


def own_library(name: str, library_sql: str, clinic_sql: str) -> str:
    """The body of a trigger that refuses an exercise of another clinic's library.

    `library_sql` selects the clinic of the new row's exercise (none: shared by all), `clinic_sql` that of the row.
    """
    return f"""
        IF ({library_sql}) IS NOT NULL AND ({library_sql}) IS DISTINCT FROM ({clinic_sql}) THEN
            RAISE EXCEPTION 'the exercise belongs to the library of another clinic'
                USING ERRCODE = '23514', CONSTRAINT = '{name}';
        END IF;
        RETURN NEW;
    """


def same_patient(name: str, column: str, owner_sql: str, message: str) -> pgtrigger.Trigger:
    """A trigger that refuses a row whose two keys lead to two patients.

    `owner_sql` selects the patient id that `column` (a key of the new row) leads to.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF NEW.{column} IS NOT NULL AND NEW.patient_id IS DISTINCT FROM ({owner_sql}) THEN
                RAISE EXCEPTION '{message}' USING ERRCODE = '23514', CONSTRAINT = '{name}';
            END IF;
            RETURN NEW;
        """,
    )


def amended_only(table: str, what: str) -> list[pgtrigger.Trigger]:
    """Triggers of rows that never change: a correction is a new row, and the old one names it in `superseded_by`.

    `table` begins the name of the constraint, `what` says in the error what never changes.
    """
    return [
        *no_removal(),
        pgtrigger.Trigger(
            name="only_superseded_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"""
                IF OLD.superseded_by_id IS NOT NULL
                   OR to_jsonb(NEW) - 'superseded_by_id' <> to_jsonb(OLD) - 'superseded_by_id' THEN
                    RAISE EXCEPTION 'a stored {what} never changes: add an amendment'
                        USING ERRCODE = '23514', CONSTRAINT = '{table}_only_superseded_once';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="superseded_by_own",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            # The old row may name the new one before it is there, so the new one is asked about as well.
            func=f"""
                IF EXISTS (SELECT FROM plans_{table} other WHERE other.patient_id <> NEW.patient_id
                           AND (other.id = NEW.superseded_by_id OR other.superseded_by_id = NEW.id)) THEN
                    RAISE EXCEPTION 'the {what} that corrects this one belongs to another patient'
                        USING ERRCODE = '23514', CONSTRAINT = '{table}_superseded_by_own';
                END IF;
                RETURN NEW;
            """,  # nosec B608  # names of our own tables
        ),
    ]
