# ruff: noqa: F811 (the fixtures of the matrix are used by their names)
"""Does the access matrix bite? Each guard is taken away in turn, and the matrix has to fail every time.

`make mutate-access` runs this and prints a table, in some minutes. Nothing is changed on disk: guards are replaced in
the process. Of the matrix only the cells are asked that can notice: those of the view itself, or of the views that were
seen to ask the guard when everybody opened everything once.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from inspect import getmembers, isfunction
from typing import Any, get_type_hints
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.urls import URLResolver, get_resolver

from accounts import compiled, policy
from accounts.models.break_glass import BreakGlassQuerySet
from accounts.models.membership import MembershipQuerySet
from accounts.models.patient import CareAssignmentQuerySet
from exercises.curation import doors as library_doors
from plans.views import doors
from tests.access_models import STATES, doors_of_tables, enter, fill, rows_of_table, wrong_rows
from tests.access_table import TABLE
from tests.access_world import IDS, ROUTES, Ask, World
from tests.test_access import (  # noqa: F401
    close,
    closed_failures,
    failures,
    foreign_exercises,
    judge,
    made,
    may_enter,
    world,
)

# `visible_to` of these is one of two guards that say the same: their doors and lists also ask for the clinic worked in
# (or, of a template, for everybody's), and whoever comes so far works there in the role that it asks for. Taken away
# alone it shows nothing more on any page; the cells of the tables notice (tests/access_models.py), and the whole door
# taken away is noticed on pages too (mutate_doors).
BEHIND_A_SECOND_GUARD = {"plans.PlanTemplate", "plans.RuleTrial", "accounts.Membership", "accounts.Invitation"}
# Who is asked when a policy is gone: the first of them whom the table does not let in.
STRANGERS = ("nobody", "anna", "alice", "cora", "anonymous")


@pytest.fixture(autouse=True)
def _queries_written_anew(monkeypatch):
    """A query that was written once would go on without the guard's being away (accounts/compiled.py)."""
    of = compiled._Texts.of

    def anew(texts, shape, given):
        texts.kept.clear()
        return of(texts, shape, given)

    monkeypatch.setattr(compiled._Texts, "of", anew)


