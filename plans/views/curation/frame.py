"""The tabs that the pages about one exercise share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from exercises.models import Exercise, ExerciseVersion


def tabs_of(
    exercise: Exercise,
    current: str,
    *,
    plans: int,
    version: ExerciseVersion | None = None,
    changes: int | None = None,
) -> list[dict[str, Any]]:
    """For _tabs.html: "changes" and "fields" of a version, then "used", "history" and "statistics"."""
    tabs: list[tuple[str, str, str, int | None]] = []
    if version is not None:
        url = reverse("version_review", args=[version.pk])
        if changes is not None:
            tabs.append(("changes", url, _("What changed"), changes))
        tabs.append(("fields", f"{url}?tab=fields", _("All fields"), None))
    tabs += [
        ("used", reverse("exercise_used", args=[exercise.pk]), _("Where used"), plans),
        ("history", reverse("exercise_history", args=[exercise.pk]), _("History"), None),
        ("statistics", reverse("exercise_statistics", args=[exercise.pk]), _("How it goes"), None),
    ]
    return [
        {"url": url, "label": label, "count": count, "current": name == current} for name, url, label, count in tabs
    ]
