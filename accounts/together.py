"""Several small questions asked as one statement: each of its own keeps its queryset, and its rows.

A page that shows a dozen tables of one patient pays for every statement more than for its answer. Here they stand side
by side in one, each column of each as an array, which the driver reads in C (lists, of numbers or words, as JSON):

    @one_of_many
    def goals(*, patient: UUID) -> QuerySet[Goal, tuple[str]]:
        return Goal.objects.filter(patient=patient).standing().values_list("text")

    goals, flags = together(goals(patient=key), flags(patient=key))

They are written as those of accounts/compiled.py are (a page may ask for whatever these may), and answer with the same.
A row can be written with them: who is shown what they answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec

from django.db.models import Model, QuerySet

from accounts.adding import Beside, send
from accounts.compiled import Text, Texts, ask

P = ParamSpec("P")


IN_A_GROUP = 5
"""Questions that stand side by side before the next group begins."""


class Part(NamedTuple):
    """A question with its values, not asked yet; `text` is None for one that cannot have rows."""

    text: Text | None
    values: list[Any]


@dataclass(slots=True)
class Added:
    """A row (see `add` in accounts/adding.py) that is written with the questions, unless one of them has an answer that
    the row has to know first. `done` says whether it was.
    """

    model: type[Model]
    values: Mapping[str, Any]
    unless: Part | None = None
    done: bool = False


def one_of_many(make: Callable[P, QuerySet[Any, Any]]) -> Callable[P, Part]:
    """A queryset that is asked with others."""
    texts = Texts(make, whole=False)

    @wraps(make)
    def part(*shape: P.args, **given: P.kwargs) -> Part:
        text, values = texts.of(shape, given)
        return Part(text, [] if text is None else text.filled(values))

    return part


def together(*parts: Part, added: Added | None = None) -> list[list[Any]]:
    """The rows of each, in their order. Where nothing has to be asked, nothing is added."""
    asked = [part for part in parts if part.text is not None]
    if not asked:
        return [[] for _part in parts]
    text = _side_by_side(tuple(part.text for part in asked))
    values = [value for part in asked for value in part.values]
    row = _with_row(text, values, asked, added) if added else ask(text, values)[0]
    found: list[list[Any]] = []
    start = 0
    for part in parts:
        if part.text is None:
            found.append([])
            continue
        end = start + len(part.text.nested)
        columns = row[start:end]
        found.append([] if columns[0] is None else part.text.read(list(zip(*columns, strict=True))))
        start = end
    return found


def _with_row(text: str, values: Sequence[Any], asked: Sequence[Part], added: Added) -> Any:
    before = next((number for number, part in enumerate(asked) if part is added.unless), None)
    unless = "" if before is None else f"p{before}_c0"
    [row] = send(*Beside(added.model, added.values, unless=unless).to(text, values))[1]
    first = sum(len(part.text.nested) for part in asked[:before] if part.text)
    added.done = before is None or row[first] is None
    return row


@lru_cache(maxsize=64)
def _side_by_side(texts: tuple[Text, ...]) -> str:
    """One row: the columns of each text as arrays, or nothing in place of each when it has no rows.

    In groups: each table that joins those before it hands on all of their columns, which PostgreSQL prepares anew each
    time. OFFSET 0 keeps the groups apart.
    """
    tables = [_as_arrays(number, text) for number, text in enumerate(texts)]
    groups = [tables[start : start + IN_A_GROUP] for start in range(0, len(tables), IN_A_GROUP)]
    pieces = [f"(SELECT * FROM {', '.join(group)} OFFSET 0) AS g{number}" for number, group in enumerate(groups)]  # noqa: S608  # nosec B608  # Django wrote it
    return f"SELECT * FROM {', '.join(pieces)}"  # noqa: S608  # nosec B608


def _as_arrays(number: int, text: Text) -> str:
    names = [f"c{place}" for place in range(len(text.nested))]
    # Lists of several lengths are no array of PostgreSQL's, and JSON is read quickest in one piece.
    columns = ", ".join(
        f"{'jsonb_agg' if nested else 'array_agg'}({name}) AS p{number}_{name}"
        for name, nested in zip(names, text.nested, strict=True)
    )
    return f"(SELECT {columns} FROM ({text.sql}) AS q ({', '.join(names)})) AS p{number}"  # noqa: S608  # nosec B608  # Django wrote it
