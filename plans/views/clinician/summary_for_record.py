"""The words of the PDF for the record, as plans/reports/record.typ lays them out. Plain strings only."""

from datetime import datetime
from typing import Any

from django.utils.html import strip_tags
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from plans import wording_flags
from plans.models import Reevaluation
from plans.reports.picture import chart_svg
from plans.views.clinician.measured import Measure
from plans.views.clinician.prepared import GoalShown, Prepared
from plans.wording import day_in_words
from plans.wording_flags import points

HURTS_MUCH = 6.0


def words(row: Reevaluation, f: Prepared, *, by: User, at: datetime) -> dict[str, Any]:
    """Everything that stands on the pages, in the reader's language."""
    patient = row.plan.patient
    version = row.plan.active_version
    title = _("Re-evaluation of plan %(version)s") % {"version": version} if version else _("Re-evaluation")
    return {
        **frame(patient, title, f, at),
        "foot": _("Made with Painplan on %(day)s for %(who)s. It supports a decision and is no diagnosis.")
        % {"day": day_in_words(localtime(at).date(), year=True), "who": by.full_name},
        "facts": _facts(row),
        "summary_title": _("Summary"),
        "summary": strip_tags(f.summary),
        "more": " ".join(f.more),
        "chart": chart_svg(f.wide, mine=False) if f.wide else None,
        "chart_alt": chart_alt(f),
        "goals_title": _("Goals"),
        "goals": [goal_in_words(goal) for goal in f.goals],
        "measures_title": _("Since the last re-evaluation"),
        "measures_head": [_("Measure"), _("Before"), _("Now"), _("Change"), _("What counts as a real change")],
        "measures": [_measure(measure) for measure in f.measures],
        **_exercises(f, str(version or "")),
        "flags_title": _("Flags, and what was done"),
        "flags": [_flag(line) for line in f.flag_lines],
        "flags_none": _("No flags in this time."),
        "proposals_title": _("What the numbers speak for"),
        "proposals": [] if row.done_at else [{"title": p.title, "reasons": p.reasons} for p in f.proposals],
        "proposals_note": _("Proposals from fixed rules, never a diagnosis. It is for the clinician to decide."),
        **_decision(row),
    }


def frame(patient: Patient, title: str, f: Prepared, at: datetime) -> dict[str, Any]:
    """What both reports show around their content."""
    language, _sep, region = (get_language() or "en").partition("-")
    return {
        "title": title,
        "clinic": patient.clinic.name,
        "patient": patient.full_name,
        "covers": _("Covers %(first)s to %(last)s.")
        % {"first": day_in_words(f.first, year=True), "last": day_in_words(f.last, year=True)},
        "page": _("Page {page} of {pages}"),
        "language": language,
        "region": region.upper() if len(region) == 2 else None,
    }


def chart_alt(f: Prepared) -> str:
    """The chart in a sentence for those who hear it."""
    chart = f.wide
    if chart is None or not chart.logged:
        return _("Chart of daily pain: nothing was logged.")
    values = [value for _day, value, _kind in chart.logged]
    said = ngettext(
        "Chart of daily pain from %(first)s to %(last)s: %(n)d day logged, from %(low)s to %(high)s of 10.",
        "Chart of daily pain from %(first)s to %(last)s: %(n)d days logged, from %(low)s to %(high)s of 10.",
        len(values),
    ) % {
        "first": day_in_words(chart.first),
        "last": day_in_words(chart.last),
        "n": len(values),
        "low": points(min(values)),
        "high": points(max(values)),
    }
    if chart.band:
        said += " " + _("The usual level is %(usual)s.") % {"usual": points(chart.band.usual)}
    return said


def goal_in_words(goal: GoalShown) -> str:
    """A goal with how close it feels, before and now."""
    if goal.now is None and goal.before is None:
        return goal.text
    if goal.now is None:
        return _("%(goal)s (%(n)d of 10 close at the start)") % {"goal": goal.text, "n": goal.before}
    if goal.before is None:
        return _("%(goal)s (%(n)d of 10 close)") % {"goal": goal.text, "n": goal.now}
    return _("%(goal)s (%(n)d of 10 close, was %(was)d)") % {"goal": goal.text, "n": goal.now, "was": goal.before}


def _facts(row: Reevaluation) -> list[list[str]]:
    patient = row.plan.patient
    number = [[_("Clinic number"), patient.clinic_number]] if patient.clinic_number else []
    return [
        [_("Patient"), patient.full_name],
        [_("Born"), day_in_words(patient.birth_on, year=True)],
        *number,
        [_("Plan"), row.plan.title],
        [_("Due"), day_in_words(row.due_on, year=True)],
    ]


def _measure(measure: Measure) -> list[Any]:
    def said(value: float | None, otherwise: str) -> str:
        return otherwise if value is None else f"{value:.0f}" if measure.whole else points(value)

    size = f"{measure.size:.0f}" if measure.whole else points(measure.size)
    if measure.change is None:
        change: Any = ""
    elif measure.is_same:
        change = _("same")
    else:
        change = (_("up %(n)s") if measure.is_up else _("down %(n)s")) % {"n": size}
    before = said(measure.before, _("learning") if measure.is_pain else pgettext("a measure", "none"))
    marked = {"marked": change} if measure.is_worse else change
    return [measure.name, before, said(measure.now, _("not answered")), marked, measure.says]


def _exercises(f: Prepared, version: str) -> dict[str, Any]:
    rows: list[list[Any]] = []
    for went in f.exercises:
        done = _("%(done)d of %(asked)d") % {"done": went.done, "asked": went.asked}
        pain: Any = _("not asked") if went.pain is None else points(went.pain)
        if went.pain is not None and went.pain >= HURTS_MUCH:
            pain = {"marked": pain}
        rows.append([went.name, went.dose or _("no longer in it"), done, pain, went.reasons_in_words])
    return {
        "exercises_title": _("Exercise by exercise"),
        "exercises_head": [
            _("Exercise"),
            _("Dose in %(version)s") % {"version": version} if version else _("Dose"),
            _("Done"),
            _("Pain on it"),
            _("Why skipped"),
        ],
        "exercises": rows,
        "exercises_none": _("No session was logged in this time."),
    }


def _flag(line: dict[str, Any]) -> str:
    flag = line["flag"]
    day = wording_flags.short_day(localtime(flag.raised_at).date())
    note = f" “{flag.note}”" if flag.note else ""
    state = str(line["state"])
    return f"{day}: {line['sentence']} {state[:1].upper()}{state[1:]}.{note}"


def _decision(row: Reevaluation) -> dict[str, Any]:
    given: dict[str, Any] = {
        "decision_title": _("Decision"),
        "undecided": _("Not decided yet."),
        "decision": None,
        "note": [],
        "decision_facts": [],
    }
    if row.done_at is None or row.done_by is None:
        return given
    done_on = day_in_words(localtime(row.done_at).date(), year=True)
    next_on = day_in_words(row.next.due_on, year=True) if row.next else _("none, the plan has ended")
    return given | {
        "decision": str(row.get_decision_display()),
        "note": row.note.splitlines(),
        "decision_facts": [[_("By"), row.done_by.full_name], [_("On"), done_on], [_("Next one"), next_on]],
    }
