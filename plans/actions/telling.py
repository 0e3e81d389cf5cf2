"""Who is owed mail about what, read from the rows as they are: new flags, unread messages, re-evaluations due.

Nothing here is triggered by the event itself: a sweep looks at what is open and not told yet, so that a lost call
delays a mail and never loses it, and evaluation stays simple.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Clinic, Patient, User
from plans.actions import notification_kinds as kinds
from plans.actions import recipients
from plans.actions.notifications import owe
from plans.models import AnyFlag, Flag, Message, Notification, Plan, PlanEvent, Reevaluation
from plans.schedule import local_date

RANK = {"watch": 0, "important": 1, "urgent": 2}
ANEW = ("flag raised again", "flag became graver")
REMIND_AGAIN_AFTER_DAYS = 3
TELL_LEAD_AFTER_DAYS = 7
AT_A_TIME = 200

T = TypeVar("T")


@dataclass(frozen=True)
class Story:
    """How often a flag had to be seen anew, since when it has, and for which (severity, round) the lead was told.

    A round begins when a flag is raised again, and when one that was seen becomes graver.
    """

    round: int
    since: datetime
    escalated: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Debt:
    """What `owe` takes, before it is known whether the row is there already."""

    key: str
    recipient: User
    kind: str
    patient: Patient
    about: dict[str, str | int]


def owe_all(debts: Iterable[Debt], *, at: datetime) -> int:
    """Write down those that are not owed, or paid, yet. Returns how many."""
    by_key = {debt.key: debt for debt in debts}
    known = Notification.objects.filter(key__in=list(by_key), cancelled_at__isnull=True).values_list("key", flat=True)
    for key in known:
        del by_key[key]
    made = 0
    for key, debt in by_key.items():
        _row, new = owe(
            key=key, recipient=debt.recipient, kind=debt.kind, at=at, patient=debt.patient, about=dict(debt.about)
        )
        made += new
    return made


def owe_for_new_flags(*, at: datetime) -> int:
    """Whoever receives a flag that nobody has seen is told once per severity, and anew in every round (see Story)."""

    def of_clinic(clinic: Clinic, flags: list[Flag]) -> int:
        stories, told = stories_of(flags), _told(flags)
        people = recipients.of_flags(staff=recipients.staff_of(clinic=clinic, at=at), flags=flags, at=at)
        debts = []
        for flag in flags:
            now = stories[flag.pk].round
            for person in people[flag.pk]:
                if told.get((flag.pk, now, person.pk), -1) < RANK[flag.severity]:
                    debts.append(flag_debt("flag", flag, now, person))
        return owe_all(debts, at=at)

    return each_clinic(unseen_flags(), of_clinic)


def flag_debt(what: str, flag: Flag, round_: int, person: User) -> Debt:
    """`what`: "flag" for those who receive it, "escalated" for the lead."""
    urgent = flag.severity == Flag.Severity.URGENT
    if what == "flag":
        kind = kinds.FLAG_URGENT if urgent else kinds.FLAG
    else:
        kind = kinds.ESCALATED_URGENT if urgent else kinds.ESCALATED
    return Debt(
        key=f"{what}:{flag.pk}:{round_}:{flag.severity}:{person.pk}",
        recipient=person,
        kind=kind,
        patient=flag.patient,
        about={
            "flag": str(flag.pk),
            "severity": str(flag.severity),
            "round": round_,
        },
    )


def owe_for_messages(*, at: datetime) -> int:
    """A patient's unread words: one mail for each conversation until it is read."""
    oldest: dict[UUID, Message] = {}
    for message in Message.objects.unread_by_clinic().select_related("patient__clinic").order_by("at", "id"):
        oldest.setdefault(message.patient_id, message)

    def of_clinic(clinic: Clinic, messages: list[Message]) -> int:
        staff = recipients.staff_of(clinic=clinic, at=at)
        people = recipients.of_patients(staff=staff, patient_ids=[m.patient_id for m in messages], at=at)
        return owe_all(
            (
                Debt(f"message:{m.pk}:{person.pk}", person, kinds.MESSAGE, m.patient, {"message": str(m.pk)})
                for m in messages
                for person in people[m.patient_id]
            ),
            at=at,
        )

    return each_clinic(_grouped(oldest.values(), lambda message: message.patient.clinic), of_clinic)


