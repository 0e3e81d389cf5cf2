"""What every table of Painplan shares."""

from functools import cache
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.encoding import force_str
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUID of version 7, which sorts by the time it was made (the function exists in Postgres only from 18)."""
    made: UUID = uuid7()
    return made


class Row(models.Model):
    """A table whose rows are named by a UUIDv7."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> Any:
        """The words of a choice as Django says them; Django translates all of them each time to say one."""
        value = getattr(self, field.attname)
        return force_str(_words_of(field).get(value, value), strings_only=True)


@cache
def _words_of(field: "models.Field[Any, Any]") -> dict[Any, Any]:
    return dict(field.flatchoices)


def pair(name: str, at: str, by: str) -> models.CheckConstraint:
    """The rule that "who" and "when" are both set or both empty."""
    both = Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
    neither = Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=name)


def no_truncate() -> pgtrigger.Trigger:
    """The trigger that refuses emptying the table, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="no_truncate",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'this table cannot be truncated' USING ERRCODE = '23514';",
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers that refuse every change of a stored row: what was written stays."""
    return [
        pgtrigger.Protect(name="no_update", operation=pgtrigger.Update),
        pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        no_truncate(),
    ]


def no_removal() -> list[pgtrigger.Trigger]:
    """Triggers that refuse deleting: a clinical row changes state, it does not vanish."""
    return [
        pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        no_truncate(),
    ]
