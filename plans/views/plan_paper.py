"""The words of a plan on paper, printed from the browser or as PDF: what to do, when to stop, no diagnosis."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exercises.models import ExerciseVersion, Media
from exercises.uploads import storage
from plans.models import PlanVersion
from plans.models.quota import dosed_for
from plans.reports import figures, typesetting
from plans.schedule import local_date
from plans.views.patient import mine
from plans.views.patient.plan import weekday_chips
from plans.wording import day_in_words, effort_and_rest_in_words

LARGE = "1"


def is_large(request: HttpRequest) -> bool:
    """Whether the address asks for large print (`?large=1`)."""
    return request.GET.get("large") == LARGE


def plan_url() -> str:
    """Where the patient finds the plan after signing in: the same for everybody, so it tells nothing."""
    base: str = settings.PAINPLAN_URL
    return urljoin(base.rstrip("/") + "/", reverse("plan").lstrip("/"))


def qr_svg() -> str:
    """The plan page's address as a QR code (SVG, one path)."""
    made = io.BytesIO()
    segno.make(plan_url(), error="m").save(made, kind="svg", scale=4, border=2, xmldecl=False)
    return made.getvalue().decode("utf-8")


def words(version: PlanVersion, at: datetime) -> dict[str, Any]:
    """Everything that stands on the paper, in the active language. Doses are those of today."""
    patient = version.plan.patient
    clinic = patient.clinic
    language, _sep, region = (get_language() or "en").partition("-")
    rows = version.prescriptions.in_order().select_related("exercise_version")
    shown = mine.items(dosed_for(rows, local_date(at, patient.time_zone)))
    things = mine.names_of_equipment()
    day = day_in_words(localtime(at).date(), year=True)
    prescriptions = [item.prescription for item in shown]
    alike = len({(tuple(p.weekdays or ()), p.times_a_week) for p in prescriptions}) == 1
    return {
        "title": _("Your exercises"),
        "clinic": clinic.name,
        "patient": patient.full_name,
        "covers": f"{mine.about_in_words(shown)}." if shown else "",
        "week": weekday_chips(prescriptions) if alike else [],
        "days": f"{days[:1].upper()}{days[1:]}." if alike and (days := shown[0].days) else "",
        "another_day": _("Another day is fine too. Keep a rest day somewhere."),
        "foot": _("Plan v%(number)d, printed %(day)s.") % {"number": version.number, "day": day},
        "page": _("Page {page} of {pages}"),
        "language": language,
        "region": region.upper() if len(region) == 2 else None,
        "draft": _("A draft. It is not in force yet.") if version.is_draft else "",
        "sections": [
            {
                "name": section.name,
                "exercises": [
                    {
                        "version": str(item.prescription.exercise_version_id),
                        "name": item.name,
                        "position": item.position,
                        "figure": _figure(item.prescription.exercise_version),
                        "dose": item.dose,
                        "days": "" if alike else f"{item.days[:1].upper()}{item.days[1:]}.",
                        "how": effort_and_rest_in_words(item.prescription),
                        "needs": mine.needs_in_words(item.prescription.exercise_version, things),
                        "steps": list(item.prescription.exercise_version.said.steps),
                        "note": item.prescription.note,
                        "pain": item.prescription.pain_guidance,
                        "stop_if": list(item.prescription.exercise_version.said.stop_if),
                    }
                    for item in section.items
                ],
            }
            for section in mine.sections(shown)
        ],
        "stop_title": _("Stop if"),
        "pain_title": _("How much pain is all right"),
        "scan": _("Scan to open your plan on the phone, after signing in."),
        "scan_alt": _("QR code that leads to %(url)s") % {"url": plan_url()},
        "qr": qr_svg(),
        "help_title": _("If you need help"),
        "help": [line for line in clinic.emergency_text.splitlines() if line.strip()],
        "phone": _("Your clinic: %(phone)s") % {"phone": clinic.phone} if clinic.phone else "",
    }


def in_their_language(version: PlanVersion, at: datetime, *, with_pictures: bool = False) -> dict[str, Any]:
    """The words in the patient's own language, else in the one that is active; perhaps with `pictures`."""
    reader = version.plan.patient.user
    with translation.override(reader.language if reader else get_language()):
        found = words(version, at)
        return found | {"pictures": pictures(version)} if with_pictures else found


def pictures(version: PlanVersion) -> dict[str, dict[str, str]]:
    """By exercise version id a picture to print: its `svg`, `alt` words, and whose it is (`credit`, may be empty).

    The first uploaded picture that is ready, else the drawn posture.
    """
    ready = Media.objects.filter(kind=Media.Kind.PICTURE, state=Media.State.READY)
    rows = ExerciseVersion.objects.filter(prescriptions__version=version)
    rows = rows.prefetch_related(Prefetch("media", queryset=ready, to_attr="ready_pictures"))
    return {str(row.pk): _uploaded(row.ready_pictures) or _drawn(row) for row in rows}


def _uploaded(ready: list[Media]) -> dict[str, str] | None:
    """The first of them whose file is there."""
    for media in ready:
        file = storage.opened(media.thumbnail)
        if file is None:
            continue
        with file:
            svg = figures.photo_svg(file.read(), media.width or 1, media.height or 1, media.content_type)
        return {"svg": svg, "alt": media.alt_text, "credit": f"{media.attribution}, {media.licence}"}
    return None


def _figure(row: ExerciseVersion) -> dict[str, str]:
    """Address and words of the drawn figure for the page; both empty while there is none."""
    return {"src": row.drawn.pair, "alt": row.drawn.alt} if row.drawn else {"src": "", "alt": ""}


def _drawn(row: ExerciseVersion) -> dict[str, str]:
    if row.drawn and (svg := row.drawn.pair_svg()):
        return {"svg": svg, "alt": row.drawn.alt, "credit": ""}
    alt = _("Drawing of the position: %(position)s") % {"position": row.get_position_display()}
    return {"svg": figures.position_svg(row.position), "alt": alt, "credit": ""}


def printable(request: HttpRequest, found: Mapping[str, Any], *, back: str, pdf_url: str) -> HttpResponse:
    """The words (of `words`) as a page to print."""
    page = {
        "words": found,
        "qr": mark_safe(found["qr"]),  # nosec B308, B703  # drawn by segno from our own address
        "large": is_large(request),
        "here": request.path,
        "back": back,
        "pdf_url": pdf_url,
    }
    return render(request, "plans/plan_print.html", page)


def as_pdf(version: PlanVersion, at: datetime, *, large: bool) -> HttpResponse:
    """The plan as a download. Its name says nothing about anybody."""
    content = typesetting.pdf("plan", in_their_language(version, at, with_pictures=True) | {"large": large}, at=at)
    headers = {"Content-Disposition": 'attachment; filename="exercises.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
