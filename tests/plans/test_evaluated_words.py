"""Until when the rules have looked, said as Django's date filter says it."""

from datetime import UTC, datetime

import pytest
from django.template import engines
from django.utils import timezone
from django.utils.translation import override

from plans.views.clinician.evaluated import Evaluated

MOMENTS = [datetime(2026, 11, 9, 7, 5, 9, tzinfo=UTC), datetime(2026, 6, 30, 23, 30, tzinfo=UTC)]


@pytest.mark.parametrize("language", ["en-gb", "es"])
@pytest.mark.parametrize("at", MOMENTS)
def test_day_and_clock_are_the_readers(language, at):
    said = engines["django"].from_string("{{ at|date:'H:i' }}|{{ at|date:'j M, H:i' }}")
    with override(language), timezone.override("Europe/Madrid"):
        watch = Evaluated(at, late=False, waiting=False, apart=[], more=0)
        assert f"{watch.clock}|{watch.moment}" == said.render({"at": at})


def test_nothing_is_said_of_never():
    watch = Evaluated(None, late=True, waiting=False, apart=[], more=0)
    assert (watch.clock, watch.moment) == ("", "")
