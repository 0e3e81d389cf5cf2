"""What the commonest people see, as queries that are written once may know it: all of the clinics they work in.

Who works in open clinics alone, or leads all of them, sees every patient there; which clinics those are was read when
the request began. A query can then ask for rows of these clinics, as a value, instead of asking about memberships,
absences and assignments once more: which PostgreSQL plans longer than it looks up the answer.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from accounts.models import Clinic, Membership, User
from accounts.models.membership import Role
from accounts.models.patient import clinics_of


class Whole(NamedTuple):
    """All of the clinics that somebody works in, and that they see all patients of; led, or as a clinician."""

    role: Role
    clinics: list[UUID]


def seen_whole(user: User, given: Mapping[str, Any]) -> Whole | None:
    """At the moment `at` of the values given; None for whom it is not so simple."""
    at = given.get("at")
    known = Membership.objects.read_before(user, at) if isinstance(at, datetime) else None
    if not known or not all(one.is_clinical for one in known):
        return None
    every, led, whole = clinics_of(known)
    if not every or every != whole or led not in ([], whole):
        return None
    return Whole(Role.LEAD if led else Role.CLINICIAN, list(whole))


def somebody(key: UUID, *, active: bool, role: Role | None, clinic: UUID) -> User:
    """A stand-in for a user, of whom can be read: the key, whether they are active, and with a role their clinic."""
    user = User.from_db(None, ["id", "is_active"], [key, active])
    if role:
        place = Clinic(pk=clinic, record_access=Clinic.RecordAccess.OPEN)
        always = datetime.min.replace(tzinfo=UTC)
        held = Membership(clinic=place, role=role, valid_from=always)
        user.standing = SimpleNamespace(memberships=[held])  # type: ignore[attr-defined]
    return user
