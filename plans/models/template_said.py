"""The words of a plan template, in the reader's language where this very English is translated."""

from typing import TYPE_CHECKING, Any

from exercises import translated
from exercises.said import language

if TYPE_CHECKING:
    from plans.models.template import PlanTemplate

FIELDS = ("name", "meant_for", "note")


class TemplateSaid:
    """`name`, `meant_for` and `note` of a template for whoever reads now."""

    def __init__(self, template: "PlanTemplate") -> None:
        self._template, self._language = template, language()

    @property
    def name(self) -> str:
        return self._words("name")

    @property
    def meant_for(self) -> str:
        return self._words("meant_for")

    @property
    def note(self) -> str:
        return self._words("note")

    def _words(self, field: str) -> str:
        english: str = getattr(self._template, field)
        said = translated.words(self._template.translations, self._language, field, english)
        return english if said is None else str(said)


def kept(english: dict[str, str], said: dict[str, Any]) -> dict[str, Any]:
    """One language of `PlanTemplate.translations`."""
    return {field: {"of": translated.mark(english[field]), "said": said[field]} for field in FIELDS if said.get(field)}
