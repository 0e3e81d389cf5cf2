"""Notices of the library that cannot wait: an exercise of the plan is not for this patient any more."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Patient
from accounts.routes import address_of
from plans.models import LibraryNotice
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Told, View, light
from plans.views.clinician.people import age_of
from plans.views.curation.notices import grave_texts, still_news


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[LibraryNotice, tuple[object, ...]]":
    return light(
        still_news(patients).filter(grave=True),
        kind="notice",
        level=Level.IMPORTANT,
        since=F("raised_at"),
        patient="plan__patient",
    )


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    rows = LibraryNotice.objects.filter(pk__in=[one.key for one in found])
    rows = rows.select_related("plan__patient", "change__exercise")
    texts = grave_texts(list(rows))
    lights = {one.key: one for one in found}
    return {row.pk: _item(row, texts[row.pk], lights[row.pk], view) for row in rows}


def _item(row: LibraryNotice, text: str, found: Found, view: View) -> Item:
    return Item(
        found=found,
        row=row,
        badge="important",
        badge_word="",
        title=_("Not for this patient any more"),
        told=lambda: Told(text, age_of(row.raised_at, view.at)),
        offered=lambda: [
            Action(_("Open the plan"), address_of("patient", found.patient_id)),
            Action(_("What changed"), address_of("exercise_changes", row.change.exercise_id)),
            Action(_("Seen"), reverse("library_notices_seen"), True, {"next": view.here, "notice": str(row.pk)}),
        ],
    )


NOTICES = Kind("notice", _find, _show)
