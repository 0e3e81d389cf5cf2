"""What the tests of the curation share: two curators of the shared library, and an exercise that could be published."""

from typing import Any

import pytest

from accounts.models import Membership, User
from exercises.actions import lifecycle
from exercises.models import Exercise, ExerciseVersion
from tests.cast import LONG_AGO, NOON, make_user

WHOLE: dict[str, Any] = {
    "name": "Heel slide",
    "goal": "mobility",
    "body_regions": ["knee"],
    "position": "lying-back",
    "impact": "none",
    "effort_min": 1,
    "effort_max": 3,
    "starting_dose": {
        "sets": 1, "repetitions": 5, "hold_seconds": None, "duration_minutes": None, "distance_metres": None,
        "per_side": True,
    },
    "dose_range": {
        "sets": [1, 3], "repetitions": [5, 12], "hold_seconds": None, "duration_minutes": None, "distance_metres": None,
    },
    "steps": ["Lie on your back.", "Slide one heel towards you.", "Slide it away again."],
    "cues": ["Keep the heel on the bed.", "Breathe as you like."],
    "common_mistakes": ["Lifting the heel: keep it down.", "Going fast: count to three."],
    "should_feel": "A light stretch over the knee.",
    "stop_if": ["The calf is swollen and hot.", "The knee locks."],
    "cautions": [{"condition": "knee-osteoarthritis", "kind": "caution", "reason": "Stay in the easy part."}],
}  # fmt: skip
"""Content that a review can take."""


def make_curator(name: str, clinic: Any = None, *, shared: bool = True) -> User:
    user = make_user(name, curates_shared_library=shared)
    if clinic is not None:
        Membership.objects.create(user=user, clinic=clinic, role="curator", valid_from=LONG_AGO)
    return user


@pytest.fixture
def maren(db: None) -> User:
    """Writes for the shared library."""
    return make_curator("Maren Holt")


@pytest.fixture
def ravi(db: None) -> User:
    """The second person, who publishes what Maren wrote."""
    return make_curator("Ravi Sandhu")


@pytest.fixture
def cleo(db: None) -> User:
    """Curates alone: imports, duplicates, merges."""
    return make_curator("Cleo Curator")


def write(by: User, *, clinic: Any = None, at: Any = NOON, **changes: Any) -> ExerciseVersion:
    """A draft that is complete."""
    content = WHOLE | changes
    draft = lifecycle.create(name=content["name"], clinic=clinic, by=by, at=at)
    return lifecycle.save_draft(version=draft, content=content, lock=0, by=by, at=at)


def in_review(by: User, **changes: Any) -> ExerciseVersion:
    draft = write(by, **changes)
    lifecycle.submit(version=draft, lock=draft.lock, by=by, at=NOON)
    return fresh(draft)


def published(by: User, second: User, **changes: Any) -> Exercise:
    """An exercise with one published version."""
    version = lifecycle.publish(version=in_review(by, **changes), by=second, at=NOON)
    return Exercise.objects.get(pk=version.exercise_id)


def publish_next(exercise: Exercise, by: User, second: User, *, at: Any = NOON, **changes: Any) -> ExerciseVersion:
    """The next version, with some fields changed, written by one and published by the other."""
    draft = lifecycle.edit(exercise=exercise, by=by, at=at)
    draft = lifecycle.save_draft(version=draft, content=changes, lock=draft.lock, by=by, at=at)
    lifecycle.submit(version=draft, lock=draft.lock, by=by, at=at)
    return lifecycle.publish(version=fresh(draft), by=second, at=at)


def fresh(version: ExerciseVersion) -> ExerciseVersion:
    return ExerciseVersion.objects.select_related("exercise").get(pk=version.pk)
