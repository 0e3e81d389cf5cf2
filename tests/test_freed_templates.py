"""What a page was drawn from does not wait for the garbage collector."""

import gc
import weakref

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from painplan.freed_templates import FreedTemplates


class Row:
    name = "<Anna>"


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_rows_go_with_the_page(no_collector):
    row = Row()
    kept = weakref.ref(row)
    template = engines["django"].from_string("{% for each in rows %}{{ each.name }}{% endfor %}")
    assert template.render({"rows": [row]}, RequestFactory().get("/")) == "&lt;Anna&gt;"
    del row
    assert kept() is None


def test_pages_are_drawn_by_it():
    assert isinstance(engines["django"], FreedTemplates)
    assert type(engines["django"].get_template("_meter.html")).__name__ == "_Freed"


def test_what_is_not_there_is_said_as_ever():
    with pytest.raises(TemplateDoesNotExist, match=r"nowhere\.html"):
        render_to_string("nowhere.html")
    missing = engines["django"].from_string("{% include 'nowhere.html' %}")
    with pytest.raises(TemplateDoesNotExist) as told:
        missing.render({})
    assert told.value.backend is engines["django"]
