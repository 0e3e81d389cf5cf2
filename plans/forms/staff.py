"""Who works in the clinic: somebody to invite, another role, and what they fill in themselves to come in."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from accounts.models import Role
from plans.forms.joining import EntryForm

WHAT_ROLES_MAY = [
    (Role.CLINICIAN, gettext_lazy("Clinician: looks after patients")),
    (Role.LEAD, gettext_lazy("Clinic lead: looks after patients and sets everything under “Clinic”, this list too")),
    (Role.CURATOR, gettext_lazy("Library curator: writes exercises and sees no patient")),
]


class RoleForm(forms.Form):
    """Cleans to `role`."""

    role = forms.ChoiceField(
        label=gettext_lazy("What they do here"),
        choices=WHAT_ROLES_MAY,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what they do here.")},
    )


class LetterForm(forms.Form):
    """Cleans to `language`; empty: the sender's own."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter"), choices=settings.LANGUAGES, required=False
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["language"].initial = get_language()


class StaffInviteForm(LetterForm, RoleForm):
    """Cleans to `full_name`, `email`, `role` and `language`."""

    full_name = forms.CharField(label=gettext_lazy("Whole name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("The letter with the key goes there; later they sign in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["full_name", "email", "role", "language"]


class StaffJoinForm(EntryForm):
    """A password or a passkey, where one lives, and the language; no consent and no reminders."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["time_zone"].label = gettext_lazy("Where you work (time zone)")
        self.fields["time_zone"].help_text = ""
