"""What happened to one demo patient, on which day: care, plan versions, re-evaluations and the diary. No database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from plans.demo import joan, routines
from plans.demo.courses import Course, course
from plans.demo.diary import LoggedDay, joans_days, logged_days
from plans.demo.people import Person
from plans.demo.routines import Item

FIRST_REVIEW_DAYS = 14
REVIEW_EVERY_DAYS = 28
NEW_FOR_DAYS = 10
LEFT_DAYS_AGO = 20
MOST_REVIEWS = 40
# The next re-evaluations come due like this, person by person; 0 is today, one is late.
DUE_IN_DAYS = (9, 0, 3, 16, 21, 12, 1, 19, -2, 6, 23, 14, 5)
WEEKDAYS = ((1, 3, 5), (1, 3, 4, 6), (2, 4, 6), (2, 5, 7), (1, 4), (1, 2, 4, 6))

NOTES = {
    "continue": ("Doing well enough. Nothing changes for now.", "A mixed month; keep the plan and look again."),
    "change": ("Technique is safe. One more exercise.", "Wants more variety. One exercise added."),
    "progress": ("Feels easier. A small step up.", "Kept up well; a little more of the main part."),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the plan, from its first day on."""

    number: int
    on: date
    weekdays: tuple[int, ...]
    items: tuple[Item, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """A re-evaluation that was done."""

    on: date
    decision: str
    note: str


@dataclass(slots=True)
class Story:
    """`added_on` is the first day with the clinic, `left_on` that of the discharge, `due_on` the next re-evaluation."""

    person: Person
    number: int
    rng: Random
    added_on: date
    left_on: date | None = None
    versions: list[Version] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    due_on: date | None = None
    days: list[LoggedDay] = field(default_factory=list)

    def version_on(self, day: date) -> Version | None:
        """The version that was active on that day."""
        found = [version for version in self.versions if version.on <= day]
        return found[-1] if found else None

    def session_size(self) -> Callable[[date], int]:
        """How many exercises are planned on a day."""

        def size(day: date) -> int:
            version = self.version_on(day)
            return len(version.items) if version and day.isoweekday() in version.weekdays else 0

        return size


def joans_story(today: date, rng: Random) -> Story:
    """The demo patient's own story, always 80 days long."""
    first = today - timedelta(days=joan.TODAY)
    story = Story(joan.PERSON, 0, rng, first, due_on=today + timedelta(days=joan.DUE_IN_DAYS))
    story.reviews = [Review(first + timedelta(days=day), decision, note) for day, decision, note in joan.REVIEWS]
    starts = [first, *(review.on for review in story.reviews if review.decision != "continue")]
    for number, on in enumerate(starts, start=1):
        weekdays = sorted((today + timedelta(days=day)).isoweekday() for day in joan.SESSION_DAYS[number - 1])
        story.versions.append(
            Version(number, on, tuple(weekdays), routines.JOAN[number - 1], routines.JOAN_WHY[number - 1])
        )
    story.days = joans_days(today, story.session_size(), rng)
    return story


def story_of(person: Person, number: int, days: int, today: date, rng: Random) -> Story:
    """The story of a made-up person over `days` days that end today."""
    length = min(days, NEW_FOR_DAYS) if person.kind == "new" else days
    story = Story(person, number, rng, today - timedelta(days=length - 1))
    if person.kind == "invited":
        story.added_on = today - timedelta(days=min(days - 1, 2))
        return story
    if person.kind == "discharged":
        story.left_on = max(story.added_on, today - timedelta(days=LEFT_DAYS_AGO))
    if person.kind != "no plan":
        _plan(story, today)
    courses = _courses(story, days=length)
    keenness = rng.uniform(0.3, 0.45) if person.pattern == "sparse" else rng.uniform(0.62, 0.97)
    story.days = logged_days(courses, story.added_on, story.session_size(), keenness, rng)
    if story.left_on:
        story.days = [day for day in story.days if day.on < story.left_on]
    return story


def _courses(story: Story, days: int) -> list[Course]:
    person = story.person
    others = [course("stable", days, person.usual - 1, story.rng) for _ in person.complaint.sites[1:]]
    return [course(person.pattern, days, person.usual, story.rng), *others]


def _plan(story: Story, today: date) -> None:
    """Versions and re-evaluations: the first after two weeks, then every four; some of them change the plan."""
    person, rng = story.person, story.rng
    last_day = story.left_on or today
    on = min(story.added_on + timedelta(days=rng.randint(0, 5)), last_day)
    weekdays = rng.choice(WEEKDAYS)
    decisions = ["continue"] * MOST_REVIEWS
    if person.pattern in ("stable", "noisy", "improving", "spiking"):
        decisions[:2] = rng.choice((["change", "progress"], ["change", "continue"], ["continue", "change"]))
    story.versions = [_version(story, 1, on, weekdays)]
    due_on = on + timedelta(days=FIRST_REVIEW_DAYS)
    for decision in decisions:
        if due_on > last_day - timedelta(days=3):
            break
        story.reviews.append(Review(due_on, decision, rng.choice(NOTES[decision])))
        if decision != "continue":
            story.versions.append(_version(story, len(story.versions) + 1, due_on, weekdays))
        due_on += timedelta(days=REVIEW_EVERY_DAYS)
    if story.reviews and not story.left_on:
        due_on = today + timedelta(days=DUE_IN_DAYS[story.number % len(DUE_IN_DAYS)])
    story.due_on = due_on


def _version(story: Story, number: int, on: date, weekdays: tuple[int, ...]) -> Version:
    items = routines.items(story.person.complaint.routine, number)
    return Version(number, on, weekdays, items, routines.WHY[number - 1])
