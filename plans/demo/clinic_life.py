"""What the clinic did meanwhile, through the same actions as everywhere: re-evaluations, and flags that are handled.

The rules raise the flags: a patient's scores up to the day of an alert are stored, then they are evaluated as of
that evening. The replay of rule R3 only says which evenings are worth it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plans import pain
from plans.actions import flags, patients, reevaluations
from plans.demo import joan
from plans.demo.diary_rows import day_of, main_site_scores, write_scores
from plans.demo.rows import moment
from plans.demo.stories import Review
from plans.demo.writing import Stored
from plans.models import Flag, Reevaluation

EVENING_MINUTE = 21 * 60
REVIEW_MINUTE = 9 * 60 + 15
ANSWER_MINUTE = 11 * 60
LEFT_OPEN_DAYS = 5
SHARE_RESOLVED = 0.6
ANSWERS = (
    ("talked", "Rang. A bad week after a long drive, settling."),
    ("changed", "Eased the main part for two weeks."),
    ("watching", "Known trigger, no change to the plan."),
    ("talked", "Spoke about pacing and sleep."),
)


def live(stored: Stored, scores: Iterable[tuple[Any, ...]], at: datetime) -> None:
    """Store the scores of one patient, and play what the clinic did between them, up to `at`."""
    _Life(stored, list(scores), at).live()


class _Life:
    def __init__(self, stored: Stored, scores: list[tuple[Any, ...]], at: datetime) -> None:
        self._stored = stored
        self._waiting = sorted(scores, key=day_of)
        self._at = at
        self._zone = ZoneInfo(stored.patient.time_zone)
        self._today = at.astimezone(self._zone).date()
        self._values = pain.day_values(main_site_scores(stored, scores))
        self._decisions: list[pain.Decision[date]] = []
        self._seen_until = date.min

    def live(self) -> None:
        story = self._stored.story
        reviews = list(story.reviews)
        alert = self._next_alert()
        while reviews or alert:
            if alert is None or (reviews and reviews[0].on <= alert.raised_on):
                review = reviews.pop(0)
                self._review(review, next_due_on=reviews[0].on if reviews else story.due_on)
            else:
                self._seen_until = alert.raised_on
                self._evaluate(alert.raised_on, next_review_on=reviews[0].on if reviews else None)
                alert = self._next_alert()
        self._store_until(self._today)
        if story.left_on:
            discharged_at = self._moment(story.left_on, ANSWER_MINUTE)
            patients.discharge(
                patient=self._stored.patient, note="Goal reached.", by=self._stored.by, at=discharged_at
            )

    def _next_alert(self) -> "pain.Episode[date] | None":
        found = pain.replay(self._values, self._decisions).episodes
        return next((e for e in found if e.raised_on > self._seen_until and e.settled_on is None), None)

    def _store_until(self, day: date) -> None:
        write_scores(score for score in self._waiting if day_of(score) <= day)
        self._waiting = [score for score in self._waiting if day_of(score) > day]

    def _review(self, review: Review, next_due_on: date | None) -> None:
        row = self._open_review()
        if row is not None:
            reviewed_at = self._moment(review.on, REVIEW_MINUTE)
            reevaluations.complete(
                reevaluation=row,
                decision=review.decision,
                note=review.note,
                next_due_on=next_due_on,
                by=self._stored.by,
                at=reviewed_at,
            )

    def _evaluate(self, day: date, next_review_on: date | None) -> None:
        self._store_until(day)
        planned = self._open_review()
        flags.evaluate(patient_id=self._stored.patient.pk, at=self._moment(day, EVENING_MINUTE))
        flag = Flag.objects.of(self._stored.patient).filter(state=Flag.State.OPEN).order_by("-first_alert_on").first()
        if flag is not None:
            self._answer(flag, day, planned.due_on if planned else None, next_review_on)

    def _answer(self, flag: Flag, day: date, planned_on: date | None, next_review_on: date | None) -> None:
        """Old flags were seen the next day and mostly resolved; of the latest some wait, and Joan's does."""
        rng, by = self._stored.story.rng, self._stored.by
        recent = day > self._today - timedelta(days=LEFT_OPEN_DAYS)
        if self._stored.story.person is joan.PERSON or (recent and rng.random() < 0.7):
            return
        seen_on, answered_on = day + timedelta(days=1), day + timedelta(days=2)
        if seen_on > self._today:
            return
        flags.acknowledge(flag=flag, by=by, at=self._moment(seen_on, ANSWER_MINUTE))
        if answered_on > self._today or recent:
            return
        answered_at = self._moment(answered_on, ANSWER_MINUTE)
        if rng.random() < SHARE_RESOLVED:
            action, note = rng.choice(ANSWERS)
            flags.resolve(
                flag=flag, action_taken=action, note=note, useful=rng.random() < 0.8, by=by, at=answered_at
            )
            self._decisions.append(pain.Resolve(on=answered_on))
        row = self._open_review()
        soon = next_review_on is not None and next_review_on <= answered_on
        if row is not None and row.why == Reevaluation.Why.FLAG and planned_on and not soon:
            reevaluations.complete(
                reevaluation=row,
                decision="continue",
                note="Looked at after the flag. The plan holds.",
                next_due_on=max(planned_on, answered_on + timedelta(days=1)),
                by=by,
                at=answered_at,
            )

    def _open_review(self) -> Reevaluation | None:
        plan = self._stored.plan
        return Reevaluation.objects.open().filter(plan=plan).first() if plan else None

    def _moment(self, day: date, minute: int) -> datetime:
        return min(moment(day, minute, self._zone), self._at)
