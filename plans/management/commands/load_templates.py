"""Brings the plan templates of this release into the database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from plans.actions.refusals import Refused
from plans.actions.template_shipping import ship_templates

FOLDER = Path(__file__).resolve().parents[2] / "starter"
FILE = FOLDER / "templates.json"


def translations() -> dict[str, Any]:
    """Language -> slug -> words, from plans/starter/<language>.json."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.json")) if path != FILE}


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


class Command(BaseCommand):
    help = "Loads or updates the plan templates that ship with this release. Safe to run again, after load_library."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = ship_templates(rows=_read(FILE), translations=translations(), at=timezone.now())
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))
