"""Doorbells. A task reads the clock and makes one call; what is due stands in PostgreSQL."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from exercises.actions import media_preparing


@shared_task(name="exercises.prepare_media", ignore_result=True)
def prepare_media(media_id: str) -> None:
    media_preparing.prepare(media_id=UUID(media_id), at=timezone.now())


@shared_task(name="exercises.prepare_waiting_media", ignore_result=True)
def prepare_waiting_media() -> None:
    media_preparing.prepare_waiting(at=timezone.now())


@shared_task(name="exercises.clean_media", ignore_result=True)
def clean_media() -> None:
    media_preparing.clean(at=timezone.now())
