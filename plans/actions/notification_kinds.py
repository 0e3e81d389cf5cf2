"""The kinds of mail, and how each travels."""

from accounts.models import User
from accounts.sign_in_news import LOST_PASSWORD, NEW_DEVICE, PASSWORD_CHANGED, SECOND_STEP_CHANGED
from plans import reminding

FLAG_URGENT = "urgent flag"
FLAG = "flag"
ESCALATED_URGENT = "urgent flag nobody saw"
ESCALATED = "flag nobody saw"
REEVALUATION = "re-evaluation"
REEVALUATION_LATE = "re-evaluation late"
MESSAGE = "message"
CARE = "care"
TRANSFER = "transfer"
BREAK_GLASS = "record opened"
DIGEST = "digest"
REMINDER = reminding.REMINDER
EVENING_REMINDER = reminding.EVENING_REMINDER

# About somebody's own sign-in; the words are those of accounts.adapter.
SIGN_IN = frozenset({PASSWORD_CHANGED, SECOND_STEP_CHANGED, NEW_DEVICE, LOST_PASSWORD})

# At once: no summary, no quiet hours.
URGENT = frozenset({FLAG_URGENT, ESCALATED_URGENT})
# One line of the daily summary, unless the reader wants none.
DIGESTED = frozenset({FLAG, ESCALATED, REEVALUATION, REEVALUATION_LATE, MESSAGE})


# To a patient, who asked for them; with a link that stops them.
REMINDERS = frozenset({REMINDER, EVENING_REMINDER})


def in_digest(kind: str, recipient: User) -> bool:
    """Whether such mail waits for this person's daily summary."""
    return kind in DIGESTED and recipient.digest_at is not None
