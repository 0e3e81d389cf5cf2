"""A clinic, and the letter to whoever leads it: the first step on a new installation, and for each further clinic."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Clinic, User
from plans.actions import staff
from plans.actions.refusals import Refused


class Command(BaseCommand):
    help = (
        "Make a clinic and invite its lead by mail. For a clinic that is there and has no lead yet, the letter is sent "
        "again. The lead invites everybody else under Clinic, Staff."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name, in small letters, such as harbour")
        parser.add_argument("--name", required=True, help='such as "Harbour Pain Clinic"')
        parser.add_argument("--emergency", default="", help="what patients do in an emergency; needed for a new clinic")
        parser.add_argument("--time-zone", default="Europe/London")
        parser.add_argument("--lead", required=True, help="e-mail address of who leads it")
        parser.add_argument("--lead-name", required=True)
        parser.add_argument("--by", default="", help="address of the operator; needed when there are several")

    def handle(self, *args: Any, **given: Any) -> None:
        operator = self._operator(given["by"])
        try:
            with transaction.atomic():
                clinic = Clinic.objects.filter(slug=given["slug"]).first() or self._made(given)
            made = staff.invite_first_lead(
                clinic=clinic, email=given["lead"], full_name=given["lead_name"], by=operator, at=timezone.now()
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if not made.sent:
            raise CommandError("The clinic is there; the mail server did not take the letter. Run this again.")
        self.stdout.write(f"{clinic.name}: a letter is on its way to {made.invitation.email}, for 72 hours.")

    def _made(self, given: dict[str, Any]) -> Clinic:
        if not given["emergency"].strip():
            raise CommandError("Say with --emergency what patients do in an emergency. It can never be empty.")
        clinic = Clinic(
            slug=given["slug"], name=given["name"], emergency_text=given["emergency"], time_zone=given["time_zone"]
        )
        try:
            clinic.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        clinic.save()
        return clinic

    def _operator(self, address: str) -> User:
        rows = User.objects.filter(is_superuser=True, is_active=True)
        found = list(rows.filter(email__iexact=address) if address else rows)
        if len(found) != 1:
            raise CommandError("Name the operator with --by (manage.py createsuperuser makes one).")
        return found[0]
