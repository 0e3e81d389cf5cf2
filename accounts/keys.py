"""Whether a key is one of those that a query finds, as one list of keys: so an index is walked once.

`pk__in` leaves it to PostgreSQL, which reads whole tables where it expects too many rows.
"""

from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL


def among(column: str, keys: QuerySet[Any, Any] | RawSQL) -> Func:
    """`column` of the row is one of `keys`, which has one column and need be in no order."""
    return _is_one_of(column, keys.order_by() if isinstance(keys, QuerySet) else keys, "(ARRAY", ")")


def listed(column: str, keys: RawSQL) -> Func:
    """The same where `keys` asks for one value that is such a list already."""
    return _is_one_of(column, keys, "(", "::uuid[])")


def _is_one_of(column: str, keys: Any, begins: str, ends: str) -> Func:
    joiner = f" = ANY {begins}"
    return Func(F(column), keys, template=f"%(expressions)s{ends}", arg_joiner=joiner, output_field=BooleanField())
