"""How Painplan looks and speaks: one's own choice, on every page and every device."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.plans.test_constraints import refused


def html_of(client, path: str) -> str:
    return client.get(path).content.decode().split("<head>")[0]


def test_the_choice_is_on_every_page_of_a_patient_and_of_staff(client, anna, alice):
    for user, path in ((anna.user, "/today/"), (alice, "/inbox/")):
        client.force_login(user)
        assert "data-bs-theme" not in html_of(client, path), "as on this device"
        client.post(reverse("preferences"), {"theme": "dark", "text_size": "large"})
        shown = html_of(client, path)
        assert 'data-bs-theme="dark"' in shown
        assert 'data-text="large"' in shown


def test_the_button_of_every_page_keeps_light_or_dark(client, anna):
    client.force_login(anna.user)
    client.post(reverse("theme"), {"theme": "dark"})
    assert User.objects.get(pk=anna.user.pk).theme == "dark"
    client.post(reverse("theme"), {"theme": "purple"})
    assert User.objects.get(pk=anna.user.pk).theme == "dark"


@pytest.mark.parametrize("wrong", [{"theme": "purple", "text_size": "usual"}, {"theme": "dark"}, {}])
def test_what_is_not_offered_changes_nothing(client, anna, wrong):
    client.force_login(anna.user)
    assert client.post(reverse("preferences"), wrong).status_code == 422
    assert User.objects.get(pk=anna.user.pk).theme == "auto"


@pytest.mark.parametrize(("name", "constraint"), [("theme", "user_theme_known"), ("text_size", "user_text_size_known")])
def test_another_choice_is_never_stored(anna, name, constraint):
    refused(constraint, lambda: User.objects.filter(pk=anna.user.pk).update(**{name: "odd"}))


def test_paper_stays_light(client, anna, annas_plan):
    client.force_login(anna.user)
    client.post(reverse("theme"), {"theme": "dark"})
    assert 'data-bs-theme="light"' in html_of(client, reverse("my_plan_print"))


def test_a_language_is_offered_only_where_there_is_a_choice(client, anna, settings):
    client.force_login(anna.user)
    assert 'name="language"' in client.get(reverse("preferences")).content.decode()
    languages, settings.LANGUAGES = settings.LANGUAGES, [("en-gb", "English")]
    assert 'name="language"' not in client.get(reverse("preferences")).content.decode()
    settings.LANGUAGES = languages
    client.post(reverse("preferences"), {"theme": "auto", "text_size": "usual", "language": "es"})
    answer = client.get("/today/")
    assert answer.headers["Content-Language"] == "es"
    assert '<html lang="es"' in answer.content.decode()


def test_a_language_that_is_gone_falls_back(client, anna):
    User.objects.filter(pk=anna.user.pk).update(language="tlh")
    client.force_login(anna.user)
    assert client.get("/today/").headers["Content-Language"] == "en-gb"
