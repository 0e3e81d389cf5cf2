"""The 0-10 scale as a form field. Untouched, "Not now" and 0 are three different answers."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NOT_NOW = "not-now"
SCALE = [str(number) for number in range(11)]


class Untouched:
    """The answer of a scale that nobody touched and that need not be answered."""

    def __bool__(self) -> bool:
        return False


UNTOUCHED: Final = Untouched()

Answer = Decimal | None | Untouched


class ScaleField(forms.Field):
    """Cleans to a whole Decimal 0-10, or None for "Not now" (asked, not answered), or UNTOUCHED when not required.

    Nothing is ever chosen beforehand. Drawn by templates/_nrs.html.
    """

    default_error_messages = {
        "required": _("Choose a number, or “Not now”."),
        "off": _("Choose a whole number from 0 to 10, or “Not now”."),
    }

    def clean(self, value: Any) -> Answer:
        text = "" if value is None else str(value).strip()
        if text == NOT_NOW:
            return None
        if text in SCALE:
            return Decimal(text)
        if text:
            raise ValidationError(self.error_messages["off"], code="off")
        if self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return UNTOUCHED


def number_of(answer: Answer) -> int | None:
    """The number that was chosen; None for "Not now" and for a scale that nobody touched."""
    return int(answer) if isinstance(answer, Decimal) else None
