"""The code of the release before works on the tables of today: hosts are changed one after the other.

The old code is what Django remembers of it: the models as they were before the last two migrations of each application,
made from the migrations themselves. They read, change and add rows in today's tables, through today's triggers.
"""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.apps import apps as today
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import UUIDField
from psycopg import errors

from tests.cast import log_days

APPS = ("accounts", "exercises", "plans")
BACK = 2
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
      AND is_identity = 'NO' AND is_generated = 'NEVER'
"""
MISSING = (errors.NotNullViolation, errors.UndefinedColumn, errors.UndefinedTable, errors.UndefinedFunction)


def old_nodes() -> list[tuple[str, str]]:
    """The last migration of each application that the old code knows."""
    loader = MigrationLoader(None)
    return [(app, sorted(name for a, name in loader.disk_migrations if a == app)[-1 - BACK]) for app in APPS]


def old_models() -> list[type]:
    state = MigrationLoader(None).project_state(old_nodes())
    return [model for app in APPS for model in state.apps.get_app_config(app).get_models(include_auto_created=True)]


OLD = {model._meta.label: model for model in old_models()}


def columns_of(model: type) -> set[str]:
    return {field.column for field in model._meta.local_concrete_fields}


def test_the_old_code_is_older():
    now = {model._meta.label: model for app in APPS for model in today.get_app_config(app).get_models()}
    new = {label for label in now if label not in OLD}
    changed = {label for label in OLD if label in now and columns_of(OLD[label]) != columns_of(now[label])}
    assert new | changed, "the last two migrations of some application change a table"
    assert len(OLD) > 60


@pytest.fixture
def rows(anna, annas_plan):
    """A patient of two weeks, beside the library and the templates that every database holds."""
    log_days(anna, [5] * 14)


def test_old_code_reads_what_it_knows(rows):
    """Every table and column that it asks for is still there."""
    read = {label: len(model._base_manager.all()[:3]) for label, model in OLD.items()}
    assert sum(count > 0 for count in read.values()) > 15


def test_old_code_adds_rows_without_what_it_does_not_know(rows):
    """No column that it never heard of has to be filled."""
    lacking = {}
    with connection.cursor() as cursor:
        for label, model in OLD.items():
            cursor.execute(COLUMNS, [model._meta.db_table])
            needed = {name for (name,) in cursor.fetchall()}
            lacking[label] = needed - {field.column for field in model._meta.concrete_fields}
    assert {label: columns for label, columns in lacking.items() if columns} == {}


def test_old_code_writes_through_the_triggers_of_today(rows):
    """A row added and changed in its columns alone: refused is only what the same rule has always refused."""
    done = {"added": set(), "changed": set()}
    for label, model in OLD.items():
        row = model._base_manager.first()
        if row is None or model._meta.proxy:
            continue
        values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
        values.pop(model._meta.pk.attname)
        if _does(lambda model=model, row=row, values=values: model._base_manager.filter(pk=row.pk).update(**values)):
            done["changed"].add(label)
        # A row whose key is that of another row cannot be there twice.
        if isinstance(model._meta.pk, UUIDField) and _does(
            lambda model=model, values=values: model._base_manager.create(pk=uuid4(), **values)
        ):
            done["added"].add(label)
    # Refused: the second of what there is once, and a change of what never changes. These say neither.
    assert {"plans.PainScore", "plans.Session", "plans.Note", "accounts.AccessLog"} & done["added"]
    assert {"accounts.Clinic", "accounts.Patient", "plans.Plan", "plans.PainWatch"} <= done["changed"]


def _does(write: Callable[[], object]) -> bool:
    """Whether the database took it. What it must not say of old code is that something is missing."""
    try:
        with transaction.atomic():
            write()
            connection.check_constraints()
    except (IntegrityError, InternalError, ProgrammingError) as refused:
        if isinstance(refused.__cause__, MISSING):
            raise
        return False
    return True
