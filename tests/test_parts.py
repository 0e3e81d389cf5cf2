"""Pieces of pages that are drawn once: they see only what they are given, and are never another's or out of date."""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.template import Context, Engine, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from painplan.templatetags import parts

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
PART = re.compile(r"""\{% part(_with_forms)? ["']([\w./-]+)["']""")
TAG = re.compile(r"\{[{%].*?[%}]\}")
OF_A_REQUEST = re.compile(r"csrf_token|\b(request|user|perms|messages|timesince|timeuntil)\b|\{% now")


@dataclass(frozen=True)
class Row:
    name: str
    days: tuple[int, ...] = ()


@dataclass
class Loose:
    name: str


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch):
    """Draws a part of a written template, and counts how often that template is really rendered."""
    parts._drawn.cache_clear()
    seen: list[str] = []

    def draw(source: str, /, **values: object) -> str:
        class Counted(Template):
            def render(self, context: Context) -> str:
                seen.append(source)
                return super().render(context)

        monkeypatch.setattr(Engine.get_default(), "get_template", lambda _name: Counted(source))
        return parts.part(source, **values)

    draw.seen = seen
    yield draw
    parts._drawn.cache_clear()


def test_a_part_is_drawn_once_for_equal_values(drawn):
    source = "{{ row.name }}: {% for day in row.days %}{{ day }} {% endfor %}"
    assert drawn(source, row=Row("Walk", (1, 2))) == "Walk: 1 2 "
    assert drawn(source, row=Row("Walk", (1, 2))) == "Walk: 1 2 "
    assert len(drawn.seen) == 1
    assert drawn(source, row=Row("Walk", (1, 3))) == "Walk: 1 3 "


def test_what_is_equal_but_looks_otherwise_is_drawn_apart(drawn):
    assert drawn("{{ value }}", value=1) == "1"
    assert drawn("{{ value }}", value=True) == "True"
    assert drawn("{{ value }}", value=mark_safe("<b>")) == "<b>"  # to see that it is not mixed up
    assert drawn("{{ value }}", value="<b>") == "&lt;b&gt;"
    assert drawn("{{ row.name }}", row=Row(mark_safe("<i>"))) == "<i>"
    assert drawn("{{ row.name }}", row=Row("<i>")) == "&lt;i&gt;"
    assert drawn("{{ value.0 }}", value=(1.0,)) == "1.0"
    assert drawn("{{ value.0 }}", value=(1,)) == "1"


def test_each_language_and_time_zone_has_its_own(drawn):
    source = "{% load i18n %}{% translate 'Library' %} {{ at|date:'H:i' }}"
    at = timezone.datetime(2026, 11, 19, 12, tzinfo=timezone.get_fixed_timezone(0))
    with translation.override("en"), timezone.override("Europe/London"):
        english = drawn(source, at=at)
    with translation.override("es"), timezone.override("Europe/London"):
        spanish = drawn(source, at=at)
    with translation.override("en"), timezone.override("Asia/Tokyo"):
        japanese = drawn(source, at=at)
    assert english == "Library 12:00"
    assert spanish != english
    assert japanese == "Library 21:00"


@pytest.mark.parametrize("value", [{"a": 1}, [1], {1}, Loose("x"), object(), (1, [2]), Row("x", days=[1])])
def test_what_could_change_or_bring_more_with_it_is_refused(drawn, value: object):
    with pytest.raises(TypeError, match="plain values only"):
        drawn("{{ value }}", value=value)


def test_a_part_sees_nothing_of_the_page_around_it():
    outer = Template("{% load parts %}{% part '_crumb.html' url='/a/' label='A' %}")
    alone = outer.render(Context({}))
    assert "/a/" in alone
    assert outer.render(Context({"url": "/b/", "request": object(), "user": "Alice"})) == alone


def test_nothing_of_a_patient_is_kept():
    """What is drawn for plans shows patients; the frame, the library and the small parts in templates/ do not."""
    names = {each[2] for path in TEMPLATES.rglob("*.html") for each in PART.finditer(path.read_text())}
    assert not [name for name in names if name.startswith("plans/")]


def test_no_part_asks_for_what_belongs_to_one_request():
    found = {each.groups() for path in TEMPLATES.rglob("*.html") for each in PART.finditer(path.read_text())}
    texts = {name: (TEMPLATES / name).read_text() for _forms, name in found}
    for forms, name in found:
        if forms:  # the token of their forms is put in by the tag
            texts[name] = texts[name].replace("{% csrf_token %}", "")
    asking = {name for name, text in texts.items() if any(map(OF_A_REQUEST.search, TAG.findall(text)))}
    assert not asking, f"These parts would draw the same for everybody: {asking}"


def test_forms_in_a_part_have_the_token_of_the_page_and_no_other():
    shown = Template('{% load parts %}{% part_with_forms "_rail_foot.html" here="" clinics=clinics %}')
    clinics = (("hill", "Hill Clinic"),)
    first, second = (shown.render(Context({"clinics": clinics, "csrf_token": token})) for token in ("abc1", "abc2"))
    assert first.count('name="csrfmiddlewaretoken" value="abc1"') == first.count("<form") == 3
    assert first.replace("abc1", "abc2") == second
    assert "Go to Hill Clinic" in first


def test_keys_in_a_part_are_put_in_anew_and_never_kept(drawn):
    source = "{% if plan %}<a href='/plans/{{ plan }}/'>{% endif %}<a href='/patients/{{ patient }}/{{ word }}'>"
    one, two, three = (UUID(int=n) for n in (1, 2, 3))
    drawn(source, word="first")
    first = parts.part_with_forms(Context(), source, word="x", patient=one, plan=two)
    second = parts.part_with_forms(Context(), source, word="x", patient=three, plan=one)
    without = parts.part_with_forms(Context(), source, word="x", patient=three, plan=None)
    assert first == f"<a href='/plans/{two}/'><a href='/patients/{one}/x'>"
    assert second == f"<a href='/plans/{one}/'><a href='/patients/{three}/x'>"
    assert without == f"<a href='/patients/{three}/x'>"
    assert drawn.seen == [source] * 3  # the one before, once with a plan, once without one


def test_a_part_without_forms_takes_no_keys(drawn):
    with pytest.raises(TypeError, match="plain values only"):
        drawn("{{ patient }}", patient=UUID(int=1))


def test_the_buttons_of_a_kept_frame_are_believed(alice):
    token = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
    for _time in range(2):
        client = Client(enforce_csrf_checks=True)
        client.force_login(alice)
        shown = client.get(reverse("templates")).content.decode()
        assert shown.count("csrfmiddlewaretoken") == len(token.findall(shown)) >= 3
        assert len(set(token.findall(shown))) == 1 and parts.MARK not in shown
        assert client.post(reverse("account_logout")).status_code == 403
        sent = {"csrfmiddlewaretoken": token.findall(shown)[-1]}
        assert client.post(reverse("account_logout"), sent).status_code == 302
