"""Records that somebody opened without being assigned, until a lead has looked at why: one item each."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import BreakGlass, Patient
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Told, View, light
from plans.views.clinician.people import age_of


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[BreakGlass, tuple[object, ...]]":
    rows = BreakGlass.objects.to_review().filter(patient__in=patients.values("pk"))
    return light(rows, kind="opened", level=Level.IMPORTANT, since=F("opened_at"))


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    rows = BreakGlass.objects.filter(pk__in=[one.key for one in found]).select_related("clinician")
    lights = {one.key: one for one in found}
    return {row.pk: _item(row, lights[row.pk], view) for row in rows}


def _item(row: BreakGlass, found: Found, view: View) -> Item:
    return Item(
        found=found,
        row=row,
        badge="important",
        badge_word="",
        title=_("Opened without being assigned"),
        told=lambda: Told(
            _("%(name)s opened this record without being assigned: “%(reason)s”")
            % {"name": row.clinician.full_name, "reason": row.reason},
            age_of(row.opened_at, view.at),
        ),
        offered=lambda: [Action(_("Review"), reverse("clinic_records"))],
    )


OPENED = Kind("opened", _find, _show)
