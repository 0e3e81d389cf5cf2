"""What an exercise says, in the reader's language where it is translated, else as it was written."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from exercises import translated

if TYPE_CHECKING:
    from exercises.models import ExerciseVersion

LONG = (
    "also_known_as", "steps", "cues", "common_mistakes", "should_feel", "stop_if", "evidence", "search_key", "search",
    "source", "licence", "change_note",
)  # fmt: skip
NOT_TRANSLATED = SafeString(' lang="en"')


def language() -> str:
    """The active language without its region: "en", "es"."""
    return (get_language() or translated.SOURCE).partition("-")[0]


class Said:
    """The words of one version for whoever reads now. Attributes are those of the version."""

    def __init__(self, version: "ExerciseVersion") -> None:
        self._version, self._language = version, language()

    def _words(self, name: str) -> Any:
        english = getattr(self._version, name)
        if self._language == translated.SOURCE or not self._version.translations:
            return english
        said = translated.words(self._version.translations, self._language, name, english)
        return english if said is None else said

    @property
    def name(self) -> str:
        return str(self._words("name"))

    @property
    def also_known_as(self) -> Sequence[str]:
        return list(self._words("also_known_as"))

    @property
    def steps(self) -> Sequence[str]:
        return list(self._words("steps"))

    @property
    def cues(self) -> Sequence[str]:
        return list(self._words("cues"))

    @property
    def common_mistakes(self) -> Sequence[str]:
        return list(self._words("common_mistakes"))

    @property
    def should_feel(self) -> str:
        return str(self._words("should_feel"))

    @property
    def stop_if(self) -> Sequence[str]:
        return list(self._words("stop_if"))

    def reason(self, condition: str, english: str) -> str:
        """Why not, or why with care, for a condition."""
        if self._language == translated.SOURCE:
            return english
        return translated.reason(self._version.translations, self._language, condition, english) or english

    @property
    def lang(self) -> dict[str, str]:
        """For the tag around a field: ` lang="en"` where a reader of another language gets the English."""
        if self._language == translated.SOURCE or not (self._version.translations or self._version.shipped_release):
            return {}
        missing = [
            name
            for name in translated.FIELDS
            if translated.words(self._version.translations, self._language, name, getattr(self._version, name)) is None
        ]
        return dict.fromkeys(missing, NOT_TRANSLATED)


def beside_name(prefix: str, *, english: bool) -> list[str]:
    """What need not be read of a version (`defer`) of which only the name, the kind and the doses are shown: the long
    words, which PostgreSQL keeps apart; its translations are for readers of another language. `prefix` is the path
    to the version.
    """
    return [f"{prefix}{name}" for name in (*LONG, *(("translations",) if english else ()))]


def name_fields(prefix: str = "") -> tuple[str, str]:
    """What `values_list` has to ask for, so that `name_from` can say the name. `prefix`: the path to the version."""
    return f"{prefix}name", f"{prefix}translations__{language()}__name"


def name_from(english: str, entry: Mapping[str, str] | None) -> str:
    """The name of an exercise in the reader's language, from what `name_fields` found."""
    return entry["said"] if entry and entry["of"] == translated.mark(english) else english
