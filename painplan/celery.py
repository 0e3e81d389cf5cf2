"""The Celery application. Tasks are doorbells: what is due stands in PostgreSQL (docs/architecture.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painplan.settings")

app = Celery("painplan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["exercises", "plans"])
app.autodiscover_tasks(["exercises"], related_name="import_tasks")
