"""Queries that Django writes once a process and PostgreSQL plans once a connection; only their values are new.

For pages that ask a lot: writing the SQL of a small queryset takes Django longer than the answer takes Postgres, and
who may see a patient is planned longer than it is looked up. The queryset stays the one source of what is asked:

    @compiled
    def names_of(*, user: User, at: datetime, patients: Sequence[UUID]) -> QuerySet[Patient, tuple[UUID, str]]:
        return Patient.objects.visible_to(user, at).filter(pk__in=patients).values_list("pk", "full_name")

    names_of(user=me, at=now, patients=[...])   # a list of tuples

Keywords are the values of a call (a dataclass stands for those of its fields); what comes by position shapes the text,
and each shape is written for itself. The queryset is written with stand-ins in place of the values, twice, with other
stand-ins each time. Whatever differs between the two and is no value as it was given was worked out from one
(`at - timedelta(days=7)`): then the text would keep the first caller's answer for everybody, so that is refused. Of a
user only the key, whether they are active and what they see whole (accounts/whole_clinics.py) can be read.

A queryset of models answers with models (what is selected with them too, nothing prefetched), one with `values_list`
with tuples as the driver reads them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import partial, wraps
from inspect import Parameter, signature
from itertools import count
from typing import Any, ParamSpec, TypeVar, cast, get_origin, get_type_hints
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import JSONField, QuerySet
from django.db.models.query import ModelIterable
from pghistory import runtime
from psycopg.sql import Literal

from accounts.cursors import Asking, answered
from accounts.making import models_of
from accounts.models import User
from accounts.models.membership import Role
from accounts.replica import source
from accounts.whole_clinics import seen_whole, somebody

P = ParamSpec("P")
R = TypeVar("R")

People = tuple[tuple[bool, Role | None], ...]

Piece = tuple[str, list[Any]]
"""SQL and its values."""

STAND_INS: Mapping[type, Callable[[int], Any]] = {
    UUID: lambda n: UUID(int=(0x5AFE << 112) + n),
    datetime: lambda n: datetime(1066, 10, 14, 9, 0, n // 1000, n % 1000, tzinfo=UTC),
    date: lambda n: date.fromordinal(365_000 + n),
    str: lambda n: f"\u2400 stands for value {n}",
}
"""For each type of a value, something that no query says by itself."""

AS_IT_IS = frozenset([*STAND_INS, int, list, type(None)])
"""Types of most values: neither a user nor a dataclass."""

FOR_CHANGES = frozenset([runtime._inject_history_context])
"""What stands around each statement of a request, and does something to those that change rows."""

SHAPES = 200
"""How many texts of one queryset are kept."""


@dataclass(frozen=True, eq=False)
class Text:
    """SQL, and the name of the keyword that each of its values comes from; `read` makes models of the rows."""

    sql: str
    names: tuple[str, ...]
    read: Callable[[list[Any]], list[Any]]
    nested: tuple[bool, ...]
    """Of each of its columns whether it holds lists or JSON."""

    def filled(self, given: Mapping[str, Any]) -> list[Any]:
        return [packed(value) if type(value) is list else value for value in map(given.__getitem__, self.names)]


def compiled(make: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """A queryset as a query that is written once. Raises TypeError for one that cannot be."""
    texts = Texts(make, whole=True)

    @wraps(make)
    def asked(*shape: P.args, **given: P.kwargs) -> list[R]:
        text, values = texts.of(shape, given)
        return [] if text is None else text.read(ask(text.sql, text.filled(values)))

    return asked


def piece(make: Callable[P, QuerySet[Any, Any]]) -> Callable[P, Piece | None]:
    """The same for a queryset that becomes a part of a longer question; None when it cannot have rows."""
    texts = Texts(make, whole=False)

    @wraps(make)
    def written(*shape: P.args, **given: P.kwargs) -> Piece | None:
        text, values = texts.of(shape, given)
        return None if text is None else (text.sql, text.filled(values))

    return written


class Texts:
    """The texts of one queryset: one for each shape and for each sort of people (see `_flat`)."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *, whole: bool) -> None:
        self.make, self.whole = make, whole
        self.kinds: dict[str, Any] = {}
        self.kept: dict[tuple[Any, ...], Text | None] = {}

    def of(self, shape: tuple[Any, ...], given: Mapping[str, Any]) -> tuple[Text | None, dict[str, Any]]:
        values, people = _flat(given)
        key = (*shape, *people)
        if key not in self.kept:
            if len(self.kept) >= SHAPES:
                self.kept.clear()
            self.kinds = self.kinds or _kinds(self.make)
            self.kept[key] = _written(partial(self.make, *shape), self.kinds, people, whole=self.whole)
        return self.kept[key], values


def _flat(given: Mapping[str, Any]) -> tuple[dict[str, Any], People]:
    """The values by name, those of a dataclass as "name.field"; and of every user whether their login is open, and as
    what they see whole clinics, which are one more value.
    """
    values: dict[str, Any] = {}
    people: list[tuple[bool, Role | None]] = []
    for name, value in given.items():
        if type(value) in AS_IT_IS:
            values[name] = value
        elif isinstance(value, User):
            values[name], whole = value.pk, seen_whole(value, given)
            if whole:
                values[f"{name}.clinics"] = whole.clinics
            people.append((value.is_active, whole and whole.role))
        elif is_dataclass(value):
            values |= {f"{name}.{field.name}": getattr(value, field.name) for field in fields(value)}
        else:
            values[name] = value
    return values, tuple(people)


