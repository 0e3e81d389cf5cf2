"""Who a record is about: its head, its plan in a sentence, and the facts beside the chart, as pieces that are drawn by
shape (painplan/templatetags/lines.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from accounts.models import Patient
from accounts.routes import address_of, addresses_of
from plans.models import Plan
from plans.views.clinician.goals import readiness
from plans.views.clinician.people import Place, about_in_words
from plans.views.clinician.record_beside import Beside, Checked
from plans.views.clinician.record_rows import PlanRead, VersionRead
from plans.wording_numbers import day_and_year, short_day

BREAK = SafeString("<br>")


@dataclass(frozen=True)
class Lede:
    """Under the name. `who` is empty for whose patient it is; `since` too when nobody is responsible."""

    about: str
    conditions: str
    number: str
    who: str
    since: str


@dataclass(frozen=True)
class InShort:
    """The plan in a sentence; `times` a week."""

    version: str
    address: str
    minutes: str
    since: str
    times: int
    paused: bool


@dataclass(frozen=True)
class Version:
    """A version of the plan, and the day it was activated on."""

    name: str
    address: str
    day: str


@dataclass(frozen=True)
class About:
    """What was written down about somebody; what is empty was not."""

    name: str
    goal: SafeString
    goals: SafeString
    conditions: str
    limits: SafeString
    cannot_be: str
    at_home: str
    helps: SafeString
    flare_plan: SafeString
    edit: str
    change_goals: str
    thresholds: str


@dataclass(frozen=True)
class Readiness:
    """The latest screening."""

    until: str
    tool: str
    who: str
    day: str
    expired: bool


def lede(patient: Patient, me: UUID, facts: Beside, places: Sequence[Place], today: date) -> Lede:
    theirs = facts.responsible
    return Lede(
        about=about_in_words(patient.age_on(today), [each.name for each in places]),
        conditions=_conditions(facts),
        number=patient.clinic_number or "",
        who=theirs.name if theirs and theirs.clinician_id != me else "",
        since=day_and_year(localtime(theirs.since).date()) if theirs else "",
    )


def in_short(plan: PlanRead, summary: dict[str, Any]) -> InShort | None:
    """From what `record_top.plan_summary` found."""
    version = plan.active_version
    if "minutes" not in summary:
        return None
    return InShort(
        version=str(version),
        address=address_of("plan_builder", version.pk),
        minutes=str(summary["minutes"]),
        since=short_day(summary["plan_since"]),
        times=summary["times_a_week"],
        paused=plan.status == Plan.Status.PAUSED,
    )


def versions(found: Sequence[VersionRead]) -> list[Version]:
    """Of those that were activated."""
    if not found:
        return []
    address = addresses_of("plan_builder")
    return [
        Version(str(row), address(row.pk), day_and_year(localtime(row.activated_at).date()))
        for row in found
        if row.activated_at
    ]


def about(patient: Patient, facts: Beside) -> About:
    profile = patient.profile
    return About(
        name=patient.first_name,
        goal=linebreaksbr(profile.goal),
        goals=format_html_join(BREAK, "“{}”", [(goal,) for goal in facts.goals]),
        conditions=_conditions(facts),
        limits=linebreaksbr(profile.limits),
        **readiness(patient),
        helps=linebreaksbr(profile.what_helps),
        flare_plan=linebreaksbr(profile.flare_plan),
        edit=address_of("patient_edit", patient.pk),
        change_goals=address_of("patient_goals", patient.pk),
        thresholds=address_of("patient_thresholds", patient.pk),
    )


def screened(screening: Checked | None, today: date) -> Readiness | None:
    if screening is None:
        return None
    return Readiness(
        until=day_and_year(screening.expires_on),
        tool=screening.tool,
        who=screening.who,
        day=day_and_year(screening.done_on),
        expired=screening.expires_on < today,
    )


def _conditions(facts: Beside) -> str:
    return ", ".join(facts.conditions)
