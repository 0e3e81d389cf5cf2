"""What can wait for a clinician, of whatever kind: a flag, a re-evaluation, a message, a notice.

A kind is one module (items_flags.py and its neighbours) with two functions. `find` gives a light row for everything of
that kind that waits; all kinds are asked with one query, sorted and counted together (waiting_sql.py). `show` loads
what one page names.
A new kind is such a module and its entry in items_all.py.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import (
    BooleanField,
    DateTimeField,
    Expression,
    F,
    IntegerField,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from accounts.compiled import Piece, ask
from accounts.models import Patient
from accounts.together import Added, Part, together
from plans.views.clinician.people_asked import LISTED, SEEN


class Level(IntEnum):
    """How grave an item is; smaller comes first. Each level is a group of the list."""

    URGENT = 0
    IMPORTANT = 1
    MESSAGE = 2
    WATCH = 3
    DUE = 4
    STEP = 5


LEVELS = {
    Level.URGENT: ("urgent", gettext_lazy("Now"), ""),
    Level.IMPORTANT: ("important", gettext_lazy("This week"), gettext_lazy("Important")),
    Level.MESSAGE: ("message", gettext_lazy("Messages"), gettext_lazy("Not read yet")),
    Level.WATCH: ("watch", gettext_lazy("Keep an eye on"), gettext_lazy("Watch")),
    Level.DUE: ("due", gettext_lazy("Re-evaluations due"), ""),
    Level.STEP: ("step", gettext_lazy("Steps to approve"), ""),
}
"""The groups of the list: name, title, word at the right."""


class Found(NamedTuple):
    """The light row of an item; `since` sorts and tells the age."""

    patient_id: UUID
    level: int
    since: datetime
    key: UUID
    kind: str


COLUMNS = ("i_patient", "i_level", "i_since", "i_key", "i_kind")
"""What `light` calls the fields of `Found`."""

BESIDE = ("i_arrived", "i_asleep", "i_assigned")
"""What decides in the question on its lists: since when it is new on a page, whether it sleeps, who was given it."""


@dataclass(frozen=True)
class Action:
    """A button of an item: a link, or with `post` a form with hidden `fields`."""

    label: str
    url: str
    post: bool = False
    fields: Mapping[str, str] | None = None


class Told(NamedTuple):
    """What an item says below its title; `seen` is who looks after it and since when."""

    sentence: str
    when: str
    seen: str = ""


@dataclass
class Item:
    """An item as pages show it. `badge` is a kind of _badge.html; `url` is empty when the panel is its page.

    `unseen`: nobody has said that they have seen it. What it says is `told`, and what can be done about it `offered`,
    to whoever asks: of a patient's items a list names all, but tells the first alone and offers nothing.
    """

    found: Found
    row: Any
    badge: str
    badge_word: str
    title: str
    told: Callable[[], Told]
    url: str = ""
    late: bool = False
    unseen: bool = True
    offered: Callable[[], Sequence[Action]] = tuple

    @cached_property
    def _told(self) -> Told:
        return self.told()

    @property
    def sentence(self) -> str:
        return self._told.sentence

    @property
    def when(self) -> str:
        return self._told.when

    @property
    def seen(self) -> str:
        return self._told.seen

    @property
    def actions(self) -> Sequence[Action]:
        return self.offered()


@dataclass(frozen=True)
class View:
    """For whom and when items are shown; `here` is the address to come back to. `told` are the keys of those that say
    their sentence, None for all of them.
    """

    at: datetime
    today: date
    here: str = ""
    told: Collection[UUID] | None = None


class Shown(NamedTuple):
    """What `Kind.show` does in two parts: what is asked, together with others, and the items made of its rows."""

    asked: Callable[[Sequence[Found], View], Part]
    made: Callable[[Sequence[Any], Sequence[Found], View], Mapping[UUID, Item]]


@dataclass(frozen=True)
class Kind:
    """One kind of item. `find(patients, today)` is made with `light`; `show(found, view)` keys its items by row."""

    name: str
    find: Callable[[QuerySet[Patient], date], QuerySet[Any, Any]]
    show: "Callable[[Sequence[Found], View], Mapping[UUID, Item]] | Shown"


def light(
    rows: QuerySet[Any],
    *,
    kind: str,
    level: Expression | Level,
    since: Expression | F,
    arrived: Expression | F | None = None,
    key: str = "pk",
    patient: str = "patient",
    assigned_to: Expression | F | None = None,
    asleep: Expression | None = None,
) -> QuerySet[Any, Any]:
    """Rows of a kind as `Found`, in the shape that lets the kinds be asked for in one query."""
    grave = Value(int(level), IntegerField()) if isinstance(level, Level) else level
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            i_kind=Value(kind, TextField()),
            i_key=F(key),
            i_patient=F(patient),
            i_level=grave,
            i_since=Cast(since, DateTimeField()),
            i_arrived=Cast(arrived or since, DateTimeField()),
            i_assigned=Cast(assigned_to or Value(None), UUIDField()),
            i_asleep=asleep or Value(False, BooleanField()),
        )
        .values_list(*COLUMNS, *BESIDE)
    )
    return found


def find(kinds: Sequence[Kind], patients: QuerySet[Patient] | Piece | None, today: date) -> list[Found]:
    """Everything of these kinds that waits about these patients, the gravest and oldest first. One query.
    `patients` may be a piece (a column of keys) that was written once, for who asks often.
    """
    return [Found(*row[: len(COLUMNS)]) for row in waiting(kinds, patients, today)]


def waiting(kinds: Sequence[Kind], patients: QuerySet[Patient] | Piece | None, today: date) -> list[tuple[Any, ...]]:
    """The same with the columns beside."""
    if isinstance(patients, QuerySet):
        patients = sql(patients.order_by().values("pk"))
    seen, whose = patients or ("SELECT NULL::uuid WHERE false", [])
    parts = of_kinds(tuple(kinds), today)
    text = " UNION ALL ".join(f"({part})" for part, _values in parts)
    values = [value for _part, held in parts for value in held]
    asked = f"WITH seen (patient_id) AS MATERIALIZED ({seen}), {LISTED} {text}"  # nosec B608  # Django wrote both
    # What does not begin with SELECT is taken for a change, and gets the history's context put before it.
    asked = f"SELECT waits.* FROM ({asked}) waits ORDER BY i_level, i_since, i_key"  # noqa: S608  # nosec B608
    return ask(asked, [*whose, *values])


@lru_cache(maxsize=16)
def of_kinds(kinds: tuple[Kind, ...], today: date) -> list[Piece]:
    """The SQL of each kind. It depends on the date alone, and making it costs more than running it: so once a day."""
    return [made for kind in kinds if (made := sql(kind.find(SEEN, today)))]


def sql(rows: QuerySet[Any, Any]) -> Piece | None:
    """What Postgres is asked; None when Django knows that there is nothing."""
    try:
        text, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return text, list(values)


Items = dict[tuple[str, UUID], Item]


def show(kinds: Sequence[Kind], found: Sequence[Found], view: View) -> Items:
    """The items themselves, each kind with a fixed number of queries; what has gone meanwhile is left out."""
    return show_beside(kinds, found, view)[0]


def show_beside(
    kinds: Sequence[Kind], found: Sequence[Found], view: View, *others: Part, added: Added | None = None
) -> tuple[Items, list[list[Any]]]:
    """The same, and the rows of other questions of the page, asked with those of its items; `added` is written with
    them.
    """
    by_kind: dict[str, list[Found]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    there = [(kind, by_kind[kind.name]) for kind in kinds if kind.name in by_kind]
    asked = [kind.show.asked(mine, view) for kind, mine in there if isinstance(kind.show, Shown)]
    beside = together(*others, *asked, added=added)
    rows = iter(beside[len(others) :])
    shown: Items = {}
    for kind, mine in there:
        made = kind.show.made(next(rows), mine, view) if isinstance(kind.show, Shown) else kind.show(mine, view)
        shown |= {(kind.name, key): item for key, item in made.items()}
    return shown, beside[: len(others)]
