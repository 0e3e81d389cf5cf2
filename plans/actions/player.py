"""A session while it is being done: begun, answered step by step, finished or left. Every step is stored at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.refusals import Refused
from plans.actions.sessions import (
    LogInput,
    Recorded,
    ScoreInput,
    SessionInput,
    amend_score,
    fingerprint_of,
    mark_dirty,
    write_scores_and_logs,
)
from plans.models import ExerciseLog, PainScore, PainWatch, Plan, PlanVersion, Session, SessionConflict, SessionStep
from plans.models.quota import dosed_for
from plans.schedule import local_date

BEGIN, BEFORE, AFTER = "begin", "before", "after"
STALE_AFTER = timedelta(days=1)
DID_SOMETHING = (ExerciseLog.State.DONE, ExerciseLog.State.PARTLY)


@dataclass(frozen=True)
class Saved:
    """Whether a step counts now. `conflict`: the session was over and the words differ, they are kept beside it."""

    session: Session
    conflict: bool = False


def begin(
    *,
    patient: Patient,
    session_id: UUID,
    plan_version: PlanVersion,
    exercises: Sequence[UUID],
    time_zone: str,
    by: User,
    at: datetime,
) -> Session:
    """Start a session of the active plan after all safety questions were answered with no.

    `exercises` are the prescriptions of today, in order. The same id again is the same session, and one that is
    still in progress goes on instead of a second one. Raises Refused when the plan rests or has just changed.
    """
    with transaction.atomic():
        _turnstile(patient.pk)
        stored = Session.objects.filter(pk=session_id).first()
        if stored is not None and stored.patient_id != patient.pk:
            raise Refused(_("This session was already sent for somebody else. Please start again."))
        running = stored or Session.objects.of(patient).in_progress().first()
        if running is not None:
            return running
        plan = Plan.objects.select_for_update().get(pk=plan_version.plan_id)
        if plan.status != Plan.Status.ACTIVE:
            raise Refused(_("Your plan is paused. Please wait until your clinic tells you that it goes on."))
        if plan.active_version_id != plan_version.pk:
            raise Refused(_("Your plan has just changed. Go back to Today to start with the new one."))
        day = local_date(at, time_zone)
        doses = {p.pk: p.amounts() for p in dosed_for(plan_version.prescriptions.all(), day)}
        session = Session.objects.create(
            id=session_id,
            patient=patient,
            plan_version=plan_version,
            state=Session.State.IN_PROGRESS,
            source=Session.Source.PLAYER,
            started_at=at,
            local_date=day,
            time_zone=time_zone,
            received_at=at,
            doses={str(key): amounts for key, amounts in doses.items()},
            recorded_by=by,
        )
        chosen = [str(key) for key in exercises if key in doses]
        content = {"safety": "none of these", "exercises": chosen}
        SessionStep.objects.create(session=session, step=BEGIN, sequence=1, content=content, received_at=at)
        note_event(patient=patient, plan=plan, verb="session begun", at=at, by=by, session=str(session.pk))
    return session


def save_step(
    *, session: Session, step: str, sequence: int, content: Mapping[str, Any], by: User, at: datetime
) -> Saved:
    """Keep what was said at a step (`before`, a prescription's id, `after`). The highest sequence counts.

    The same again is stored once; other words under a sequence that is taken become the next one, so that nothing
    is dropped. Pain before the session counts at once: somebody who stops because of severe pain must not wait for the
    end of the session to be noticed. Raises Refused for a step that this session does not have.
    """
    with transaction.atomic():
        _turnstile(session.patient_id)
        session = Session.objects.get(pk=session.pk)
        if step not in (BEFORE, AFTER, *exercise_ids(session)):
            raise Refused(_("This exercise is not part of the session."))
        rows = {row.sequence: row.content for row in session.steps.filter(step=step)}
        if rows.get(sequence) == content or (rows and rows[max(rows)] == content):
            return Saved(session)
        if session.state != Session.State.IN_PROGRESS:
            late = {"step": step, "sequence": sequence, "content": dict(content), "by": str(by.pk)}
            SessionConflict.objects.get_or_create(
                session=session, fingerprint=fingerprint_of(late), defaults={"content": late, "received_at": at}
            )
            return Saved(session, conflict=True)
        free = max(sequence, 1) if sequence not in rows else max(rows) + 1
        SessionStep.objects.create(session=session, step=step, sequence=free, content=dict(content), received_at=at)
        if step == BEFORE:
            _score_before(session, by=by, at=at)
    return Saved(session)


def finish(*, session: Session, by: User, at: datetime) -> Recorded:
    """Turn the steps into scores and logs and close the session. Done already, it stays as it is.

    It counts as done when something of it was done, else as left. The plan may have been revised or paused meanwhile:
    the session belongs to the version with which it was begun.
    """
    return _close(session, state=None, finished_at=at, by=by, at=at)


def leave(*, session: Session, by: User, at: datetime) -> Recorded:
    """End a session early; what was said so far counts."""
    return _close(session, state=Session.State.LEFT, finished_at=at, by=by, at=at)


def leave_running(*, patient: Patient, by: User, at: datetime) -> Session | None:
    """End whatever session is in progress, if there is one."""
    running = Session.objects.of(patient).in_progress().first()
    return None if running is None else leave(session=running, by=by, at=at).session


def close_stale(*, at: datetime) -> Mapping[str, int]:
    """Sessions in progress for more than a day are over: left, with what was said, when the last of it was said."""
    stale = Session.objects.in_progress().filter(started_at__lt=at - STALE_AFTER).select_related("recorded_by")
    closed = 0
    for session in stale.order_by("started_at"):
        last = max(step.received_at for step in session.steps.all())
        closed += _close(session, state=Session.State.LEFT, finished_at=last, by=session.recorded_by, at=at).new
    return {"left": closed}


def said(session: Session) -> dict[str, dict[str, Any]]:
    """What counts of each step, by its name."""
    return {row.step: row.content for row in session.steps.order_by("sequence")}


def exercise_ids(session: Session) -> list[str]:
    """The prescriptions of the session in order, as it was begun."""
    first = session.steps.filter(step=BEGIN).first()
    return list(first.content["exercises"]) if first is not None else []


def next_sequence(session: Session, step: str) -> int:
    """The number that the next answer to a step carries."""
    last = session.steps.filter(step=step).order_by("-sequence").values_list("sequence", flat=True).first()
    return (last or 0) + 1


def _close(session: Session, *, state: str | None, finished_at: datetime, by: User, at: datetime) -> Recorded:
    with transaction.atomic():
        mark_dirty(patient_id=session.patient_id, at=at)
        session = Session.objects.select_related("patient", "plan_version__plan").get(pk=session.pk)
        if session.state != Session.State.IN_PROGRESS:
            return Recorded(session, new=False, conflict=session.conflicts.exists())
        words = said(session)
        scores, logs = list(_scores(words)), list(_logs(words))
        after = words.get(AFTER, {})
        if state is None:
            state = Session.State.DONE if any(log.state in DID_SOMETHING for log in logs) else Session.State.LEFT
        session.state = state
        session.finished_at = max(finished_at, session.started_at)
        session.received_at = at
        session.effort, session.note = after.get("effort"), after.get("note", "")
        given = SessionInput(
            id=session.pk,
            started_at=session.started_at,
            finished_at=session.finished_at,
            time_zone=session.time_zone,
            source=session.source,
            scores=scores,
            logs=logs,
            effort=session.effort,
            note=session.note,
            state=session.state,
            on=session.local_date,
        )
        session.fingerprint = given.fingerprint
        known = set(session.scores.filter(moment=PainScore.Moment.BEFORE).values_list("site_id", flat=True))
        fresh = [s for s in scores if s.moment != PainScore.Moment.BEFORE or s.site_id not in known]
        try:
            session.save()
            write_scores_and_logs(session=session, scores=fresh, logs=logs, by=by, at=at)
        except IntegrityError as error:
            raise Refused(_("This session cannot be stored as it is. Please tell your clinic.")) from error
        note_event(
            patient=session.patient,
            plan=session.plan_version.plan,
            verb="session left" if state == Session.State.LEFT else "session logged",
            at=at,
            by=by,
            session=str(session.pk),
            on=session.local_date.isoformat(),
        )
        ring_after_commit(session.patient_id)
    return Recorded(session, new=True)


def _score_before(session: Session, *, by: User, at: datetime) -> None:
    """Pain before a session in progress as scores; other words than before correct them."""
    mark_dirty(patient_id=session.patient_id, at=at)
    said_before = list(_scores({BEFORE: said(session)[BEFORE]}))
    current = {s.site_id: s for s in session.scores.current().filter(moment=PainScore.Moment.BEFORE)}
    new = [given for given in said_before if given.site_id not in current]
    write_scores_and_logs(session=session, scores=new, logs=[], by=by, at=at)
    for given in said_before:
        if given.site_id in current:
            amend_score(score=current[given.site_id], value=given.value, by=by, at=at)
    ring_after_commit(session.patient_id)


def _scores(words: Mapping[str, Mapping[str, Any]]) -> Iterator[ScoreInput]:
    for step, moment in ((BEFORE, PainScore.Moment.BEFORE), (AFTER, PainScore.Moment.AFTER)):
        for site, value in words.get(step, {}).get("scores", {}).items():
            yield ScoreInput(moment.value, UUID(site), None if value is None else Decimal(value))


def _logs(words: Mapping[str, Mapping[str, Any]]) -> Iterator[LogInput]:
    for key in words.get(BEGIN, {}).get("exercises", []):
        content = words.get(key)
        if content is None:
            continue
        minutes = content.get("minutes")
        yield LogInput(
            prescription_id=UUID(key),
            state=content["state"],
            skip_reason=content.get("reason", ""),
            sets_done=content.get("sets"),
            repetitions_done=content.get("repetitions"),
            duration_minutes_done=None if minutes is None else Decimal(str(minutes)),
            pain=content.get("pain"),
        )


def _turnstile(patient_id: UUID) -> None:
    """Two taps of one patient queue here; what is not over yet is nothing to evaluate."""
    PainWatch.objects.select_for_update().get(pk=patient_id)
