"""Re-evaluations in the inbox: those that are overdue, due, or due within a week."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Patient
from plans.models import Plan, Reevaluation
from plans.schedule import local_date
from plans.views.clinician.items import Action, Found, Item, Kind, Level, View, light
from plans.views.clinician.people import near_day

DUE_WITHIN_DAYS = 7


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[Reevaluation, tuple[object, ...]]":
    rows = Reevaluation.objects.due_by(today + timedelta(days=DUE_WITHIN_DAYS)).filter(
        plan__patient__in=patients.values("pk"), plan__status__in=[Plan.Status.ACTIVE, Plan.Status.PAUSED]
    )
    return light(
        rows,
        kind="reevaluation",
        level=Level.DUE,
        since=F("due_on"),
        arrived=F("created_at"),
        patient="plan__patient",
    )


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    rows = Reevaluation.objects.filter(pk__in=[one.key for one in found]).select_related("plan__patient")
    lights = {one.key: one for one in found}
    return {row.pk: _item(row, lights[row.pk], view) for row in rows}


def _item(row: Reevaluation, found: Found, view: View) -> Item:
    today = local_date(view.at, row.plan.patient.time_zone)
    late = row.due_on <= today
    url = reverse("reevaluation", args=[row.pk])
    return Item(
        found=found,
        row=row,
        badge="plain",
        badge_word=_("Due"),
        title=_("Re-evaluation, %(day)s") % {"day": near_day(row.due_on, today, inside=True)},
        sentence=why_in_words(row),
        when=near_day(row.due_on, today),
        url=url,
        late=late,
        actions=[Action(_("Start re-evaluation"), url)],
    )


def why_in_words(reevaluation: Reevaluation) -> str:
    """Why a re-evaluation is due, as a short sentence."""
    return {
        Reevaluation.Why.FIRST: _("The first one of this plan."),
        Reevaluation.Why.PERIODIC: _("As planned."),
        Reevaluation.Why.FLAG: _("Brought forward by a flag."),
        Reevaluation.Why.ASKED: _("Asked for."),
    }[Reevaluation.Why(reevaluation.why)]


REEVALUATIONS = Kind("reevaluation", _find, _show)
