"""What the clinic did meanwhile, through the same actions as everywhere: re-evaluations, and flags that are handled.

The rules raise the flags: a patient's scores up to the day of an alert are stored, then they are evaluated as of
that evening. The replay of rule R3 says which evenings are worth it; one more is a little over a week ago, when the
clinic looked at what the other rules had found.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from plans import pain
from plans.actions import flags, patients, reevaluations
from plans.demo import joan
from plans.demo.diary_rows import day_of, of_site, write_scores
from plans.demo.rows import made_id, moment
from plans.demo.stories import Review
from plans.demo.writing import Batch, Stored, event
from plans.models import Flag, Reevaluation

EVENING_MINUTE = 21 * 60
REVIEW_MINUTE = 9 * 60 + 15
ANSWER_MINUTE = 11 * 60
LEFT_OPEN_DAYS = 8
LOOKED_DAYS_AGO = LEFT_OPEN_DAYS + 1
SHARE_RESOLVED = 0.6
ANSWERS = (
    ("talked", "Rang. A bad week after a long drive, settling."),
    ("changed", "Eased the main part for two weeks."),
    ("watching", "Known trigger, no change to the plan."),
    ("talked", "Spoke about pacing and sleep."),
)


class Life:
    """One patient's time with the clinic. What comes before the first alert is written in bulk, the rest is lived."""

    def __init__(self, stored: Stored, scores: Iterable[tuple[Any, ...]], at: datetime) -> None:
        self.stored = stored
        self._waiting = sorted(scores, key=day_of)
        self._at = at
        self._zone = ZoneInfo(stored.patient.time_zone)
        self._today = at.astimezone(self._zone).date()
        self._values = {site.pk: pain.day_values(of_site(site.pk, self._waiting)) for site in stored.sites}
        self._decisions: dict[UUID, list[pain.Decision[date]]] = {site.pk: [] for site in stored.sites}
        self._seen_until = date.min
        self._reviews = list(stored.story.reviews)
        self._alert = self._next_alert()
        looked_on = self._today - timedelta(days=LOOKED_DAYS_AGO)
        known_since = stored.patient.created_at.astimezone(self._zone).date()
        self._look_on: date | None = looked_on if known_since < looked_on else None

    def quiet_scores(self) -> list[tuple[Any, ...]]:
        """The scores up to the first evening on which anybody looks, its day included."""
        return self._scores_until(self._next_evening() or self._today)

    def store_quiet_reviews(self, batch: Batch) -> None:
        """The re-evaluations that were done before that evening, and the open one that follows."""
        stored, story = self.stored, self.stored.story
        if stored.plan is None:
            return
        why, created_at = Reevaluation.Why.FIRST, stored.versions[0].saved_at
        row = self._open_row(why, created_at)
        due_on = str(row.due_on)
        batch.add(
            event(stored.patient, stored.plan, "re-evaluation scheduled", created_at, stored.by, story, due_on=due_on)
        )
        chain: list[Reevaluation] = []
        first = self._next_evening()
        while self._reviews and (first is None or self._reviews[0].on <= first):
            review = self._reviews.pop(0)
            done_at = self._moment(review.on, REVIEW_MINUTE)
            following = self._open_row(Reevaluation.Why.PERIODIC, done_at)
            row.due_on, row.state, row.next = review.on, Reevaluation.State.DONE, following
            row.decision, row.note, row.done_at, row.done_by = review.decision, review.note, done_at, stored.by
            told = {"decision": review.decision, "next_due_on": str(following.due_on)}
            batch.add(event(stored.patient, stored.plan, "re-evaluation done", done_at, stored.by, story, **told))
            chain.append(row)
            row = following
        batch.add(row, *reversed(chain))  # the database wants the next one to be there first

    def live(self) -> None:
        """Play what the clinic did from that evening on, up to now."""
        while (day := self._next_evening()) is not None:
            if self._reviews and self._reviews[0].on <= day:
                self._review(self._reviews.pop(0))
                continue
            if day == self._look_on:
                self._look_on = None
            self._seen_until = day
            write_scores(self._scores_until(day))
            self._evaluate(day)
            self._alert = self._next_alert()
        while self._reviews:
            self._review(self._reviews.pop(0))
        write_scores(self._scores_until(self._today))
        left_on = self.stored.story.left_on
        if left_on is not None:
            patients.discharge(
                patient=self.stored.patient,
                note="Goal reached.",
                by=self.stored.by,
                at=self._moment(left_on, ANSWER_MINUTE),
            )

    def _next_due_on(self) -> date:
        return self._reviews[0].on if self._reviews else self.stored.story.due_on or self._today

    def _open_row(self, why: str, at: datetime) -> Reevaluation:
        identity = made_id(at, self.stored.story.rng)
        return Reevaluation(id=identity, plan=self.stored.plan, due_on=self._next_due_on(), why=why, created_at=at)

    def _next_evening(self) -> date | None:
        """The next evening that is worth an evaluation."""
        alert_on = self._alert.raised_on if self._alert else None
        return min((day for day in (alert_on, self._look_on) if day is not None), default=None)

    def _next_alert(self) -> "pain.Episode[date] | None":
        """The first episode of any site that nobody has seen or settled yet."""
        found = [
            episode
            for site, values in self._values.items()
            for episode in pain.replay(values, self._decisions[site]).episodes
            if episode.raised_on > self._seen_until and episode.settled_on is None
        ]
        return min(found, key=lambda episode: episode.raised_on, default=None)

    def _scores_until(self, day: date) -> list[tuple[Any, ...]]:
        place = bisect_right(self._waiting, day, key=day_of)
        now, self._waiting = self._waiting[:place], self._waiting[place:]
        return now

    def _review(self, review: Review) -> None:
        row = self._open_review()
        if row is not None:
            reevaluations.complete(
                reevaluation=row,
                decision=review.decision,
                note=review.note,
                next_due_on=self._next_due_on(),
                by=self.stored.by,
                at=self._moment(review.on, REVIEW_MINUTE),
            )

    def _evaluate(self, day: date) -> None:
        planned = self._open_review()
        flags.evaluate(patient_id=self.stored.patient.pk, at=self._moment(day, EVENING_MINUTE))
        # In an order of their own: the ids of several flags of one instant differ from run to run.
        rows = Flag.objects.of(self.stored.patient).filter(state=Flag.State.OPEN)
        for flag in rows.order_by("rule", "site__position", "first_alert_on"):
            self._answer(flag, day, planned.due_on if planned else None)

    def _answer(self, flag: Flag, day: date, planned_on: date | None) -> None:
        """Old flags were seen the next day and mostly resolved; of the latest some wait, and Joan's does."""
        rng, by = self.stored.story.rng, self.stored.by
        recent = day > self._today - timedelta(days=LEFT_OPEN_DAYS)
        if self.stored.story.person is joan.PERSON or (recent and rng.random() < 0.7):
            return
        seen_on, answered_on = day + timedelta(days=1), day + timedelta(days=2)
        if seen_on > self._today:
            return
        flags.acknowledge(flag=flag, by=by, at=self._moment(seen_on, ANSWER_MINUTE))
        if answered_on > self._today or recent:
            return
        answered_at = self._moment(answered_on, ANSWER_MINUTE)
        if rng.random() < SHARE_RESOLVED or flag.rule != Flag.Rule.R3:
            action, note = rng.choice(ANSWERS)
            flags.resolve(flag=flag, action_taken=action, note=note, useful=rng.random() < 0.8, by=by, at=answered_at)
            if flag.site_id is not None and flag.rule == Flag.Rule.R3:
                self._decisions[flag.site_id].append(pain.Resolve(on=answered_on))
        row = self._open_review()
        soon = bool(self._reviews) and self._reviews[0].on <= answered_on
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
        plan = self.stored.plan
        return Reevaluation.objects.open().filter(plan=plan).first() if plan else None

    def _moment(self, day: date, minute: int) -> datetime:
        return min(moment(day, minute, self._zone), self._at)
