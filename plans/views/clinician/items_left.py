"""Patients who stopped using Painplan by themselves: they stay here until somebody has read it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Patient, Withdrawal
from accounts.routes import address_of
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Told, View, light
from plans.views.clinician.people import age_of


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[Withdrawal, tuple[object, ...]]":
    rows = Withdrawal.objects.filter(patient__in=patients.values("pk"), seen_at=None, ended_at=None)
    rows = rows.exclude(patient__status=Patient.Status.DISCHARGED)
    return light(rows, kind="left", level=Level.IMPORTANT, since=F("at"))


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    rows = Withdrawal.objects.filter(pk__in=[one.key for one in found])
    lights = {one.key: one for one in found}
    return {row.pk: _item(row, lights[row.pk], view) for row in rows}


def _item(row: Withdrawal, found: Found, view: View) -> Item:
    sentence = _("Stopped using Painplan: nothing is logged or read any more, and the plan rests.")
    if row.reason:
        sentence += " " + _("They wrote: “%(words)s”") % {"words": row.reason}
    return Item(
        found=found,
        row=row,
        badge="important",
        badge_word="",
        title=_("Left on their own"),
        told=lambda: Told(sentence, age_of(row.at, view.at)),
        offered=lambda: [
            Action(_("Open the record"), address_of("patient", found.patient_id)),
            Action(_("Discharge"), address_of("patient_discharge", found.patient_id)),
            Action(_("Seen"), address_of("patient_left_seen", found.patient_id), True, {"next": view.here}),
        ],
    )


LEFT = Kind("left", _find, _show)
