"""Every clinical row reaches one clinic, and where two keys could lead to two patients or clinics, PostgreSQL refuses.

Generated from the models: each pair of foreign keys of a table that lead to a patient or a clinic is set at odds, in a
copy of a stored row of Anna's in which the second key leads to Zoe, a patient of another clinic.
"""

from collections.abc import Iterator
from itertools import combinations

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, models, transaction

from accounts.models import BreakGlass, Clinic, History, Patient, Transfer, new_id
from exercises.models import ExerciseLink
from plans.models import Notification, PlanTemplate, Prescription
from tests.access_models import fill
from tests.access_world import World
from tests.cast import NOON, make_user

ROOTS = (Patient, Clinic)
# Rows of history are copies that the database writes from rows whose keys agree; nobody else may write them.
KEPT = [model for app in ("accounts", "plans") for model in apps.get_app_config(app).get_models()]
OURS = [model for model in (*KEPT, ExerciseLink) if not issubclass(model, History)]
# Reach no clinic through not-null keys, and why that is right.
WITHOUT_A_CLINIC = {
    "Clinic": "the root itself",
    "User": "works in clinics through Membership, and is a patient through Patient",
    "AuditBlock": "the chain over the rows of every clinic",
    "AuditLink": "as its block",
    "AuditSalt": "as its link",
    "JobRun": "counts of a job, nobody's data",
    "Notification": "to a person; the patient it may be about is named besides",
    "PlanTemplate": "empty: shipped for everybody, and never a patient's",
    "SavedFilter": "how somebody likes to see a list; names nobody",
    "SignIn": "a session, of somebody or of nobody",
    "TemplateItem": "as its template",
    "TemplateStep": "as its template",
    "Threshold": "of a clinic or of a patient, exactly one (threshold_of_a_clinic_or_a_patient)",
    "ExerciseLink": "of the library",
}
LIBRARY = [model for model in apps.get_app_config("exercises").get_models() if not issubclass(model, History)]
# Keys that name another clinic, and why that is right.
MEANT_TO_DIFFER = {
    ("Transfer", "to_clinic"): "the patient leaves one clinic for the other",
    ("Proposal", "accepted_as"): "a clinic's exercise becomes another one of the shared library",
    ("Exercise", "current_version"): "a version of the row itself (exercise_current_is_own_published)",
}


def leads(field: models.Field, seen: frozenset = frozenset(), *, nullable: bool = True) -> str | None:
    """The path from a foreign key to a patient or a clinic ("plan__patient"), or None. Keys to users lead nowhere."""
    if not isinstance(field, models.ForeignKey) or (field.null and not nullable):
        return None
    to = field.remote_field.model
    if to in ROOTS:
        return field.name
    if to in seen or to._meta.label == "accounts.User" or to._meta.app_label not in ("accounts", "plans", "exercises"):
        return None
    for further in to._meta.concrete_fields:
        found = leads(further, seen | {to}, nullable=nullable)
        if found:
            return f"{field.name}__{found}"
    return None


def keys_of(model: type[models.Model]) -> list[tuple[str, str]]:
    """(name, path to the root) of each foreign key that leads to a patient or a clinic; keys to the own table too."""
    found = []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.remote_field.model is model:
            found.append((field.name, field.name))
        elif path := leads(field, frozenset({model})):
            found.append((field.name, path))
    return found


