"""The library: the list with search and filters, and the page of one exercise."""

from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policy import staff
from exercises.asked import asked, relaxations
from exercises.forms import kept
from exercises.library_filter import filter_of, marks
from exercises.media_shown import shown, staff_address
from exercises.models import BodyRegion, Equipment, Exercise, ExerciseLink
from exercises.search import search
from exercises.tiles import drawn, tiles_of

PAGE = 24


@staff
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The exercises that can be prescribed; search and filters stand in the address."""
    known = marks(cast(User, request.user), timezone.now())
    asks = filter_of(request.GET, known)
    form, wanted = asks.form, asks.wanted
    mine = cast(QuerySet[Exercise], SimpleLazyObject(lambda: _mine(request)))  # seldom asked: the catalogue is kept
    results = search(mine, wanted, form.conditions(), known.exercises)
    page = Paginator(results.found, PAGE).get_page(request.GET.get("page"))
    tiles = tiles_of(list(page.object_list))
    careful = [form.names("condition", results.careful.get(each.version_id, [])) for each in page.object_list]
    context = {
        "form": form,
        "typed": request.GET.get("q", ""),
        "odd": asks.odd,
        "drawn": asks.drawn(results.counts),
        "results": results,
        "page": page,
        "tiles": [drawn(tile, ", ".join(names)) for tile, names in zip(tiles, careful, strict=True)],
        "asked": asked(form, request.GET),
        "relaxations": relaxations(form, request.GET, results),
        "conditions": form.names("condition", wanted.conditions),
        "nav": "library",
    }
    if not request.htmx or request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return render(request, "exercises/library.html", context)
    answer = render(request, "exercises/_found.html", context)
    query = kept(request.GET)
    answer["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path
    return answer


@staff
@require_safe
def exercise(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """Everything about one exercise, as its current version says."""
    rows = _mine(request).select_related("current_version__reviewed_by", "current_version__publisher", "clinic")
    found = get_object_or_404(rows, pk=exercise_id)
    version = found.current_version
    assert version is not None
    reachable = _mine(request).values("pk")
    links = ExerciseLink.objects.filter(easier__in=reachable, harder__in=reachable)
    links = links.select_related("easier__current_version", "harder__current_version")
    regions = BodyRegion.objects.filter(slug__in=version.body_regions).names()
    things = Equipment.objects.filter(slug__in=version.equipment).names()
    context = {
        "exercise": found,
        "version": version,
        "regions": [regions[slug] for slug in version.body_regions],
        "equipment": [things[slug] for slug in version.equipment],
        "mistakes": [_split(line) for line in version.said.common_mistakes],
        "cautions": version.cautions.select_related("condition", "version").order_by("-kind", "condition__name"),
        "easier": [link.easier for link in links.filter(harder=found)],
        "harder": [link.harder for link in links.filter(easier=found)],
        "curates": request.actor.is_curator and _mine_to_write(request).filter(pk=found.pk).exists(),  # type: ignore[attr-defined]
        "media": shown(version, staff_address),
        "sources": [{**source, "url": _address(source)} for source in version.evidence],
        "nav": "library",
    }
    return render(request, "exercises/exercise.html", context)


def _mine(request: HttpRequest) -> QuerySet[Exercise]:
    """What this person may prescribe or look at now."""
    return Exercise.objects.visible_to(cast(User, request.user), timezone.now()).prescribable()


def _mine_to_write(request: HttpRequest) -> QuerySet[Exercise]:
    """What this person writes as a curator."""
    return Exercise.objects.writable_by(cast(User, request.user), timezone.now())


def _address(source: dict[str, Any]) -> str:
    """Where a study can be read: its DOI, else PubMed."""
    if source.get("doi"):
        return f"https://doi.org/{quote(source['doi'])}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{quote(source['pmid'])}/" if source.get("pmid") else ""


def _split(mistake: str) -> tuple[str, str]:
    """ "What happens: what to do instead" as its two parts."""
    what, _colon, instead = mistake.partition(": ")
    return what, instead[:1].upper() + instead[1:]
