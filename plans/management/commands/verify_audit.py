"""`manage.py verify_audit`: do the seals on the audit rows hold?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit_chain
from accounts.models import AuditBlock
from plans.actions.erasing import outside


class Command(BaseCommand):
    help = "Checks every audit row against the chain of digests. Ends with an error and a line for each fault."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = audit_chain.verify(folder=outside())
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(
                f"{len(faults)} faults: somebody changed the audit rows behind the application's back."
                " Keep this database as it is, and compare it with the last backup that verifies."
            )
        last = AuditBlock.objects.order_by("-number").first()
        if last is None:
            self.stdout.write("Nothing has been sealed yet; the first block is made within a day.")
        else:
            self.stdout.write(f"{last.number} blocks hold; the last one was made {last.made_at:%Y-%m-%d %H:%M} UTC.")
