"""Until when the rules have looked, said as Django's date filter says it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import engines
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Patient
from painplan.templatetags import lines
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


AS_BEFORE = (
    "{% load i18n painplan_ui %}"
    '<div class="pp-evaluated{% if watch.late %} pp-evaluated-late{% endif %}" id="evaluated"'
    '{% if oob %} hx-swap-oob="true"{% endif %}><p class="pp-state{% if watch.late %} pp-state-late{% endif %}">'
    '{% if watch.late %}{% icon "exclamation-triangle-fill" %}{% else %}{% icon "check-circle" %}{% endif %}<span>'
    '{% if not watch.up_to %}{% translate "Nothing has been evaluated yet." %}{% elif watch.late %}'
    "{% blocktranslate with at=watch.moment ago=watch.up_to|timesince %}Evaluated up to {{ at }}, {{ ago }} ago."
    "{% endblocktranslate %}{% else %}{% blocktranslate with at=watch.clock %}Evaluated up to {{ at }}"
    "{% endblocktranslate %}{% endif %}{% if watch.late %} {% if watch.waiting %}"
    '{% translate "Newer answers are waiting, so a flag may be missing here." %}{% else %}'
    '{% translate "The check of all patients stands still, so a flag may be missing here. '
    'Tell whoever runs Painplan." %}'
    "{% endif %}{% endif %}</span></p></div>"
)
"""The line in one template, as nothing but Django's own draws it."""


@pytest.mark.parametrize("language", ["en-gb", "es"])
@pytest.mark.parametrize("oob", [True, False])
@pytest.mark.parametrize(("late", "waiting"), [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("ago", [timedelta(seconds=20), timedelta(minutes=6), timedelta(hours=3, minutes=1), None])
def test_the_line_by_its_shape_is_the_line(language, oob, late, waiting, ago):
    up_to = ago and MOMENTS[0] - ago
    watch = Evaluated(up_to, late=late, waiting=waiting, apart=[], more=0)
    plain, page = engines["django"].from_string(AS_BEFORE), engines["django"].get_template("_evaluated.html")
    with override(language), timezone.override("Europe/Madrid"), time_machine.travel(MOMENTS[0], tick=False):
        for _time in range(2):
            drawn = page.render({"watch": watch, "oob": oob})
            assert re.sub(r">\s+<", "><", drawn.strip()) == plain.render({"watch": watch, "oob": oob})


def test_those_who_could_not_be_evaluated_are_named_and_kept_nowhere():
    somebody = [Patient(full_name=name) for name in ("Anna <b>", "Bela")]
    watch = Evaluated(MOMENTS[0], late=False, waiting=False, apart=somebody, more=3)
    drawn = engines["django"].get_template("_evaluated.html").render({"watch": watch})
    assert "Anna &lt;b&gt;</a>, " in drawn
    assert "Bela</a> and 3 more. Read these diaries" in drawn
    assert drawn.count("</div>") == drawn.count("<div") == 1
    assert "Bela" not in str(lines.KEPT)
