"""The Celery application. Tasks are doorbells: what is due stands in PostgreSQL (docs/architecture.md)."""

import os
from typing import Any

import pghistory
from celery import Celery, Task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painplan.settings")
# A worker checks no pages when it starts: half the time and a third of the memory. `migrate` and `make check` do.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")


class Traced(Task):
    """A task whose name the database notes in the history of every row that it changes."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with pghistory.context(job=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("painplan", task_cls=Traced)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["exercises", "plans"])
app.autodiscover_tasks(["exercises"], related_name="import_tasks")