def ask(sql: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a question whose text is always the same, so that Postgres need not plan it again.

    The first question through a connection that was kept tells whether it still works: Django would ask another one
    for that. A read can be asked again.
    """
    connection = connections[source()]
    tells = _not_tried_yet(connection)
    try:
        return _rows(connection, sql, values)
    except (OperationalError, InterfaceError):
        if not tells or connection.is_usable():
            raise
    connection.close()
    return _rows(connection, sql, values)


def _not_tried_yet(connection: Any) -> bool:
    """Whether Django would try it before the next question. It takes this as done."""
    if connection.connection is None or not connection.health_check_enabled or connection.health_check_done:
        return False
    connection.health_check_done = True
    return True


def _rows(connection: Any, sql: str, values: Sequence[Any]) -> list[Any]:
    if not is_watched(connection):
        return at_once(connection, sql, values)[1]
    with asking(connection) as cursor:
        cursor.execute(sql, values)
        logged: list[Any] = cursor.cursor.fetchall()
    return logged


def is_watched(connection: Any) -> bool:
    """Whether somebody looks on, or must say that nothing can be asked any more."""
    return bool(
        connection.queries_logged or connection.needs_rollback or set(connection.execute_wrappers) - FOR_CHANGES
    )


def at_once(connection: Any, sql: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
    """How many rows and which, without what Django puts around a cursor for those who look on."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return answered(connection.connection, sql, values)


def asking(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor for texts that are always the same: the one of Django's own writes the values into them."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    server = Asking(connection.connection)
    server.shown = connection.queries_logged
    with connection.wrap_database_errors:
        cursor: CursorWrapper = connection._prepare_cursor(server)  # type: ignore[attr-defined]
    return cursor


def packed(value: Any) -> Any:
    """A list of keys as one word, which PostgreSQL reads in no time, and psycopg would put together key by key."""
    if isinstance(value, list) and value and type(value[0]) is UUID:
        return f"{{{','.join([key.hex for key in value])}}}"
    return value


def _kinds(make: Callable[..., Any]) -> dict[str, Any]:
    hints = get_type_hints(make)
    named = [one.name for one in signature(make).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
    return {name: hints[name] for name in named}


def _written(
    make: Callable[..., QuerySet[Any, Any]], kinds: Mapping[str, Any], people: People, *, whole: bool
) -> Text | None:
    first, second = (_stand_ins(kinds, count(number), people) for number in (100, 500))
    try:
        rows = make(**first)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        one, others = compiler.as_sql(), make(**second).query.sql_with_params()
    except EmptyResultSet:
        return None
    names = {_key(value): name for name, value in _flat(first)[0].items()}
    lists = {name for name, value in _flat(first)[0].items() if isinstance(value, list)}
    if one[0] != others[0] or len(one[1]) != len(others[1]):
        raise TypeError("the text of this query depends on its values")
    values: list[tuple[str | None, Any]] = []
    for value, other in zip(one[1], others[1], strict=True):
        name = names.get(_key(value))
        if name is None and value != other:
            raise TypeError(f"a value was worked out inside the query ({value!r}): give it as a value of its own")
        values.append((name, None if name else value))
    sql = _with_lists(one[0], [name in lists for name, _value in values])
    sql, names_in_order = _with_constants(sql, values), [name for name, _value in values if name]
    if whole and not sql.startswith("SELECT"):
        # What does not begin with SELECT is taken for a change, and gets the history's context put before it.
        sql = f"SELECT asked.* FROM ({sql}) asked"  # noqa: S608  # nosec B608  # Django wrote it
    as_models = issubclass(rows._iterable_class, ModelIterable)  # type: ignore[attr-defined]
    columns = (column[0] for column in compiler.select or ())
    nested = tuple(isinstance(column.output_field, ArrayField | JSONField) for column in columns)
    return Text(sql, tuple(names_in_order), models_of(compiler) if as_models else list, nested)


def _stand_ins(kinds: Mapping[str, Any], numbers: Iterator[int], people: People) -> dict[str, Any]:
    """A value for each keyword: of a user only what may be read, of a list one item."""
    made: dict[str, Any] = {}
    sorts = iter(people)
    for name, kind in kinds.items():
        if kind is User:
            active, role = next(sorts)
            key, clinic = STAND_INS[UUID](next(numbers)), STAND_INS[UUID](next(numbers))
            made[name] = somebody(key, active=active, role=role, clinic=clinic)
        elif get_origin(kind) is not None:
            made[name] = [STAND_INS[kind.__args__[0]](next(numbers))]
        elif is_dataclass(kind):
            made[name] = cast(type, kind)(**_stand_ins(get_type_hints(kind), numbers, ()))
        else:
            made[name] = STAND_INS[kind](next(numbers))
    return made


def _key(value: Any) -> Any:
    return (type(value[0]), value[0]) if isinstance(value, list) else (type(value), value)


def _with_lists(sql: str, lists: Sequence[bool]) -> str:
    """`IN (%s)` with the one stand-in of a list becomes `= ANY(%s)`, which takes the whole list."""
    pieces = sql.split("%s")
    for number, is_list in enumerate(lists):
        if is_list:
            before, after = pieces[number], pieces[number + 1]
            if not before.endswith(" IN (") or not after.startswith(")"):
                raise TypeError("a list can be asked for with __in alone")
            pieces[number] = before.removesuffix(" IN (") + " = ANY("
    return "%s".join(pieces)


def _with_constants(sql: str, values: Sequence[tuple[str | None, Any]]) -> str:
    """What is the same for everybody stands in the text: an index of the open ones is of use to a plan that is made
    once only if it says there that open ones are wanted.
    """
    pieces = sql.split("%s")
    said = ["%s" if name else Literal(value).as_string().replace("%", "%%") for name, value in values]
    return "".join(each for pair in zip(pieces, [*said, ""], strict=True) for each in pair)
