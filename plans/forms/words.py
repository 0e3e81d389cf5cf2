"""Forms for words between people: a message, a note, a reason. The id is made once, so that twice is once."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import new_id

MESSAGE_LETTERS = 2000
NOTE_LETTERS = 4000


class WordsField(forms.CharField):
    """Plain text with line breaks. A browser sends two letters for a line break and counts one: so do we."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        text = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
        return str(super().to_python(text))


class OnceForm(forms.Form):
    """A form with an id of its own. After cleaning: `entry_id`."""

    entry = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        initial = {"entry": str(new_id())} | (kwargs.pop("initial", None) or {})
        super().__init__(data, initial=initial, **kwargs)

    @property
    def entry_id(self) -> UUID:
        """The id that came with the form; a missing or broken one is made anew."""
        try:
            return UUID(str(self.cleaned_data.get("entry")))
        except ValueError:
            return new_id()

    def renew(self) -> None:
        """Give the form a new id and keep every word: the old one belongs to something else."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("entry")] = str(new_id())  # type: ignore[index]


class MessageForm(OnceForm):
    """One message."""

    text = WordsField(
        label=gettext_lazy("Message"),
        max_length=MESSAGE_LETTERS,
        error_messages={"required": gettext_lazy("Write your message first.")},
    )


class NoteForm(OnceForm):
    """A note of a clinician, private to the staff unless it is shared."""

    text = WordsField(
        label=gettext_lazy("Note"),
        max_length=NOTE_LETTERS,
        error_messages={"required": gettext_lazy("Write the note first.")},
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        choices=[
            ("staff", gettext_lazy("The clinic’s staff only")),
            ("shared", gettext_lazy("The patient too, on their Plan and Progress pages")),
        ],
        initial="staff",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who may read it.")},
    )

    @property
    def is_shared(self) -> bool:
        return bool(self.cleaned_data["who"] == "shared")


class ReasonForm(forms.Form):
    """Why a plan is paused, ended or released."""

    reason = WordsField(label=gettext_lazy("Reason"), max_length=1000, rows=3)

    def __init__(self, data: Any = None, *, label: str, missing: str, required: bool = True) -> None:
        super().__init__(data)
        self.fields["reason"].label = label
        self.fields["reason"].required = required
        self.fields["reason"].error_messages["required"] = missing
