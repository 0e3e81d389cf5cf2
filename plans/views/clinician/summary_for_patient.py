"""The words of the PDF for the patient, as plans/reports/patient.typ lays them out: plain, no rules, no diagnosis.

Never that pain means harm. No scores of mood or worry: those are talked about, not handed out.
"""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.models import Note, Reevaluation
from plans.reports.picture import chart_svg
from plans.views.clinician.prepared import Prepared
from plans.views.clinician.summary_for_record import chart_alt, frame, goal_in_words
from plans.wording import day_in_words
from plans.wording_flags import points

Taken = Reevaluation.DecisionTaken


def words(row: Reevaluation, f: Prepared, *, at: datetime) -> dict[str, Any]:
    """Everything that stands on the pages, in the active language."""
    patient = row.plan.patient
    day = day_in_words(localtime(at).date(), year=True)
    return {
        **frame(patient, _("How your plan has gone"), f, at),
        "foot": _("From %(clinic)s, %(day)s.") % {"clinic": patient.clinic.name, "day": day},
        "did_title": _("What you did"),
        "did": _did(f),
        "pain_title": _("How your pain has been"),
        "pain": _pain(f),
        "pain_note": _("10 is the worst pain you can imagine, 0 is none. Each dot is a day, a gap a day without a log.")
        if f.wide
        else "",
        "chart": chart_svg(f.wide, mine=True) if f.wide else None,
        "chart_alt": chart_alt(f),
        "goals_title": _("What you want to be able to do"),
        "goals": [goal_in_words(goal) for goal in f.goals],
        "exercises_title": _("Your exercises"),
        "exercises_head": [_("Exercise"), _("In your plan"), _("Done")],
        "exercises": [
            [
                went.name,
                went.dose or _("no longer in it"),
                ngettext("%(done)d of %(asked)d time", "%(done)d of %(asked)d times", went.asked)
                % {"done": went.done + went.partly, "asked": went.asked},
            ]
            for went in f.exercises
        ],
        "next_title": _("What comes next"),
        "next": _next(row),
        "said_title": _("Words from the clinic"),
        "said": _said(row),
        "help_title": _("If you need help"),
        "help": _help(row),
    }  # fmt: skip


def _did(f: Prepared) -> list[str]:
    if not f.sessions.planned:
        return [_("No session was planned in this time.")]
    did = ngettext(
        "You did %(done)d of %(planned)d planned session.",
        "You did %(done)d of %(planned)d planned sessions.",
        f.sessions.planned,
    )
    return [did % {"done": f.sessions.done, "planned": f.sessions.planned}]


def _pain(f: Prepared) -> list[str]:
    by_key = {measure.key: measure for measure in f.measures}
    days, since = by_key.get("days"), by_key.get("since")
    if days is None or days.now is None:
        return [_("You logged no pain in this time.")]
    said = []
    if days.before is not None:
        said.append(_("Your usual pain is about %(n)s of 10.") % {"n": points(days.before)})
    said.append(_("In this time it was %(n)s on average.") % {"n": points(days.now)})
    if since is not None and since.now is not None and f.since is not None:
        words = _("Since %(day)s it has been %(n)s on average.")
        said.append(words % {"day": day_in_words(f.since), "n": points(since.now)})
    after, morning = by_key.get("after"), by_key.get("morning")
    if after is not None and after.now is not None:
        said.append(_("During and after sessions it was %(n)s.") % {"n": points(after.now)})
    if morning is not None and morning.now is not None:
        said.append(_("On the mornings after it was %(n)s.") % {"n": points(morning.now)})
    return said


def _next(row: Reevaluation) -> list[str]:
    if row.done_at is None or row.done_by is None:
        return [_("Your clinic looks at this with you. Together you decide how to go on.")]
    said = [decided_in_words(row)]
    if row.decision in (Taken.PROGRESS, Taken.REGRESS, Taken.CHANGE):
        said.append(_("Until you see the new version in Painplan, go on as before."))
    if row.next is not None:
        day = day_in_words(row.next.due_on, year=True)
        said.append(_("We look at your plan again on %(day)s, or earlier if you need it.") % {"day": day})
    return said


def decided_in_words(row: Reevaluation) -> str:
    """The decision of a re-evaluation that was done, as the patient reads it."""
    who = {"who": row.done_by.full_name if row.done_by else _("Your clinic")}
    return {
        Taken.CONTINUE: _("Your plan stays as it is."),
        Taken.PROGRESS: _("%(who)s prepares a next step with a little more.") % who,
        Taken.REGRESS: _("%(who)s prepares an easier version of your plan.") % who,
        Taken.CHANGE: _("%(who)s prepares a changed version of your plan.") % who,
        Taken.REFER: _("%(who)s asks another service for advice. Your plan goes on.") % who,
        Taken.DISCHARGE: _("Your plan with the clinic has ended."),
    }[Taken(row.decision)]


def _said(row: Reevaluation) -> list[str]:
    """What was written for the patient with the decision. The note for the team is not shown."""
    if row.done_at is None:
        return []
    shared = Note.objects.of(row.plan.patient).shared().filter(at=row.done_at, author=row.done_by)
    return [line for text in shared.values_list("text", flat=True) for line in text.splitlines()]


def _help(row: Reevaluation) -> list[str]:
    clinic = row.plan.patient.clinic
    said = [*clinic.emergency_text.splitlines()]
    said.append(
        _("Nobody watches Painplan live. Somebody answers you %(promise)s.") % {"promise": clinic.answer_promise}
    )
    if clinic.phone:
        said.append(_("Telephone: %(phone)s") % {"phone": clinic.phone})
    return said
