"""The quicker `{% include %}` and `{% extends %}` draw what Django draws, however templates stand to each other."""

import pytest
from django.template import Context, Engine, TemplateDoesNotExist

QUICK = ["painplan.templatetags.quick_frame"]
TEXTS = {
    "last.html": "[{% block head %}last{% endblock %}|{% block body %}{% endblock %}|{% include 'foot.html' %}]",
    "middle.html": "{% extends 'last.html' %}{% block head %}middle of {{ block.super }}{% endblock %}",
    "page.html": (
        "{% extends 'middle.html' %}{% block head %}{{ block.super }}, {{ who }}{% endblock %}"
        "{% block body %}{% for n in numbers %}{% include 'row.html' with n=n only_here='yes' %}{% endfor %}"
        "{{ only_here }}{% endblock %}"
    ),
    "other.html": "{% extends 'middle.html' %}{% block body %}{% include 'row.html' %}{% endblock %}",
    "row.html": "<{{ n }}{{ only_here }}{{ who }}>",
    "foot.html": "foot of {{ who }}",
    "named.html": "{% extends parent %}{% block body %}{% include row %}{% endblock %}",
    "alone.html": "{% include 'row.html' with n=1 only %}",
    "sub/page.html": "{% extends '../middle.html' %}{% block body %}{% include './near.html' %}{% endblock %}",
    "sub/near.html": "near",
    "tree.html": "{{ n.name }}{% for n in n.kids %}({% include 'tree.html' %}){% endfor %}",
    "gone.html": "{% include 'not there.html' %}",
    "orphan.html": "{% extends 'not there.html' %}",
}
VALUES = {
    "who": "<Anna>", "numbers": [1, 2], "parent": "middle.html", "row": "row.html",
    "n": {"name": "a", "kids": [{"name": "b", "kids": [{"name": "c"}]}, {"name": "d"}]},
}  # fmt: skip


def engine(builtins: list[str], *more: dict[str, str]) -> Engine:
    loaders = [("django.template.loaders.locmem.Loader", texts) for texts in (*more, TEXTS)]
    return Engine(loaders=[("django.template.loaders.cached.Loader", loaders)], builtins=builtins)


@pytest.mark.parametrize(
    "name", ["page.html", "other.html", "named.html", "alone.html", "sub/page.html", "tree.html", "last.html"]
)
def test_what_is_drawn_is_what_django_draws(name):
    quick, plain = engine(QUICK), engine([])
    expected = plain.get_template(name).render(Context(VALUES))
    for _time in range(3):
        assert quick.get_template(name).render(Context(VALUES)) == expected
    assert len(expected) > 2


def test_pages_that_share_a_frame_keep_their_own_blocks():
    quick, plain = engine(QUICK), engine([])
    for name in ("page.html", "other.html", "page.html", "named.html", "other.html"):
        assert quick.get_template(name).render(Context(VALUES)) == plain.get_template(name).render(Context(VALUES))


def test_a_template_can_extend_another_of_its_own_name():
    own = {"last.html": "{% extends 'last.html' %}{% block head %}own {{ block.super }}{% endblock %}"}
    for _time in range(2):
        quick, plain = engine(QUICK, own), engine([], own)
        for _again in range(2):
            drawn = quick.get_template("page.html").render(Context(VALUES))
            assert drawn == plain.get_template("page.html").render(Context(VALUES))
            assert "own last" in drawn


@pytest.mark.parametrize("name", ["gone.html", "orphan.html"])
def test_one_that_is_not_there_is_missed_each_time(name):
    quick = engine(QUICK)
    for _time in range(2):
        with pytest.raises(TemplateDoesNotExist):
            quick.get_template(name).render(Context(VALUES))


def test_templates_that_were_forgotten_are_read_again():
    texts = {"page.html": "{% extends 'frame.html' %}{% block body %}{% include 'part.html' %}{% endblock %}"}
    texts |= {"frame.html": "1 {% block body %}{% endblock %}", "part.html": "one"}
    quick = engine(QUICK, texts)
    assert quick.get_template("page.html").render(Context()) == "1 one"
    texts |= {"frame.html": "2 {% block body %}{% endblock %}", "part.html": "two"}
    quick.template_loaders[0].reset()
    assert quick.get_template("page.html").render(Context()) == "2 two"
