"""Addresses of rows, for lists that say hundreds of them: a route is looked up once, not once a row."""

from collections.abc import Callable
from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

STAND_IN = UUID(int=(1 << 128) - 1)


def address_of(route: str, pk: UUID | str) -> str:
    """The address of a route that takes one key and nothing else."""
    return addresses_of(route)(pk)


def addresses_of(route: str) -> Callable[[UUID | str], str]:
    """What says the address of each of many rows."""
    before, after = _around(route, get_script_prefix())
    return lambda pk: f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(route: str, _prefix: str) -> tuple[str, str]:
    before, _key, after = reverse(route, args=[STAND_IN]).partition(str(STAND_IN))
    return before, after
