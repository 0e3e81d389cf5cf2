"""One house for all scenarios, in one of the processes that run tests; figures to tell afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import house as supervisor
from tests.chaos.figures import Figures
from tests.chaos.house import House
from tests.chaos.sizes import IS_FULL, SIZES, Sizes

HERE = Path(__file__).parent
_figures = Figures()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("chaos"))


def pytest_terminal_summary(terminalreporter) -> None:
    for report in terminalreporter.stats.get("skipped", []):
        if "test_clock_jumps" in report.nodeid:
            terminalreporter.section("not tried")
            terminalreporter.write_line(f"{report.nodeid}: libfaketime is not installed (Debian: apt install faketime)")
    if IS_FULL and _figures.found:
        terminalreporter.section("what was measured (var/chaos/full.json)")
        for line in _figures.table():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def figures() -> Figures:
    return _figures


@pytest.fixture(scope="session")
def sizes() -> Sizes:
    return SIZES


@pytest.fixture(scope="session")
def _built() -> Iterator[House]:
    with supervisor.built() as house:
        yield house


@pytest.fixture
def servers(_built: House, django_db_blocker, monkeypatch) -> Iterator[House]:
    """PostgreSQL and Redis alone; models and actions of the test speak to this database, and all is stored.

    What an action of the test itself stores rings nobody: the sweep alone can find it.
    """
    monkeypatch.setattr("plans.actions.bell.ring", lambda task, row_id: None)
    from django.db import connections

    from tests.conftest import close_connections, point_at

    before = connections["default"].settings_dict.copy()
    if _built.redis is None:
        _built.start_redis()
    with django_db_blocker.unblock():
        point_at(_built.database_url)
        yield _built
        close_connections()
        connections["default"].settings_dict.update(before)


@pytest.fixture
def house(servers: House) -> House:
    """Everything runs, and the web answers."""
    servers.all_up()
    return servers
