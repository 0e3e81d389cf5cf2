"""What a curator gives for an import or an export."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Membership, Role, User
from exercises.import_words import FORMATS
from exercises.transfer.values import FREE_EXERCISE_DB, MOST_BYTES

SHARED = "shared"


def libraries(user: User, at: datetime) -> dict[str, Clinic | None]:
    """The libraries this curator writes, by the value that names them in a form: "shared" or the id of a clinic."""
    found: dict[str, Clinic | None] = {SHARED: None} if user.curates_shared_library else {}
    open_now = Membership.objects.open(at).filter(user=user, role=Role.CURATOR).select_related("clinic")
    return found | {str(each.clinic_id): each.clinic for each in open_now.order_by("clinic__name")}


class _LibraryForm(forms.Form):
    """A form that is about one of the libraries of a curator; asks which only when there are several."""

    library = forms.ChoiceField(label=_("Library"))

    def __init__(self, data: Any, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.libraries = libraries(user, at)
        field = self.fields["library"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (value, clinic.name if clinic else _("The shared library")) for value, clinic in self.libraries.items()
        ]
        if len(self.libraries) == 1:
            field.required = False
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.libraries))

    def clean_library(self) -> Clinic | None:
        """The clinic, or None for the shared library."""
        chosen = self.cleaned_data["library"] or next(iter(self.libraries), "")
        if chosen not in self.libraries:
            raise forms.ValidationError(_("Choose one of the libraries that you look after."))
        return self.libraries[chosen]


class ImportForm(_LibraryForm):
    """A file, where it comes from and what its licence is. `format` "" means: by the look of it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or JSON, up to 10 MB and 5,000 exercises. It is checked first; nothing is saved."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file."), "missing": _("Choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.json"}),
    )
    format = forms.ChoiceField(
        label=_("Format"), required=False, choices=[("", _("By the look of the file")), *FORMATS.items()]
    )
    source = forms.CharField(
        label=_("Where the exercises come from"),
        max_length=200,
        help_text=_("Stands with every exercise, unless its row names a source of its own."),
        error_messages={"required": _("Say where the exercises come from.")},
    )
    licence = forms.CharField(
        label=_("Licence"),
        max_length=80,
        help_text=_("Such as “written by us”, “CC BY 4.0” or “public domain”. Without one they may not be used."),
        error_messages={"required": _("Say under which licence they may be used.")},
    )
    field_order = ["file", "library", "source", "licence", "format"]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Cut it into smaller ones."))
        return upload


class ExportForm(_LibraryForm):
    """Which library, and as what."""

    format = forms.ChoiceField(
        label=_("Format"), choices=[(name, label) for name, label in FORMATS.items() if name != FREE_EXERCISE_DB]
    )


class PairForm(forms.Form):
    """Which of two exercises is kept."""

    keep = forms.UUIDField()

    def kept_of(self, one: UUID, other: UUID) -> bool | None:
        """True when the first is kept, False when the second is, None when neither was chosen."""
        if not self.is_valid():
            return None
        return {one: True, other: False}.get(self.cleaned_data["keep"])
