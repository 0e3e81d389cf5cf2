"""A page whose pieces are joined once says what Django says, and errors in it are found where Django finds them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.template import Context, Engine
from django.utils.safestring import SafeString

QUICK = ["painplan.templatetags.quick_frame"]
TEXTS = {
    "frame.html": (
        "<{% block head %}frame {{ who }}{% endblock %}>\n"
        "{% block page %}({% block aside %}aside{% endblock %}|"
        "{% block body %}body of the frame{% endblock %}){% endblock %}\n"
        "{% if shown %}{% block shown %}shown by the frame{% endblock %}{% endif %}"
        "{% if not_there.at_all %}a{% elif number == 2 %}b{{ number }}{% elif number %}c{% else %}d{% endif %}"
        "{% if not_there > number %}never{% elif shown|default:not_there %}nor by an argument that is not there"
        "{% else %}as it should be{% endif %}"
        "{{ block.name }}{{ inner }}{% include 'foot.html' with inner=who %}{{ inner }}"
    ),
    "middle.html": (
        "{% extends 'frame.html' %}outside of blocks{% block head %}middle of {{ block.super }}{% endblock %}"
        "{% block body %}{% block inmost %}inmost{% endblock %} of {{ block.super }}{% endblock %}"
    ),
    "child.html": (
        "{% extends 'middle.html' %}{% block head %}{{ block.super }}, {{ block.super }} {{ block.name }}{% endblock %}"
        "{% block inmost %}{{ block.super }} of the child{% endblock %}"
        "{% block of_the_child_alone %}nowhere{% endblock %}"
    ),
    "alone.html": "{% extends 'frame.html' %}{% block aside %}of the child alone{% endblock %}",
    "whole.html": "{% extends 'middle.html' %}{% block page %}[{{ block.super }}]{% endblock %}",
    "twice.html": (
        "{% extends 'middle.html' %}{% block page %}{% block aside %}of the child{% endblock %}{{ block.super }}"
        "{% block inmost %}too{% endblock %}{{ block.super }}{% endblock %}"
    ),
    "in_if.html": (
        "{% extends 'middle.html' %}{% block shown %}{% if number %}{% block nested %}{{ number }}{% endblock %}"
        "{% else %}none{% endif %}, {{ block.super }}{% endblock %}"
    ),
    "foot.html": "foot of {{ inner }}{% block head %}: a block of its own{% endblock %}{% include 'last.html' %}",
    "last.html": "{% if inner %}, {{ inner }}, {{ who }}, {{ block.name }}{% endif %}",
}
PAGES = ("child.html", "alone.html", "whole.html", "twice.html", "in_if.html", "middle.html", "frame.html")


def engine(builtins: list[str], texts: dict[str, str], *, debug: bool = False) -> Engine:
    return Engine(loaders=[("django.template.loaders.locmem.Loader", texts)], builtins=builtins, debug=debug)


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("number", [0, 1, 2, None])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_django_says(name, number, shown):
    values = {"who": "“<Anna>”", "number": number, "shown": shown}
    expected = engine([], TEXTS).get_template(name).render(Context(values))
    page = engine(QUICK, TEXTS).get_template(name)
    for _time in range(2):
        drawn = page.render(Context(values))
        assert drawn == expected
        assert isinstance(drawn, SafeString)
    assert "&lt;Anna&gt;" in expected


def test_what_blocks_and_includes_add_does_not_stay_in_the_context():
    context = Context({"who": "Anna", "shown": True})
    engine(QUICK, TEXTS).get_template("child.html").render(context)
    assert context.flatten() == {"True": True, "False": False, "None": None, "who": "Anna", "shown": True}


class Unwell:
    @property
    def told(self):
        raise RuntimeError("not now")

    def __bool__(self):
        raise RuntimeError("not now either")


WRONG = {
    "block of the page": {"child.html": "{% extends 'middle.html' %}\n\n{% block body %}\n{{ it.told }}{% endblock %}"},
    "block of the middle": {"middle.html": "{% extends 'frame.html' %}\n{% block body %}{{ it.told }}{% endblock %}"},
    "frame": {"frame.html": "frame\n{% block inmost %}{% endblock %}\n{{ it.told }}"},
    "include": {"foot.html": "\n\n\n{{ it.told }}"},
    "include of an include": {"last.html": "\n{% if number %}\n{{ it.told }}{% endif %}"},
    "values of an include": {"foot.html": "\n{% include 'last.html' with inner=it.told %}"},
    "template that is not there": {"foot.html": "\n\n{% include 'not there.html' %}"},
    "condition": {"child.html": "{% extends 'middle.html' %}\n{% block body %}\n{% if it %}{% endif %}{% endblock %}"},
    "what a block stands on": {
        "middle.html": "{% extends 'frame.html' %}\n\n{% block head %}{{ it.told }}{% endblock %}",
        "child.html": "{% extends 'middle.html' %}\n{% block head %}\n{{ block.super }}{% endblock %}",
    },
}


@pytest.mark.parametrize("where", WRONG)
def test_an_error_is_found_where_django_finds_it(where):
    found = []
    for builtins in ([], QUICK, QUICK):
        page = engine(builtins, TEXTS | WRONG[where], debug=True).get_template("child.html")
        with pytest.raises(Exception, match="no") as caught:
            page.render(Context({"it": Unwell(), "number": 1}))
        debug = caught.value.template_debug
        found.append((type(caught.value), debug["name"], debug["line"], debug["during"]))
    assert found[1:] == [found[0]] * 2


def test_an_error_outside_of_debugging_goes_on_as_it_is():
    page = engine(QUICK, TEXTS | WRONG["block of the page"]).get_template("child.html")
    with pytest.raises(RuntimeError, match="not now") as caught:
        page.render(Context({"it": Unwell()}))
    assert not hasattr(caught.value, "template_debug")


class Meeting:
    """Waits in the middle of a page until the other page is there too."""

    def __init__(self, barrier: Barrier) -> None:
        self.barrier = barrier

    def here(self) -> str:
        self.barrier.wait(timeout=20)
        return "met"


def test_two_threads_draw_one_template_at_once():
    texts = TEXTS | {"last.html": "{{ meeting.here }} {{ who }}{{ block.name }}"}
    texts["child.html"] += "{% block aside %}{{ meeting.here }} {{ block.super }}, {{ who }}{% endblock %}"
    page, plain = engine(QUICK, texts).get_template("child.html"), engine([], texts).get_template("child.html")
    barrier, alone = Barrier(2), Barrier(1)

    def draw(who: str) -> str:
        return page.render(Context({"who": who, "meeting": Meeting(barrier)}))

    with ThreadPoolExecutor(2) as pool:
        for _time in range(3):
            drawn = list(pool.map(draw, ["Anna", "Bela"]))
            assert drawn == [plain.render(Context({"who": w, "meeting": Meeting(alone)})) for w in ("Anna", "Bela")]