PAIRS = [
    (model, first, second)
    for model in dict.fromkeys([*OURS, *LIBRARY])
    for first, second in combinations(keys_of(model), 2)
    if (model.__name__, second[0]) not in MEANT_TO_DIFFER
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(NOON, tick=False):
        made = World()
        for which in ("annas", "zoes"):
            fill(made, which)
        yield made
        transaction.set_rollback(True)


def belongs(world: World, path: str, model: type[models.Model], which: str) -> dict[str, object]:
    """The filter for rows that reach the patient (or clinic) by this path."""
    patient = world.patients[which]
    root = model
    for step in path.split("__"):
        root = root._meta.get_field(step).remote_field.model
    if root is model:
        inner = next(found for _name, found in keys_of(model) if found != path)
        return belongs(world, inner, model, which)
    return {path: patient if root is Patient else patient.clinic}


def row_of(world: World, model: type[models.Model], first: str) -> models.Model:
    """A row of Anna's, of a draft where the table has some: what is activated takes no new rows at all."""
    if model is Prescription:
        return world.rows["annas"]["prescription"]
    found = model._default_manager.filter(**belongs(world, first, model, "annas")).order_by("-pk").first()
    assert found is not None, f"fill() makes no {model.__name__}"
    return found


def stranger(world: World, model: type[models.Model], key: str) -> models.Model:
    """A row of Zoe's that the key could name."""
    to = model._meta.get_field(key).remote_field.model
    if to in ROOTS:
        return world.patients["zoes"] if to is Patient else world.hill
    path = next(found for _name, found in keys_of(to))
    wanted = to._default_manager.filter(**belongs(world, path, to, "zoes"))
    if to.__name__ == "ExerciseVersion":
        wanted = wanted.filter(state="published")
    found = wanted.order_by("-pk").first()
    assert found is not None, f"fill() makes no {to.__name__} of Zoe's"
    return found


def refusal(row: models.Model) -> str:
    """The SQLSTATE and the constraint with which a new row like this is refused; empty when it is taken."""
    copy = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    copy.pk = new_id()
    try:
        with transaction.atomic():
            type(row)._default_manager.bulk_create([copy])
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as error:
        said = error.__cause__.diag
        return f"{said.sqlstate} {said.constraint_name or said.message_primary}"
    return ""


@pytest.mark.parametrize(("model", "first", "second"), PAIRS, ids=[f"{m.__name__}-{a[0]}-{b[0]}" for m, a, b in PAIRS])
def test_two_keys_lead_to_one_patient_and_clinic(world, model, first, second):
    row = row_of(world, model, first[1])
    allowed = refusal(row)
    assert allowed == "" or allowed.startswith(("23505", "23P01")), f"a copy of this row is refused as it is: {allowed}"
    setattr(row, model._meta.get_field(second[0]).attname, stranger(world, model, second[0]).pk)
    said = refusal(row)
    assert said.startswith("23514"), f"taken, or refused for another reason: {said!r}"


def test_the_pairs_are_those_that_can_disagree():
    assert len(PAIRS) >= 25
    named = {model.__name__ for model, *_keys in PAIRS}
    assert {"Session", "PainScore", "Flag", "Prescription", "Invitation", "Reevaluation"} <= named


def test_every_clinical_row_reaches_a_clinic_through_keys_that_are_never_empty():
    lost = {
        model.__name__
        for model in OURS
        if not any(leads(field, frozenset({model}), nullable=False) for field in model._meta.concrete_fields)
    }
    assert lost == set(WITHOUT_A_CLINIC)


def test_somebody_without_a_clinic_or_a_login_matches_no_row_without_one(world):
    """Two that are empty are not equal: no clinic is nobody's clinic, no login is nobody's login."""
    Patient.objects.filter(pk=world.patients["bens"].pk).update(user=None)
    nobody = make_user("Nora Nowhere", curates_shared_library=True)
    assert not Patient.objects.visible_to(AnonymousUser(), NOON).exists()
    for model in OURS:
        manager = model._default_manager
        if hasattr(manager, "visible_to") and model is not PlanTemplate:
            assert not manager.visible_to(nobody, NOON).exists(), model.__name__
    assert not Notification.objects.filter(recipient=nobody).exists()
    assert PlanTemplate.objects.visible_to(nobody, NOON).exclude(clinic=None).count() == 0
    assert Transfer.objects.filter(patient__in=Patient.objects.visible_to(nobody, NOON)).count() == 0
    assert BreakGlass.objects.filter(patient__in=Patient.objects.visible_to(nobody, NOON)).count() == 0
