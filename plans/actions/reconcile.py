"""The nightly count: every active patient is computed again from all scores, and any difference is reported."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from accounts.models import Patient
from plans.actions.episodes import match
from plans.actions.facts import judge, known_of
from plans.actions.flags import until_of
from plans.models import Flag, PainWatch

logger = logging.getLogger(__name__)


def reconcile(*, at: datetime, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Compare what is stored of every active patient with what the rules say of all their rows; nothing is repaired
    silently: a patient with a difference is logged, counted, and marked for evaluation.

    Patients who wait for an evaluation are left out: they differ for a known reason. Counts: patients, skipped,
    differences (must be zero), failed. `progress(done, of how many)` is told before each patient.
    """
    counts = {"patients": 0, "skipped": 0, "differences": 0, "failed": 0}
    active = list(Patient.objects.filter(status=Patient.Status.ACTIVE).order_by("pk").values_list("pk", flat=True))
    for place, patient_id in enumerate(active):
        if progress is not None:
            progress(place, len(active))
        try:
            found = differences(patient_id=patient_id)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DatabaseError) as error:
            counts["failed"] += 1
            logger.error("reconcile failed", extra={"patient": str(patient_id), "error": type(error).__name__})
            continue
        if found is None:
            counts["skipped"] += 1
            continue
        counts["patients"] += 1
        if found:
            counts["differences"] += 1
            logger.error("reconcile found a difference", extra={"patient": str(patient_id), "where": found})
            PainWatch.objects.filter(pk=patient_id, dirty_since__isnull=True).update(dirty_since=at)
    return counts


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
