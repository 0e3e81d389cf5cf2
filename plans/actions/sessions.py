"""What the patient logs. A score travels: this row, the dirty mark, the commit, the bell."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.adding import add_after, add_rows
from accounts.models import Patient, User, new_id
from plans.actions.amending import latest, put_in_place
from plans.actions.bell import ring_after_commit
from plans.actions.history import event_of, note_event
from plans.actions.refusals import Refused
from plans.models import (
    BodySite,
    ExerciseLog,
    PainScore,
    PainWatch,
    PlanVersion,
    Prescription,
    Session,
    SessionConflict,
)
from plans.models.quota import dosed_for
from plans.schedule import local_date

BACKDATE_DAYS = 14

# Changing the row locks it. News about a quarantined patient is a new chance: perhaps it was what was missing. Written
# by hand, because it comes with everything that is logged, and putting it together cost as much as all the rest of it.
MARK_DIRTY = """
    UPDATE plans_painwatch
    SET dirty_since = COALESCE(dirty_since, %s), quarantined_at = NULL,
        attempts = CASE WHEN dirty_since IS NOT NULL AND quarantined_at IS NULL THEN attempts ELSE 0 END
    WHERE patient_id = %s
"""


@dataclass(frozen=True)
class ScoreInput:
    """A score of a session: moment (before, during, after), site, value 0-10 or None (asked, not answered)."""

    moment: str
    site_id: UUID
    value: Decimal | None


@dataclass(frozen=True)
class LogInput:
    """How one prescribed exercise went."""

    prescription_id: UUID
    state: str
    skip_reason: str = ""
    sets_done: int | None = None
    repetitions_done: int | None = None
    duration_minutes_done: Decimal | None = None
    pain: int | None = None


@dataclass(frozen=True)
class SessionInput:
    """One finished session as the client sends it. `id` is made once, so that sending twice is storing once.

    Times are aware; `time_zone` is an IANA name; `effort` is 0-10 or None.
    """

    id: UUID
    started_at: datetime
    finished_at: datetime
    time_zone: str
    source: str
    scores: Sequence[ScoreInput] = ()
    logs: Sequence[LogInput] = ()
    effort: int | None = None
    note: str = ""
    state: str = Session.State.DONE
    on: date | None = field(default=None)

    def content(self) -> dict[str, Any]:
        """Everything the person said, as plain JSON values in a fixed order."""
        content: dict[str, Any] = json.loads(_plain(self._in_order()))
        return content

    @property
    def fingerprint(self) -> str:
        """That of the content."""
        return fingerprint_of(self._in_order())

    def _in_order(self) -> dict[str, Any]:
        scores, logs = (sorted(map(vars, each), key=_plain) for each in (self.scores, self.logs))
        return vars(self) | {"scores": scores, "logs": logs}


@dataclass(frozen=True)
class Recorded:
    """The stored session; `new` is False for a repeat, `conflict` True when it was sent again with other content."""

    session: Session
    new: bool
    conflict: bool = False


def version_on(known: Sequence[PlanVersion], day: date, version: PlanVersion, zone: str) -> PlanVersion | None:
    """The version that a session of that day was done for: the form's own if it was the plan then, at least partly.

    `known` are the patient's versions, the oldest first.
    """
    starts = [local_date(cast(datetime, v.activated_at), zone) for v in known]
    ends = [*starts[1:], date.max]
    then = [v for v, start, end in zip(known, starts, ends, strict=True) if start <= day <= end]
    if any(v.pk == version.pk for v in then):
        return version
    return then[-1] if then else None


def record_session(
    *,
    patient: Patient,
    plan_version: PlanVersion,
    given: SessionInput,
    by: User,
    at: datetime,
    prescriptions: Sequence[Prescription] | None = None,
) -> Recorded:
    """Store a session with its scores and logs, and mark the patient for evaluation.

    `prescriptions` are those of the version with their dose of that day, where the caller has them at hand.
    Raises Refused when the day is in the future or more than 14 days back, or the id is taken.
    """
    fingerprint = given.fingerprint
    day = given.on or local_date(given.started_at, given.time_zone)
    _check_day(day, given.time_zone, at)
    if prescriptions is None:
        prescriptions = dosed_for(plan_version.prescriptions.all(), day)
    session = Session(
        id=given.id,
        patient=patient,
        plan_version=plan_version,
        state=given.state,
        source=given.source,
        started_at=given.started_at,
        finished_at=given.finished_at,
        local_date=day,
        time_zone=given.time_zone,
        received_at=at,
        effort=given.effort,
        note=given.note,
        doses={str(p.pk): p.amounts() for p in prescriptions},
        fingerprint=fingerprint,
        recorded_by=by,
    )
    scores, logs = scores_and_logs(session=session, scores=given.scores, logs=given.logs, by=by, at=at)
    told = event_of(
        patient_id=patient.pk, plan_id=plan_version.plan_id, verb="session logged", at=at, by=by,
        session=str(session.pk), on=day.isoformat(),
    )  # fmt: skip
    try:
        # One statement is a transaction of its own; within another it has to leave that one as it was when it fails.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            # The watch row is the patient's turnstile: copies of one session queue here, the second meets the first.
            mark_dirty(patient_id=patient.pk, at=at, then=[[session], scores, logs, [told]])
            ring_after_commit(patient.pk)
    except IntegrityError as error:
        # Nothing of it is stored, most often because it is there already: a repeat is looked for only now.
        if not Session.objects.filter(pk=given.id).exists():
            raise
        return _repeated(patient, given, fingerprint, at, error)
    return Recorded(session, new=True)


def write_scores_and_logs(
    *, session: Session, scores: Sequence[ScoreInput], logs: Sequence[LogInput], by: User, at: datetime
) -> None:
    """What a session that is over came to. In the caller's transaction, under the lock of the watch row."""
    for rows in scores_and_logs(session=session, scores=scores, logs=logs, by=by, at=at):
        add_rows(rows)


