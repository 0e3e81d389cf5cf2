"""The words of a draft in another language, beside the English they are made from."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.policy import curator
from exercises import translated
from exercises.actions import lifecycle
from exercises.actions.refusals import DraftChanged
from exercises.curation import doors
from exercises.models import Condition, ExerciseVersion
from exercises.wording_curation import FIELDS

LANGUAGES = [(code, name) for code, name in settings.LANGUAGES if not code.startswith(translated.SOURCE)]
CAUTION = "caution_"


class TranslationForm(forms.Form):
    """A box for each text that the English has; a list has one line for each entry. Empty: not translated."""

    def __init__(self, version: ExerciseVersion, language: str, data: Any = None) -> None:
        self.language = language
        self.english = lifecycle.english_of(version)
        super().__init__(data)
        for name in translated.FIELDS:
            if self.english[name]:
                said = translated.words(version.translations, language, name, self.english[name])
                self._box(name, FIELDS[name], self.english[name], said)
        conditions = Condition.objects.names()
        for condition, reason in self.english["cautions"].items():
            said = translated.reason(version.translations, language, condition, reason)
            self._box(CAUTION + condition, conditions[condition], reason, said)

    def _box(self, name: str, label: Any, english: Any, said: Any) -> None:
        lines = [english] if isinstance(english, str) else list(english)
        initial = said if isinstance(said, str) else "\n".join(said or ())
        box = forms.Textarea(attrs={"rows": max(1, len(lines)), "lang": self.language})
        self.fields[name] = forms.CharField(
            label=label, help_text="\n".join(lines), initial=initial, widget=box, required=False, max_length=2000
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in translated.LISTS:
            lines = [line.strip() for line in cleaned.get(name, "").splitlines() if line.strip()]
            wanted = len(self.english[name])
            if name in cleaned and name != "also_known_as" and lines and len(lines) != wanted:
                words = ngettext(
                    "Write %(n)d line, as the English has.", "Write %(n)d lines, as the English has.", wanted
                )
                self.add_error(name, words % {"n": wanted})
            cleaned[name] = lines
        return cleaned

    def said(self) -> dict[str, Any]:
        """The words by field, and "cautions" by condition."""
        given = {name: self.cleaned_data.get(name) for name in translated.FIELDS}
        cautions = {
            name.removeprefix(CAUTION): text for name, text in self.cleaned_data.items() if name.startswith(CAUTION)
        }
        return given | {"cautions": cautions}

    def boxes(self) -> Iterator[tuple[Any, list[str]]]:
        """Each field with its English, line by line."""
        for field in self:
            yield field, str(field.help_text).splitlines()


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def translation(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The page of a draft's words in another language (`?language=`, else the first one)."""
    version = doors.draft(request, draft_id)
    language = request.GET.get("language", LANGUAGES[0][0])
    if language not in dict(LANGUAGES):
        raise Http404("no such language")
    if version.state == ExerciseVersion.State.REVIEW:
        return redirect("version_review", version.pk)
    form = TranslationForm(version, language, request.POST if request.method == "POST" else None)
    if form.is_valid():
        lock, by = request.POST.get("lock", ""), doors.user(request)
        try:
            lifecycle.translate(
                version=version, language=language, said=form.said(), lock=int(lock) if lock.isdigit() else -1, by=by,
                at=timezone.now(),
            )  # fmt: skip
        except DraftChanged as changed:
            form.add_error(None, str(changed))
        else:
            messages.success(request, _("The translation is kept."))
            return redirect("exercise_editor", version.pk)
    page = {"version": version, "form": form, "language": dict(LANGUAGES)[language], "nav": "review"}
    return render(request, "exercises/curation/translation.html", page, status=422 if form.errors else 200)


def waiting(version: ExerciseVersion) -> list[tuple[str, str, list[str]]]:
    """For each language: its code, its name, and what is not translated, or not any more, in words."""
    english = lifecycle.english_of(version)
    return [
        (code, name, [str(FIELDS[each]) for each in translated.outdated(version.translations, code, english)])
        for code, name in LANGUAGES
    ]
