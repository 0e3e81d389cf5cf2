"""Seeds the demo: two clinics, their people, their diaries, and an evaluation by the ordinary rules."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Clinic
from plans.actions import watching
from plans.actions.refusals import Refused
from plans.demo.clinic_life import live
from plans.demo.clinics import DEMO_SLUG, HILL_SLUG, House, open_clinics
from plans.demo.diary_rows import DiaryRows, diary_rows
from plans.demo.people import HILL, roster
from plans.demo.stories import Story, joans_story, story_of
from plans.demo.writing import store_people
from plans.models import Flag, PainScore, PainWatch, Session

BATCH = 100
SWEEP = 100

Tell = Callable[[str], None]


def clinics_there() -> set[str]:
    """The short names of the demo's clinics that exist."""
    return set(Clinic.objects.filter(slug__in=[DEMO_SLUG, HILL_SLUG]).values_list("slug", flat=True))


def seed_demo(*, patients: int, days: int, seed: str, at: datetime, tell: Tell) -> dict[str, int]:
    """Everything or nothing, in one transaction. The same `seed` and `at` give the same rows.

    `patients` come besides Joan Whitfield, with diaries of `days` days. `tell` hears how far it has come.
    Returns counts. Raises Refused when the library is missing.
    """
    with transaction.atomic():
        demo, hill = open_clinics(at=at)
        if not demo.library:
            raise Refused("The exercise library is missing. Run manage.py load_library first.")
        today = at.astimezone(ZoneInfo(demo.clinic.time_zone)).date()
        rng = Random(seed)
        stories = [joans_story(today, Random(f"{seed}/joan"))]
        for number, person in enumerate(roster(patients, rng), start=1):
            stories.append(story_of(person, number, days, today, Random(f"{seed}/{number}")))
        neighbours = [
            story_of(person, number, days, today, Random(f"{seed}/hill/{number}")) for number, person in enumerate(HILL)
        ]
        _store(demo, stories, at, tell)
        _store(hill, neighbours, at, tell)
        _evaluate(at, tell)
        return {
            "patients": len(stories) + len(neighbours),
            "sessions": Session.objects.filter(patient__clinic__in=[demo.clinic, hill.clinic]).count(),
            "scores": PainScore.objects.filter(patient__clinic__in=[demo.clinic, hill.clinic]).count(),
            "open flags": Flag.objects.open().filter(patient__clinic__in=[demo.clinic, hill.clinic]).count(),
        }


def _store(house: House, stories: list[Story], at: datetime, tell: Tell) -> None:
    done = 0
    for first in range(0, len(stories), BATCH):
        some = stories[first : first + BATCH]
        rows = DiaryRows()
        people = store_people(house, some, at)
        diaries = [diary_rows(stored, at) for stored in people]
        scores = [diary.scores for diary in diaries]
        for diary in diaries:
            # Scores wait: a flag is raised from what was known on its day.
            rows.extend(DiaryRows(diary.sessions, [], diary.logs, diary.events))
        rows.write()
        for stored, own in zip(people, scores, strict=True):
            live(stored, own, at)
        with_scores = [stored.patient.pk for stored, own in zip(people, scores, strict=True) if own]
        PainWatch.objects.filter(pk__in=with_scores).update(dirty_since=at)
        done += len(some)
        tell(f"{house.clinic.name}: {done} of {len(stories)} patients written")


def _evaluate(at: datetime, tell: Tell) -> None:
    waiting = PainWatch.objects.dirty().count()
    done = 0
    while done < waiting:
        counts = watching.sweep(at=at, limit=SWEEP)
        if counts["failed"] or not counts["evaluated"]:
            raise RuntimeError("the demo data could not be evaluated")
        done += counts["evaluated"]
        tell(f"{done} of {waiting} patients evaluated")
