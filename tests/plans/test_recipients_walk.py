"""A long random walk through a clinic's life: after every step each open flag has somebody active to be told.

500 steps here, 10,000 with `make test-full`. What must hold is worked out a second time, from the tables alone.
"""

import os
import random
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Absence, CareAssignment, Clinic, Membership, Patient, User
from plans.actions import recipients
from plans.models import Flag
from tests.cast import NOON, make_patient, make_user

STEPS = 10_000 if os.environ.get("PAINPLAN_FULL") else 500
SEED = 20261119


class Life:
    """Two clinics; every method is one thing that happens. `at` moves on with every step."""

    def __init__(self, clinics: list[Clinic], first: list[User], seed: int) -> None:
        self.dice = random.Random(seed)
        self.clinics, self.people, self.at = clinics, list(first), NOON
        self.patients = [
            make_patient(f"Pat {n}", clinic, by=first[n % 2], sites=("Lower back",))
            for n, clinic in enumerate(clinics * 3)
        ]
        self.empty_seen = self.stood_in = 0

    def step(self) -> str:
        self.at += timedelta(hours=self.dice.choice([1, 5, 20]))
        what = self.dice.choice(
            [self.hire, self.leave, self.deactivate, self.come_back, self.absent, self.absent, self.back_early,
             self.transfer, self.transfer, self.cover, self.uncover, self.unassign, self.discharge, self.flag,
             self.flag, self.flag, self.acknowledge, self.resolve, self.give, self.access, self.hire]
        )  # fmt: skip
        try:
            with transaction.atomic():
                what()
        except (IntegrityError, ValueError):
            pass  # the database refused what makes no sense, or there was nothing to choose from
        return what.__name__

    def anybody(self) -> User:
        return self.dice.choice(self.people)

    def hire(self) -> None:
        new = len(self.people) < 14
        who = make_user(f"Worker {len(self.people)}") if new else self.anybody()
        role = self.dice.choice(["clinician", "clinician", "lead", "curator"])
        Membership.objects.create(user=who, clinic=self.dice.choice(self.clinics), role=role, valid_from=self.at)
        if new:
            self.people.append(who)

    def leave(self) -> None:
        Membership.objects.open(self.at).filter(user=self.anybody()).update(valid_until=self.at)

    def deactivate(self) -> None:
        User.objects.filter(pk=self.anybody().pk).update(is_active=False)

    def come_back(self) -> None:
        User.objects.filter(pk=self.anybody().pk).update(is_active=True)

    def absent(self) -> None:
        who, instead = self.anybody(), self.anybody()
        first = self.at.date() + timedelta(days=self.dice.randint(-1, 3))
        Absence.objects.create(
            clinic=self.dice.choice(self.clinics), clinician=who, stand_in=instead, from_on=first,
            until_on=first + timedelta(days=self.dice.randint(0, 20)), made_at=self.at, made_by=who,
        )  # fmt: skip

    def back_early(self) -> None:
        Absence.objects.filter(clinician=self.anybody()).update(cancelled_at=self.at)

    def transfer(self) -> None:
        patient = self.dice.choice(self.patients)
        self._end(patient, "responsible")
        CareAssignment.objects.create(patient=patient, clinician=self.anybody(), valid_from=self.at)

    def cover(self) -> None:
        CareAssignment.objects.create(
            patient=self.dice.choice(self.patients), clinician=self.anybody(), kind="cover", valid_from=self.at
        )

    def uncover(self) -> None:
        self._end(self.dice.choice(self.patients), "cover")

    def unassign(self) -> None:
        self._end(self.dice.choice(self.patients), "responsible")

    def _end(self, patient: Patient, kind: str) -> None:
        CareAssignment.objects.filter(patient=patient, kind=kind, valid_until=None).update(valid_until=self.at)

    def discharge(self) -> None:
        patient = self.dice.choice(self.patients)
        now_discharged = self.dice.random() < 0.5
        Patient.objects.filter(pk=patient.pk).update(
            status="discharged" if now_discharged else "active",
            discharged_at=self.at if now_discharged else None,
            discharged_by=self.anybody() if now_discharged else None,
        )

    def flag(self) -> None:
        patient, day = self.dice.choice(self.patients), date(2020, 1, 1) + timedelta(days=self.dice.randint(0, 2000))
        Flag.objects.create(
            patient=patient, site=patient.sites.first(), rule=self.dice.choice(Flag.Rule.values), rule_version=1,
            severity=self.dice.choice(["watch", "important", "urgent"]), since_on=day, first_alert_on=day,
            last_alert_on=day, raised_at=self.at,
        )  # fmt: skip

    def acknowledge(self) -> None:
        for flag in self.dice.sample(list(Flag.objects.filter(state="open").order_by("pk")), k=1):
            Flag.objects.filter(pk=flag.pk).update(
                state="acknowledged", acknowledged_at=self.at, acknowledged_by=self.anybody()
            )

    def resolve(self) -> None:
        for flag in Flag.objects.open().order_by("raised_at", "pk")[:4]:
            Flag.objects.filter(pk=flag.pk).update(
                state="resolved", resolved_at=self.at, resolved_by=self.anybody(), action_taken="other"
            )

    def give(self) -> None:
        Flag.objects.open().filter(patient=self.dice.choice(self.patients)).update(assigned_to=self.anybody())

    def access(self) -> None:
        clinic = self.dice.choice(self.clinics)
        clinic.record_access = self.dice.choice(["open", "assigned"])
        clinic.save()

    def check(self) -> None:
        """Every open flag: somebody, active, of the patient's clinic, a clinician or lead; or the breach is shown."""
        without = 0
        for clinic in self.clinics:
            works_here = active_in(clinic, self.at)
            flags = list(Flag.objects.open().filter(patient__clinic=clinic))
            staff = recipients.staff_of(clinic=clinic, at=self.at)
            self.check_care(staff)
            told = recipients.of_flags(staff=staff, flags=flags, at=self.at)
            for flag in flags:
                people = {user.pk for user in told[flag.pk]}
                assert people <= works_here, "somebody is told who does not work here"
                assert people or not works_here, "a flag has nobody, and somebody works here"
                without += not people
        assert recipients.flags_without(at=self.at) == without, "the breach is not shown as it is"
        self.empty_seen += without > 0

    def check_care(self, staff: recipients.Staff) -> None:
        """What the database says is somebody's to look after is what the stand-ins say, followed one by one."""
        who = self.dice.choice(sorted(staff.members.values(), key=lambda user: user.full_name) or [self.people[0]])
        rows = CareAssignment.objects.open(self.at).filter(patient__clinic=staff.clinic).select_related("patient")
        doing = {row.pk for row in rows if row.clinician_id == who.pk or who.pk in staff.doing(row.clinician_id)}
        falling = CareAssignment.objects.falling_to(who, self.at).filter(patient__clinic=staff.clinic)
        assert {row.pk for row in falling} == doing, "the stand-ins and the database disagree"
        self.stood_in += any(row.pk in doing and row.clinician_id != who.pk for row in rows)


def active_in(clinic: Clinic, at: datetime) -> set:
    """Active clinicians and leads of the clinic, the long way round."""
    rows = Membership.objects.filter(clinic=clinic).select_related("user")
    return {
        row.user_id
        for row in rows
        if row.user.is_active
        and row.role in ("clinician", "lead")
        and row.valid_from <= at
        and (row.valid_until is None or row.valid_until > at)
    }


@pytest.mark.parametrize("seed", [SEED])
def test_no_flag_is_ever_without_somebody(harbour, hill, alice, charlie, seed):
    life = Life([harbour, hill], [alice, charlie], seed)
    happened = set()
    for number in range(STEPS):
        what = life.step()
        happened.add(what)
        try:
            life.check()
        except AssertionError as wrong:
            raise AssertionError(f"step {number} ({what}), seed {seed}: {wrong}") from wrong
    assert len(happened) == 16, "every kind of step was taken"
    assert life.empty_seen, "the walk also met a clinic that nobody works in"
    assert life.stood_in > STEPS / 50, "the walk met people who stood in for others"
    assert Flag.objects.count() > STEPS / 20
