"""Until when an urgent flag has to be acknowledged, before it goes to the clinic's lead as well."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.policy import Actor
from plans.actions.escalation import calendar_of, due_at
from plans.actions.recipients import staff_of
from plans.actions.telling import stories_of
from plans.models import FlagRead
from plans.views.clinician.inbox_rows import Group


def in_words(group: Group, me: Actor, at: datetime) -> str:
    """ "Acknowledge by 11:42, or Nell Okoye is told", for the first of a page's unseen urgent flags; else nothing."""
    flags = [row.first.row for row in group.rows if row.first.found.kind == "flag" and row.first.unseen]
    waiting: list[FlagRead] = [flag for flag in flags if flag.escalated_at is None]
    if not waiting or me.clinic is None:
        return ""
    chiefs = [user for user in staff_of(clinic=me.clinic, at=at).chiefs() if user != me.user]
    calendar = calendar_of(me.clinic)
    stories = stories_of(waiting)
    # A flag that became urgent before anybody saw it has a little more time than this says.
    due = min(
        due_at(severity=flag.severity, since=stories[flag.pk].since, clinic=me.clinic, calendar=calendar)
        for flag in waiting
    )
    if not chiefs or due <= at:
        return ""
    local = localtime(due)
    # Translators: a time of today, and a time of another day; see the date filter of Django
    when = date_format(local, _("H:i") if local.date() == localtime(at).date() else _("D j M, H:i"))
    return _("Acknowledge by %(when)s, or %(name)s is told") % {"when": when, "name": chiefs[0].full_name}
