"""Re-evaluations in the inbox: those that are overdue, due, or due within a week."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.keys import listed
from accounts.models import Patient
from accounts.routes import addresses_of
from accounts.together import Part, one_of_many
from plans.models import Reevaluation
from plans.models.reevaluation import ReevaluationQuerySet
from plans.schedule import local_date
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Shown, Told, View, light
from plans.views.clinician.people import near_day
from plans.views.clinician.people_asked import EVERY

DUE_WITHIN_DAYS = 7


def waiting_on(today: date) -> ReevaluationQuerySet:
    """Those that wait on that day. One of a plan that has ended is among them, until the sweep that keeps one open for
    each current plan has cancelled it (plans.actions.reevaluations).
    """
    return Reevaluation.objects.due_by(today + timedelta(days=DUE_WITHIN_DAYS))


def _find(_patients: QuerySet[Patient], today: date) -> "QuerySet[Reevaluation, tuple[object, ...]]":
    return light(
        waiting_on(today).filter(listed("patient", EVERY)),
        kind="reevaluation",
        level=Level.DUE,
        since=F("due_on"),
        arrived=F("created_at"),
    )


def _asked(found: Sequence[Found], _view: View) -> Part:
    return _due(rows=[one.key for one in found])


def _made(rows: Sequence[Any], found: Sequence[Found], view: View) -> dict[UUID, Item]:
    lights = {one.key: one for one in found}
    address, word = addresses_of("reevaluation"), _("Due")
    return {row.pk: _item(row, address(row.pk), word, lights[row.pk], view) for row in map(Due._make, rows)}


class Due(NamedTuple):
    """What a line says of a re-evaluation, and its patient's time zone."""

    pk: UUID
    due_on: date
    why: str
    zone: str


@one_of_many
def _due(*, rows: Sequence[UUID]) -> QuerySet[Reevaluation, tuple[object, ...]]:
    return Reevaluation.objects.filter(pk__in=rows).values_list("pk", "due_on", "why", "patient__time_zone")


def _item(row: Due, url: str, word: str, found: Found, view: View) -> Item:
    today = local_date(view.at, row.zone)
    late = row.due_on <= today
    return Item(
        found=found,
        row=row,
        badge="plain",
        badge_word=word,
        title=_("Re-evaluation, %(day)s") % {"day": near_day(row.due_on, today, inside=True)},
        told=lambda: Told(why_in_words(row), near_day(row.due_on, today)),
        url=url,
        late=late,
        offered=lambda: [Action(_("Start re-evaluation"), url)],
    )


def why_in_words(reevaluation: Reevaluation | Due) -> str:
    """Why a re-evaluation is due, as a short sentence."""
    match reevaluation.why:
        case Reevaluation.Why.FIRST:
            return _("The first one of this plan.")
        case Reevaluation.Why.PERIODIC:
            return _("As planned.")
        case Reevaluation.Why.FLAG:
            return _("Brought forward by a flag.")
    return _("Asked for.")


REEVALUATIONS = Kind("reevaluation", _find, Shown(_asked, _made))
