"""Seeds the demo: two clinics, their people, their diaries, and an evaluation by the ordinary rules."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.models import Clinic
from plans.actions import beating, watching
from plans.actions.refusals import Refused
from plans.demo.checkins import checkin_rows
from plans.demo.clinic_life import Life
from plans.demo.clinics import DEMO_SLUG, HILL_SLUG, House, open_clinics
from plans.demo.diary_rows import DiaryRows, diary_rows
from plans.demo.people import HILL, roster
from plans.demo.plan_reads import last_changed, plan_read_rows
from plans.demo.routines import needed
from plans.demo.stories import Story, joans_story, story_of
from plans.demo.writing import Batch, store_people
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
        _tune_for_bulk()
        demo, hill = open_clinics(at=at)
        missing = needed() - set(demo.library)
        if missing:
            raise Refused(f"The library has no {', '.join(sorted(missing))}. Run manage.py load_library first.")
        today = at.astimezone(ZoneInfo(demo.clinic.time_zone)).date()
        rng = Random(seed)
        stories = [joans_story(today, Random(f"{seed}/joan"))]
        for number, person in enumerate(roster(patients, rng), start=1):
            stories.append(story_of(person, number, days, today, Random(f"{seed}/{number}")))
        neighbours = [
            story_of(person, number, days, today, Random(f"{seed}/hill/{number}")) for number, person in enumerate(HILL)
        ]
        store(demo, stories, at, tell)
        store(hill, neighbours, at, tell)
        _evaluate(at, tell)
        return {
            "patients": len(stories) + len(neighbours),
            "sessions": Session.objects.filter(patient__clinic__in=[demo.clinic, hill.clinic]).count(),
            "scores": PainScore.objects.filter(patient__clinic__in=[demo.clinic, hill.clinic]).count(),
            "open flags": Flag.objects.open().filter(patient__clinic__in=[demo.clinic, hill.clinic]).count(),
        }


def _tune_for_bulk() -> None:
    """Settings of this transaction only. Every constraint and trigger still applies.

    Triggers keep the plans of their queries: made while the tables are empty, those would read whole tables. And
    each trigger asks for `pgtrigger.ignore`; while it is not set, every answer costs a caught error.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def store(house: House, stories: list[Story], at: datetime, tell: Tell) -> None:
    done, unread = 0, last_changed(stories) if house.clinic.slug == DEMO_SLUG else None
    for first in range(0, len(stories), BATCH):
        some = stories[first : first + BATCH]
        people = store_people(house, some, at)
        rows, reviews, lives = DiaryRows(), Batch(), []
        for stored in people:
            diary = diary_rows(stored, at)
            life = Life(stored, diary.scores, at)
            life.store_quiet_reviews(reviews)
            reviews.add(*checkin_rows(stored, at))
            rows.extend(DiaryRows(diary.sessions, life.quiet_scores(), diary.logs, diary.events))
            lives.append(life)
        reviews.add(*plan_read_rows(people, unread, at))
        rows.write()
        reviews.write()
        for life in lives:
            life.live()
        with_diary = [stored.patient.pk for stored in people if stored.story.days]
        PainWatch.objects.filter(pk__in=with_diary).update(dirty_since=at)
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
    beating.end(beating.begin(at=at), at=at)  # the pages say how far the rules have looked
