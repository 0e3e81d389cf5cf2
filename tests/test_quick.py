"""The quicker `{% url %}`, `{% translate %}` and `date` say what Django's own say, whatever they are given."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.template import Context, Engine, TemplateSyntaxError, engines
from django.template.defaultfilters import date as django_date
from django.urls import NoReverseMatch, clear_script_prefix, reverse, set_script_prefix
from django.utils.timezone import localtime
from django.utils.translation import gettext, override, pgettext

from accounts.dates import in_language
from painplan.templatetags import quick
from painplan.templatetags.local_dates import date as quick_date

KEYS = [UUID(int=7), UUID(int=8 << 100)]


def drawn(text: str, **values: object) -> str:
    return engines["django"].from_string(text).render(values)


@pytest.mark.parametrize("key", [*KEYS, str(KEYS[0])])
def test_an_address_is_that_of_its_key(key):
    for _time in range(2):
        assert drawn("{% url 'patient' key %}", key=key) == reverse("patient", args=[key])
        assert drawn("{% url 'patient' key as here %}<{{ here }}>", key=key) == f"<{reverse('patient', args=[key])}>"
        assert drawn("{% url 'patient' patient_id=key %}", key=key) == reverse("patient", args=[key])
        assert drawn("{% url name key %}", key=key, name="patient") == reverse("patient", args=[key])
        assert drawn("{% url 'inbox' %}") == reverse("inbox")


def test_what_is_no_address_is_none_as_before():
    for key in (None, "", 7, "x/../y"):
        assert drawn("{% url 'patient' key as here %}<{{ here }}>", key=key) == "<>"
        with pytest.raises(NoReverseMatch):
            drawn("{% url 'patient' key %}", key=key)
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'no such route' key %}", key=KEYS[0])
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'patient' %}")
    assert drawn("{% url 'inbox' key as here %}<{{ here }}>", key=KEYS[0]) == "<>"


def test_an_address_follows_where_the_site_is_mounted():
    here = drawn("{% url 'patient' key %}", key=KEYS[0])
    try:
        set_script_prefix("/clinic/")
        assert drawn("{% url 'patient' key %}", key=KEYS[0]) == "/clinic" + here
    finally:
        clear_script_prefix()
    assert drawn("{% url 'patient' key %}", key=KEYS[0]) == here


def test_a_word_is_said_in_the_language_of_each_reader():
    word = engines["django"].from_string("{% load i18n %}{% translate 'Goals' %}|{% translate 'Goals' as w %}{{ w }}")
    named = engines["django"].from_string("{% load i18n %}{% translate 'Goal' context 'of a patient' %}")
    for language in ("en", "es", "en", "es"):
        with override(language):
            assert word.render({}) == f"{gettext('Goals')}|{gettext('Goals')}"
            assert named.render({}) == pgettext("of a patient", "Goal")
    with override("es"):
        assert word.render({}) != "Goals|Goals"


@pytest.mark.parametrize(
    "text",
    ["{% translate '<b> & 5 %' %}", "{% translate '<b> & 5 %' as w %}{{ w }}", "{% translate word %}",
     "{% translate word|upper %}", "{% translate 'Goals'|upper %}", "{% translate 'Goals' noop %}",
     "{% translate 'Goals' context where %}", "{% trans 'Goals' %}",
     "{% autoescape off %}{% translate '<b>' %}{% endautoescape %}",
     "{% blocktranslate %}<b> 5 % {{ word }} {{ n }} {{ none }}{% endblocktranslate %}",
     "{% blocktranslate trimmed with name=word|upper %}\n About\n {{ name }}{% endblocktranslate %}{{ name }}",
     "{% blocktranslate asvar said with n=word %}{{ n }} <i>{% endblocktranslate %}{{ said }}{{ n }}",
     "{% blocktranslate count k=n with w=word %}{{ k }} {{ w }}{% plural %}{{ k }} of {{ w }}{% endblocktranslate %}",
     "{% blocktranslate count k=one %}{{ k }} day{% plural %}{{ k }} days{% endblocktranslate %}{{ k }}",
     "{% blocktranslate context 'of a patient' %}Goal{% endblocktranslate %}",
     "{% load static %}{% static 'css/base.css' %}{% static 'css/base.css' as f %}{{ f }}{% static word %}"],
)  # fmt: skip
def test_a_word_is_said_as_django_says_it(text):
    values = {"word": "<i>", "where": "of a patient", "n": 3, "one": 1}
    text = "{% load i18n %}" + text
    plain = Engine.get_default().from_string(text)
    for language in ("en", "es", "en"):
        with override(language):
            assert plain.render(Context(values)) == _as_django(text, values)


def _as_django(text: str, values: dict[str, str]) -> str:
    """With Django's own nodes in place of ours."""
    made = Engine.get_default().from_string(text)
    for node in made.nodelist.get_nodes_by_type(object):
        if isinstance(node, quick._Word | quick._Sentence | quick._File):
            node.__class__ = node.__class__.__mro__[1]
    return str(made.render(Context(values)))


def test_a_tag_that_is_wrong_stays_wrong():
    for text in ("{% url %}", "{% load i18n %}{% translate %}"):
        with pytest.raises(TemplateSyntaxError):
            drawn(text)


@pytest.mark.parametrize(
    "pattern",
    [
        "j M",
        "j F Y",
        "Y-m-d",
        "D j M Y",
        "j M, H:i",
        "D j M Y, H:i",
        r"j M \H:i",
        "H:i",
        "c",
        "N",
        r"j \h F",
        "SHORT_DATE_FORMAT",
    ],
)
def test_a_day_is_said_as_django_says_it(pattern):
    moments = [datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 23, 1, 30, tzinfo=UTC)]
    for language in ("en", "es"):
        with override(language):
            for moment in moments:
                assert quick_date(localtime(moment), pattern) == django_date(localtime(moment), in_language(pattern))
            assert quick_date(None, pattern) == quick_date("", pattern) == ""
            if "H:i" not in pattern and pattern != "c":
                assert quick_date(date(2026, 11, 9), pattern) == django_date(date(2026, 11, 9), in_language(pattern))
