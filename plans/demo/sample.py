"""Sample patients to try things out with: in a clinic of their own, so that none of them can meet a real one.

Whoever works in the real clinic works in the sample as well, and changes over with one click. Taking the sample away
closes it: nobody comes in any more, nothing in it runs, and the real clinic's rows are not even read.
"""

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Clinic, Membership, Patient, User, new_id
from exercises.models import Exercise
from plans.actions import flags, patients
from plans.actions.refusals import Refused
from plans.demo.clinics import House
from plans.demo.people import NAMED
from plans.demo.routines import needed
from plans.demo.seeding import store
from plans.demo.stories import story_of
from plans.models import Flag

PEOPLE = ("Marcus Bell", "Owen Hughes", "Peter Adeyemi", "Ingrid Solheim", "Samira Idrissi")
DAYS = 60
ID_BITS = 74  # what plans.demo.rows.made_id asks for


def samples_of(clinic: Clinic, at: datetime) -> QuerySet[Clinic]:
    """The sample of this clinic that is open, if there is one."""
    return Clinic.objects.filter(sample_of=clinic, pk__in=Membership.objects.open(at).values("clinic"))


def load(*, clinic: Clinic, by: User, at: datetime) -> Clinic:
    """Make the sample: five patients with two months of diary, looked after by `by`, their flags raised by the rules.

    Raises Refused in a sample, when there is one already, and without the starter library.
    """
    if clinic.sample_of_id is not None:
        raise Refused(_("These are the sample patients already."))
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic.pk)
        if samples_of(clinic, at).exists():
            raise Refused(_("The sample patients are there already."))
        library = {
            exercise.slug: exercise.current_version
            for exercise in Exercise.objects.prescribable().filter(clinic=None).select_related("current_version")
            if exercise.current_version
        }
        if needed() - set(library):
            raise Refused(_("The library lacks exercises that the sample patients do. Ask whoever runs Painplan."))
        sample = _open(clinic, at)
        zone = ZoneInfo(sample.time_zone)
        people = [person for person in NAMED if person.name in PEOPLE]
        stories = [
            story_of(person, number, DAYS, at.astimezone(zone).date(), _lots(number, sample))
            for number, person in enumerate(people, start=1)
        ]
        store(House(sample, (by,), None, library), stories, at, lambda _words: None)
        for patient in Patient.objects.filter(clinic=sample):
            flags.evaluate(patient_id=patient.pk, at=at)
    return sample


def remove(*, sample: Clinic, by: User, at: datetime) -> None:
    """Close the sample: its flags and plans end, and nobody works there any more. Raises Refused for a real clinic."""
    if sample.sample_of_id is None:
        raise Refused(_("This is no sample: its patients are real."))
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=sample.pk)
        for flag in Flag.objects.open().filter(patient__clinic=sample):
            flags.resolve(flag=flag, action_taken=Flag.Action.OTHER, note=_("Sample."), useful=None, by=by, at=at)
        for patient in Patient.objects.filter(clinic=sample).exclude(status=Patient.Status.DISCHARGED):
            patients.discharge(patient=patient, note=_("Sample."), by=by, at=at)
        Membership.objects.open(at).filter(clinic=sample).update(valid_until=at)


class _OwnIds(Random):
    """Draws the same lots in every sample, but ids of its own: they alone take so many bits at once."""

    salt = 0

    def getrandbits(self, k: int, /) -> int:
        return super().getrandbits(k) ^ (self.salt % 2**k if k >= ID_BITS else 0)


def _lots(number: int, sample: Clinic) -> Random:
    lots = _OwnIds(f"sample/{number}")
    lots.salt = sample.pk.int
    return lots


def _open(clinic: Clinic, at: datetime) -> Clinic:
    """An empty clinic like this one, with the same people in the same roles."""
    staff = list(Membership.objects.open(at).clinical().filter(clinic=clinic))
    sample = Clinic.objects.get(pk=clinic.pk)
    sample.pk, sample._state.adding = new_id(), True
    sample.sample_of = clinic
    sample.name = _("Sample patients")
    sample.slug = f"sample-{sample.pk.hex[-12:]}"
    sample.record_access = Clinic.RecordAccess.OPEN
    sample.save()
    Membership.objects.bulk_create(
        Membership(user_id=one.user_id, clinic=sample, role=one.role, valid_from=at) for one in staff
    )
    return sample
