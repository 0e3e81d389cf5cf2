"""Flags in the inbox, silent patients (R5) among them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from django.db.models import BooleanField, Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.compiled import compiled
from accounts.models import Patient
from plans import wording_flags
from plans.models import Flag
from plans.views.clinician.addresses import address_of
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Told, View, light
from plans.views.clinician.people import age_of, near_day

LEVEL = Case(
    When(severity=Flag.Severity.URGENT, then=Value(int(Level.URGENT))),
    When(severity=Flag.Severity.IMPORTANT, then=Value(int(Level.IMPORTANT))),
    default=Value(int(Level.WATCH)),
    output_field=IntegerField(),
)


def _find(patients: QuerySet[Patient], today: date) -> "QuerySet[Flag, tuple[object, ...]]":
    asleep = Case(When(Q(snoozed_until__gt=today), then=Value(True)), default=Value(False), output_field=BooleanField())
    return light(
        Flag.objects.open().filter(patient__in=patients.values("pk")),
        kind="flag",
        level=LEVEL,
        since=F("raised_at"),
        assigned_to=F("assigned_to"),
        asleep=asleep,
    )


def _show(found: Sequence[Found], view: View) -> dict[UUID, Item]:
    rows = _flags(flags=[one.key for one in found])
    lights = {one.key: one for one in found}
    return {flag.pk: item_of(flag, lights[flag.pk], view) for flag in rows}


@compiled
def _flags(*, flags: Sequence[UUID]) -> QuerySet[Flag, Flag]:
    return Flag.objects.filter(pk__in=flags).select_related("site", "acknowledged_by", "assigned_to")


def item_of(flag: Flag, found: Found, view: View) -> Item:
    """A flag as an item."""
    return Item(
        found=found,
        row=flag,
        badge=flag.severity,
        badge_word="",
        title=str(Flag.Rule(flag.rule).label),
        told=partial(_told, flag, view),
        unseen=flag.state == Flag.State.OPEN,
        offered=partial(actions_of, flag, view),
    )


def _told(flag: Flag, view: View) -> Told:
    said = [wording_flags.sentence(flag), wording_flags.since_then(flag)]
    acknowledged = wording_flags.state_in_words(flag) if flag.state == Flag.State.ACKNOWLEDGED else ""
    handed = _("with %(name)s") % {"name": flag.assigned_to.full_name} if flag.assigned_to else ""
    seen = (acknowledged, handed, sleep_in_words(flag, view.today))
    return Told(
        " ".join(part for part in said if part),
        age_of(flag.raised_at, view.at),
        ", ".join(part for part in seen if part),
    )


def sleep_in_words(flag: Flag, today: date) -> str:
    """ "asleep until Fri 20 Nov", "awake again since today", or nothing."""
    if flag.snoozed_until is None:
        return ""
    day = near_day(flag.snoozed_until, today, inside=True)
    if flag.is_asleep(today):
        return _("asleep until %(day)s") % {"day": day}
    return _("awake again since %(day)s") % {"day": day}


def actions_of(flag: Flag, view: View) -> list[Action]:
    """What can be done about an open flag besides resolving it."""
    back = {"next": view.here}
    actions = []
    if flag.state == Flag.State.OPEN:
        actions.append(Action(_("Acknowledge"), address_of("flag_acknowledge", flag.pk), True, back))
    if flag.is_asleep(view.today):
        actions.append(Action(_("Wake now"), address_of("flag_wake", flag.pk), True, back))
    elif flag.severity != Flag.Severity.URGENT:
        actions.append(Action(_("Snooze…"), address_of("flag_snooze", flag.pk), False, back))
    actions.append(Action(_("Assign…"), address_of("flag_assign", flag.pk), False, back))
    return actions


FLAGS = Kind("flag", _find, _show)
