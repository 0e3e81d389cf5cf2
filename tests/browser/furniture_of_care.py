"""What the demo's clinic lacks: goals, notes, leave, a safety report, a step to approve, replays; and worries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import BreakGlass, Clinic, Patient, Transfer, User, new_id
from plans.actions import (
    absences,
    clinic,
    erasing,
    flags,
    goals,
    notes,
    notifications,
    pausing,
    plans,
    quota_steps,
    quotas,
    reports,
    sessions,
    staff,
    trials,
)
from plans.models import Flag, Notification, PainWatch, Plan, PlanVersion, QuotaStep, RuleTrial, Session
from plans.models.notification import GIVE_UP_AFTER
from plans.schedule import local_date
from tests.browser import people
from tests.browser.stack import until

LATER = timedelta(days=300)


def furnish_care(at: datetime) -> None:
    demo = Clinic.objects.get(slug="demo")
    tom, nell = people.clinician(), User.objects.get(email="lead@demo.example")
    joan = Patient.objects.get(full_name="Joan Whitfield")
    goal = goals.add(patient=joan, text="Carry the shopping home.", by=joan.user, at=at)
    goals.rate(goal=goal, closeness=4, time_zone=joan.time_zone, by=joan.user, at=at)
    notes.write(patient=joan, note_id=new_id(), text="Prefers mornings.", is_shared=True, by=tom, at=at)
    report_and_release(joan, tom, at - timedelta(days=3))

    today = local_date(at, demo.time_zone)
    clinic.add_holiday(clinic=demo, on=today + LATER, name="Regatta", by=nell, at=at)
    absences.write_down(
        clinic=demo, clinician=tom, stand_in=nell, from_on=today + LATER, until_on=today + LATER, by=tom, at=at
    )
    propose_a_step("Wilbur Fane", tom, at)
    elsewhere = Clinic.objects.exclude(pk=demo.pk).first()
    Transfer.objects.create(
        patient=joan, from_clinic=demo, to_clinic=elsewhere, why="Nearer to her daughter.", asked_at=at, asked_by=tom
    )
    erasing.hold(patient=joan, reason="Case 17/2026", by=nell, at=at)
    BreakGlass.objects.create(
        patient=joan, clinician=tom, reason="She fell in the waiting room.", opened_at=at - timedelta(hours=2),
        expires_at=at - timedelta(hours=1),
    )  # fmt: skip
    staff.invite(clinic=demo, email="ines.ferro@example.org", full_name="Ines Ferro", role="clinician", by=nell, at=at)
    replay(demo, nell, at)


def report_and_release(patient: Patient, by: User, at: datetime) -> None:
    """A safety question answered yes, looked at, and the plan released."""
    reports.report_safety(
        patient=patient, report_id=new_id(), answers=["fall-injury"], time_zone=patient.time_zone, source="quick",
        by=patient.user, at=at,
    )  # fmt: skip
    flags.evaluate(patient_id=patient.pk, at=at)
    raised, later = Flag.objects.get(patient=patient, rule="R0"), at + timedelta(hours=1)
    flags.resolve(flag=raised, action_taken="talked", note="A stumble, no injury.", useful=True, by=by, at=later)
    pausing.release(plan=Plan.objects.current().get(patient=patient), note="Seen today, all well.", by=by, at=later)


def propose_a_step(name: str, by: User, at: datetime) -> None:
    """Somebody whose exercise may grow, with the sessions of the last days done."""
    people.new_patient(name, plan=True, exercises=("sit-to-stand",))
    patient, long_enough = Patient.objects.get(full_name=name), at - timedelta(days=9)
    draft = plans.revise(plan=Plan.objects.current().get(patient=patient), by=by, at=long_enough)
    grows = draft.prescriptions.first()
    amount = Decimal(getattr(grows, grows.main_measure))
    quotas.set_quota(
        prescription=grows, step_percent=20, ceiling=amount * 2, approved_ahead=False, lock=draft.lock, by=by,
        at=long_enough,
    )  # fmt: skip
    lock = PlanVersion.objects.get(pk=draft.pk).lock
    version = plans.activate(version=draft, lock=lock, why="It may grow.", by=by, at=long_enough)
    for days in range(1, 6):
        done_at = at - timedelta(days=days)
        given = sessions.SessionInput(new_id(), done_at, done_at, patient.time_zone, Session.Source.QUICK)
        sessions.record_session(patient=patient, plan_version=version, given=given, by=patient.user, at=done_at)
    quota_steps.propose(at=at)
    assert QuotaStep.objects.proposed().filter(quota__prescription=grows).exists(), "no step was proposed"


def replay(here: Clinic, by: User, at: datetime) -> None:
    """Three replays of a rule: one to its end, one given up, one that somebody is working on."""
    last = local_date(at, here.time_zone)

    def start() -> RuleTrial:
        return trials.start(
            clinic=here, rule="R3", values={}, first_on=last - timedelta(days=30), last_on=last, by=by, at=at,
            clock=timezone.now,
        )  # fmt: skip

    done = start()
    trials.run_safely(trial_id=done.pk, clock=timezone.now)
    whole = RuleTrial.objects.filter(pk=done.pk, state=RuleTrial.State.DONE)
    until(whole.exists, "the replay is done", seconds=120)
    trials.cancel(trial=start(), by=by, at=at)
    RuleTrial.objects.filter(pk=start().pk).update(state=RuleTrial.State.RUNNING, touched_at=at + LATER, done=7)


@contextmanager
def worries(at: datetime) -> Iterator[None]:
    """A patient set apart and a mail given up, for as long as the operator looks; health tells of them meanwhile."""
    watch, key = PainWatch.objects.filter(patient__clinic__slug="hill"), "given up in a browser test"
    apart = PainWatch.objects.filter(pk=watch.first().pk)
    apart.update(quarantined_at=at, attempts=5, last_error="KeyError")
    notifications.owe(key=key, recipient=people.clinician(), kind="reminder", at=at, send_after=at + LATER)
    Notification.objects.filter(key=key).update(attempts=GIVE_UP_AFTER, last_error="SMTPDataError 550")
    try:
        yield
    finally:
        apart.update(quarantined_at=None, attempts=0, last_error="")
        notifications.cancel(key=key, at=at)
