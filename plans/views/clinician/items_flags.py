"""Flags in the inbox, silent patients (R5) among them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.keys import listed
from accounts.models import Patient
from accounts.routes import address_of
from accounts.together import Part, one_of_many
from plans import wording_flags
from plans.models import AnyFlag, Flag, FlagRead, flag_read
from plans.views.clinician.items import Action, Found, Item, Kind, Level, Shown, Told, View, light
from plans.views.clinician.people import age_of, near_day
from plans.views.clinician.people_asked import EVERY

OPEN = Flag.State.OPEN.value
LEVEL = Case(
    When(severity=Flag.Severity.URGENT, then=Value(int(Level.URGENT))),
    When(severity=Flag.Severity.IMPORTANT, then=Value(int(Level.IMPORTANT))),
    default=Value(int(Level.WATCH)),
    output_field=IntegerField(),
)


def _find(_patients: QuerySet[Patient], today: date) -> "QuerySet[Flag, tuple[object, ...]]":
    asleep = Case(When(Q(snoozed_until__gt=today), then=Value(True)), default=Value(False), output_field=BooleanField())
    return light(
        Flag.objects.open().filter(listed("patient", EVERY)),
        kind="flag",
        level=LEVEL,
        since=F("raised_at"),
        assigned_to=F("assigned_to"),
        asleep=asleep,
    )


def _asked(found: Sequence[Found], view: View) -> Part:
    keys = [one.key for one in found]
    return _flags(flags=keys, told=keys if view.told is None else list(view.told))


@one_of_many
def _flags(*, flags: Sequence[UUID], told: Sequence[UUID]) -> QuerySet[Flag, tuple[object, ...]]:
    return flag_read.columns(Flag.objects.filter(pk__in=flags), Q(pk__in=told))


def _made(rows: Sequence[tuple[Any, ...]], found: Sequence[Found], view: View) -> dict[UUID, Item]:
    lights = {one.key: one for one in found}
    flags = [flag_read.read(row) for row in rows]
    titles = {rule: str(Flag.Rule(rule).label) for rule in {flag.rule for flag in flags}}
    return {flag.pk: _item(flag, titles[flag.rule], lights[flag.pk], view) for flag in flags}


def _item(flag: FlagRead, title: str, found: Found, view: View) -> Item:
    return Item(
        found,
        row=flag,
        badge=flag.severity,
        badge_word="",
        title=title,
        told=partial(_told, flag, view),
        unseen=flag.state == OPEN,
        offered=partial(actions_of, flag, view),
    )


def _told(flag: FlagRead, view: View) -> Told:
    said = [wording_flags.sentence(flag), wording_flags.since_then(flag)]
    handed = _("with %(name)s") % {"name": flag.assigned_to} if flag.assigned_to is not None else ""
    seen = (wording_flags.seen_in_words(flag), handed, sleep_in_words(flag, view.today))
    return Told(
        " ".join(part for part in said if part),
        age_of(flag.raised_at, view.at),
        ", ".join(part for part in seen if part),
    )


def sleep_in_words(flag: AnyFlag, today: date) -> str:
    """ "asleep until Fri 20 Nov", "awake again since today", or nothing."""
    if flag.snoozed_until is None:
        return ""
    day = near_day(flag.snoozed_until, today, inside=True)
    if flag.is_asleep(today):
        return _("asleep until %(day)s") % {"day": day}
    return _("awake again since %(day)s") % {"day": day}


def actions_of(flag: FlagRead, view: View) -> list[Action]:
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


FLAGS = Kind("flag", _find, Shown(_asked, _made))
