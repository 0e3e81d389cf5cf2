"""The doorbells of imports. What is due stands in PostgreSQL."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from exercises.actions import import_applying, imports

# Thousands of changed exercises take minutes. Meanwhile the ring may be heard a second time, which does nothing.
LONG = {"soft_time_limit": 570, "time_limit": 600}


@shared_task(name=imports.CHECK_TASK, ignore_result=True)
def check_import(batch_id: str) -> None:
    imports.check_safely(batch_id=UUID(batch_id), at=timezone.now())


@shared_task(name=import_applying.APPLY_TASK, ignore_result=True, **LONG)
def apply_import(batch_id: str) -> None:
    import_applying.apply_asked(batch_id=UUID(batch_id), at=timezone.now())
