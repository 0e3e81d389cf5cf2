"""Every address that a role can open by GET, with ids of real rows, found from the URLconf and the models alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import F, Model, Q, QuerySet
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Patient, Transfer, User, new_id
from exercises.drawn import Drawn, drawn_of
from exercises.figures.colours import THEMES
from exercises.figures.drawing import KINDS as PICTURES
from exercises.figures.files import library
from painplan.checks import Route, routes
from plans.models import Prescription

ALLOWED = {
    "public": {"clinician", "lead", "curator", "patient", "operator", "signed out"},
    "signed-in": {"clinician", "lead", "curator", "patient", "operator"},
    "clinical": {"clinician", "lead"},
    "staff": {"clinician", "lead", "curator"},
    "curator": {"curator"},
    "lead": {"lead"},
    "operator": {"operator"},
    "patient": {"patient"},
}
# Ids whose name is not the end of a model's name, by the app of the view ("" is any).
MODELS = {
    ("version", "plans"): "PlanVersion",
    ("version", "exercises"): "ExerciseVersion",
    ("draft", ""): "ExerciseVersion",
    ("batch", ""): "ImportBatch",
    ("curated", ""): "Exercise",
    ("curated_media", ""): "Media",
    ("one", ""): "Exercise",
    ("other", ""): "Exercise",
    ("my_reevaluation", ""): "Reevaluation",
    ("step", ""): "QuotaStep",
    ("opened", ""): "BreakGlass",
    ("hold", ""): "LegalHold",
}
# Public files that no row names.
FILES: dict[str, Callable[[], list[str]]] = {
    "figure_file": lambda: [_figure().address(kind, theme) for kind in PICTURES for theme in THEMES],
}
# Which rows of a model an id or a route means for a user, where not all.
MEANT: dict[str, Callable[[User], Q]] = {
    "draft_id": lambda user: ~Q(state="published"),
    "exercise_id": lambda user: Q(current_version__isnull=False, retired_at=None),
    "my_reevaluation_id": lambda user: Q(state="done"),
    "report_id": lambda user: Q(kind="safety"),
    "plan_exercise": lambda user: Q(pk__in=_prescribed_now(user)),
    "plan_media": lambda user: Q(version__in=_prescribed_now(user).values("exercise_version")),
    "plan_media_captions": lambda user: ~Q(captions="") & MEANT["plan_media"](user),
    "media_thumbnail": lambda user: ~Q(thumbnail=""),
    "media_captions": lambda user: ~Q(captions=""),
}
# Kinds of rows that look different on a page, for models whose rows have no state of their own.
KINDS = {
    "Exercise": [
        Q(retired_at=None, current_version__isnull=False, clinic=None),
        Q(retired_at=None, current_version__isnull=False, clinic__isnull=False),
        Q(retired_at=None, current_version=None),
        Q(retired_at__isnull=False),
    ],
    "Patient": [
        *(Q(status=status, plans__isnull=none) for status in Patient.Status.values for none in (True, False)),
        Q(plans__status="paused"),
    ],
    "Proposal": [Q(answered_at=None), Q(answered_at__isnull=False)],
    "Merge": [Q(undone_at=None), Q(undone_at__isnull=False)],
}


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
    for route in routes(get_resolver()):
        if route.namespace or route.policy == "admin":
            continue  # Django's own pages, for superusers alone
        name, keys = route.name, list(route.keys)
        if "token" in keys:
            # Opened by a key that only a mail or its owner holds; without it there is nothing to see.
            if user is not None:
                yield Address(name, reverse(name, kwargs={"token": "no-key-at-all"}), False)
        elif name in FILES:
            for path in FILES[name]():
                yield Address(name, path, True)
        elif role not in ALLOWED[route.policy]:
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


def _kwargs(route: Route, keys: list[str], user: User) -> Iterator[dict[str, Any]]:
    """Values for the parts of a route in angle brackets; the last one names the row, the others what it belongs to."""
    *outer, last = keys
    for row in _one_of_each_kind(_rows(route, last, user)):
        kwargs = {last: row.pk}
        for key in outer:
            kwargs[key] = getattr(row, key, None) or _beside(row, _rows(route, key, user)).pk
        yield kwargs


def _figure() -> Drawn:
    """The first drawn figure of this release."""
    drawn = drawn_of(min(library()))
    assert drawn is not None
    return drawn


def _prescribed_now(user: User) -> QuerySet[Prescription]:
    """What stands in the plan of a patient now."""
    return Prescription.objects.filter(version__plan__patient__user=user, version__plan__active_version=F("version"))


def _beside(row: Any, rows: QuerySet[Any]) -> Any:
    """A row that an address names together with another: what shows it, else simply a different one."""
    if rows.model is Prescription:
        return rows.filter(exercise_version=row.version)[0]
    return rows.exclude(pk=row.pk)[0]


def _rows(route: Route, key: str, user: User) -> QuerySet[Any]:
    rows = _model(route, key.removesuffix("_id"))._default_manager.all()
    patient = Patient.objects.filter(user=user).first()
    if patient and hasattr(rows, "of"):
        rows = rows.of(patient)
    elif patient and rows.model is Transfer:
        rows = rows.filter(patient=patient)
    elif route.policy == "curator" and hasattr(rows, "writable_by"):
        rows = rows.writable_by(user, at=timezone.now())
    elif hasattr(rows, "visible_to"):
        rows = rows.visible_to(user, at=timezone.now())
    if key in MEANT:
        rows = rows.filter(MEANT[key](user))
    if key == route.keys[-1] and route.name in MEANT:
        rows = rows.filter(MEANT[route.name](user))
    return rows.order_by("-pk")


def _model(route: Route, word: str) -> type[Model]:
    app = route.view.__module__.split(".")[0]
    wanted = (MODELS.get((word, app)) or MODELS.get((word, "")) or word).replace("_", "").lower()
    ours = [apps.get_app_config(label) for label in dict.fromkeys([app, "plans", "exercises", "accounts"])]
    models = [model for config in ours for model in config.get_models()]
    exact = [model for model in models if model.__name__.lower() == wanted]
    alike = [model for model in models if model.__name__.lower().endswith(wanted)]
    assert exact or alike, f"<{word}_id> of {route.name}: no model has such a name; say in MODELS which one it means"
    return (exact or alike)[0]


def _one_of_each_kind(rows: QuerySet[Any]) -> Iterator[Model]:
    names = {field.name for field in rows.model._meta.get_fields()}
    kinds = KINDS.get(rows.model.__name__)
    if kinds is None:
        kinds = [Q(state=state) for state in rows.model.State.values] if "state" in names else [Q()]
    for kind in kinds:
        yield from rows.filter(kind)[:1]
