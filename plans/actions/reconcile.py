"""The nightly count: what is stored of every active patient is compared with what the rules say of all their rows.

First the pain rule R3 of everybody, thousands of diaries at once (reconcile_pain.py). Then every rule, one patient
after the other; so many a night that the night is long enough, the next ones the night after.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import replica
from accounts.models import Patient
from plans.actions import reconcile_pain
from plans.actions.episodes import match
from plans.actions.facts import judge, known_of
from plans.actions.flags import until_of
from plans.actions.jobs import Kept, Progress
from plans.models import Flag, PainWatch

logger = logging.getLogger(__name__)

# By every rule in one night: at 10 ms each 25 minutes.
MOST_A_NIGHT = 150_000
# Where a run stands, besides its counts: what it is at, and the last patient that it has done with.
PAIN, RULES = "pain", "rules"
AT, AFTER = "at", "after"


def reconcile(
    *,
    at: datetime,
    progress: Progress | None = None,
    last_run: Kept | None = None,
    most: int = MOST_A_NIGHT,
) -> dict[str, int | str]:
    """Compare everybody's flags and levels; nothing is repaired silently: a patient with a difference is logged,
    counted, and marked for evaluation.

    Patients who wait for an evaluation are left out: they differ for a known reason. Counts: patients (judged
    by R3), `by_every_rule` (of those, by all), skipped, differences (must be zero), failed. `progress` is told how many
    are done, of how many, and where the run stands. `last_run` is what the run before left: one that was broken off is
    gone on with, and the count by every rule begins after whom the last one ended with. It has `most` patients.
    """
    run = _Run(at, progress or _nobody, dict(last_run or {}), most)
    if run.stage == PAIN:
        run.judge_pain_of_all()
    run.judge_by_every_rule()
    return run.result()


class _Run:
    def __init__(self, at: datetime, progress: Progress, left: dict[str, int | str], most: int) -> None:
        self._at, self._progress = at, progress
        stage, after = left.pop(AT, None), left.pop(AFTER, None)
        self.stage = str(stage or PAIN)
        self._after = UUID(str(after)) if stage and after else None
        # Where the count by every rule goes on; empty at its beginning.
        self._turn = str(left.pop("next_after", ""))
        self.counts = {"patients": 0, "by_every_rule": 0, "skipped": 0, "differences": 0, "failed": 0}
        if stage:
            self.counts |= {name: int(left.get(name, 0)) for name in self.counts}
        self._active = Patient.objects.filter(status=Patient.Status.ACTIVE).order_by("pk")
        self._size = self._active.count()
        self._most = min(most, self._size)
        self._failed: set[UUID] = set()

    def judge_pain_of_all(self) -> None:
        while True:
            self._tell(self.counts["patients"] + self.counts["skipped"], PAIN, self._after)
            # Who is suspected by rows that are seconds old is looked at again, as the rows are now.
            looked = replica.read(partial(reconcile_pain.look, after=self._after, most=reconcile_pain.CHUNK))
            if looked.last is None:
                break
            self.counts["patients"] += looked.patients - looked.skipped
            self.counts["skipped"] += looked.skipped
            for patient_id in looked.suspected:
                self._judge(patient_id)
            self._after = looked.last
        self.stage, self._after = RULES, None

    def judge_by_every_rule(self) -> None:
        done = self.counts["by_every_rule"]
        for patient_id in self._in_turn(self._most - done):
            self._tell(self._size + done, RULES, None)
            if self._judge(patient_id) is not None:
                self.counts["by_every_rule"] += 1
            done += 1
            self._turn = str(patient_id)
        if done >= self._size:
            self._turn = ""

    def result(self) -> dict[str, int | str]:
        return {**self.counts, **({"next_after": self._turn} if self._turn else {})}

    def _in_turn(self, number: int) -> Iterator[UUID]:
        """So many patients, from where the turn is; after the last comes the first."""
        ids = self._active.values_list("pk", flat=True)
        later = list((ids.filter(pk__gt=UUID(self._turn)) if self._turn else ids)[: max(number, 0)])
        yield from later
        if self._turn and number > len(later):
            yield from list(ids[: number - len(later)])

    def _judge(self, patient_id: UUID) -> list[str] | None:
        """What differs, counted; None: who waits, or whose count failed."""
        try:
            found = differences(patient_id=patient_id)
        except reconcile_pain.BROKEN as error:
            self.counts["failed"] += patient_id not in self._failed
            self._failed.add(patient_id)
            logger.error("reconcile failed", extra={"patient": str(patient_id), "error": type(error).__name__})
            return None
        if found:
            self.counts["differences"] += 1
            logger.error("reconcile found a difference", extra={"patient": str(patient_id), "where": found})
            PainWatch.objects.filter(pk=patient_id, dirty_since__isnull=True).update(dirty_since=self._at)
        return found

    def _tell(self, done: int, stage: str, after: UUID | None) -> None:
        stands: dict[str, int | str] = {**self.counts, AT: stage, AFTER: str(after or "")}
        if self._turn:
            stands["next_after"] = self._turn
        self._progress(done, self._size + self._most, stands)


def _nobody(done: int, total: int, so_far: Kept | None = None) -> None:
    """Told when nobody listens."""


def differences(*, patient_id: UUID) -> list[str] | None:
    """Where the stored flags and levels differ from what all rows say as of the last evaluation; None: it waits."""
    with transaction.atomic():
        watch = PainWatch.objects.select_for_update().filter(pk=patient_id).first()
        if watch is None or watch.evaluated_on is None or watch.dirty_since or watch.quarantined_at:
            return None
        patient = Patient.objects.select_related("clinic", "profile").get(pk=patient_id)
        known = known_of(patient)
        judgement = judge(known, until=until_of(known, watch.evaluated_on))
        flags = list(Flag.objects.of(patient).order_by("first_alert_on", "id"))
    found = []
    for (rule, site_id), episodes in judgement.episodes.items():
        stored = [f for f in flags if f.rule == rule and f.site_id == site_id]
        findings, gone = match(episodes, stored)
        found += [f"{rule} {f.pk}: no longer holds" for f in gone if f.last_alert_on < watch.evaluated_on]
        for finding in findings:
            name = "missing" if finding.flag is None else str(finding.flag.pk)
            found += [f"{rule} {name}: {field}" for field in finding.changes()]
            found += [f"{rule} {name}: state"] if finding.holds_again else []
    for site, replay in judgement.replays.items():
        said: dict[str, Any] = watch.state.get(f"R3:{site}", {})
        found += [
            f"R3 {site}: {name}"
            for name, value in {"usual": replay.usual, "spread": replay.spread, "ready": replay.ready}.items()
            if said.get(name) != value
        ]
    return found
