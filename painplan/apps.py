"""Painplan's own application: project-wide checks, template tags, the page frame."""

from django.apps import AppConfig


class PainplanConfig(AppConfig):
    name = "painplan"

    def ready(self) -> None:
        from painplan import checks  # noqa: F401  (registers itself)