def mutate_policies(made):
    """Every view whose policy keeps somebody out becomes public."""
    survived = []
    guarded = [name for name, row in TABLE.items() if row.policy not in ("public", "admin") and name in ROUTES]
    most = int(os.environ.get("MUTATE_POLICIES", len(guarded)))
    guarded = guarded[:: max(1, len(guarded) // most)][:most]
    for name in guarded:
        asked = [who for who in STRANGERS if not may_enter(who, TABLE[name])]
        with without_policy(name):
            found = any(bites(failures(made, who, [name])) or bites(by_htmx(made, who, name)) for who in asked)
        if not found:
            survived.append(name)
    report("policy decorator -> public", len(guarded), survived)
    assert survived == []


def by_htmx(world: World, who: str, name: str) -> Iterator[str]:
    """The library asks by itself for somebody who is signed in, on some of its pages, but knows nothing of htmx."""
    ask = Ask(name, "GET", htmx=True)
    problem = judge(world, who, TABLE[name], ask, world.ask(who, ask))
    if problem:
        yield problem


def mutate_visible_to(world):
    """`visible_to` of each table shows every row: asked in a clinic of assigned clinicians and by strangers."""
    managers = {
        m._meta.label: m._default_manager for m in apps.get_models() if hasattr(m._default_manager, "visible_to")
    }
    reach = who_asks(world, managers)
    left = [
        label for label in managers if reach[label] and not noticed(world, managers[label], strangers, reach[label])
    ]
    close(world)
    left = [label for label in left if not noticed(world, managers[label], closed_failures, reach[label])]
    unused = [label for label in managers if not reach[label]]
    report("visible_to -> all, on pages", len(managers) - len(unused), left)
    sys.stdout.write(f"  no view asks it by itself: {', '.join(unused) or 'none'}\n")
    assert set(left) == BEHIND_A_SECOND_GUARD


def mutate_doors_of_tables(world):
    """`visible_to` and `writable_by` of each table, every one of them: asked by itself."""
    fill_both(world)
    doors_there = doors_of_tables()
    left = []
    for label, (manager, door) in doors_there.items():
        owners = rows_of_table(label)
        with patch.object(manager, door, lambda *args, manager=manager, **kwargs: manager.all()):
            if not bites(wrong_rows(world, label, "open", owners)):
                left.append(label)
    report("door of a table -> all", len(doors_there), left)
    assert left == []


# What the doors of the tables are made of: a queryset, its method, and what it says when it has forgotten its question.
RULES = [
    (MembershipQuerySet, "open", lambda rows, *args: rows.all()),
    (MembershipQuerySet, "clinical", lambda rows: rows.all()),
    (MembershipQuerySet, "held_by", lambda rows, user, at: rows.open(at).filter(user_id=user.pk)),
    (MembershipQuerySet, "held_by", lambda rows, user, at: rows.open(at)),
    (CareAssignmentQuerySet, "open", lambda rows, *args: rows.all()),
    (CareAssignmentQuerySet, "falling_to", lambda rows, user, at: rows.open(at)),
    (BreakGlassQuerySet, "open", lambda rows, *args: rows.all()),
]


def mutate_rules(world):
    """Each rule that says whose rows they are forgets what it asks: dates, roles, whether a login is open."""
    fill_both(world)
    survived = []
    for number, (rows, name, forgetful) in enumerate(RULES):
        with patch.object(rows, name, forgetful):
            if not any(bites(in_state(world, state)) for state in STATES):
                survived.append(f"{rows.__name__}.{name} ({number})")
    report("rule of a door -> less", len(RULES), survived)
    assert survived == []


def fill_both(world: World) -> None:
    for which in ("annas", "zoes"):
        fill(world, which)
    for person in world.people.values():
        person.refresh_from_db()


def in_state(world: World, state: str) -> Iterator[str]:
    labels = ("accounts.Patient", "accounts.Membership", "exercises.Exercise")
    owners = {label: rows_of_table(label) for label in labels}
    with transaction.atomic():
        enter(world, state)
        for label in labels:
            yield from wrong_rows(world, label, state, owners[label])
        transaction.set_rollback(True)


def strangers(world: World, names: Iterable[str]) -> Iterator[str]:
    for who in ("charlie", "lena", "cora"):
        yield from failures(world, who, names)
    yield from foreign_exercises(world, names)


def noticed(world: World, manager: Any, ask: Callable[..., Iterator[str]], reach: set[str]) -> bool:
    """Whether the matrix fails while `visible_to` of this table shows every row."""

    def everything(*args: Any, **kwargs: Any) -> models.QuerySet:
        return manager.all()

    with patch.object(manager, "visible_to", everything):
        return bites(ask(world, [name for name in TABLE if name in reach]))


def who_asks(world: World, managers: dict[str, Any]) -> dict[str, set[str]]:
    """By table, the routes whose views ask its `visible_to`: everybody opens and sends everything once."""
    reach: dict[str, set[str]] = {label: set() for label in managers}
    now = [""]
    with ExitStack() as stack:
        for label, manager in managers.items():

            def noted(
                *args: Any, label: str = label, usual: Any = manager.visible_to, **kwargs: Any
            ) -> models.QuerySet:
                reach[label].add(now[0])
                return usual(*args, **kwargs)

            stack.enter_context(patch.object(manager, "visible_to", noted))
        for name, row in TABLE.items():
            now[0] = name
            for who in ("alice", "lena", "cora"):
                if may_enter(who, row):
                    for method in ("GET", "POST"):
                        world.ask(who, Ask(name, method))
    return reach


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
    route = next(entry for entry in patterns(get_resolver()) if entry.name == name)
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


def report(what: str, tried: int, survived: Iterable[str]) -> None:
    left = list(survived)
    sys.stdout.write(f"\n{what:<28} {tried:>4} removed, {tried - len(left):>4} noticed  {', '.join(left)}\n")
