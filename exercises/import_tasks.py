"""The doorbell of imports. What is due stands in PostgreSQL."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from exercises.actions import imports


@shared_task(name=imports.CHECK_TASK, ignore_result=True)
def check_import(batch_id: str) -> None:
    imports.check_safely(batch_id=UUID(batch_id), at=timezone.now())
