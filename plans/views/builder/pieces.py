"""Pieces of the builder that are drawn by shape (painplan/templatetags/lines.py): forms around the plan, checks, sums.

They come with every change. Words are those of the change; addresses, the search beside the plan and the token of the
page count as words too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType, TypeVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from plans.forms.builder import DaysForm
from plans.safety import Totals as Sums
from plans.views.builder import draft as drafts
from plans.wording_safety import Said

Name = NewType("Name", str)
"""One of a few words of our own, which shapes a piece."""


@dataclass(frozen=True)
class Sent:
    """What every form of the builder sends beside its own: the search of the page, the token, the state it shows."""

    query: str
    token: str
    lock: str


@dataclass(frozen=True)
class Undo(Sent):
    """`what` is empty when there is nothing to take back; `oob` is for an answer that is put in place by its id."""

    action: str
    what: str
    oob: bool


@dataclass(frozen=True)
class Days(Sent):
    """The same days for all. `differ`: they are not the same now; `error` is why those sent could not be."""

    action: str
    error: str
    chosen: tuple[int, ...]
    differ: bool
    oob: bool

    @property
    def week(self) -> list[tuple[int, str]]:
        return [(number + 1, str(word)) for number, word in sorted(WEEKDAYS_ABBR.items())]


@dataclass(frozen=True)
class Saved:
    lock: str
    time: str
    oob: bool


@dataclass(frozen=True)
class Check:
    """`screening` and `look` are the addresses of what to do about it, each empty for most."""

    kind: Name
    strong: str
    text: str
    screening: str
    look: str


@dataclass(frozen=True)
class Fix(Sent):
    """A sentence and the button that applies it."""

    sentence: str
    button: str
    action: str
    field: Name
    value: str


@dataclass(frozen=True)
class Totals:
    """Each with that of the last version, which has a `last_name`, or without. `jumps`: the week is over the limit."""

    session: str
    sessions: str
    week: str
    rest_days: str
    effort: str
    met: str
    moderate: str
    last_name: str
    last_session: str
    last_sessions: str
    last_week: str
    last_rest_days: str
    last_effort: str
    last_met: str
    last_moderate: str
    guidance: str
    jumps: bool


@dataclass(frozen=True)
class Foot:
    """What comes next. `activate` is the address; empty for a plan without exercises."""

    activate: str
    patient: str
    person: str
    number: str
    last_name: str


P = TypeVar("P", Undo, Days, Saved)


def sent(request: HttpRequest, query: str, lock: int) -> Sent:
    return Sent(query, get_token(request), str(lock))


def undo(sent: Sent, action: str, what: str | None) -> Undo:
    return Undo(**vars(sent), action=action, what=what or "", oob=False)


def days(sent: Sent, action: str, chosen: Iterable[int], *, differ: bool, refused: DaysForm | None) -> Days:
    """`refused` are days that could not be saved."""
    error = ""
    if refused is not None:
        chosen = [day for day in range(1, 8) if str(day) in (refused["weekdays"].value() or [])]
        error = str(next(iter(refused.errors.get("weekdays", [])), ""))
    return Days(**vars(sent), action=action, error=error, chosen=tuple(sorted(chosen)), differ=differ, oob=False)


def saved(lock: int, at: datetime) -> Saved:
    return Saved(str(lock), f"{localtime(at):%H:%M}", oob=False)


def apart(piece: P) -> P:
    """For an answer that htmx puts in place by its id, wherever the rest of it goes."""
    return replace(piece, oob=True)


def checks(found: Iterable[Said], patient: str) -> list[Check]:
    """`patient` is the address of the record."""
    return [
        Check(
            Name(said.kind),
            said.strong,
            said.text,
            patient if said.line == "screening" else "",
            patient if said.line == "flags" else "",
        )
        for said in found
    ]


def totals(
    now: Sums, last: Sums | None = None, last_name: str = "", guidance: str = "", *, jumps: bool = False
) -> Totals:
    """The totals with those of the last version, and whether the week is over the limit."""

    def minutes(value: float) -> str:
        return _("%(n)d min") % {"n": round(value)}

    return Totals(
        session=minutes(now.session_minutes),
        sessions=str(now.sessions_a_week),
        week=minutes(now.week_minutes),
        rest_days=str(now.rest_days),
        effort=_("none") if now.highest_effort is None else _("%(n)d of 10") % {"n": now.highest_effort},
        met=str(round(now.met_minutes)),
        moderate=minutes(now.moderate_minutes),
        last_name=last_name if last else "",
        last_session=str(round(last.session_minutes)) if last else "",
        last_sessions=str(last.sessions_a_week) if last else "",
        last_week=str(round(last.week_minutes)) if last else "",
        last_rest_days=str(last.rest_days) if last else "",
        last_effort="" if last is None or last.highest_effort is None else str(last.highest_effort),
        last_met=str(round(last.met_minutes)) if last else "",
        last_moderate=str(round(last.moderate_minutes)) if last else "",
        guidance=guidance,
        jumps=jumps,
    )


def fix(sent: Sent, action: str, found: drafts.Fix) -> Fix:
    return Fix(
        **vars(sent),
        sentence=found.sentence,
        button=found.button,
        action=action,
        field=Name(found.field),
        value=str(found.value),
    )
