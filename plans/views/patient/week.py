"""This week on Today: seven days and a sentence that carries the same facts, without blame."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.schedule import Planned, sessions_a_week, week_strip


@dataclass(frozen=True)
class Week:
    """What the strip shows: `days` for _week.html, and the sentence under it."""

    days: list[dict[str, Any]]
    sentence: str


def this_week(plan: Sequence[Planned], today: date, done: Sequence[date], since: date) -> Week:
    """The strip of the week around `today`. `done` are days with a finished session, `since` the plan's first day."""
    strip = week_strip(plan, today, done, since)
    days = [
        {
            "letter": str(WEEKDAYS[day.day.weekday()])[:1],
            "name": str(WEEKDAYS[day.day.weekday()]),
            "state": day.state,
            "is_today": day.day == today,
        }
        for day in strip
    ]
    done_count = sum(1 for day in strip if day.state == "done")
    still = sum(1 for day in strip if day.state in ("today", "planned"))
    asked = max(sessions_a_week(plan), done_count)
    said = ngettext("%(done)d of %(n)d session done.", "%(done)d of %(n)d sessions done.", asked) % {
        "done": done_count,
        "n": asked,
    }
    upcoming = next((day.day for day in strip if day.state == "planned"), None)
    states = {day.day: day.state for day in strip}
    if states[today] == "today":
        number = min(asked, done_count + 1)
        said += " " + _("Today is your %(ordinal)s.") % {"ordinal": ordinals()[number - 1]}
    elif upcoming is not None:
        said += " " + _("The next one is on %(day)s.") % {"day": WEEKDAYS[upcoming.weekday()]}
    elif not still:
        said += " " + _("Nothing more is planned this week.")
        if done_count * 2 < asked:
            said += " " + _("Weeks like this happen.")
    return Week(days, said)


def ordinals() -> list[str]:
    """ "first" to "seventh"."""
    return [_("first"), _("second"), _("third"), _("fourth"), _("fifth"), _("sixth"), _("seventh")]
