"""Mail about somebody's own sign-in: what was changed, a browser that is new, the way to a new password."""

from datetime import datetime

from accounts.models import User
from accounts.models.base import new_id
from accounts.sign_in_news import LOST_PASSWORD
from exercises.actions.bell import ring_after_commit
from plans.actions import notifications

SEND_TASK = "plans.send_owed_mail"


def owe_sign_in_mail(*, recipient: User, kind: str, at: datetime) -> None:
    """Such mail goes out at once, whatever the hour; a way to a new password at most once a minute."""
    which = f"{at:%Y-%m-%dT%H:%M}" if kind == LOST_PASSWORD else str(new_id())
    row, new = notifications.owe(
        key=f"{kind}/{recipient.pk}/{which}", recipient=recipient, kind=kind, at=at, send_after=at
    )
    if new:
        ring_after_commit(SEND_TASK, row.pk)
