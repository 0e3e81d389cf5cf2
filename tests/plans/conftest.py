"""Fixtures of the tests about patients and plans."""

from collections.abc import Iterator

import pytest

from tests.plans.mail_sink import Sink, mail_sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with mail_sink(settings) as running:
        yield running
