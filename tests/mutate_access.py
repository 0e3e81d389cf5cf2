# ruff: noqa: F811 (the fixtures of the matrix are used by their names)
"""Does the access matrix bite? Each guard is taken away in turn, and the matrix has to fail every time.

`make mutate-access` runs this and prints a table. Nothing is changed on disk: guards are replaced in the process. Of
the matrix only the rows are asked that the guard is about.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from inspect import getmembers, isfunction
from typing import Any, get_type_hints
from unittest.mock import patch

from django.apps import apps
from django.db import models
from django.shortcuts import get_object_or_404
from django.urls import URLResolver, get_resolver

from accounts import policy
from exercises.curation import doors as library_doors
from plans.views import doors
from tests.access_table import TABLE
from tests.access_world import IDS, ROUTES, World
from tests.test_access import close, closed_failures, failures, made, may_enter, world  # noqa: F401

# Below our policy, django-allauth asks for somebody who is signed in: the answer is the same without ours.
ALLAUTH_ASKS_ITSELF = {"mfa_reauthenticate", "admin_password"}
# Who is asked when a policy is gone: the first of them whom the table does not let in.
STRANGERS = ("nobody", "anna", "alice", "cora", "anonymous")


def mutate_policies(made):
    """Every view whose policy keeps somebody out becomes public."""
    survived = []
    guarded = [name for name, row in TABLE.items() if row.policy not in ("public", "admin") and name in ROUTES]
    for name in guarded:
        asked = [who for who in STRANGERS if not may_enter(who, TABLE[name])]
        with without_policy(name):
            found = any(bites(failures(made, who, [name])) for who in asked)
        if not found:
            survived.append(name)
    report("policy decorator -> public", len(guarded), survived)
    assert set(survived) <= ALLAUTH_ASKS_ITSELF


def mutate_visible_to(world):
    """`visible_to` of each table shows every row: asked in a clinic of assigned clinicians and by strangers."""
    close(world)
    survived, unused, held = [], [], []
    managers = [m._default_manager for m in apps.get_models() if hasattr(m._default_manager, "visible_to")]
    for manager in managers:
        name, calls = manager.model.__name__, []

        def everything(*args: Any, calls: list = calls, manager: Any = manager, **kwargs: Any) -> models.QuerySet:
            calls.append(1)
            return manager.all()

        with patch.object(manager, "visible_to", everything):
            near = names_about(manager.model)
            found = any(
                bites(asked)
                for asked in (
                    closed_failures(world, near),
                    failures(world, "charlie", near),
                    closed_failures(world, [name for name in TABLE if not ROUTES[name].keys]),
                )
            )
        if not found:
            (survived if calls and manager.model._meta.app_label == "plans" else held if calls else unused).append(name)
    report("visible_to -> all", len(managers) - len(unused), survived + held)
    sys.stdout.write(f"  no view asks it by itself: {', '.join(unused) or 'none'}\n")
    sys.stdout.write(f"  behind it stands a second guard (see doors): {', '.join(survived + held) or 'none'}\n")
    assert not set(survived) & {"Patient", "Flag", "Plan", "PlanVersion", "Prescription", "Reevaluation", "Note"}


def mutate_doors(world):
    """Each door hands out whatever row the id names."""
    survived, opened = [], 0
    for module in (doors, library_doors):
        for name, door in getmembers(module, isfunction):
            ids = [key for key, kind in get_type_hints(door).items() if key in IDS and key != "return"]
            if door.__module__ != module.__name__ or not ids:
                continue
            opened += 1
            model = get_type_hints(door)["return"]
            if not any(failing(world, module, name, model, ids[-1])):
                survived.append(name)
    report("door -> any row", opened, survived)
    assert not survived


def failing(world: World, module: Any, name: str, model: type[models.Model], key: str) -> Iterator[bool]:
    """Whether the matrix notices: in the world as it is, then with closed records."""

    def any_row(*args: Any) -> models.Model:
        return get_object_or_404(model, pk=args[-1])

    keys = {key, "curated_id", "my_reevaluation_id"} if key in ("curated_id", "reevaluation_id") else {key}
    near = [route for route in TABLE if keys & set(ROUTES[route].keys)]
    with patch.object(module, name, any_row):
        for who in ("charlie", "alice", "anna", "ben", "cora", "lena"):
            yield bites(failures(world, who, [r for r in near if may_enter(who, TABLE[r])]))


def bites(found: Iterator[str]) -> bool:
    """Whether there is a first failure; the others are not asked for."""
    return next(found, None) is not None


@contextmanager
def without_policy(name: str) -> Iterator[None]:
    """The view as it is below its policy, open to everybody."""
    route = next(entry for entry in patterns(get_resolver()) if entry.callback is ROUTES[name].view)
    guarded = route.callback
    bare = getattr(guarded, "__wrapped__", guarded) if ROUTES[name].policy != "signed-in" else guarded

    def open_view(*args: Any, **kwargs: Any) -> Any:
        return bare(*args, **kwargs)

    route.callback = policy.public(open_view)
    try:
        yield
    finally:
        route.callback = guarded


def patterns(resolver: URLResolver) -> Iterator[Any]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def names_about(model: type[models.Model]) -> list[str]:
    """Routes in whose address an id of this table stands."""
    kinds = {key for key in IDS if key.removesuffix("_id").replace("_", "") in model.__name__.lower()}
    kinds |= (
        {"version_id"} if model.__name__ == "PlanVersion" else {"step_id"} if model.__name__ == "QuotaStep" else set()
    )
    return [name for name in TABLE if kinds & set(ROUTES[name].keys)]


def report(what: str, tried: int, survived: Iterable[str]) -> None:
    left = list(survived)
    sys.stdout.write(f"\n{what:<28} {tried:>4} removed, {tried - len(left):>4} noticed  {', '.join(left)}\n")
