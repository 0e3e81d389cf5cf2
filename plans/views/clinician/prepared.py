"""What a re-evaluation needs to know, prepared: sessions, pain, flags and exercises since the last one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient
from plans import charts, wording_flags
from plans.models import BodySite, Flag, PainScore, PainWatch, PlanVersion, Reevaluation
from plans.schedule import local_date
from plans.views.clinician import adherence, pain_days
from plans.views.clinician.exercises import Went, how_they_went
from plans.views.clinician.people import main_site

WIDE = (664, 214)
NARROW = (508, 214)
LONGEST_CHART_DAYS = 182
SHORTEST_CHART_DAYS = 60
HURTS = 4.0  # an exercise is named as the most painful one from this mean on
SAME_POINTS = 1


@dataclass(frozen=True)
class Measure:
    """A mean of pain over the time, against the usual level (None: not known yet, or never answered)."""

    name: str
    usual: float | None
    mean: float | None
    answers: int

    @property
    def change(self) -> Decimal | None:
        if self.mean is None or self.usual is None:
            return None
        return wording_flags.rounded(self.mean) - wording_flags.rounded(self.usual)

    @property
    def size(self) -> Decimal:
        return abs(self.change or Decimal(0))

    @property
    def is_worse(self) -> bool:
        return self.change is not None and self.change >= SAME_POINTS

    @property
    def is_better(self) -> bool:
        return self.change is not None and self.change <= -SAME_POINTS


@dataclass(frozen=True)
class Prepared:
    """The facts from `first` to `last` (local dates); `summary` says them in a sentence or two."""

    first: date
    last: date
    summary: SafeString
    level: pain_days.Level | None
    sessions: adherence.Count
    measures: list[Measure]
    exercises: list[Went]
    flags: list[Flag]
    flag_lines: list[dict[str, Any]]
    wide: charts.PainChart | None
    narrow: charts.PainChart | None


def prepare(row: Reevaluation, at: datetime) -> Prepared:
    """Everything since the last re-evaluation (or the plan's first day), until now or until it was done."""
    patient = row.plan.patient
    last = local_date(row.done_at or at, patient.time_zone)
    versions = list(row.plan.versions.exclude(state=PlanVersion.State.DRAFT).order_by("number"))
    first = min(_since(row, versions, patient), last)
    site = main_site(patient)
    watch = PainWatch.objects.filter(pk=patient.pk).first()
    level = pain_days.level(watch, site.pk) if site else None
    done = adherence.done_days([patient], first)[patient.pk]
    sessions = adherence.count(adherence.spans_of([patient])[patient.pk], done, first, last)
    known = list(Flag.objects.of(patient).select_related("site", "acknowledged_by", "resolved_by").gravest_first())
    flags = [flag for flag in known if flag.is_open or first <= local_date(flag.raised_at, patient.time_zone) <= last]
    exercises = how_they_went(patient, first, last)
    wide, narrow = _charts(patient, site, level, known, versions, first, last) if site else (None, None)
    measures = _measures(patient, site, level, first, last) if site else []
    return Prepared(
        first=first,
        last=last,
        summary=_summary(patient, sessions, measures, flags, exercises),
        level=level,
        sessions=sessions,
        measures=measures,
        exercises=exercises,
        flags=flags,
        flag_lines=[
            {"flag": flag, "sentence": wording_flags.sentence(flag), "state": wording_flags.state_in_words(flag)}
            for flag in flags
        ],
        wide=wide,
        narrow=narrow,
    )


def _since(row: Reevaluation, versions: list[PlanVersion], patient: Patient) -> date:
    earlier = row.plan.reevaluations.filter(state=Reevaluation.State.DONE)
    if row.done_at:
        earlier = earlier.filter(done_at__lt=row.done_at)
    before = earlier.order_by("-done_at").values_list("done_at", flat=True).first()
    started = next((version.activated_at for version in versions if version.activated_at), None)
    return local_date(before or started or row.created_at, patient.time_zone)


def _measures(
    patient: Patient, site: BodySite, level: pain_days.Level | None, first: date, last: date
) -> list[Measure]:
    """Mean pain of the main place before, during or after sessions, on the mornings after, and of all days."""
    moment = PainScore.Moment
    groups = {
        "days": (_("On all days"), Q(moment__in=[moment.BEFORE, moment.DAILY])),
        "before": (_("Before sessions"), Q(moment=moment.BEFORE)),
        "after": (_("During or after sessions"), Q(moment__in=[moment.DURING, moment.AFTER])),
        "morning": (_("Next mornings"), Q(moment=moment.NEXT_MORNING)),
    }
    asked: dict[str, Avg | Count] = {f"{key}_mean": Avg("value", filter=q) for key, (_name, q) in groups.items()}
    asked |= {f"{key}_n": Count("value", filter=q) for key, (_name, q) in groups.items()}
    rows = PainScore.objects.of(patient).current().answered().filter(site=site, local_date__range=(first, last))
    found = rows.aggregate(**asked)
    usual = level.usual if level else None
    return [
        Measure(name, usual, None if found[f"{key}_mean"] is None else float(found[f"{key}_mean"]), found[f"{key}_n"])
        for key, (name, _q) in groups.items()
    ]


def _charts(
    patient: Patient,
    site: BodySite,
    level: pain_days.Level | None,
    flags: list[Flag],
    versions: list[PlanVersion],
    first: date,
    last: date,
) -> tuple[charts.PainChart, charts.PainChart]:
    start = min(first, last - timedelta(days=SHORTEST_CHART_DAYS - 1))
    start = max(start, last - timedelta(days=LONGEST_CHART_DAYS - 1))
    zone = patient.time_zone
    given: dict[str, Any] = {
        "days": pain_days.day_values([site.pk], start, last)[site.pk],
        "usual": level.usual if level else None,
        "spread": level.spread if level else 0.0,
        "episodes": pain_days.rises([flag for flag in flags if flag.site_id == site.pk], zone),
        "first": start,
        "last": last,
        "versions": [
            (local_date(version.activated_at, zone), _("Plan %(version)s") % {"version": version})
            for version in versions
            if version.activated_at
        ],
    }
    return (
        charts.pain_chart(**given, width=WIDE[0], height=WIDE[1]),
        charts.pain_chart(**given, width=NARROW[0], height=NARROW[1]),
    )


def _summary(
    patient: Patient,
    sessions: adherence.Count,
    measures: list[Measure],
    flags: list[Flag],
    exercises: list[Went],
) -> SafeString:
    """Two or three sentences with the numbers that matter."""
    said = []
    if sessions.planned:
        words = ngettext(
            "{name} did {done} of {planned} planned session.",
            "{name} did {done} of {planned} planned sessions.",
            sessions.planned,
        )
        count = format_html("<b>{}</b>", sessions.done), format_html("<b>{}</b>", sessions.planned)
        said.append(format_html(words, name=patient.first_name, done=count[0], planned=count[1]))
    rise = next((flag for flag in flags if flag.is_open and flag.rule == Flag.Rule.R3), None)
    days = measures[0] if measures else None
    if rise is not None:
        said.append(wording_flags.marked_sentence(rise))
    elif days is not None and days.mean is not None:
        mean = format_html("<b>{}</b>", wording_flags.points(days.mean))
        if days.usual is None:
            said.append(format_html(_("Pain averaged {mean}."), mean=mean))
        else:
            usual = wording_flags.points(days.usual)
            said.append(format_html(_("Pain averaged {mean}; the usual level is {usual}."), mean=mean, usual=usual))
    else:
        said.append(format_html("{}", _("No pain was logged in this time.")))
    worst = exercises[0] if exercises else None
    if worst is not None and worst.pain is not None and worst.pain >= HURTS:
        said.append(format_html(_("{name} is the exercise that hurts most."), name=worst.name))
    return format_html_join(" ", "{}", ((sentence,) for sentence in said))
