"""One PostgreSQL for the whole run, a migrated template database, and the cast that every test knows.

The engine starts once; tests run as `painplan_app`, which may neither change tables nor truncate them. A test
marked `committed` gets a database of its own, cloned from the template, because the protecting triggers forbid
the flush that Django would use.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from painplan import embedded
from tests import template

# The same examples on every run, and no stopwatch: a shared machine may pause. `make test-full` looks for new ones.
hypothesis_settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis_settings.register_profile("searching", deadline=None, max_examples=1000, print_blob=True)
# `make mutate` runs the same tests thousands of times.
hypothesis_settings.register_profile("mutating", deadline=None, derandomize=True, max_examples=20)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Pages are tested without a collectstatic run; the browser tests serve the hashed files.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(scope="session")
def engine() -> Iterator[embedded.Postgres]:
    """The PostgreSQL server of this run, with its data in a folder that is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="painplan-tests-"))
    server = embedded.start_postgres(folder, fast=True)
    try:
        yield server
    finally:
        server.stop()
        embedded.remove_data(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(engine: embedded.Postgres) -> str:
    """A database with all tables and the starter library; the others are clones of it."""
    return template.build(engine)


@pytest.fixture(scope="session")
def django_db_setup(engine: embedded.Postgres, template_database: str, django_db_blocker) -> Iterator[None]:
    """Replaces pytest-django's: the test database is a clone of the template, used as painplan_app."""
    name = "painplan_test"
    embedded.clone_database(engine, template_database, name)
    with django_db_blocker.unblock():
        point_at(engine.url(name))
    yield
    with django_db_blocker.unblock():
        close_connections()
    embedded.drop_database(engine, name)


@pytest.fixture
def committed_db(
    engine: embedded.Postgres, template_database: str, django_db_setup, django_db_blocker
) -> Iterator[str]:
    """A database of this test's own, where rows are really committed; yields its URL (role painplan_app)."""
    name = f"painplan_committed_{os.getpid()}"
    embedded.clone_database(engine, template_database, name)
    with django_db_blocker.unblock():
        point_at(engine.url(name))
        try:
            yield engine.url(name)
        finally:
            close_connections()
            point_at(engine.url("painplan_test"))
    embedded.drop_database(engine, name)


def point_at(url: str) -> None:
    """Make Django's default connection use this database from now on."""
    import environ
    from django.db import connections

    close_connections()
    connections["default"].settings_dict.update(environ.Env.db_url_config(url), CONN_MAX_AGE=None)


def close_connections() -> None:
    from django.db import connections

    connections["default"].close()


pytest_plugins = ["tests.cast", "tests.exercises.curation_cast"]
