"""Who has read the change of their plan: everybody but the patient whose plan changed last (and never Joan)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Model

from plans.demo import joan
from plans.demo.rows import made_id, moment
from plans.demo.stories import Story
from plans.demo.writing import Stored, event
from plans.models import PlanRead

READ_MINUTE = 18 * 60 + 30  # the evening of the day on which it changed


def last_changed(stories: Sequence[Story]) -> Story | None:
    """The story whose plan was revised last: its patient has not read it yet."""
    revised = [story for story in stories if len(story.versions) > 1 and story.person is not joan.PERSON]
    return max(revised, key=lambda story: (story.versions[-1].on, -story.number), default=None)


def plan_read_rows(people: Iterable[Stored], unread: Story | None, at: datetime) -> list[Model]:
    """What the patients' confirmations would have written. A first plan is read by doing it."""
    rows: list[Model] = []
    for stored in people:
        zone = ZoneInfo(stored.patient.time_zone)
        for version, told in list(zip(stored.versions, stored.story.versions, strict=True))[1:]:
            if stored.story is unread and version is stored.versions[-1]:
                continue
            read_at = min(moment(told.on, READ_MINUTE, zone), at)
            rows += [
                PlanRead(id=made_id(read_at, stored.story.rng), version=version, at=read_at, by=stored.user),
                event(
                    stored.patient, stored.plan, "plan read", read_at, stored.user, stored.story, version=version.number
                ),
            ]
    return rows
