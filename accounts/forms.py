"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """E-mail address and password. The same words whether the address or the password is wrong."""

    error_messages = {
        "invalid_login": _("That address and password do not go together. Check both and try again."),
        "inactive": _("That address and password do not go together. Check both and try again."),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget.input_type = "email"  # type: ignore[attr-defined]
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "inputmode": "email"}
        self.fields["password"].label = _("Password")
