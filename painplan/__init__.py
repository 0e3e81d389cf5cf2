"""Painplan: the project package. Celery's application is loaded so that tasks find it."""

from painplan.celery import app as celery_app

__version__ = "0.1.0"

__all__ = ["celery_app"]
