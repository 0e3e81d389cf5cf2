"""Every address that a role can open by GET, with ids of real rows, found from the URLconf and the models alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import F, Model, QuerySet
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.models import Patient, User, new_id
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
# Ids whose name says not enough about the model they mean, by the app of the view.
MODELS = {
    "version": {"plans": "PlanVersion", "exercises": "ExerciseVersion"},
    "batch": {"exercises": "ImportBatch"},
    "curated": {"exercises": "Exercise", "plans": "Exercise"},
    "curated_media": {"exercises": "Media"},
    "draft": {"exercises": "ExerciseVersion"},
    "one": {"exercises": "Exercise"},
    "other": {"exercises": "Exercise"},
}
# A route that serves only some of a model's rows says which.
NARROWER = {"plan_exercise": {"version__plan__active_version": F("version")}}


@dataclass(frozen=True)
class Address:
    """One page of one route as one role may open it. `path` is empty when there is no row to open it with."""

    name: str
    path: str
    allowed: bool


def addresses(role: str, user: User | None) -> Iterator[Address]:
    """All routes for a role (`user` is None for somebody who is signed out).

    Each comes with a row of every state that rows of its kind are in; one that the role may not open comes once.
    """
    for _where, route in routes(get_resolver()):
        name = str(route.name)
        keys = list(route.pattern.converters)
        if role not in ALLOWED[route.callback.policy]:
            yield Address(name, reverse(name, kwargs={key: new_id() for key in keys}), False)
        elif not keys:
            yield Address(name, reverse(name), True)
        else:
            assert user is not None, f"{name} is public and has an id: whose?"
            found = list(_kwargs(route, keys, user))
            for kwargs in found:
                yield Address(name, reverse(name, kwargs=kwargs), True)
            if not found:
                yield Address(name, "", True)


def _kwargs(route: URLPattern, keys: list[str], user: User) -> Iterator[dict[str, Any]]:
    """Values for the parts of a route in angle brackets; the last one names the row, the others what it belongs to."""
    *outer, last = keys
    for row in _one_of_each_state(_rows(route, last, user)):
        kwargs = {last: row.pk}
        for key in outer:
            kwargs[key] = getattr(row, key, None) or _rows(route, key, user)[0].pk
        yield kwargs


def _rows(route: URLPattern, key: str, user: User) -> QuerySet[Any]:
    rows = _model(route, key.removesuffix("_id"))._default_manager.all()
    patient = Patient.objects.filter(user=user).first()
    if patient and hasattr(rows, "of"):
        rows = rows.of(patient)
    elif route.callback.policy == "curator" and hasattr(rows, "writable_by"):
        rows = rows.writable_by(user, at=timezone.now())
    elif hasattr(rows, "visible_to"):
        rows = rows.visible_to(user, at=timezone.now())
    return rows.filter(**NARROWER.get(str(route.name), {})).order_by("-pk")


def _model(route: URLPattern, word: str) -> type[Model]:
    app = route.callback.__module__.split(".")[0]
    wanted = MODELS.get(word, {}).get(app, word).replace("_", "").lower()
    ours = [apps.get_app_config(label) for label in dict.fromkeys([app, "plans", "exercises", "accounts"])]
    models = [model for config in ours for model in config.get_models()]
    exact = [model for model in models if model.__name__.lower() == wanted]
    alike = [model for model in models if model.__name__.lower().endswith(wanted)]
    assert exact or alike, f"<{word}_id> of {route.name}: no model has such a name; say in MODELS which one it means"
    return (exact or alike)[0]


def _one_of_each_state(rows: QuerySet[Any]) -> Iterator[Model]:
    names = {field.name for field in rows.model._meta.get_fields()}
    word = next((name for name in ("state", "status") if name in names), None)
    if word is None:
        yield from rows[:1]
        return
    for state in sorted(set(rows.order_by().values_list(word, flat=True))):
        yield rows.filter(**{word: state})[0]
