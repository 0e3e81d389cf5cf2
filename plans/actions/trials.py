"""A rule tried on the clinic's own past: patient by patient, by whoever comes first, from where the last one stopped.

The row (RuleTrial) is the ledger: the request itself when the clinic is small, the worker that was rung, or the safety
sweep when nobody heard the bell. The rules are the same functions that raise real flags. Nothing is raised here.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import replica
from accounts.models import Clinic, Patient, User
from exercises.actions.bell import ring, ring_after_commit
from plans import rules, trial_results
from plans.actions.clinic import refuse_strangers
from plans.actions.facts import Known, known_of, settings_of
from plans.actions.refusals import Refused
from plans.actions.tuning import clinic_settings, rules_with_numbers
from plans.models import Flag, RuleTrial
from plans.schedule import local_date
from plans.thresholds import ThresholdRefused, Thresholds

TASK = "plans.run_rule_trial"
SMALL = 20
"""So many patients are replayed at once, within the request."""
SLICE = 20
RUN = 400
"""Patients in one run of the worker, well within its time limit; then it rings for itself again."""
LONGEST_DAYS = 366
BELL_FIRST = timedelta(seconds=10)
"""So long the sweep leaves a trial to the worker that was rung."""
GIVEN_UP_AFTER = timedelta(seconds=120)
"""A trial that has not gone on for so long has lost its worker."""

Clock = Callable[[], datetime]
State = RuleTrial.State
logger = logging.getLogger(__name__)


def numbers_of_today(clinic: Clinic, rule: str, on: date) -> dict[str, float]:
    """The clinic's own numbers of a rule as they hold on that date."""
    return dict(Thresholds(clinic_settings(clinic)).of(rule, on))


def start(
    *,
    clinic: Clinic,
    rule: str,
    values: Mapping[str, Any],
    first_on: date,
    last_on: date,
    by: User,
    at: datetime,
    clock: Clock,
) -> RuleTrial:
    """Begin to replay a rule with these numbers (by name; the defaults for those left out) over a period.

    Raises Refused for a rule without numbers, a number outside its limits, a period that is not in the past or longer
    than a year, and while another replay of this clinic runs.
    """
    today = local_date(at, clinic.time_zone)
    if rule not in rules_with_numbers():
        raise Refused(_("This rule has no numbers to try."))
    if not first_on <= last_on <= today or (last_on - first_on).days > LONGEST_DAYS:
        raise Refused(_("Choose a period in the past, a year at most."))
    try:
        tried = trial_results.all_values(rule, values)
    except ThresholdRefused as refused:
        raise Refused(_("A number lies outside its limits.")) from refused
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        refuse_strangers(by, clinic, at)
        if RuleTrial.objects.unfinished().filter(clinic=clinic).exists():
            raise Refused(_("A replay is running. Wait until it is done, or give it up first."))
        total = _patients(clinic, at).count()
        trial = RuleTrial.objects.create(
            clinic=clinic, by=by, rule=rule, values=tried, first_on=first_on, last_on=last_on, asked_at=at,
            total=total, result=trial_results.empty(numbers_of_today(clinic, rule, today)),
        )  # fmt: skip
        if total > SMALL:
            ring_after_commit(TASK, trial.pk)
    if total <= SMALL:
        run_safely(trial_id=trial.pk, clock=clock)
        trial.refresh_from_db()
    return trial


def cancel(*, trial: RuleTrial, by: User, at: datetime) -> None:
    """Give a replay up. Raises Refused when it is over already."""
    with transaction.atomic():
        refuse_strangers(by, trial.clinic, at)
        waiting = RuleTrial.objects.unfinished().filter(pk=trial.pk)
        if not waiting.update(state=State.CANCELLED, finished_at=at):
            raise Refused(_("This replay is over already."))


def run_safely(*, trial_id: UUID, clock: Clock, most: int = RUN) -> None:
    """Go on with a replay, and write a failure of our own down in the row instead of leaving the lead waiting."""
    try:
        run(trial_id=trial_id, clock=clock, most=most)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        logger.error("a replay failed", extra={"error": type(error).__name__})
        RuleTrial.objects.filter(pk=trial_id, state=State.RUNNING).update(
            state=State.FAILED, error=type(error).__name__, finished_at=clock()
        )


