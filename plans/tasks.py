"""Doorbells. A task reads the clock and makes one call; what is due stands in PostgreSQL."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from plans.actions import scheduled, trials, watching


@shared_task(name="plans.evaluate_patient", ignore_result=True)
def evaluate_patient(patient_id: str) -> None:
    watching.evaluate_safely(patient_id=UUID(patient_id), at=timezone.now())


@shared_task(name="plans.keep_reevaluations", ignore_result=True)
def keep_reevaluations() -> None:
    scheduled.run(scheduled.KEEP_REEVALUATIONS, clock=timezone.now)


@shared_task(name="plans.mark_new_days", ignore_result=True)
def mark_new_days() -> None:
    scheduled.run(scheduled.MARK_NEW_DAYS, clock=timezone.now)


@shared_task(name="plans.handle_library_changes", ignore_result=True)
def handle_library_changes() -> None:
    scheduled.run(scheduled.LIBRARY, clock=timezone.now)


@shared_task(name="plans.owe_mail", ignore_result=True)
def owe_mail() -> None:
    scheduled.run(scheduled.TELL, clock=timezone.now)


@shared_task(name="plans.send_mail", ignore_result=True)
def send_mail() -> None:
    scheduled.run(scheduled.SEND, clock=timezone.now)


@shared_task(name="plans.send_owed_mail", ignore_result=True)
def send_owed_mail(_notification_id: str) -> None:
    """Rung for mail that somebody waits for: a way to a new password. What else is due goes with it."""
    scheduled.run(scheduled.SEND, clock=timezone.now)


@shared_task(name="plans.escalate_flags", ignore_result=True)
def escalate_flags() -> None:
    scheduled.run(scheduled.ESCALATE, clock=timezone.now)


@shared_task(name="plans.remind_of_reevaluations", ignore_result=True)
def remind_of_reevaluations() -> None:
    scheduled.run(scheduled.REMIND, clock=timezone.now)


@shared_task(name="plans.remind_patients", ignore_result=True)
def remind_patients() -> None:
    scheduled.run(scheduled.REMIND_PATIENTS, clock=timezone.now)


@shared_task(name="plans.clean_up", ignore_result=True)
def clean_up() -> None:
    scheduled.run(scheduled.CLEAN_UP, clock=timezone.now)


@shared_task(name="plans.propose_quota_steps", ignore_result=True)
def propose_quota_steps() -> None:
    scheduled.run(scheduled.QUOTAS, clock=timezone.now)


@shared_task(name="plans.close_sessions", ignore_result=True)
def close_sessions() -> None:
    scheduled.run(scheduled.CLOSE_SESSIONS, clock=timezone.now)


@shared_task(name="plans.reconcile", ignore_result=True, soft_time_limit=3500, time_limit=3600)
def reconcile_all() -> None:
    scheduled.run(scheduled.RECONCILE, clock=timezone.now)


@shared_task(name="plans.seal_audit", ignore_result=True, soft_time_limit=3500, time_limit=3600)
def seal_audit() -> None:
    scheduled.run(scheduled.SEAL, clock=timezone.now)


@shared_task(name="plans.purge_records", ignore_result=True, soft_time_limit=3500, time_limit=3600)
def purge_records() -> None:
    scheduled.run(scheduled.PURGE, clock=timezone.now)


@shared_task(name=trials.TASK, ignore_result=True)
def run_rule_trial(trial_id: str) -> None:
    trials.run_safely(trial_id=UUID(trial_id), clock=timezone.now)
