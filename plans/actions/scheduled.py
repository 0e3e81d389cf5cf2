"""The jobs that the clock starts, by name. Each can run twice, late or not at all for days and does no harm."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, InterfaceError, OperationalError

from accounts import audit_chain
from plans.actions import (
    cleaning,
    erasing,
    escalation,
    jobs,
    library,
    notifications,
    player,
    quota_steps,
    reconcile,
    reevaluations,
    reminders,
    telling,
    watching,
)
from plans.models import JobRun

KEEP_REEVALUATIONS = "keep one open re-evaluation"
MARK_NEW_DAYS = "mark new days"
RECONCILE = "reconcile"
QUOTAS = "propose quota steps"
LIBRARY = "handle library changes"
TELL = "tell of flags and messages"
SEND = "send mail"
ESCALATE = "tell the lead of unseen flags"
REMIND = "remind of re-evaluations"
REMIND_PATIENTS = "remind patients"
CLEAN_UP = "clean up"
CLOSE_SESSIONS = "close sessions that were left"
SEAL = "seal the audit"
PURGE = "purge records"
# By hand or by the machine's own timer; the operator's page says when they were last done.
BACK_UP = "back up"
DRILL = "restore drill"
RESTORE = "restore"


def tell(*, at: datetime) -> Mapping[str, int]:
    """New flags and unread messages become mail that is owed."""
    return {"flags": telling.owe_for_new_flags(at=at), "messages": telling.owe_for_messages(at=at)}


def seal(*, at: datetime) -> Mapping[str, int]:
    """The audit rows since the last time get their digests."""
    return {"rows": audit_chain.seal(at=at, folder=erasing.outside())}


WORK: dict[str, jobs.Work | jobs.LongWork | jobs.GoingOn] = {
    KEEP_REEVALUATIONS: reevaluations.keep_one_open,
    MARK_NEW_DAYS: watching.mark_new_days,
    RECONCILE: reconcile.reconcile,
    QUOTAS: quota_steps.propose,
    LIBRARY: library.handle_all,
    TELL: tell,
    SEND: notifications.send_due,
    ESCALATE: escalation.escalate,
    REMIND: telling.owe_for_reevaluations,
    REMIND_PATIENTS: reminders.owe_reminders,
    CLEAN_UP: cleaning.clean_up,
    CLOSE_SESSIONS: player.close_stale,
    SEAL: seal,
    PURGE: erasing.purge_due,
}
DAY = timedelta(days=1)
# Done once a day (UTC), however often they are asked for: a broker that delivers a long task twice does no harm.
ONCE_A_DAY = frozenset({CLEAN_UP, RECONCILE, SEAL, PURGE})
# What the safety sweep does as well, so that no flag depends on beat or broker. Mail has a thread of its own there.
SAFETY = (CLOSE_SESSIONS, TELL, ESCALATE, REMIND)


def run(name: str, *, clock: Callable[[], datetime]) -> bool:
    """Do one of the jobs and leave its row. False: it was done today already."""
    key = clock().astimezone(UTC).date().isoformat() if name in ONCE_A_DAY else None
    return jobs.run(name=name, work=WORK[name], clock=clock, key=key)


def reconcile_now(*, clock: Callable[[], datetime], watch: Callable[[int, int], None]) -> JobRun:
    """The nightly count by hand, whether or not it was done today. Returns its row."""
    jobs.run(name=RECONCILE, work=WORK[RECONCILE], clock=clock, watch=watch)
    return JobRun.objects.filter(name=RECONCILE).order_by("-started_at", "-id")[0]


def run_for_safety(names: tuple[str, ...], *, clock: Callable[[], datetime]) -> list[str]:
    """Do these jobs one after the other; one that fails holds up no other. Returns what failed, and how."""
    failed = []
    for name in names:
        try:
            run(name, clock=clock)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the caller connects again
        except (DatabaseError, ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            failed.append(f"{name}: {type(error).__name__}")
    return failed