def run(*, trial_id: UUID, clock: Clock, most: int = RUN) -> bool:
    """Replay up to `most` further patients of a trial that waits, or whose worker is gone. True when all are done."""
    trial = _claim(trial_id, clock())
    if trial is None:
        return False
    end = trial.done + most
    while trial.done < end:
        patients = _patients(trial.clinic, trial.asked_at).select_related("clinic", "profile")
        last = trial.result["last"]
        part = list((patients.filter(pk__gt=UUID(last)) if last else patients)[: min(SLICE, end - trial.done)])
        if not part:
            return _store(trial, trial.done, state=State.DONE, touched_at=clock(), finished_at=clock())
        before = trial.done
        for patient in part:
            _take(trial, patient)
        trial.result["last"] = str(part[-1].pk)
        trial.done += len(part)
        if not _store(trial, before, done=trial.done, result=trial.result, touched_at=clock()):
            return False
    if _store(trial, trial.done, state=State.WAITING, touched_at=clock()):
        ring(TASK, str(trial_id))
    return False


def go_on(*, clock: Clock, most: int = SLICE) -> int:
    """Take the oldest replay that nobody works on a little further; how many patients. For the sweep."""
    at = clock()
    unheard = Q(state=State.WAITING) & (
        Q(touched_at__isnull=True, asked_at__lt=at - BELL_FIRST) | Q(touched_at__lt=at - BELL_FIRST)
    )
    row = RuleTrial.objects.filter(unheard | _lost(at)).order_by("asked_at").values_list("pk", "done").first()
    if row is None:
        return 0
    trial_id, before = row
    run_safely(trial_id=trial_id, clock=clock, most=most)
    # The next sweep need not wait for a bell that nobody hears.
    RuleTrial.objects.filter(pk=trial_id, state=State.WAITING).update(touched_at=at - BELL_FIRST - BELL_FIRST)
    return RuleTrial.objects.values_list("done", flat=True).get(pk=trial_id) - before


def _patients(clinic: Clinic, at: datetime) -> QuerySet[Patient]:
    """Everybody the clinic had when the replay was asked for, discharged or not; ids of version 7 sort by time."""
    return Patient.objects.in_clinic(clinic).filter(created_at__lte=at).order_by("pk")


def _lost(at: datetime) -> Q:
    return Q(state=State.RUNNING, touched_at__lt=at - GIVEN_UP_AFTER)


def _claim(trial_id: UUID, at: datetime) -> RuleTrial | None:
    """The trial, if nobody else works on it: exactly one caller gets it."""
    free = RuleTrial.objects.filter(Q(state=State.WAITING) | _lost(at), pk=trial_id)
    if not free.update(state=State.RUNNING, touched_at=at):
        return None
    return RuleTrial.objects.select_related("clinic").get(pk=trial_id)


def _store(trial: RuleTrial, before: int, **changes: Any) -> bool:
    """Keep how far it came, unless it was given up or somebody else has gone on from here."""
    ours = RuleTrial.objects.filter(pk=trial.pk, state=State.RUNNING, done=before)
    return bool(ours.update(**changes))


def _take(trial: RuleTrial, patient: Patient) -> None:
    """Replay one patient with both sets of numbers, and count what differs."""
    known, settings = replica.read(lambda: (known_of(patient), settings_of(patient)))
    today = local_date(trial.asked_at, patient.time_zone)
    until = max(today, known.last_on or today)
    sides = [
        _episodes(known, trial.rule, trial_results.applied(settings, trial.rule, values), until)
        for values in (trial.result["now_values"], trial.values)
    ]
    if not any(found for side in sides for found in side.values()):
        return
    stored = replica.read(lambda: _stored(patient, trial.rule))
    rows = [
        (None if site is None else str(site), row)
        for site in sides[0]
        for row in trial_results.compare(
            sides[0][site], sides[1][site], stored.get(site, []), first_on=trial.first_on, last_on=trial.last_on
        )
    ]
    trial_results.add(trial.result, str(patient.pk), rows)


def _episodes(
    known: Known, rule: str, thresholds: Thresholds, until: date
) -> dict[UUID | None, Sequence[rules.Episode]]:
    """What the rule finds, by site, or for the whole patient (None)."""
    if rule in rules.OF_THE_SITE:
        return {
            site: rules.judge_site(facts, thresholds, until=until).episodes[rule] for site, facts in known.sites.items()
        }
    return {None: rules.judge_patient(known.patient, thresholds, until=until)[rule]}


def _stored(patient: Patient, rule: str) -> dict[UUID | None, list[trial_results.Stored]]:
    """The flags that were really raised, by site."""
    rows = Flag.objects.of(patient).filter(rule=rule).exclude(state=Flag.State.WITHDRAWN).order_by("first_alert_on")
    found: dict[UUID | None, list[trial_results.Stored]] = {}
    for flag in rows:
        ended = flag.action_taken or flag.state
        one = trial_results.Stored(str(flag.pk), flag.first_alert_on, flag.last_alert_on, ended, flag.useful)
        found.setdefault(flag.site_id, []).append(one)
    return found
