"""What changed between two versions, for everybody who works with the library."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import staff
from exercises.curation import doors, showing
from exercises.models import Exercise, ExerciseVersion


@staff
@require_safe
def changes(request: HttpRequest, exercise_id: UUID) -> HttpResponse:
    """`?from=3&to=5`: the difference between two versions; without numbers the last two.

    Curators also see what is being written; everybody else what is or was published.
    """
    user, at = doors.user(request), timezone.now()
    readable = Q(pk__in=Exercise.objects.visible_to(user, at)) | Q(pk__in=Exercise.objects.writable_by(user, at))
    rows = Exercise.objects.filter(readable).select_related("current_version", "clinic")
    exercise = get_object_or_404(rows, pk=exercise_id)
    versions = exercise.versions.select_related("author", "publisher").order_by("-number")
    if not Exercise.objects.writable_by(user, at).filter(pk=exercise.pk).exists():
        versions = versions.filter(state=ExerciseVersion.State.PUBLISHED)
    by_number = {version.number: version for version in versions}
    if not by_number:
        return render(request, "404.html", status=404)
    numbers = sorted(by_number, reverse=True)
    newest = _asked(request, "to", by_number, numbers[0])
    oldest = _asked(request, "from", by_number, next((n for n in numbers if n < newest), newest))
    context = {
        "exercise": exercise,
        "versions": list(by_number.values()),
        "compared": showing.compared(by_number[oldest], by_number[newest]),
        "from_number": oldest,
        "to_number": newest,
        "nav": "library",
    }
    return render(request, "exercises/curation/changes.html", context)


def _asked(request: HttpRequest, name: str, known: dict[int, ExerciseVersion], otherwise: int) -> int:
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
    return number if number in known else otherwise
