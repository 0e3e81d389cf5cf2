"""Removes what nobody needs any more: old runs of jobs, ended sign-ins."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Max

from plans.actions.jobs import SILENT_AFTER
from plans.models import JobRun

KEEP_RUNS = timedelta(days=14)
KEEP_FAILED_RUNS = timedelta(days=90)


def clean_up(*, at: datetime) -> dict[str, int]:
    """Delete old runs (the last of each job and those that failed are kept longer) and expired sign-ins.

    Runs whose process was killed are closed, so that they are not shown as running for ever.
    """
    silent = at - SILENT_AFTER
    dead = JobRun.objects.filter(finished_at__isnull=True, started_at__lt=silent).exclude(touched_at__gte=silent)
    closed = dead.update(finished_at=at, error="stopped without a word")
    last = JobRun.objects.values("name").annotate(last=Max("started_at"))
    latest = JobRun.objects.filter(started_at__in=last.values("last")).values("pk")
    old = JobRun.objects.filter(finished_at__isnull=False).exclude(pk__in=latest)
    runs = old.filter(error="", started_at__lt=at - KEEP_RUNS).delete()[0]
    runs += old.filter(started_at__lt=at - KEEP_FAILED_RUNS).delete()[0]
    sessions = Session.objects.filter(expire_date__lt=at).delete()[0]
    return {"runs": runs, "closed": closed, "sessions": sessions}
