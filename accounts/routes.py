"""Addresses of rows, of which a page says dozens: a route is looked up once, not once for each key."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

STAND_IN = UUID(int=(1 << 128) - 1)


def around(route: str, *, keyed: bool = True) -> tuple[str, str]:
    """What stands before and after the key in the address of a route that takes one (a UUID) and nothing else; without
    `keyed` the whole address of one that takes nothing, and "". Raises NoReverseMatch for another route.
    """
    return _around(route, keyed, get_script_prefix(), get_urlconf())


def route(name: str) -> str:
    """The address of a route that takes nothing."""
    return around(name, keyed=False)[0]


def address_of(route: str, pk: UUID | str) -> str:
    """The address of a route that takes one key and nothing else."""
    return addresses_of(route)(pk)


def addresses_of(route: str) -> Callable[[UUID | str], str]:
    """What says the address of each of many rows."""
    before, after = around(route)
    return lambda pk: f"{before}{pk}{after}"


@lru_cache(maxsize=1024)
def _around(route: str, keyed: bool, _prefix: str, _urlconf: Any) -> tuple[str, str]:
    if not keyed:
        return reverse(route), ""
    before, _key, after = reverse(route, args=[STAND_IN]).partition(str(STAND_IN))
    return before, after
