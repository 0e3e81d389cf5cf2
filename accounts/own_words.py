"""Passwords made of words that everybody who works with Painplan would try first."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

# Longer ones first: what is left of "painplan" without "pain" would be a word of its own.
WORDS = (
    "painplan", "exercise", "physiotherapy", "physio", "movement", "therapy", "patient", "welcome", "clinic", "doctor",
    "nurse", "pain", "plan",
)  # fmt: skip
LEAST_LEFT = 4
"""Letters that must be left when these words, digits and signs are gone."""


class OwnWordsValidator:
    """Refuses a password in which next to nothing else stands."""

    def validate(self, password: str, user: User | None = None) -> None:
        left = password.casefold()
        for word in WORDS:
            left = left.replace(word, " ")
        if len(re.sub(r"[\W\d_]", "", left)) < LEAST_LEFT and any(word in password.casefold() for word in WORDS):
            raise ValidationError(
                _("Words of this place, like “clinic” or “painplan”, are tried first. Choose others."),
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return _("It is not made of words of this place, like “clinic” or “painplan”.")
