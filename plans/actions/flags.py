"""Flags: raised by the rules from all that is known, looked at and resolved by people."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.compiled import compiled
from accounts.models import Patient, User
from plans import pain, rules
from plans.actions.bell import ring_after_commit
from plans.actions.facts import Judgement, Known, judge, known_of, settings_of, site_facts
from plans.actions.history import note_event
from plans.actions.raising import bring_in_line
from plans.actions.refusals import Refused
from plans.actions.sessions import mark_dirty
from plans.models import BodySite, Decision, Flag, PainWatch
from plans.rules_pain import Level
from plans.schedule import local_date
from plans.thresholds import Thresholds

DAY = timedelta(days=1)


@compiled
def _watch(*, patient: UUID) -> QuerySet[PainWatch, PainWatch]:
    return PainWatch.objects.filter(pk=patient).select_for_update()


@compiled
def _free_watch(*, patient: UUID) -> QuerySet[PainWatch, PainWatch]:
    return PainWatch.objects.filter(pk=patient).select_for_update(skip_locked=True)


@compiled
def _patient(*, patient: UUID) -> QuerySet[Patient, Patient]:
    return Patient.objects.filter(pk=patient)


@compiled
def _flags(*, patient: UUID) -> QuerySet[Flag, Flag]:
    # Locked, or an acknowledgement of this instant would be overwritten.
    return Flag.objects.filter(patient=patient).select_for_update().order_by("first_alert_on", "id")


@compiled
def _open_flag(*, patient: UUID) -> QuerySet[Flag, tuple[UUID]]:
    return Flag.objects.filter(patient=patient).open().order_by().values_list("pk")[:1]


def evaluate(*, patient_id: UUID, at: datetime) -> None:
    """Judge everything known about a patient as of `at`, and bring flags in line with it.

    Locks the patient's watch row, so that concurrent logs are seen by this evaluation or by the next one. Raises
    PainWatch.DoesNotExist.
    """
    with transaction.atomic():
        _bring_up_to_date(_one(_watch(patient=patient_id)), at)


def evaluate_waiting(*, patient_id: UUID, at: datetime, queue: bool) -> bool:
    """The same for somebody who waits. False: nothing has come since the last evaluation.

    Rings come twice and late, and the sweep looks as well: who was evaluated meanwhile costs one query. Without `queue`
    a row that somebody holds at this instant is left to them: whatever they add is marked, and found the next time.
    Raises PainWatch.DoesNotExist.
    """
    with transaction.atomic():
        watches = (_watch if queue else _free_watch)(patient=patient_id)
        if not queue and not watches and PainWatch.objects.filter(pk=patient_id).exists():
            return False
        watch = _one(watches)
        if watch.dirty_since is None:
            return False
        _bring_up_to_date(watch, at)
    return True


def _one(watches: list[PainWatch]) -> PainWatch:
    if not watches:
        raise PainWatch.DoesNotExist
    return watches[0]


def _bring_up_to_date(watch: PainWatch, at: datetime) -> None:
    """The caller holds the lock of the watch row."""
    (patient,) = _patient(patient=watch.pk)
    today = local_date(at, patient.time_zone)
    known = known_of(patient)
    judgement = judge(known, until=until_of(known, today))
    stored: dict[tuple[str, UUID | None], list[Flag]] = {}
    for flag in _flags(patient=watch.pk):
        flag.patient = patient
        stored.setdefault((flag.rule, flag.site_id), []).append(flag)
    for (rule, site_id), episodes in judgement.episodes.items():
        bring_in_line(
            patient=patient,
            rule=rule,
            site_id=site_id,
            episodes=episodes,
            stored=stored.get((rule, site_id), []),
            today=today,
            at=at,
        )
    watch.state = _summaries(known, judgement, today)
    # Where no flag is and none is to be, none can be open.
    quiet = not stored and not any(judgement.episodes.values())
    watch.wakes_on = _wakes_on(known, today, flagged=not quiet and bool(_open_flag(patient=watch.pk)))
    watch.dirty_since = None
    watch.attempts = 0
    watch.last_error = ""
    watch.quarantined_at = None
    watch.evaluated_at = at
    watch.evaluated_on = today
    watch.save()


def until_of(known: Known, today: date) -> date:
    """As of when to judge: today, or tomorrow when a traveller's log is ahead of the patient's own zone."""
    return min(max(today, known.last_on or today), today + DAY)


def r3_replay(site: BodySite) -> "pain.Replay":
    """Rule R3 over all current scores of a site and all decisions about it."""
    facts = site_facts(site)
    last = max((score.on for score in facts.scores), default=date.min)
    return rules.replay_site(facts, Thresholds(settings_of(site.patient)), until=last)


def locked(flag: Flag) -> Flag:
    """The flag as it stands now, locked; first the patient's watch row, in the order in which evaluations lock."""
    PainWatch.objects.select_for_update().get(pk=flag.patient_id)
    return Flag.objects.select_for_update(of=("self",)).select_related("patient").get(pk=flag.pk)


