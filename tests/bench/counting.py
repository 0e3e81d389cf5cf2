"""Counts, scans and evaluates in the bench's database: `python -m tests.bench.counting FILE ROUNDS`.

With PART as a third word it judges some hundred patients of that part, and tells the seconds that took.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painplan.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Patient, new_id  # noqa: E402
from plans.actions import flags, reconcile_pain  # noqa: E402
from plans.demo.clinics import DEMO_SLUG  # noqa: E402
from plans.models import Flag, PainScore, PainWatch, Reevaluation  # noqa: E402

DAYS, EVALUATIONS = 365, 30
OF_A_PART, FIRST_FEW = 250, 20
PLAIN = {"enable_indexscan": "off", "enable_indexonlyscan": "off"}


def main(file: Path, rounds: int) -> None:
    with connection.cursor() as cursor:
        # Nobody helps the process that serves us: the time of helpers would not be seen.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    found: dict[str, list[float]] = {"scan_s": [], "count_s": [], "dirty_s": []}
    for number in range(rounds + 1):
        took = {"scan_s": timed(scan), "count_s": timed(count), "dirty_s": timed(lists)}
        for name in found if number else ():  # the first round fills what the servers keep
            found[name].append(took[name])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    judged = PainWatch.objects.filter(dirty_since__isnull=True, evaluated_on__isnull=False, patient__status="active")
    one = judged.exclude(state={}).order_by("pk")[0]
    site = next(name for name in one.state if name.startswith("R3:"))
    one.state[site]["spread"] += 0.001
    one.save()
    assert suspected() == [one.pk], "the level that was changed is not found"
    told = {**found, "memory_mb": memory, "evaluation_ms": evaluations()}
    file.write_text(json.dumps(told))


def timed(work: Callable[[], None]) -> float:
    """Seconds of processor time: ours, and those of the process that serves us in PostgreSQL, which has no helpers."""
    began = spent()
    work()
    return spent() - began


def spent() -> float:
    served_by = connection.connection.info.backend_pid
    nanoseconds = int(Path(f"/proc/{served_by}/schedstat").read_text().split()[0])
    return time.process_time() + nanoseconds / 1e9


def scan() -> None:
    """All scores, one after the other, by one process of the server."""
    with connection.cursor() as cursor:
        for name, value in PLAIN.items():
            cursor.execute(f"SET {name} = {value}")
        cursor.execute("SELECT count(*), sum(value), max(local_date) FROM plans_painscore")
        cursor.fetchall()
        for name in PLAIN:
            cursor.execute(f"RESET {name}")


def count() -> None:
    assert suspected() == [], "somebody is suspected who is as the rules say"


def suspected() -> list[object]:
    found, after = [], None
    while True:
        looked = reconcile_pain.look(after=after, most=reconcile_pain.CHUNK)
        if looked.last is None:
            return found
        found, after = [*found, *looked.suspected], looked.last


def lists() -> None:
    """Who is flagged, what is due, who waits: what sweeps and pages ask for again and again."""
    today = timezone.now().date()
    clinic = Patient.objects.filter(clinic__slug=DEMO_SLUG)
    list(Flag.objects.open().filter(patient__in=clinic).gravest_first()[:50])
    list(Reevaluation.objects.open().filter(plan__patient__in=clinic, due_on__lte=today)[:50])
    list(PainWatch.objects.dirty()[:100])


def evaluations() -> list[float]:
    """Milliseconds of one patient with a year of daily scores, again and again."""
    watch = PainWatch.objects.filter(patient__clinic__slug=DEMO_SLUG, evaluated_on__isnull=False).order_by("pk")[0]
    patient, random, at = watch.patient, Random(1), timezone.now()
    known = set(PainScore.objects.filter(patient=patient).values_list("local_date", flat=True))
    first = PainScore.objects.filter(patient=patient).select_related("site")[0]
    days = [at - timedelta(days=back) for back in range(1, 2 * DAYS)]
    missing = [day for day in days if day.date() not in known][: max(DAYS - len(known), 0)]
    PainScore.objects.bulk_create(
        PainScore(
            id=new_id(), patient=patient, site=first.site, moment="daily", value=Decimal(random.randint(3, 6)),
            occurred_at=day, local_date=day.date(), time_zone="UTC", received_at=day, source="quick",
            recorded_by_id=first.recorded_by_id,
        )
        for day in missing
    )  # fmt: skip
    flags.evaluate(patient_id=patient.pk, at=at)
    return [1000 * timed(lambda: flags.evaluate(patient_id=patient.pk, at=at)) for _each in range(EVALUATIONS)]


def judge_part(file: Path, part: int) -> None:
    """Like a worker's process: one patient after the other, by the clock; the first few fill what it keeps."""
    judged = PainWatch.objects.filter(evaluated_on__isnull=False, patient__status="active").order_by("pk")
    first = part * (OF_A_PART + FIRST_FEW)
    patients = list(judged.values_list("pk", flat=True)[first : first + FIRST_FEW + OF_A_PART])
    for patient in patients[:FIRST_FEW]:
        flags.evaluate(patient_id=patient, at=timezone.now())
    began = time.perf_counter()
    for patient in patients[FIRST_FEW:]:
        flags.evaluate(patient_id=patient, at=timezone.now())
    file.write_text(json.dumps({"seconds": time.perf_counter() - began, "patients": len(patients) - FIRST_FEW}))


if __name__ == "__main__":
    if len(sys.argv) > 3:
        judge_part(Path(sys.argv[1]), int(sys.argv[3]))
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]))
