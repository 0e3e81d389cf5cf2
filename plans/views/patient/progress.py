"""Progress: the sentence first, then the picture, then what was done, and every number can be corrected."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Patient
from accounts.policy import patient
from plans.actions.flags import r3_replay
from plans.charts import PainChart, pain_chart
from plans.models import BodySite, PainScore, Pause, PlanVersion, Reevaluation, Session
from plans.pain import Replay
from plans.schedule import local_date
from plans.spans import Span, with_pauses
from plans.views import doors
from plans.views.clinician.summary_for_patient import decided_in_words
from plans.views.patient import checkin_flow, mine
from plans.views.patient.life import goals, life, reached
from plans.views.patient.trend import sessions_in_words, trend
from plans.views.patient.weeks import count_weeks, weeks_chart
from plans.wording import in_sentence

CHART_DAYS = 54
WIDE, NARROW, HEIGHT = 350, 320, 252
LAST_ENTRIES = 15
SUMMARIES = 6


@patient
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    me, at = doors.my_record(request), timezone.now()
    today = mine.today_here(request, me, at)
    sites = list(me.sites.all())
    site = _chosen(request, sites)
    replay = r3_replay(site)
    clinician = mine.clinician_name(me, at)
    versions = list(
        PlanVersion.objects.filter(plan__patient=me)
        .exclude(state=PlanVersion.State.DRAFT)
        .prefetch_related("prescriptions")
        .order_by("activated_at")
    )
    context: dict[str, Any] = {
        "trend": trend(replay, today, clinician),
        "site": site,
        "place": in_sentence(site.name),
        "sites": [{"url": f"?site={s.pk}", "label": s.name, "on": s == site} for s in sites] if len(sites) > 1 else [],
        "chart": _chart(replay, today, WIDE) if replay.days else None,
        "narrow": _chart(replay, today, NARROW) if replay.days else None,
        "entries": entries(me, site),
        "changes": [v for v in reversed(versions) if v.why][:6],
        "summaries": _summaries(me),
        "clinician": clinician,
        "shared_notes": mine.shared_notes(me),
        "life": life(me, today),
        "goals": goals(me, today),
        "reached": reached(me),
    }
    context |= checkin_flow.offered(request, me, at)
    context |= _sessions(me, versions, today)
    return render(request, "plans/patient/progress.html", context)


def entries(me: Patient, site: BodySite) -> list[PainScore]:
    """The last numbers of a site; each has `was` (the value before the last correction) and `corrected`."""
    earlier = PainScore.objects.filter(superseded_by=OuterRef("pk"))
    rows = PainScore.objects.current().of(me).filter(site=site)
    # A number that was never given and never corrected is nothing to look at.
    shown = rows.annotate(corrected=Subquery(earlier.values("pk")[:1]), was=Subquery(earlier.values("value")[:1]))
    shown = shown.filter(Q(value__isnull=False) | Q(corrected__isnull=False))
    return list(shown.order_by("-local_date", "-occurred_at", "-id")[:LAST_ENTRIES])


def _summaries(me: Patient) -> list[tuple[Reevaluation, str]]:
    """The last re-evaluations with what was decided, in a sentence for the patient."""
    done = Reevaluation.objects.of(me).filter(state=Reevaluation.State.DONE).select_related("done_by")
    return [(row, decided_in_words(row)) for row in done.order_by("-done_at")[:SUMMARIES]]


def _chosen(request: HttpRequest, sites: list[BodySite]) -> BodySite:
    wanted = request.GET.get("site")
    if not wanted:
        return sites[0]
    found = next((site for site in sites if str(site.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _chart(replay: "Replay[date]", today: date, width: int) -> PainChart:
    first = max(today - timedelta(days=CHART_DAYS), min(replay.days[0].day, today - timedelta(days=27)))
    return pain_chart(
        days=[(day.day, day.value) for day in replay.days],
        usual=replay.usual if replay.ready else None,
        spread=replay.spread,
        episodes=replay.episodes,
        first=first,
        last=today,
        width=width,
        height=HEIGHT,
    )


def _sessions(me: Patient, versions: list[PlanVersion], today: date) -> dict[str, Any]:
    spans = [
        Span(local_date(cast(datetime, v.activated_at), me.time_zone), mine.planned(v.prescriptions.all()))
        for v in versions
    ]
    since = today - timedelta(days=34)
    done = Session.objects.of(me).finished().filter(local_date__gte=since).values_list("local_date", flat=True)
    rests = Pause.objects.filter(plan__patient=me).order_by("paused_at").values_list("from_on", "until_on")
    counts = count_weeks(with_pauses(spans, list(rests)), sorted(set(done)), today)
    did = sum(w.done for w in counts)
    asked = did + sum(w.missed for w in counts)
    return {
        "weeks": weeks_chart(counts, WIDE) if counts else None,
        "weeks_narrow": weeks_chart(counts, NARROW) if counts else None,
        "weeks_said": sessions_in_words(did, asked, len(counts)) if counts else "",
    }
