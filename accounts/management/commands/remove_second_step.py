"""`manage.py remove_second_step ADDRESS`: for somebody who has lost everything, once you know that it is them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.sign_in_news import SECOND_STEP_CHANGED


class Command(BaseCommand):
    help = "Take away every passkey, app and recovery code of a login, sign it out everywhere, and tell its owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("Nobody signs in with this address.")
        removed = Authenticator.objects.filter(user=user).delete()[0]
        for session in UserSession.objects.filter(user=user):
            session.end()
        get_adapter().tell(user, SECOND_STEP_CHANGED)
        self.stdout.write(
            f"{removed} removed. At the next sign-in the password is enough; staff set up a new second step."
        )