def scores_and_logs(
    *, session: Session, scores: Sequence[ScoreInput], logs: Sequence[LogInput], by: User, at: datetime
) -> tuple[list[PainScore], list[ExerciseLog]]:
    """The rows of what a session that is over came to, to be added."""
    ended_at = session.finished_at or session.started_at
    given = [
        PainScore(
            patient_id=session.patient_id,
            session=session,
            site_id=score.site_id,
            moment=score.moment,
            value=score.value,
            occurred_at=session.started_at if score.moment == PainScore.Moment.BEFORE else ended_at,
            local_date=session.local_date,
            time_zone=session.time_zone,
            received_at=at,
            source=session.source,
            recorded_by=by,
        )
        for score in scores
    ]
    return given, [ExerciseLog(session=session, **vars(log)) for log in logs]


def record_daily(
    *,
    patient: Patient,
    score_id: UUID,
    site: BodySite,
    value: Decimal | None,
    occurred_at: datetime,
    time_zone: str,
    source: str,
    by: User,
    at: datetime,
    note: str = "",
    on: date | None = None,
) -> PainScore:
    """Store "how is your pain today?". The same id sent again with another value is a correction of the first.

    Raises Refused when the day is in the future or more than 14 days back.
    """
    day = on or local_date(occurred_at, time_zone)
    _check_day(day, time_zone, at)
    with transaction.atomic():
        mark_dirty(patient_id=patient.pk, at=at)
        stored = PainScore.objects.filter(pk=score_id, patient=patient).first()
        if stored is not None:
            current = latest(stored)
            if current.value == value and current.note == note:
                return current
            return _amend(current, value=value, note=note, by=by, at=at)
        score = PainScore(
            id=score_id,
            patient=patient,
            site=site,
            moment=PainScore.Moment.DAILY,
            value=value,
            occurred_at=occurred_at,
            local_date=day,
            time_zone=time_zone,
            received_at=at,
            note=note,
            source=source,
            recorded_by=by,
        )
        add_rows([score])
        note_event(patient=patient, verb="pain logged", at=at, by=by, score=str(score.pk), on=day.isoformat())
        ring_after_commit(patient.pk)
    return score


