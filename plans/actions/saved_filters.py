"""Filters of the caseload and the inbox that a clinician keeps under a name."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from plans.actions.refusals import Refused
from plans.models import SavedFilter

AT_MOST = 12


def save(*, place: str, name: str, query: str, by: User) -> SavedFilter:
    """Keep a filter; a name that this person has used for this list already gets the new filter.

    `query` is what the list's own code made of its address. Raises Refused without a name or a filter, and for a
    thirteenth name.
    """
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Give the filter a name."))
    if len(name) > 40:
        raise Refused(_("Forty letters are enough for a name."))
    if not query:
        raise Refused(_("Choose a filter or an order first: this is the list as everybody sees it."))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = SavedFilter.objects.visible_to(by).filter(place=place)
        kept = mine.filter(name__iexact=name).first()
        if kept is None and mine.count() >= AT_MOST:
            raise Refused(_("Twelve filters are enough for one list. Remove one before you save another."))
        kept = kept or SavedFilter(user=by, place=place)
        kept.name, kept.query = name, query
        kept.save()
    return kept


def remove(*, saved: SavedFilter) -> None:
    """Forget a filter. Removing it twice is removing it once."""
    SavedFilter.objects.filter(pk=saved.pk).delete()
