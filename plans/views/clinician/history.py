"""A patient's history in words: what happened to the plan and the record, and who looked."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import AccessLog, Patient
from accounts.together import Part, one_of_many
from plans.models import Flag, PlanEvent, Reevaluation
from plans.views.clinician.record_read import name_of
from plans.wording_flags import short_day
from plans.wording_thresholds import number_in_words

SHOWN = 12
LOOKS = 5

# What is logged every day stands in the chart; the history tells of decisions.
# (unless a clinician logged it for the patient). Messages and who read them stand in the conversation.
DAILY = (
    "session logged",
    "pain logged",
    "next morning logged",
    "score corrected",
    "check-in answered",
    "check-in corrected",
)
ELSEWHERE = ("message written", "messages read")

WORDS = {
    "patient added": gettext_noop("Added to the clinic."),
    "patient changed": gettext_noop("Record changed."),
    "patient discharged": gettext_noop("Discharged. %(note)s"),
    "patient readmitted": gettext_noop("Taken back into care."),
    "plan started": gettext_noop("First plan begun."),
    "draft started": gettext_noop("Draft of v%(version)s begun."),
    "draft filled from template": gettext_noop("Draft of v%(version)s filled from the template “%(name)s”."),
    "draft filled from version": gettext_noop("Draft of v%(version)s filled from v%(source)s."),
    "draft filled from structure": gettext_noop("Draft of v%(version)s filled with the structure of another plan."),
    "draft discarded": gettext_noop("Draft of v%(version)s thrown away."),
    "plan activated": gettext_noop("Plan v%(version)s activated. %(why)s"),
    "calendar address made": gettext_noop("Private calendar address made."),
    "calendar address taken back": gettext_noop("Private calendar address switched off."),
    "invited": gettext_noop("Invited by e-mail."),
    "invitation taken back": gettext_noop("Invitation taken back."),
    "patient left": gettext_noop("Stopped using Painplan."),
    "patient came back": gettext_noop("Uses Painplan again."),
    "leaving seen": gettext_noop("Somebody read that they stopped."),
    "data taken along": gettext_noop("Took a copy of their own data along."),
    "joined": gettext_noop("Joined, and agreed that the clinic reads what is logged."),
    "care handed over": gettext_noop("Care handed over to %(who)s. %(why)s"),
    "cover added": gettext_noop("%(who)s looks after the patient too."),
    "cover ended": gettext_noop("%(who)s no longer covers."),
    "transfer asked for": gettext_noop("Asked the patient to go on at %(clinic)s. %(why)s"),
    "transfer taken back": gettext_noop("The question whether to go on at %(clinic)s taken back."),
    "transfer declined": gettext_noop("The patient stays and does not go to %(clinic)s."),
    "transfer accepted": gettext_noop("The patient agreed to go on at %(clinic)s. Before, the care was at %(before)s."),
    "record opened": gettext_noop("Opened without being assigned: “%(reason)s”"),
    "opened record reviewed": gettext_noop("The lead looked at why the record had been opened."),
    "goal written": gettext_noop("Goal written down."),
    "goal reached": gettext_noop("Goal reached."),
    "goal given up": gettext_noop("Goal given up."),
    "screening recorded": gettext_noop("Readiness screening recorded, valid until %(until)s."),
    "flag raised": gettext_noop("Flag raised (%(severity)s)."),
    "flag raised again": gettext_noop("Flag raised again."),
    "flag became graver": gettext_noop("Flag became graver (%(severity)s), so it has to be seen again."),
    "flag acknowledged": gettext_noop("Flag acknowledged."),
    "flag acknowledgement taken back": gettext_noop("Acknowledgement of the flag taken back."),
    "flag assigned": gettext_noop("Flag handed to %(who)s."),
    "flag assignment taken back": gettext_noop("Handing over of the flag taken back."),
    "flag put to sleep": gettext_noop("Flag put to sleep until %(until)s."),
    "flag sleep taken back": gettext_noop("Sleep of the flag taken back."),
    "flag woken": gettext_noop("Flag woken."),
    "flag resolved": gettext_noop("Flag resolved: %(action)s."),
    "flag withdrawn": gettext_noop("Flag withdrawn: corrected logs no longer show it."),
    "flag closed": gettext_noop("Flag closed by itself after quieter days."),
    "threshold set": gettext_noop("Set apart for this patient: %(number)s from %(effective_on)s. “%(reason)s”"),
    "re-evaluation scheduled": gettext_noop("Re-evaluation due on %(due_on)s."),
    "re-evaluation brought forward": gettext_noop("Re-evaluation brought forward from %(was)s to %(due_on)s."),
    "re-evaluation asked for": gettext_noop("Re-evaluation asked for on %(due_on)s, planned for %(was)s. %(reason)s"),
    "re-evaluation put off": gettext_noop("Re-evaluation put off from %(was)s to %(due_on)s. %(reason)s"),
    "doses prepared": gettext_noop("Doses of draft v%(version)s prepared (%(decision)s)."),
    "re-evaluation done": gettext_noop("Re-evaluation done: %(decision)s."),
    "re-evaluation cancelled": gettext_noop("Re-evaluation cancelled."),
    "session logged": gettext_noop("Session of %(on)s logged for the patient."),
    "pain logged": gettext_noop("Pain of %(on)s logged for the patient."),
    "next morning logged": gettext_noop("Next morning logged for the patient."),
    "score corrected": gettext_noop("Score of %(on)s corrected. %(reason)s"),
    "check-in answered": gettext_noop("Check-in answered for the patient."),
    "goal rated": gettext_noop("Goal rated for how close it feels."),
    "reminders changed": gettext_noop("Reminders by e-mail changed."),
    "reminders stopped": gettext_noop("Reminders by e-mail stopped with their link."),
    "check-in corrected": gettext_noop("Check-in corrected for the patient."),
    "note written": gettext_noop("Note written."),
    "note taken back": gettext_noop("Note taken back."),
    "plan paused": gettext_noop("Plan paused. %(reason)s"),
    "plan resumed": gettext_noop("Plan goes on. %(note)s"),
    "plan released": gettext_noop("Plan released after a warning sign. %(note)s"),
    "plan ended": gettext_noop("Plan ended. %(reason)s"),
    "re-evaluation repaired": gettext_noop("A missing re-evaluation was put back."),
}

CHOICES: dict[str, type[models.TextChoices]] = {
    "severity": Flag.Severity,
    "action": Flag.Action,
    "decision": Reevaluation.DecisionTaken,
}


class Line(NamedTuple):
    """One line: the day, what happened, and who did it (empty for the rules and jobs)."""

    day: date | None
    text: str
    who: str


class Look(NamedTuple):
    """Somebody opened the record."""

    at: datetime
    who: str


def lines(found: Iterable[tuple[datetime, str, dict[str, Any], str | None]]) -> list[Line]:
    """From the rows of `events`: the last decisions, the newest first."""
    zone = get_current_timezone()
    return [Line(at.astimezone(zone).date(), in_words(verb, detail), who or "") for at, verb, detail, who in found]


def events(patient: Patient) -> Part:
    return _events(SHOWN, patient=patient.pk, who=patient.user_id or patient.pk)


@one_of_many
def _events(most: int, *, patient: UUID, who: UUID) -> QuerySet[PlanEvent, Any]:
    """`who` is the patient as a user; what they logged themself is left out."""
    own = Q(by=None) | Q(by=who)
    rows = PlanEvent.objects.filter(patient=patient).exclude(own, verb__in=DAILY).exclude(verb__in=ELSEWHERE)
    return rows.values_list("at", "verb", "detail", name_of("by"))[:most]


def in_words(verb: str, detail: dict[str, Any]) -> str:
    """An event as a sentence; a verb without words of its own is said as it is written."""
    words = WORDS.get(verb)
    if words is None:
        return verb.capitalize() + "."
    said = _(words)
    return (said % _Detail(_readable(detail)) if "%" in said else said).strip()


def looks(found: Iterable[tuple[datetime, str]]) -> list[Look]:
    """From the rows of `opened`: the last five times somebody came to look, several pages in one go counted once."""
    return list(islice(_visits(found), LOOKS))


def opened(patient: Patient) -> Part:
    return _looks(60, patient=patient.pk)


@one_of_many
def _looks(most: int, *, patient: UUID) -> QuerySet[AccessLog, tuple[datetime, str]]:
    return AccessLog.objects.filter(patient=patient).order_by("-at").values_list("at", "user__full_name")[:most]


def _visits(rows: Iterable[tuple[datetime, str]]) -> Iterable[Look]:
    seen, zone = set(), get_current_timezone()
    for at, who in rows:
        local = at.astimezone(zone)
        visit = (who, local.date(), local.hour)
        if visit not in seen:
            seen.add(visit)
            yield Look(at, who)


class _Detail(dict[str, Any]):
    """A missing detail leaves a gap in the sentence, not an error on the page."""

    def __missing__(self, key: str) -> str:
        return ""


def _readable(detail: dict[str, Any]) -> dict[str, Any]:
    """Dates in short, choices by their words."""
    said: dict[str, Any] = {}
    if {"rule", "name", "value"} <= detail.keys():
        said["number"] = number_in_words(detail["rule"], detail["name"], detail["value"])
    for key, value in detail.items():
        if key in CHOICES:
            said[key] = str(dict(CHOICES[key].choices).get(value, value)).lower()
        elif key in ("until", "due_on", "was", "on", "effective_on"):
            said[key] = _short(value)
        else:
            said[key] = "" if value is None else value
    return said


def _short(value: Any) -> str:
    try:
        return short_day(date.fromisoformat(str(value)))
    except ValueError:
        return ""
