"""What patients wrote and nobody of the clinic has read: one item a patient."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, IntegerField, Max, Min, QuerySet, Value
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient
from accounts.routes import address_of
from plans.models import Message
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Told, View, light
from plans.views.clinician.people import age_of

WORDS_SHOWN = 30


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[Message, tuple[object, ...]]":
    rows = Message.objects.unread_by_clinic().filter(patient__in=patients.values("pk")).order_by()
    grouped = rows.values("patient").annotate(first=Min("at"), last=Max("at"))
    return light(
        grouped,
        kind="message",
        level=Value(int(Level.MESSAGE), IntegerField()),
        since=F("first"),
        arrived=F("last"),
        key="patient",
    )


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    written: dict[UUID, list[Message]] = {one.key: [] for one in found}
    for message in Message.objects.unread_by_clinic().filter(patient__in=list(written)).order_by("at", "id"):
        written[message.patient_id].append(message)
    return {one.key: _item(written[one.key], one, view) for one in found if written[one.key]}


def _item(rows: Sequence[Message], found: Found, view: View) -> Item:
    url = address_of("patient_messages", found.patient_id)
    return Item(
        found=found,
        row=rows[-1],
        badge="info",
        badge_word=_("Message"),
        title=ngettext("%(n)d unread message", "%(n)d unread messages", len(rows)) % {"n": len(rows)},
        told=lambda: Told(
            _("“%(words)s”") % {"words": Truncator(rows[-1].text).words(WORDS_SHOWN)}, age_of(rows[0].at, view.at)
        ),
        url=url,
        offered=lambda: [Action(_("Read and answer"), url)],
    )


MESSAGES = Kind("message", _find, _show)
