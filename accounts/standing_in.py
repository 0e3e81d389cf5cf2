"""Who does whose work while colleagues are on leave. Plain ids in and out, of one clinic and one day."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID


def by_clinician(absences: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """Pairs of who is away and who stands in, as the stand-ins of everybody who is away, in the order given."""
    found: dict[UUID, list[UUID]] = {}
    for clinician, stand_in in absences:
        found.setdefault(clinician, []).append(stand_in)
    return found


def instead_of(
    person: UUID, stand_ins: Mapping[UUID, list[UUID]], asked: frozenset[UUID] = frozenset()
) -> Iterator[UUID]:
    """Who does the work of a person: they themself, or everybody who stands in for them, followed through chains.

    Nobody when all of them are away, as when two on leave name each other.
    """
    if person in asked:
        return
    if person not in stand_ins:
        yield person
    for other in stand_ins.get(person, []):
        yield from instead_of(other, stand_ins, asked | {person})
