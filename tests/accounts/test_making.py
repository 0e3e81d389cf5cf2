"""Models made quickly are as Django makes them: the same fields, state, and what stands beside them."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.db.models.signals import post_init, pre_init
from django.test.utils import CaptureQueriesContext

from accounts import making
from accounts.compiled import compiled
from accounts.models import Patient
from plans.models import Plan, PlanVersion, Prescription

pytestmark = pytest.mark.django_db


@compiled
def patients(shape: str) -> QuerySet[Patient, Patient]:
    rows = Patient.objects.order_by("name_key")
    if shape == "beside":
        return rows.select_related("clinic", "user", "watch", "discharged_by")
    if shape == "some":
        return rows.select_related("clinic").defer("email", "clinic__phone", "clinic__name")
    return rows.annotate(called=F("full_name")) if shape == "added" else rows


@compiled
def versions() -> QuerySet[PlanVersion, PlanVersion]:
    return PlanVersion.objects.select_related("plan__patient__clinic", "based_on", "activated_by").order_by("pk")


@compiled
def doses() -> QuerySet[Prescription, Prescription]:
    rows = Prescription.objects.select_related("exercise_version__exercise", "quota").order_by("pk")
    return rows.defer("exercise_version__search")  # PostgreSQL's own, and read by nobody else


def told(row: Model | None, depth: int = 0) -> object:
    """All that an object knows, and those beside it."""
    if row is None or depth > 4:
        return row
    fields = {name: value for name, value in row.__dict__.items() if name != "_state"}
    beside = {name: told(other, depth + 1) for name, other in row._state.fields_cache.items()}
    return type(row), fields, row._state.adding, row._state.db, row.get_deferred_fields(), beside


@pytest.mark.parametrize("shape", ["plain", "beside", "some", "added"])
def test_as_django_makes_them(anna, ben, zoe, annas_plan, shape):
    made, expected = patients(shape), list(patients.__wrapped__(shape))
    assert [told(row) for row in made] == [told(row) for row in expected] and len(made) == 3


@pytest.mark.parametrize("asked", [versions, doses])
def test_what_stands_beside_what_stands_beside_them(annas_plan, asked):
    made, expected = asked(), list(asked.__wrapped__())
    assert [told(row) for row in made] == [told(row) for row in expected] and made


def test_what_was_left_out_is_asked_for_when_it_is_read(anna):
    [made] = patients("some")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert (made.email, made.clinic.phone) == (anna.email, anna.clinic.phone)
    assert len(asked) == 2


def test_they_can_be_changed_and_stored(anna, alice, annas_plan):
    [made] = patients("beside")
    made.full_name = "Anna Other"
    made.save(update_fields=["full_name"])
    assert Patient.objects.get().full_name == "Anna Other"
    [version] = versions()
    another = Plan.objects.create(patient=anna, title="P", owner=alice, created_at=version.saved_at)
    assert version.plan.pk == annas_plan.plan_id
    version.plan_id = another.pk
    assert version.plan == another


def test_none_shares_what_it_knows_with_another(anna, ben):
    first, second = patients("plain")
    first.full_name, first._state.adding = "Other", True
    assert (second.full_name, second._state.adding) == (ben.full_name, False)
    assert patients("plain")[0].full_name == anna.full_name


def test_a_model_that_does_something_when_it_is_made_still_does(anna, monkeypatch):
    names = [field.attname for field in Patient._meta.concrete_fields]
    values = [getattr(anna, name) for name in names]
    assert making.maker(Patient, names)(values) == anna
    own = Patient.from_db.__func__
    monkeypatch.setattr(Patient, "from_db", classmethod(lambda cls, *of: ("own", own(cls, *of))))
    assert making.maker(Patient, names)(values) == ("own", anna)


def test_nobody_wants_to_be_told_of_a_new_object():
    listening = [
        model for model in apps.get_models() if post_init.has_listeners(model) or pre_init.has_listeners(model)
    ]
    assert listening == []
