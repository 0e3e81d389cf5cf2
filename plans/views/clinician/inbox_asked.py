"""What a clinician asked the inbox for: a list, of which levels, in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.routes import route
from plans.views.clinician.items import LEVELS, Level

TABS = ("mine", "clinic", "asleep", "resolved")
NAMES = {name: level for level, (name, _title, _word) in LEVELS.items()}


@dataclass(frozen=True)
class Asked:
    """`tab` is empty where the address names none; `only` holds levels of which one is enough; `newest` comes first."""

    tab: str = ""
    only: tuple[str, ...] = ()
    newest: bool = False

    @property
    def is_usual(self) -> bool:
        """Neither a filter nor another order."""
        return not self.only and not self.newest

    @property
    def levels(self) -> Sequence[Level]:
        return [NAMES[name] for name in self.only]

    @property
    def query(self) -> str:
        """The list, filter and order as an address names them; empty for the usual list."""
        return "" if self.is_usual else self._query()

    def address(self, page: int = 1) -> str:
        """The address of the list; it always has a query, to which the panel's `flag` and `patient` are added."""
        return f"{route('inbox')}?{self._query(page)}"

    def _query(self, page: int = 1) -> str:
        # All of them are names that are known, and letters.
        said = [f"tab={self.tab}"] if self.tab else []
        said += [f"only={name}" for name in self.only]
        said += ["sort=newest"] if self.newest else []
        said += [f"page={page}"] if page > 1 else []
        return "&".join(said)


def asked(query: QueryDict, usual: str = "") -> Asked:
    """What an address asks for; what is not known is left out. `usual` is the list of an address that names none."""
    tab = query.get("tab", "")
    only = tuple(name for name in NAMES if name in query.getlist("only"))
    return Asked(tab if tab in TABS else usual, only, query.get("sort") == "newest")


def boxes(what: Asked, by_level: Mapping[Level, int]) -> list[dict[str, object]]:
    """The levels to choose from, those that somebody has and those that were asked for, with how many patients."""
    return [
        {"name": name, "title": _in_words(level), "count": by_level[level], "on": name in what.only}
        for name, level in NAMES.items()
        if by_level[level] or name in what.only
    ]


def _in_words(level: Level) -> str:
    _name, title, word = LEVELS[level]
    return _("%(title)s (%(word)s)") % {"title": title, "word": word} if word else str(title)
