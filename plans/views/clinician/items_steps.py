"""Quota steps that wait for a clinician's approval: one item a step."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Patient
from accounts.routes import address_of
from plans.models import Measure, Plan, QuotaStep
from plans.views.builder.growth import amount_in_words
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Told, View, light
from plans.views.clinician.people import age_of


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[QuotaStep, tuple[object, ...]]":
    rows = QuotaStep.objects.proposed().filter(
        quota__prescription__version__plan__patient__in=patients.values("pk"),
        quota__prescription__version__plan__status=Plan.Status.ACTIVE,
    )
    return light(
        rows,
        kind="step",
        level=Level.STEP,
        since=F("proposed_at"),
        patient="quota__prescription__version__plan__patient",
    )


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    rows = QuotaStep.objects.filter(pk__in=[one.key for one in found])
    rows = rows.select_related("quota__prescription__exercise_version")
    lights = {one.key: one for one in found}
    return {row.pk: _item(row, lights[row.pk], view) for row in rows}


def _item(row: QuotaStep, found: Found, view: View) -> Item:
    back = {"next": view.here} if view.here else {}
    return Item(
        found=found,
        row=row,
        badge="plain",
        badge_word=pgettext("of a quota", "Step"),
        title=row.quota.prescription.exercise_version.said.name,
        told=lambda: Told(step_in_words(row), age_of(row.proposed_at, view.at)),
        offered=lambda: [
            Action(_("Approve"), address_of("step_approve", row.pk), True, back),
            Action(_("Not this week"), address_of("step_decline", row.pk), True, back),
        ],
    )


def step_in_words(step: QuotaStep) -> str:
    """ "From 10 minutes to 11 minutes. The ceiling is 20 minutes." """
    measure = step.quota.measure
    words = _("From %(was)s to %(now)s. The ceiling is %(ceiling)s.")
    return words % {
        "was": _said(step.from_value, measure),
        "now": _said(step.to_value, measure),
        "ceiling": _said(step.quota.ceiling, measure),
    }


def _said(amount: Decimal, measure: str) -> str:
    return amount_in_words(amount if measure == Measure.MINUTES else amount.to_integral_value(), measure)


STEPS = Kind("step", _find, _show)