def record_next_morning(
    *, session: Session, site: BodySite, value: Decimal | None, time_zone: str, by: User, at: datetime
) -> PainScore:
    """Store how a session settled, asked on the next local date only. Answering again corrects the answer.

    Raises Refused on any other day.
    """
    day = local_date(at, time_zone)
    if day != session.local_date + timedelta(days=1):
        raise Refused(_("This question is about the morning right after a session. It is closed now."))
    with transaction.atomic():
        mark_dirty(patient_id=session.patient_id, at=at)
        known = PainScore.objects.current().filter(session=session, site=site, moment=PainScore.Moment.NEXT_MORNING)
        current = known.first()
        if current is not None:
            return current if current.value == value else _amend(current, value=value, note="", by=by, at=at)
        score = PainScore(
            patient_id=session.patient_id,
            session=session,
            site=site,
            moment=PainScore.Moment.NEXT_MORNING,
            value=value,
            occurred_at=at,
            local_date=day,
            time_zone=time_zone,
            received_at=at,
            source=Session.Source.QUICK,
            recorded_by=by,
        )
        add_rows([score])
        note_event(patient=session.patient, verb="next morning logged", at=at, by=by, score=str(score.pk))
        ring_after_commit(session.patient_id)
    return score


def amend_score(*, score: PainScore, value: Decimal | None, by: User, at: datetime, reason: str = "") -> PainScore:
    """Correct a score. The earlier value stays, with who changed it and when. An empty value takes it back.

    `reason` is what a clinician gives who corrects for the patient; it stands in the history.
    """
    with transaction.atomic():
        mark_dirty(patient_id=score.patient_id, at=at)
        current = latest(score)
        if current.value == value:
            return current
        return _amend(current, value=value, note=current.note, by=by, at=at, reason=reason)


def mark_dirty(*, patient_id: UUID, at: datetime, then: Sequence[Sequence[Model]] = ()) -> None:
    """Lock the patient's watch row and say that something waits to be evaluated, since the earliest time.

    `then` are rows to add under that lock, the tables in their order, with the same statement.
    """
    if not add_after(MARK_DIRTY, [at, patient_id], *then):
        raise PainWatch.DoesNotExist


def _amend(
    current: PainScore, *, value: Decimal | None, note: str, by: User, at: datetime, reason: str = ""
) -> PainScore:
    amendment = PainScore(
        id=new_id(),
        patient_id=current.patient_id,
        session_id=current.session_id,
        site_id=current.site_id,
        moment=current.moment,
        value=value,
        occurred_at=current.occurred_at,
        local_date=current.local_date,
        time_zone=current.time_zone,
        received_at=at,
        note=note,
        source=current.source,
        recorded_by=by,
    )
    return put_in_place(
        current=current,
        amendment=amendment,
        verb="score corrected",
        by=by,
        at=at,
        on=current.local_date.isoformat(),
        reason=reason,
    )


def _repeated(patient: Patient, given: SessionInput, fingerprint: str, at: datetime, error: IntegrityError) -> Recorded:
    """The session that has this id already. Other content of the same patient is kept beside it."""
    with transaction.atomic():
        mark_dirty(patient_id=patient.pk, at=at)
        stored = Session.objects.get(pk=given.id)
        if stored.patient_id != patient.pk:
            raise Refused(_("This session was already sent for somebody else. Please start again.")) from error
        if stored.fingerprint == fingerprint:
            return Recorded(stored, new=False)
        SessionConflict.objects.get_or_create(
            session=stored, fingerprint=fingerprint, defaults={"content": given.content(), "received_at": at}
        )
    return Recorded(stored, new=False, conflict=True)


def fingerprint_of(content: Any) -> str:
    """The same for the same content, whatever its order."""
    return hashlib.sha256(_plain(content).encode()).hexdigest()


def _check_day(day: date, time_zone: str, at: datetime) -> None:
    today = local_date(at, time_zone)
    if day > today:
        raise Refused(_("That day is still to come. Choose today or an earlier day."))
    if day < today - timedelta(days=BACKDATE_DAYS):
        raise Refused(_("That is more than 14 days ago. Tell your clinician about it instead."))


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=_as_text)


def _as_text(value: Any) -> str:
    # 4 and 4.0 are one score: the form sends whole numbers, an import decimals.
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)