def acknowledge(*, flag: Flag, by: User, at: datetime) -> Flag:
    """Say that this person has seen the flag. Doing it twice keeps the first name."""
    with transaction.atomic():
        flag = locked(flag)
        if flag.state == Flag.State.OPEN:
            flag.state = Flag.State.ACKNOWLEDGED
            flag.acknowledged_at, flag.acknowledged_by = at, by
            flag.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
            note_event(patient=flag.patient, verb="flag acknowledged", at=at, by=by, flag=str(flag.pk))
    return flag


def resolve(*, flag: Flag, action_taken: str, note: str, useful: bool | None, by: User, at: datetime) -> Flag:
    """End the episode: what was done, a note, and whether the flag was useful.

    The decision is dated with the patient's local date: evidence up to that day never raises this rule again.
    Resolving a red flag does not resume the plan; that is `pausing.release`. Raises Refused when the flag is not open
    any more.
    """
    with transaction.atomic():
        mark_dirty(patient_id=flag.patient_id, at=at)
        flag = locked(flag)
        if not flag.is_open:
            raise Refused(_("This flag is not open any more. Reload the page to see what happened."))
        today = local_date(at, flag.patient.time_zone)
        accepted = action_taken == Flag.Action.NEW_USUAL
        if accepted and flag.rule != Flag.Rule.R3:
            raise Refused(_("Only a sustained increase can become the new usual."))
        flag.state = Flag.State.RESOLVED
        flag.resolved_at, flag.resolved_by = at, by
        if flag.acknowledged_at is None:
            flag.acknowledged_at, flag.acknowledged_by = at, by
        flag.action_taken, flag.note, flag.useful = action_taken, note, useful
        flag.save()
        Decision.objects.create(
            patient=flag.patient,
            site=flag.site,
            rule=flag.rule,
            kind=Decision.Kind.ACCEPTED if accepted else Decision.Kind.RESOLVED,
            # A traveller's evidence may be dated ahead of the patient's own zone: it has been seen, too.
            on=max(today, flag.last_alert_on),
            # A flag may hold several episodes; the new usual is the level of the last one.
            since_on=date.fromisoformat(flag.evidence["since_on"]) if accepted else None,
            until_on=flag.last_alert_on if accepted else None,
            flag=flag,
            at=at,
            by=by,
        )
        note_event(patient=flag.patient, verb="flag resolved", at=at, by=by, flag=str(flag.pk), action=action_taken)
        ring_after_commit(flag.patient_id)
    return flag


def _summaries(known: Known, judgement: Judgement, today: date) -> dict[str, object]:
    """What pages show without replaying: the usual level, its spread, how far learning has come, the ceiling."""
    said: dict[str, object] = {}
    for site, replay in judgement.replays.items():
        said[f"R3:{site}"] = {
            "usual": replay.usual,
            "spread": replay.spread,
            "ready": replay.ready,
            "learned": replay.learned,
            "alerting": replay.alerting,
        }
        ready = replay.usual if replay.ready else None
        level = Level({today: ready}.get, known.sites[site].intake)
        ceiling, basis, _usual = rules.ceiling_for(level, today, known.thresholds)
        said[f"R1:{site}"] = {"ceiling": ceiling, "basis": basis}
    return said


def _wakes_on(known: Known, today: date, *, flagged: bool) -> date | None:
    """The next local date on which time alone may change a flag: None when only news can."""
    if flagged:
        return today + DAY
    if not any(span.until_on is None for span in known.patient.spans):
        return None
    # Silence can be raised from then on, or once a number of it changes; the days before cannot bring anything.
    quietest = max(today + DAY, rules.earliest_silence(known.patient, known.thresholds, today))
    changed = known.thresholds.next_change(today)
    return quietest if changed is None else min(quietest, changed)
