"""Every address that a role can open by GET, with ids of real rows, found from the URLconf and the models alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import F, Model, QuerySet
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Patient, User
from painplan.checks import routes

ALLOWED = {
    "public": {"clinician", "lead", "curator", "patient", "signed out"},
    "signed-in": {"clinician", "lead", "curator", "patient"},
    "clinical": {"clinician", "lead"},
    "staff": {"clinician", "lead", "curator"},
    "curator": {"curator"},
    "lead": {"lead"},
    "patient": {"patient"},
}
# Ids whose name is not the end of a model's name.
MODELS = {"version": {"plans": "PlanVersion", "exercises": "ExerciseVersion"}}
# A route that serves only some of a model's rows says which.
NARROWER = {"plan_exercise": {"version__plan__active_version": F("version")}}


@dataclass(frozen=True)
class Address:
    """One page of one route as one role may open it."""

    name: str
    path: str
    allowed: bool


def addresses(role: str, user: User | None, some_clinician: User) -> Iterator[Address]:
    """All routes for a role; those that it may not open come with ids of rows that exist all the same."""
    for _where, route in routes(get_resolver()):
        allowed = role in ALLOWED[route.callback.policy]
        for kwargs in _kwargs(route, user if allowed and user else some_clinician):
            yield Address(str(route.name), reverse(str(route.name), kwargs=kwargs), allowed)


def _kwargs(route: URLPattern, user: User) -> Iterator[dict[str, Any]]:
    """Values for the parts of a route in angle brackets: one row for every state that rows of the kind are in."""
    keys = list(route.pattern.converters)
    if not keys:
        yield {}
        return
    *outer, last = keys
    rows = list(_one_of_each_state(_rows(route, last, user)))
    assert rows, f"no row of {user} for <{last}> of {route.name}: seed one, or make one in tests/browser/rows.py"
    for row in rows:
        kwargs = {last: row.pk}
        for key in outer:
            kwargs[key] = getattr(row, key, None) or _rows(route, key, user)[0].pk
        yield kwargs


def _rows(route: URLPattern, key: str, user: User) -> QuerySet[Any]:
    model = _model(route, key.removesuffix("_id"))
    rows = model._default_manager.all()
    patient = Patient.objects.filter(user=user).first()
    if patient and hasattr(rows, "of"):
        rows = rows.of(patient)
    elif hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    return rows.filter(**NARROWER.get(str(route.name), {})).order_by("-pk")


def _model(route: URLPattern, word: str) -> type[Model]:
    app = route.callback.__module__.split(".")[0]
    ours = [apps.get_app_config(label) for label in dict.fromkeys([app, "plans", "exercises", "accounts"])]
    wanted = MODELS.get(word, {}).get(app, word).replace("_", "").lower()
    models = [model for config in ours for model in config.get_models()]
    exact = [model for model in models if model.__name__.lower() == wanted]
    alike = [model for model in models if model.__name__.lower().endswith(wanted)]
    assert exact or alike, f"<{word}_id> of {route.name}: no model with such a name; say in MODELS which one it means"
    return (exact or alike)[0]


def _one_of_each_state(rows: QuerySet[Any]) -> Iterator[Model]:
    names = {field.name for field in rows.model._meta.get_fields()}
    word = next((name for name in ("state", "status") if name in names), None)
    if word is None:
        yield from rows[:1]
        return
    for state in sorted(set(rows.order_by().values_list(word, flat=True))):
        yield rows.filter(**{word: state})[0]
