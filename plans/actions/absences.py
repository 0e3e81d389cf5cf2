"""Leave: who is away, who stands in, and what to know before it is written down."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Absence, CareAssignment, Clinic, ClinicEvent, Membership, User
from plans.actions.clinic import leads, note
from plans.actions.refusals import Refused
from plans.models import Flag

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Warnings:
    """What somebody should know before an absence is written down; all empty when there is nothing.

    `open_flags`: patients of this clinician who have an open flag. `stand_in_away`: absences of the stand-in in the
    same days. `stands_in_for`: whom this clinician was to stand in for in the same days.
    """

    open_flags: int
    stand_in_away: list[Absence]
    stands_in_for: list[Absence]

    def __bool__(self) -> bool:
        return bool(self.open_flags or self.stand_in_away or self.stands_in_for)


def staff(clinic: Clinic, at: datetime) -> QuerySet[User]:
    """Who looks after patients in this clinic now, by name."""
    open_now = Membership.objects.open(at).clinical().filter(clinic=clinic)
    return User.objects.filter(is_active=True, pk__in=open_now.values("user")).order_by("full_name")


def warnings(
    *, clinic: Clinic, clinician: User, stand_in: User, from_on: date, until_on: date, at: datetime
) -> Warnings:
    """What to know before this absence is written down."""
    own = CareAssignment.objects.open(at).filter(clinician=clinician, patient__clinic=clinic)
    meanwhile = _meanwhile(clinic, from_on, until_on).select_related("clinician", "stand_in")
    return Warnings(
        open_flags=Flag.objects.open().filter(patient__in=own.values("patient")).values("patient").distinct().count(),
        stand_in_away=list(meanwhile.filter(clinician=stand_in)),
        stands_in_for=list(meanwhile.filter(stand_in=clinician)),
    )


def write_down(
    *, clinic: Clinic, clinician: User, stand_in: User, from_on: date, until_on: date, by: User, at: datetime
) -> Absence:
    """Say who is away from `from_on` to `until_on` (dates of the clinic, both included) and who stands in.

    A clinician writes down their own absence, a lead anybody's. Raises Refused when the two are one person, when one of
    them does not look after patients here, when the dates are not in order, and when the clinician is away already.
    """
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        _refuse_others(by, clinician, clinic, at)
        here = set(staff(clinic, at).values_list("pk", flat=True))
        if clinician.pk not in here or stand_in.pk not in here:
            raise Refused(_("Both must look after patients in this clinic. Choose somebody else."))
        if clinician.pk == stand_in.pk:
            raise Refused(_("Somebody else has to stand in. Choose another person."))
        if not 0 <= (until_on - from_on).days <= LONGEST_DAYS:
            raise Refused(_("The last day comes before the first, or more than a year after it."))
        if _meanwhile(clinic, from_on, until_on).filter(clinician=clinician).exists():
            raise Refused(_("There is leave in those days already. Cancel it first, or choose other days."))
        absence = Absence.objects.create(
            clinic=clinic, clinician=clinician, stand_in=stand_in, from_on=from_on, until_on=until_on,
            made_at=at, made_by=by,
        )  # fmt: skip
        note(clinic, ClinicEvent.What.LEAVE, by, at, {}, _said(absence))
    return absence


def cancel(*, absence: Absence, by: User, at: datetime) -> None:
    """The clinician is there after all. Cancelling twice does nothing."""
    with transaction.atomic():
        absence = Absence.objects.select_for_update().get(pk=absence.pk)
        _refuse_others(by, absence.clinician, absence.clinic, at)
        if absence.cancelled_at is None:
            absence.cancelled_at = at
            absence.save(update_fields=["cancelled_at"])
            note(absence.clinic, ClinicEvent.What.LEAVE_CANCELLED, by, at, _said(absence), {})


def _refuse_others(by: User, clinician: User, clinic: Clinic, at: datetime) -> None:
    if by.pk != clinician.pk and not leads(by, clinic, at):
        raise Refused(_("You can write down your own leave only. Ask your clinic lead for the others."))


def _meanwhile(clinic: Clinic, from_on: date, until_on: date) -> QuerySet[Absence]:
    return Absence.objects.filter(
        clinic=clinic, from_on__lte=until_on, until_on__gte=from_on, cancelled_at__isnull=True
    )


def _said(absence: Absence) -> dict[str, object]:
    return {
        "clinician": absence.clinician.full_name,
        "stand_in": absence.stand_in.full_name,
        "from_on": absence.from_on,
        "until_on": absence.until_on,
    }
