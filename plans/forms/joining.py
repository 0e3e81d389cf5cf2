"""What somebody fills in who was invited: a password or a passkey, consent, where they live."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from plans.forms.clinician import time_zones

REMINDERS = [
    ("no", gettext_lazy("No, thank you")),
    ("morning", gettext_lazy("Yes, in the morning")),
    ("evening", gettext_lazy("Yes, and once more in the evening if I have logged nothing")),
]


class EntryForm(forms.Form):
    """`account` is the login that the address has already: then its password is asked for, not a new one, and
    `is_right` says whether it is. `credential` is what the browser made instead of a password.
    """

    credential = forms.JSONField(required=False, widget=forms.HiddenInput)
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        help_text=gettext_lazy("At least 12 letters or digits. Three or four words are good and easy to keep in mind."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Where you live (time zone)"),
        help_text=gettext_lazy("Your days begin and end there."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(
        self,
        data: Any = None,
        *,
        account: User | None,
        is_right: Callable[[str], bool],
        email: str,
        name: str,
        time_zone: str,
    ) -> None:
        language = get_language() or settings.LANGUAGE_CODE
        super().__init__(data, initial={"time_zone": time_zone, "language": language})
        self.account, self.is_right, self.email, self.name = account, is_right, email, name
        self.fields["password"].required = not (self.by_passkey and data)
        known = time_zones()
        names = {value for value, _label in known}
        self.fields["time_zone"].choices = (  # type: ignore[attr-defined]
            known if time_zone in names else [(time_zone, time_zone), *known]
        )
        if account is not None:
            self.fields["password"].label = _("Your password")
            self.fields["password"].help_text = _(
                "You have a Painplan login with this address already. Use its password."
            )
            self.fields["password"].widget.attrs["autocomplete"] = "current-password"

    @property
    def by_passkey(self) -> bool:
        """Whether the browser sent a passkey; who has a login already uses that one's password."""
        return self.account is None and self.data.get("credential", "") not in ("", "null")

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if self.by_passkey:
            return ""
        if self.account is not None:
            if not self.is_right(password):
                raise forms.ValidationError(_("That is not the password of this login. Try again."))
            return password
        validate_password(password, User(email=self.email, full_name=self.name))
        return password


class JoinForm(EntryForm):
    """What patients choose beside: whether to be reminded, and that they agree."""

    reminders = forms.ChoiceField(
        label=gettext_lazy("Shall we remind you by e-mail?"),
        help_text=gettext_lazy("On the days of your plan only, and with no word about your health."),
        choices=REMINDERS,
        required=False,
        initial="no",
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I have read this and I agree."),
        error_messages={"required": gettext_lazy("Tick this if you agree. Without it we may not keep your answers.")},
    )
