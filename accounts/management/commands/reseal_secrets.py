"""`manage.py reseal_secrets`: seals every stored secret with the first of PAINPLAN_SECRETS_KEYS."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.sealing import Unreadable, reseal

SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class Command(BaseCommand):
    help = "Seal the secrets of the second step with the first key of PAINPLAN_SECRETS_KEYS; all or none."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        rows = Authenticator.objects.filter(type__in=SEALED).select_for_update()
        for row in rows:
            name = SEALED[Authenticator.Type(row.type)]
            try:
                row.data[name] = reseal(row.data[name])
            except Unreadable as error:
                raise CommandError(f"{error} Nothing was changed.") from error
            row.save(update_fields=["data"])
        self.stdout.write(f"{len(rows)} secrets are sealed with the first key. The other keys can go now.")
