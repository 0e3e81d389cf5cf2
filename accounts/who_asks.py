"""Who is asking, as one statement: the session of a request, its user, and where they work or their own record.

Every request asks all of it, so it is worth to be written by hand how the parts hang together; each of them is a
queryset, as everywhere. Side by side (accounts/together.py) they would cost more than one after the other: an array is
made of each of sixty columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate, pairwise
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL

from accounts.compiled import Text, ask
from accounts.models import Clinic, Membership, Patient, SignIn, Transfer, User
from accounts.together import Part, one_of_many


@dataclass(frozen=True)
class Standing:
    """The open memberships of a user, the longest first; `record` is their own, for who works nowhere."""

    memberships: Sequence[Membership]
    record: Patient | None


@dataclass(frozen=True)
class Asker:
    """What was read of somebody; no `user`: nobody has that key. `data`: those of the session, as they are stored."""

    user: User | None
    standing: Standing
    data: str = ""


@one_of_many
def _session(*, key: str, at: datetime) -> QuerySet[SignIn, tuple[UUID | None, str]]:
    return SignIn.objects.filter(session_key=key, expire_date__gt=at).values_list("user_id", "session_data")


@one_of_many
def _named(*, user: UUID) -> QuerySet[User, tuple[UUID, str]]:
    return User.objects.filter(pk=user).order_by().values_list("pk", Value(""))


@one_of_many
def _user() -> QuerySet[User]:
    return User.objects.filter(pk=RawSQL("started.user_id", [])).order_by()


@one_of_many
def _membership(*, at: datetime) -> QuerySet[Membership]:
    return Membership.objects.open(at).filter(user_id=RawSQL("started.user_id", []))


@one_of_many
def _record() -> QuerySet[Patient]:
    mine = Patient.objects.current().taking_part().filter(user_id=RawSQL("started.user_id", []))
    # Asked for with the record, because the first page of every day shows it.
    asked = Transfer.objects.filter(patient=OuterRef("pk"), state=Transfer.State.ASKED)
    return mine.annotate(asked_transfer=Subquery(asked.values("pk")[:1])).order_by("pk")[:1]


@one_of_many
def _clinic() -> QuerySet[Clinic]:
    return Clinic.objects.filter(pk=RawSQL("coalesce(membership.clinic_id, record.clinic_id)", [])).order_by()


def of_session(key: str, at: datetime) -> Asker | None:
    """Whom the row of a session names; None when there is no such session, or it has ended.

    The row is taken at its word: whether the session is theirs, its signed data say.
    """
    return _asked(_session(key=key, at=at), at)


def of_user(key: UUID, at: datetime) -> Asker:
    return _asked(_named(user=key), at) or Asker(None, Standing([], None))


def _asked(start: Part, at: datetime) -> Asker | None:
    parts = (start, _user(), _membership(at=at), _record(), _clinic())
    texts = tuple(part.text for part in parts if part.text is not None)
    sql, ends = _joined(texts)
    rows = ask(sql, [value for part in parts for value in part.values])
    if not rows:
        return None
    users, memberships, records, clinics = (
        text.read([row[begin:end] for row in rows if row[begin] is not None])
        for text, (begin, end) in zip(texts[1:], pairwise(ends), strict=True)
    )
    user = users[0] if users else None
    for one, clinic in zip(memberships or records, clinics, strict=True):
        one.user, one.clinic = user, clinic
    held = sorted(memberships, key=lambda one: (one.valid_from, one.pk))
    return Asker(user, Standing(held, records[0] if records else None), rows[0][1])


@lru_cache(maxsize=8)
def _joined(texts: tuple[Text, ...]) -> tuple[str, list[int]]:
    """The SQL, and where the columns of each part end. A row for each membership, one for whoever has none.

    OFFSET 0 keeps PostgreSQL from looking for the record of somebody who works in a clinic.
    """
    start, user, membership, record, clinic = (text.sql for text in texts)
    pieces = (
        f"SELECT * FROM ({start}) AS started (user_id, session_data)",  # noqa: S608  # nosec B608  # Django wrote it
        f"({user}) AS person ON true",
        f"({membership}) AS membership ON true",
        f"(SELECT * FROM ({record}) AS own WHERE membership.id IS NULL OFFSET 0) AS record ON true",  # noqa: S608  # nosec B608  # Django wrote it
        f"({clinic}) AS clinic ON true",
    )
    return " LEFT JOIN LATERAL ".join(pieces), list(accumulate(len(text.nested) for text in texts))
