"""What a curator starts, links, offers and throws away. Each is one POST and one action."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Clinic, Membership, Role, User
from accounts.policy import curator
from exercises.actions import lifecycle, links, proposals
from exercises.actions.refusals import Refused
from exercises.curation import doors, showing
from exercises.models import Exercise

SHARED = "shared"


class NewExerciseForm(forms.Form):
    """The name of a new exercise and the library it belongs to."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy(
            "The plain name, as you would say it to a patient. It can change until it is published."
        ),
        error_messages={"required": gettext_lazy("Give the exercise a name.")},
    )
    library = forms.ChoiceField(
        label=gettext_lazy("Library"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the library.")},
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        mine = Membership.objects.open(timezone.now()).filter(user=user, role=Role.CURATOR)
        self.clinics = {str(c.pk): c for c in Clinic.objects.filter(pk__in=mine.values("clinic_id"))}
        shared = [(SHARED, _("The shared library: for every clinic"))] if user.curates_shared_library else []
        own = [(pk, _("%(clinic)s only") % {"clinic": clinic}) for pk, clinic in self.clinics.items()]
        choices = [*shared, *own]
        field = self.fields["library"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]

    def clinic(self) -> Clinic | None:
        """The clinic chosen; None is the shared library."""
        return self.clinics.get(self.cleaned_data["library"])


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Start an exercise: its name and its library; the rest is the editor's."""
    form = NewExerciseForm(doors.user(request), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            draft = lifecycle.create(
                name=form.cleaned_data["name"], clinic=form.clinic(), by=doors.user(request), at=timezone.now()
            )
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            return redirect("exercise_editor", draft.pk)
    status = 422 if form.errors else 200
    return render(request, "exercises/curation/new.html", {"form": form, "nav": "review"}, status=status)


@curator
@require_POST
def edit(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """The draft of the next version, started when there is none."""
    exercise = doors.curated(request, curated_id)
    try:
        draft = lifecycle.edit(exercise=exercise, by=doors.user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("exercise_history", exercise.pk)
    return redirect("exercise_editor", draft.pk)


@curator
@require_POST
def take_back(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    version = doors.draft(request, draft_id)
    done = _do(
        request,
        lambda: lifecycle.take_back(version=version, by=doors.user(request), at=timezone.now()),
        _("Taken back. You can go on writing."),
    )
    return redirect("exercise_editor" if done else "version_review", version.pk)


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Ask, then throw a draft away."""
    version = doors.draft(request, draft_id)
    if request.method != "POST":
        return render(request, "exercises/curation/discard.html", {"version": version, "nav": "review"})
    done = _do(
        request,
        lambda: lifecycle.discard_draft(
            version=version, lock=_number(request, "lock"), by=doors.user(request), at=timezone.now()
        ),
        _("The draft is gone."),
    )
    return redirect("library_review") if done else redirect("exercise_editor", version.pk)


@curator
@require_POST
def link(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """Link an easier or harder neighbour (`other`, `as`), or take one away (`remove`)."""
    exercise, at, by = doors.curated(request, curated_id), timezone.now(), doors.user(request)
    if "remove" in request.POST:
        link_id = _uuid(request, "remove")
        _do(request, lambda: links.unlink(exercise=exercise, link_id=link_id, by=by, at=at), _("No longer linked."))
    else:
        other = get_object_or_404(Exercise.objects.visible_to(by, at).prescribable(), pk=_uuid(request, "other"))
        other_is = "easier" if request.POST.get("as") == "easier" else "harder"
        _do(request, lambda: links.link(exercise=exercise, other=other, other_is=other_is, by=by, at=at), _("Linked."))
    draft = exercise.versions.exclude(state="published").first()
    if draft is None:
        return redirect("exercise_history", exercise.pk)
    return redirect("exercise_editor", draft.pk)


@curator
@require_POST
def propose(request: HttpRequest, curated_id: UUID) -> HttpResponse:
    """Offer a clinic's exercise to the shared library."""
    exercise = doors.curated(request, curated_id)
    note = request.POST.get("note", "")[:1000]
    _do(
        request,
        lambda: proposals.propose(exercise=exercise, note=note, by=doors.user(request), at=timezone.now()),
        _("Proposed. A curator of the shared library answers."),
    )
    return redirect("exercise_history", exercise.pk)


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Read what a clinic proposes, and take it (a draft of the shared library) or say why not."""
    found = doors.proposal(request, proposal_id)
    if request.method == "POST":
        at, by = timezone.now(), doors.user(request)
        try:
            if request.POST.get("answer") == "accept":
                draft = proposals.accept(proposal=found, by=by, at=at)
                messages.success(request, _("Taken into the shared library as a draft."))
                return redirect("exercise_editor", draft.pk)
            proposals.decline(proposal=found, answer=request.POST.get("why", "")[:1000], by=by, at=at)
            messages.success(request, _("Declined. The clinic keeps its exercise."))
            return redirect("library_review")
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("library_review")
    version = found.exercise.current_version
    if version is None:
        raise Http404
    context = {
        "proposal": found,
        "version": version,
        "lines": showing.everything(version),
        "preview": {"exercise": version, "media": [], "new_steps": set()},
        "nav": "review",
    }
    return render(request, "exercises/curation/proposal.html", context)


def _do(request: HttpRequest, work: Callable[[], object], done: str) -> bool:
    """Do it and say so; when it was refused, say why."""
    try:
        work()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def _uuid(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Http404 from None


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
