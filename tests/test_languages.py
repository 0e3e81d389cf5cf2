"""Whose language a page is in: before the sign-in the browser's or the chosen one, then the person's own."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from plans.forms.numbers import DecimalField, FloatField


def language_of(response) -> str:
    return response.content.decode().split('<html lang="')[1].split('"')[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "given"), [("es-MX,es;q=0.9", "es"), ("en-US", "en-gb"), ("fi", "en-gb"), ("", "en-gb")]
)
def test_before_the_sign_in_the_browser_says_which_language(client, asked, given):
    response = client.get(reverse("account_login"), headers={"accept-language": asked})
    assert language_of(response) == given
    assert "Accept-Language" in response["Vary"]


@pytest.mark.django_db
def test_the_switch_on_the_entry_pages_outweighs_the_browser(client):
    path = reverse("account_login")
    assert 'name="language" value="es" lang="es">Español</button>' in client.get(path).content.decode()
    answer = client.post(reverse("language"), {"language": "es", "next": path})
    assert answer["Location"] == path
    shown = client.get(path, headers={"accept-language": "en"})
    assert language_of(shown) == "es"
    assert 'value="en-gb" lang="en-gb">English</button>' in shown.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["xx", "", "es<script>"])
def test_a_language_that_is_not_there_is_not_kept(client, wrong):
    answer = client.post(reverse("language"), {"language": wrong, "next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("account_login")
    assert "language" not in answer.cookies


def test_signed_in_the_preference_decides(client, anna, annas_plan):
    anna.user.language = "es"
    anna.user.save()
    client.force_login(anna.user)
    response = client.get("/today/", headers={"accept-language": "en"})
    assert language_of(response) == "es"
    assert response["Content-Language"] == "es"


def test_the_preference_is_chosen_on_the_page_of_preferences(client, alice):
    client.force_login(alice)
    client.post(reverse("preferences"), {"theme": "auto", "text_size": "usual", "language": "es"})
    alice.refresh_from_db()
    assert alice.language == "es"
    assert language_of(client.get(reverse("preferences"))) == "es"


@pytest.mark.parametrize(
    ("pattern", "english", "spanish"),
    [
        ("j F Y", "9 November 2026", "9 de noviembre de 2026"),
        ("l j F", "Monday 9 November", "lunes 9 de noviembre"),
        ("j M", "9 Nov", "9 nov"),
        ("D j M Y", "Mon 9 Nov 2026", "lun 9 nov 2026"),
        ("F Y", "November 2026", "noviembre de 2026"),
        ("Y-m-d", "2026-11-09", "2026-11-09"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(pattern, english, spanish):
    shown = Template("{{ day|date:pattern }}")
    for language, wanted in (("en-gb", english), ("es", spanish)):
        with translation.override(language):
            assert shown.render(Context({"day": date(2026, 11, 9), "pattern": pattern})) == wanted


@pytest.mark.parametrize("field", [DecimalField(), FloatField()])
def test_a_number_is_written_with_a_point_or_a_comma(field):
    for language in ("en-gb", "es"):
        with translation.override(language):
            assert float(field.clean("3,5")) == float(field.clean("3.5")) == 3.5
            for wrong in ("1,000.5", "1,2,3", "three"):
                with pytest.raises(ValidationError):
                    field.clean(wrong)
