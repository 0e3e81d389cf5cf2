"""`manage.py seed_demo`: a clinic full of invented people, for the demo and for measurements."""

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plans.actions.refusals import Refused
from plans.demo import seeding
from plans.demo.clinics import DEMO_SLUG

MOST_PATIENTS = 20_000
MOST_DAYS = 730
TELL_EVERY_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Fills an empty installation with two demo clinics. All logins have the password painplan-demo, so this runs"
        " only with PAINPLAN_DEMO=1 or PAINPLAN_DEV=1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing when the demo clinic is there already")
        parser.add_argument("--patients", type=int, default=24, help="how many besides Joan Whitfield (24)")
        parser.add_argument("--days", type=int, default=90, help="length of their diaries (90)")
        parser.add_argument("--seed", default="1", help="the same seed and the same --now give the same rows")
        parser.add_argument("--now", metavar="ISO", help="the moment at which the diaries end (the current one)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEV):
            raise CommandError(
                "Demo data comes with logins whose password everybody knows. Set PAINPLAN_DEMO=1 if you want that."
            )
        patients, days = options["patients"], options["days"]
        if not 0 <= patients <= MOST_PATIENTS or not 1 <= days <= MOST_DAYS:
            raise CommandError(f"Give 0 to {MOST_PATIENTS} patients and 1 to {MOST_DAYS} days.")
        at = _moment(options["now"])
        there = seeding.clinics_there()
        if options["once"] and DEMO_SLUG in there:
            self.stdout.write("The demo clinic is there already; nothing was changed.")
            return
        if there:
            raise CommandError(
                f"There is a clinic with the short name {min(there)} already. Start with an empty database."
            )
        told_at = time.monotonic()

        def tell(text: str) -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= TELL_EVERY_SECONDS:
                told_at = time.monotonic()
                self.stderr.write(text)

        try:
            counts = seeding.seed_demo(patients=patients, days=days, seed=options["seed"], at=at, tell=tell)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is no moment. Write it like 2026-11-19T12:00:00+00:00.") from error
    return moment if moment.tzinfo else timezone.make_aware(moment)