def owe_for_reevaluations(*, at: datetime) -> int:
    """Reminders: on the due date, again three days later, and the lead when it is a week late.

    After an outage one reminder is owed, not all that were missed. Days are the patient's. The rows are read some
    hundred at a time, and narrow: a clinic may have thousands that are late, and this comes round all day.
    """
    horizon = (at + timedelta(days=1)).date()  # no zone is a whole day ahead of UTC
    rows = Reevaluation.objects.due_by(horizon).filter(plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED])
    patient = "plan__patient"
    narrow = rows.select_related(patient).only("due_on", "plan__id", f"{patient}__clinic_id", f"{patient}__time_zone")

    def of_clinic(clinic: Clinic, due: QuerySet[Reevaluation]) -> int:
        staff = recipients.staff_of(clinic=clinic, at=at)
        read = due.iterator(chunk_size=AT_A_TIME)
        return sum(some(staff, batch) for batch in iter(lambda: list(islice(read, AT_A_TIME)), []))

    def some(staff: recipients.Staff, due: Sequence[Reevaluation]) -> int:
        people = recipients.of_patients(staff=staff, patient_ids={r.plan.patient_id for r in due}, at=at)
        debts = []
        for row in due:
            patient = row.plan.patient
            late = (local_date(at, patient.time_zone) - row.due_on).days
            if late < 0:
                continue
            stage = REMIND_AGAIN_AFTER_DAYS if late >= REMIND_AGAIN_AFTER_DAYS else 0
            wanted = [(kinds.REEVALUATION, stage, person) for person in people[patient.pk]]
            if late >= TELL_LEAD_AFTER_DAYS:
                wanted += [(kinds.REEVALUATION_LATE, TELL_LEAD_AFTER_DAYS, person) for person in staff.chiefs()]
            for kind, days, person in wanted:
                key = f"reevaluation:{row.pk}:{row.due_on}:{days}:{person.pk}"
                debts.append(Debt(key, person, kind, patient, {"reevaluation": str(row.pk)}))
        return owe_all(debts, at=at)

    clinics = Clinic.objects.filter(pk__in=rows.values("plan__patient__clinic"))
    return each_clinic({clinic: narrow.filter(plan__patient__clinic=clinic) for clinic in clinics}, of_clinic)


def unseen_flags(severities: Iterable[str] = RANK) -> dict[Clinic, list[Flag]]:
    """Flags that nobody has acknowledged, clinic by clinic."""
    rows = Flag.objects.filter(state=Flag.State.OPEN, severity__in=list(severities))
    rows = rows.select_related("patient__clinic").order_by("raised_at", "id")
    return _grouped(rows, lambda flag: flag.patient.clinic)


def each_clinic(groups: Mapping[Clinic, T], work: Callable[[Clinic, T], int]) -> int:
    """Add up the work of every clinic. One that fails holds up no other; its error is raised at the end."""
    total, failure = 0, None
    for clinic, rows in groups.items():
        try:
            total += work(clinic, rows)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return total


def stories_of(flags: Iterable[AnyFlag]) -> dict[UUID, Story]:
    """By flag, what the patient's history says of it."""
    rows = list(flags)
    wanted = {str(flag.pk): flag.pk for flag in rows}
    patients = {flag.patient_id for flag in rows}
    rounds: dict[UUID, int] = defaultdict(int)
    since = {flag.pk: flag.raised_at for flag in rows}
    escalated: dict[UUID, set[tuple[str, int]]] = defaultdict(set)
    events = PlanEvent.objects.filter(patient__in=patients, verb__in=[*ANEW, "flag escalated"]).order_by("at", "id")
    for verb, detail, moment in events.values_list("verb", "detail", "at"):
        pk = wanted.get(detail.get("flag", ""))
        if pk is None:
            continue
        if verb == "flag escalated":
            escalated[pk].add((detail["severity"], detail["round"]))
        else:
            rounds[pk] += 1
            since[pk] = moment
    return {pk: Story(rounds[pk], since[pk], frozenset(escalated[pk])) for pk in wanted.values()}


def _told(flags: Iterable[Flag]) -> dict[tuple[UUID, int, UUID], int]:
    """(flag, round, person) -> rank of the gravest severity this person was told of, or is about to be."""
    rows = Notification.objects.filter(
        patient__in={flag.patient_id for flag in flags}, kind__in=[kinds.FLAG, kinds.FLAG_URGENT], cancelled_at=None
    )
    told: dict[tuple[UUID, int, UUID], int] = {}
    for detail, person in rows.values_list("about", "recipient_id"):
        key = (UUID(detail["flag"]), detail["round"], person)
        told[key] = max(told.get(key, -1), RANK[detail["severity"]])
    return told


def _grouped(rows: Iterable[T], clinic_of: Callable[[T], Clinic]) -> dict[Clinic, list[T]]:
    groups: dict[Clinic, list[T]] = defaultdict(list)
    for row in rows:
        groups[clinic_of(row)].append(row)
    return groups
