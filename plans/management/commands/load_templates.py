"""Brings the plan templates of this release into the database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from plans.actions.refusals import Refused
from plans.actions.template_shipping import ship_templates

FILE = Path(__file__).resolve().parents[2] / "starter" / "templates.json"


class Command(BaseCommand):
    help = "Loads or updates the plan templates that ship with this release. Safe to run again, after load_library."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = ship_templates(rows=json.loads(FILE.read_text("utf-8")), at=timezone.now())
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))
