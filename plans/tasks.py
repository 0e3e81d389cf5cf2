"""Doorbells. A task reads the clock and makes one call; what is due stands in PostgreSQL."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from plans.actions import jobs, library, quota_steps, reconcile, reevaluations, trials, watching


@shared_task(name="plans.evaluate_patient", ignore_result=True)
def evaluate_patient(patient_id: str) -> None:
    watching.evaluate_safely(patient_id=UUID(patient_id), at=timezone.now())


@shared_task(name="plans.keep_reevaluations", ignore_result=True)
def keep_reevaluations() -> None:
    jobs.run(name="keep one open re-evaluation", work=reevaluations.keep_one_open, clock=timezone.now)


@shared_task(name="plans.mark_new_days", ignore_result=True)
def mark_new_days() -> None:
    jobs.run(name="mark new days", work=watching.mark_new_days, clock=timezone.now)


@shared_task(name="plans.handle_library_changes", ignore_result=True)
def handle_library_changes() -> None:
    jobs.run(name="handle library changes", work=library.handle_all, clock=timezone.now)


@shared_task(name="plans.propose_quota_steps", ignore_result=True)
def propose_quota_steps() -> None:
    jobs.run(name="propose quota steps", work=quota_steps.propose, clock=timezone.now)


@shared_task(name="plans.reconcile", ignore_result=True, soft_time_limit=3500, time_limit=3600)
def reconcile_all() -> None:
    jobs.run(name="reconcile", work=reconcile.reconcile, clock=timezone.now)


@shared_task(name=trials.TASK, ignore_result=True)
def run_rule_trial(trial_id: str) -> None:
    trials.run_safely(trial_id=UUID(trial_id), clock=timezone.now)
