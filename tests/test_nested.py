"""The quicker `{% extends %}` and `{% include %}` draw what Django's own draw."""

import pytest
from django.template import Context, Engine, TemplateDoesNotExist

TEXTS = {
    "outer.html": "<{% block a %}a{% endblock %}|{% block b %}b{% endblock %}>"
    "{% include 'piece.html' with n=1 %}{{ n }}",
    "middle.html": "{% extends 'outer.html' %}{% block b %}middle {{ block.super }}{% endblock %}",
    "page.html": "{# said #}{% extends 'middle.html' %}{% block a %}{{ n }}{% endblock %}"
    "{% block c %}lost{% endblock %}",
    "other.html": "{% extends 'middle.html' %}{% block b %}other {{ block.super }}{% endblock %}",
    "named.html": "{% extends parent %}{% block a %}named{% endblock %}",
    "piece.html": "({{ n }}{{ m }})",
    "pieces.html": "{% for n in many %}{% include 'piece.html' %}{% include 'piece.html' with n=0 only %}{% endfor %}"
    "{% include name %}{% include './piece.html' with n='<' %}",
    "lost.html": "{% include 'not there.html' %}",
}
PAGES = ("outer.html", "middle.html", "page.html", "other.html", "named.html", "pieces.html")


def engine(*builtins: str) -> Engine:
    return Engine(loaders=[("django.template.loaders.locmem.Loader", TEXTS)], builtins=list(builtins))


def test_pages_are_as_django_draws_them_the_first_time_and_later():
    own, quick = engine(), engine("painplan.templatetags.nested")
    for m in ("&", "x"):
        values = {"n": 7, "m": m, "many": [1, 2], "name": "piece.html", "parent": "middle.html"}
        kept = {page: quick.get_template(page) for page in PAGES}
        for page in PAGES:
            expected = own.get_template(page).render(Context(values))
            for _time in range(2):
                assert kept[page].render(Context(values)) == expected
    assert kept["page.html"].render(Context({"n": 7})) == "<7|middle b>(1)7"


def test_a_page_of_the_same_name_in_another_folder_is_found_as_ever():
    below = {"page.html": "{% extends 'page.html' %}{% block a %}above{% endblock %}"}
    above = {"page.html": "<{% block a %}{% endblock %}>"}
    loaders = [("django.template.loaders.locmem.Loader", texts) for texts in (below, above)]
    found = Engine(loaders=loaders, builtins=["painplan.templatetags.nested"])
    assert found.render_to_string("page.html") == "<above>"


def test_what_is_not_there_is_said():
    with pytest.raises(TemplateDoesNotExist):
        engine("painplan.templatetags.nested").render_to_string("lost.html")
