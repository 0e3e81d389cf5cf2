"""The side panel of the inbox: a flag with all that is needed to decide, and whatever else waits for that patient."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Patient
from exercises.said import name_fields, name_from
from plans import charts, wording_flags
from plans.models import BodySite, Flag, PainScore, PainWatch, Plan, Prescription, Reevaluation, Session
from plans.schedule import local_date
from plans.views.clinician import adherence, items, pain_days
from plans.views.clinician.exercises import recent_pains
from plans.views.clinician.items import Item, View
from plans.views.clinician.items_all import KINDS
from plans.views.clinician.items_flags import sleep_in_words
from plans.views.clinician.people import about, main_site, near_day, only

CHART_DAYS = 60
PANEL_SIZE = (390, 196)
PAGE_SIZES = ((664, 214), (568, 214), (310, 214))
SESSION_WEEKS = 4


def flag_panel(
    flag: Flag, at: datetime, *, here: str = "", sizes: Sequence[tuple[int, int]] = (PANEL_SIZE,)
) -> dict[str, Any]:
    """What _panel.html shows of a flag; the chart in each of the sizes (px). `here` is the address to come back to."""
    view = View(at, local_date(at, flag.patient.clinic.time_zone), here)
    return _panel(flag.patient, flag.site, at, sizes) | {
        "flag": flag,
        "opened": wording_flags.short_day(local_date(flag.raised_at, flag.patient.time_zone)),
        "sentence": wording_flags.marked_sentence(flag),
        "since_then": wording_flags.since_then(flag),
        "limit": wording_flags.limit(flag),
        "state_words": wording_flags.state_in_words(flag),
        "sleep_words": sleep_in_words(flag, view.today),
        "asleep": flag.is_asleep(view.today),
        "may_sleep": flag.is_open and flag.severity != Flag.Severity.URGENT,
        "also": [item for item in _items(flag.patient, view) if item.found.key != flag.pk] if here else [],
    }


def patient_panel(patient: Patient, at: datetime, *, here: str = "") -> dict[str, Any]:
    """What _panel.html shows of a patient who was opened without a flag: all that waits, the gravest first."""
    view = View(at, local_date(at, patient.clinic.time_zone), here)
    gist = _panel(patient, None, at, (PANEL_SIZE,)) | {"flag": None, "also": _items(patient, view)}
    today = local_date(at, patient.time_zone)
    last = Session.objects.of(patient).filter(finished_at__isnull=False).aggregate(on=Max("local_date"))["on"]
    gist["facts"].append((_("Last session"), near_day(last, today) if last else _("None yet")))
    due = gist["reevaluation"]
    if not any(item.found.kind == "reevaluation" for item in gist["also"]):
        gist["facts"].append((_("Re-evaluation"), near_day(due.due_on, today) if due else _("None planned")))
    return gist


def _items(patient: Patient, view: View) -> list[Item]:
    found = items.find(KINDS, only(patient=patient.pk), view.today)
    shown = items.show(KINDS, found, view)
    return [shown[one.kind, one.key] for one in found if (one.kind, one.key) in shown]


def _panel(patient: Patient, site: BodySite | None, at: datetime, sizes: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """The person, the pain of one place, the plan and its re-evaluation."""
    today = local_date(at, patient.time_zone)
    first = today - timedelta(days=CHART_DAYS - 1)
    site = site or main_site(patient)
    watch = PainWatch.objects.filter(pk=patient.pk).first()
    plan = Plan.objects.of(patient).current().select_related("active_version").first()
    due = Reevaluation.objects.open().filter(plan=plan).first() if plan else None
    level = None
    drawn: list[charts.PainChart] = []
    if site is not None:
        level = pain_days.level(watch, site.pk)
        rises = pain_days.rises(Flag.objects.of(patient).filter(site=site), patient.time_zone)
        days = pain_days.day_values([site.pk], first, today)[site.pk]
        drawn = [
            charts.pain_chart(
                days=days,
                usual=level.usual,
                spread=level.spread,
                episodes=rises,
                first=first,
                last=today,
                width=width,
                height=height,
            )
            for width, height in sizes
        ]
    return {
        "patient": patient,
        "about": about(patient, today, all_sites=True),
        "plan": plan,
        "plan_since": local_date(plan.active_version.activated_at, patient.time_zone)
        if plan and plan.active_version and plan.active_version.activated_at
        else None,
        "charts": drawn,
        "facts": _facts(patient, plan, level, at),
        "reevaluation": due,
        "due": near_day(due.due_on, today, inside=True) if due else "",
    }


def level_in_words(level: pain_days.Level) -> str:
    """ "4.3, range 3.2 to 5.4", or how far learning has come."""
    if level.usual is None or level.low is None or level.high is None:
        return _("Still learning (%(known)d of %(needed)d days)") % {"known": level.learned, "needed": level.needed}
    return _("%(usual)s, range %(low)s to %(high)s") % {
        "usual": wording_flags.points(level.usual),
        "low": wording_flags.points(level.low),
        "high": wording_flags.points(level.high),
    }


def _facts(patient: Patient, plan: Plan | None, level: pain_days.Level | None, at: datetime) -> list[tuple[str, str]]:
    today = local_date(at, patient.time_zone)
    facts = []
    if level is not None:
        facts.append((_("Usual level"), level_in_words(level)))
    start = today - timedelta(weeks=SESSION_WEEKS) + timedelta(days=1)
    done = adherence.done_days([patient.pk], start)[patient.pk]
    counted = adherence.count(adherence.spans_of({patient.pk: patient.time_zone})[patient.pk], done, start, today)
    sessions = _("%(done)d of %(planned)d in 4 weeks") % {"done": counted.done, "planned": counted.planned}
    facts.append((_("Sessions"), sessions if counted.planned else _("None planned yet")))
    hardest = _hardest(patient, plan)
    if hardest:
        facts.append((_("Hardest exercise"), hardest))
    last = PainScore.objects.of(patient).current().answered().values_list("local_date", flat=True).first()
    facts.append((_("Last log"), near_day(last, today) if last else _("Nothing logged yet")))
    return facts


def _hardest(patient: Patient, plan: Plan | None) -> str:
    """ "Sit to stand: pain 7, 6, 7": the exercise with the highest mean of its last three sessions."""
    pains = recent_pains(patient, plan.active_version if plan else None)
    if not pains:
        return ""
    prescription, worst = max(pains.items(), key=lambda item: sum(item[1]) / len(item[1]))
    if not any(worst):
        return ""
    name = name_from(*Prescription.objects.values_list(*name_fields("exercise_version__")).get(pk=prescription))
    return _("%(name)s: pain %(pains)s") % {"name": name, "pains": ", ".join(str(pain) for pain in worst)}
