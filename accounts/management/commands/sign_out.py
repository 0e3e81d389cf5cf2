"""`manage.py sign_out ADDRESS`, or `--everybody`: a telephone was stolen, a key was lost, a server was copied."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User


class Command(BaseCommand):
    help = "End every session of one login, or of all of them. Passwords and second steps stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--everybody", action="store_true", help="end the sessions of every login")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["email"]) == options["everybody"]:
            raise CommandError("Name an address, or --everybody.")
        if options["everybody"]:
            ended = Session.objects.all().delete()[0]
            UserSession.objects.all().delete()
        else:
            user = User.objects.filter(email=options["email"].strip().lower()).first()
            if user is None:
                raise CommandError("Nobody signs in with this address.")
            theirs = [
                row.pk for row in Session.objects.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)
            ]
            ended = Session.objects.filter(pk__in=theirs).delete()[0]
            UserSession.objects.filter(user=user).delete()
        self.stdout.write(f"{ended} sessions ended.")
