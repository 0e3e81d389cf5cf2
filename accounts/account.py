"""One's own account: how Painplan looks and speaks."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.policy import Actor, public, signed_in
from accounts.way_back import way_back


class PreferencesForm(forms.Form):
    """Language, colours, text size. A language is only asked for when there is a choice."""

    text_size = forms.ChoiceField(
        label=gettext_lazy("Size of the text"), choices=User.TextSize.choices, widget=forms.RadioSelect
    )
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=User.Theme.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        names = ("text_size", "theme", "language")
        super().__init__(data, initial={name: getattr(user, name) for name in names})
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How Painplan looks and speaks for the person who is signed in, on every device."""
    user = cast(User, request.user)
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        for name, value in chosen.items():
            setattr(user, name, value)
        user.save(update_fields=list(chosen))
        with translation.override(user.language):
            messages.success(request, _("Your choice is kept, on every device."))
        return redirect("preferences")
    page = {"form": form, "nav": "help", "frame": frame(request), "back": reverse("home"), "language": _language(user)}
    return render(request, "accounts/preferences.html", page, status=422 if form.errors else 200)


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages before the sign-in, kept in a cookie. Signed in, it is a preference."""
    wanted = request.POST.get("language", "")
    response = redirect(way_back(request, request.POST.get("next", ""), reverse("account_login")))
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return response


@signed_in
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, from the button that every page has. Sent by js/theme.js, which has changed the page already."""
    user, wanted = cast(User, request.user), request.POST.get("theme", "")
    if wanted in User.Theme.values:
        user.theme = wanted
        user.save(update_fields=["theme"])
    return redirect("preferences")


def frame(request: HttpRequest) -> str:
    """The template around a page that patients and staff share."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.roles or actor.is_curator:
        return "base_staff.html"
    return "base_patient.html" if actor.patient else "base.html"


def _language(user: User) -> str:
    return str(dict(settings.LANGUAGES).get(user.language, ""))
