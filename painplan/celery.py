"""The Celery application. Tasks are doorbells: what is due stands in PostgreSQL (docs/architecture.md)."""

import os
from typing import Any

import pghistory
from celery import Celery, Task
from celery.bootsteps import Step

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


class PagesRead(Step):
    """Mail has links. The worker that sends it reads all pages before it has children: they share them, 36 MB, in place
    of each reading them with its first mail.
    """

    def create(self, parent: Any) -> None:
        from django.urls import get_resolver  # Django is set up only now

        if "default" in parent.app.amqp.queues.consume_from:
            get_resolver().url_patterns  # noqa: B018


app.steps["worker"].add(PagesRead)
