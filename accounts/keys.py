"""Whether a key is one of those that a query finds, as one list of keys: so an index is walked once.

`pk__in` leaves it to PostgreSQL, which reads whole tables where it expects too many rows.
"""

from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL


def among(column: str, keys: QuerySet[Any, Any] | RawSQL) -> Func:
    """`column` of the row is one of `keys`, which has one column and need be in no order."""
    keys = keys.order_by() if isinstance(keys, QuerySet) else keys
    return Func(F(column), keys, template="%(expressions)s)", arg_joiner=" = ANY (ARRAY", output_field=BooleanField())
