"""The curators' contact sheet: every figure with its exercises, what the checks say and what people said."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exercises.drawn import Drawn
from exercises.figures.files import checked, library
from exercises.models import Exercise, ExerciseVersion, FigureReview

PAGE = 24
SHOW: dict[str, str | Promise] = {
    "": _("All figures"),
    "new": _("Not looked at yet"),
    "mend": _("To be put right"),
    "good": _("Looks right"),
    "checks": _("With complaints"),
}


@dataclass(frozen=True)
class Row:
    """One figure. `complaints` are sentences of the checks; `review` is what somebody said of this drawing last."""

    figure: str
    drawn: Drawn
    exercises: list[Exercise]
    complaints: list[str]
    review: FigureReview | None

    @property
    def name(self) -> str:
        """The name of its exercise, or its id while no exercise uses it."""
        if not self.exercises:
            return self.figure
        version = self.exercises[0].current_version
        return version.said.name if version else self.figure


class Sheet:
    """What the address asks for: `show` (a key of SHOW), `goal`, `q` (part of a name), `page`."""

    def __init__(self, asked: QueryDict, at: datetime) -> None:
        self.at = at
        self.show = asked.get("show", "") if asked.get("show", "") in SHOW else ""
        self.goal = asked.get("goal", "") if asked.get("goal", "") in ExerciseVersion.Goal.values else ""
        self.q = asked.get("q", "").strip()[:80]
        self.number = asked.get("page")
        self.choices = [(value, words, value == self.show) for value, words in SHOW.items()]
        self.goals = [(value, words, value == self.goal) for value, words in ExerciseVersion.Goal.choices]
        kept = {"show": self.show, "goal": self.goal, "q": self.q}
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in kept.items() if value})
        self.query = query.urlencode()

    @cached_property
    def all_rows(self) -> list[Row]:
        used: dict[str, list[Exercise]] = {}
        shared = Exercise.objects.filter(clinic__isnull=True).prescribable().select_related("current_version")
        for exercise in shared.order_by("current_version__name"):
            if exercise.current_version:
                used.setdefault(exercise.current_version.figure, []).append(exercise)
        reviews: dict[str, FigureReview] = {}
        for review in FigureReview.objects.select_related("reviewed_by").order_by("reviewed_at"):
            reviews[review.digest] = review
        folder = Path(settings.FIGURES_ROOT)
        rows = [
            Row(figure, Drawn(figure, digest), used.get(figure, []), checked(folder, digest), reviews.get(digest))
            for figure, digest in library().items()
        ]
        return sorted(rows, key=lambda row: row.name.lower())

    @cached_property
    def rows(self) -> list[Row]:
        """Those that are asked for."""
        found = [row for row in self.all_rows if self._shown(row)]
        if self.goal:
            found = [row for row in found if any(_goal(each) == self.goal for each in row.exercises)]
        words = self.q.lower()
        return [row for row in found if words in row.name.lower() or words in row.figure.replace("_", " ")]

    def _shown(self, row: Row) -> bool:
        if self.show == "new":
            return row.review is None
        if self.show in ("good", "mend"):
            return row.review is not None and row.review.verdict == self.show
        return self.show != "checks" or bool(row.complaints)

    @cached_property
    def page(self) -> Page[Row]:
        return Paginator(self.rows, PAGE).get_page(self.number)

    @property
    def looked_at(self) -> int:
        """How many of all have been looked at."""
        return sum(row.review is not None for row in self.all_rows)


def _goal(exercise: Exercise) -> str:
    return exercise.current_version.goal if exercise.current_version else ""
