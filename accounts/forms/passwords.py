"""Choosing a password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class NewPasswordForm(forms.Form):
    """One field: whoever mistypes it asks for another, and password managers fill it in."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 letters or digits. Three or four words are good and easy to keep in mind."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


class LostPasswordForm(forms.Form):
    """The address to which the way to a new password is sent, if somebody has it."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
