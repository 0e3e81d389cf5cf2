"""A template of the clinic in the builder: one view for each change, as for a draft."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policy import clinical
from accounts.routes import address_of
from exercises.models import Exercise
from plans.actions import template_changes, template_items
from plans.actions.refusals import DraftChanged, Refused
from plans.actions.template_items import name_of
from plans.forms.builder import AddForm, DaysForm, ItemForm, MoveForm, PlaceForm
from plans.models import Dose, PlanTemplate, TemplateItem
from plans.views import doors
from plans.views.builder import answers, offers, pieces, template_draft
from plans.views.builder import shelf as shelves
from plans.views.builder.changes import attempted, lock_of
from plans.views.builder.starting import ITEMS
from plans.wording import days_in_words


@clinical
@require_safe
def builder(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """The template beside the library. One that is shared or put away is shown for reading."""
    template, at = doors.plan_template(request, template_id), answers.now()
    if template.clinic_id is None or template.archived_at is not None:
        return redirect("template", template.pk)
    if answers.wants_part(request) and request.htmx.target == "shelf-list":  # type: ignore[attr-defined]
        shelf = shelves.read_for_template(template, request.GET, doors.user(request), at)
        answer = render(request, "plans/builder/_shelf_found.html", {"shelf": shelf})
        answer["HX-Push-Url"] = f"{request.path}?{shelf.query}"
        return answer
    return render(request, "plans/builder/template_builder.html", _context(request, template, at))


@clinical
@require_POST
def add(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Put an exercise of the library into the template."""
    template, at = doors.plan_template(request, template_id), answers.now()
    form = AddForm(request.POST)
    mine = Exercise.objects.visible_to(doors.user(request), at).prescribable()
    form.fields["exercise"].queryset = (  # type: ignore[attr-defined]
        mine.for_clinic(template.clinic_id).select_related("current_version") if template.clinic_id else mine.none()
    )
    if not form.is_valid():
        raise Http404
    exercise, section = form.cleaned_data["exercise"], form.cleaned_data["section"]
    title = _("Add %(exercise)s to %(section)s") % {
        "exercise": name_of(exercise),
        "section": Dose.Section(section).label,
    }
    added: list[UUID] = []

    def change(**who: Any) -> None:
        position = form.cleaned_data["position"]
        item = template_items.add_item(template=template, exercise=exercise, section=section, position=position, **who)
        added.append(item.pk)

    return _changed(request, template, at, change, title, focus=lambda: added[0])


@clinical
@require_POST
def dose(request: HttpRequest, template_id: UUID, item_id: UUID) -> HttpResponse:
    """Change the dose, the days, the words or the section of one exercise."""
    template, at = doors.plan_template(request, template_id), answers.now()
    item = _item(request, template, item_id)
    if item is None:
        return _gone(request, template, at)
    form = ItemForm(item, request.POST)
    before = item.section
    title, lines = attempted(form)
    if lock_of(request) != template.lock:
        return _conflict(request, template, at, title, lines)
    if not form.is_valid():
        shown = _context(request, template, at, bound=form)
        if not answers.wants_part(request):
            return render(request, "plans/builder/template_builder.html", shown, status=422)
        shown["row"] = next(row for row in shown["draft"].rows if row.item.pk == item.pk)
        answer = render(request, "plans/builder/_template_item.html", shown, status=422)
        return answers.aimed(request, answer, f"#ex-{item.pk}", "outerHTML")

    def change(**who: Any) -> None:
        template_items.change_item(item=item, changes=form.changes(), **who)

    reshaped = form.cleaned_data["section"] != before or "redraw" in request.POST
    return _changed(request, template, at, change, title, lines, focus=lambda: item.pk, part=not reshaped)


@clinical
@require_POST
def move(request: HttpRequest, template_id: UUID, item_id: UUID) -> HttpResponse:
    """One step up or down, on into the neighbouring section at the end."""
    template, at = doors.plan_template(request, template_id), answers.now()
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    item = _item(request, template, item_id)
    if item is None:
        return _gone(request, template, at)
    steps = form.cleaned_data["steps"]
    words = _("Move %(exercise)s up") if steps < 0 else _("Move %(exercise)s down")

    def change(**who: Any) -> None:
        template_items.move_item(item=item, steps=steps, **who)

    return _changed(request, template, at, change, words % {"exercise": name_of(item.exercise)}, focus=lambda: item.pk)


@clinical
@require_POST
def place(request: HttpRequest, template_id: UUID, item_id: UUID) -> HttpResponse:
    """Put an exercise where it was dropped."""
    template, at = doors.plan_template(request, template_id), answers.now()
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Http404
    item = _item(request, template, item_id)
    if item is None:
        return _gone(request, template, at)
    section, position = form.cleaned_data["section"], form.cleaned_data["position"]
    words = {"exercise": name_of(item.exercise), "section": Dose.Section(section).label}

    def change(**who: Any) -> None:
        template_items.place_item(item=item, section=section, position=position, **who)

    title = _("Move %(exercise)s to %(section)s") % words
    return _changed(request, template, at, change, title, focus=lambda: item.pk)


@clinical
@require_POST
def remove(request: HttpRequest, template_id: UUID, item_id: UUID) -> HttpResponse:
    """Take an exercise out; the library beside it puts it back with one click."""
    template, at = doors.plan_template(request, template_id), answers.now()
    item = _item(request, template, item_id)
    if item is None:
        return _gone(request, template, at)
    name = name_of(item.exercise)
    order = list(template_draft.items_of(template).values_list("pk", flat=True))
    here = order.index(item.pk)
    beside = next(iter([*order[here + 1 : here + 2], *order[max(0, here - 1) : here]]), None)

    def change(**who: Any) -> None:
        template_items.remove_item(item=item, **who)
        messages.success(request, _("%(exercise)s taken out") % {"exercise": name})

    return _changed(
        request, template, at, change, _("Take out %(exercise)s") % {"exercise": name}, focus=lambda: beside
    )


@clinical
@require_POST
def days(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """The same days for every exercise of the template."""
    template, at = doors.plan_template(request, template_id), answers.now()
    form = DaysForm(request.POST)
    if not form.is_valid():
        shown = _context(request, template, at, days=form)
        if not answers.wants_part(request):
            return render(request, "plans/builder/template_builder.html", shown, status=422)
        answer = render(request, "plans/builder/_days.html", {"line": shown["days"]}, status=422)
        return answers.aimed(request, answer, "#days", "outerHTML")
    weekdays = form.cleaned_data["weekdays"]

    def change(**who: Any) -> None:
        template_items.set_weekdays(template=template, weekdays=weekdays, **who)

    title = _("Days of the template: %(days)s") % {"days": days_in_words(weekdays)}
    return _changed(request, template, at, change, title)


@clinical
@require_POST
def undo(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Take the last change of the template back."""
    template, at = doors.plan_template(request, template_id), answers.now()
    before = set(template.items.values_list("pk", flat=True))

    def change(**who: Any) -> None:
        undone = template_changes.undo(template=template, **who)
        messages.success(request, _("Undone: %(what)s") % {"what": undone})

    def back() -> UUID | None:
        return template_draft.items_of(template).exclude(pk__in=before).values_list("pk", flat=True).first()

    # Not offered again after a conflict: the last change is another one then.
    return _changed(request, template, at, change, _("Undo the last change"), focus=back, again=False)


def _changed(
    request: HttpRequest,
    template: PlanTemplate,
    at: datetime,
    change: Callable[..., None],
    title: str,
    lines: Sequence[str] = (),
    *,
    focus: Callable[[], UUID | None] = lambda: None,
    part: bool = False,
    again: bool = True,
) -> HttpResponse:
    """Make the change and answer: the builder again, only what is said about it (`part`), or the conflict."""
    done = False
    try:
        change(lock=lock_of(request), by=doors.user(request), at=at)
        done = True
    except DraftChanged:
        return _conflict(request, template, at, title, lines, again=again)
    except Refused as refused:
        messages.error(request, str(refused))
    template.refresh_from_db()
    if template.clinic_id is None or template.archived_at is not None:
        return _elsewhere(request, reverse("template", args=[template.pk]))
    on = focus() if done else None
    if not answers.wants_part(request):
        query = shelves.kept(request.GET)
        anchor = f"#ex-{on}" if on else ""
        return redirect(reverse("template_builder", args=[template.pk]) + (f"?{query}" if query else "") + anchor)
    shown = _context(request, template, at) | {"focus": on}
    if part and done:
        beside = {"undo": pieces.apart(shown["undo"]), "days": pieces.apart(shown["days"])}
        return render(request, "plans/builder/_template_changed.html", shown | beside)
    answer = render(request, "plans/builder/_template_columns.html", shown)
    return answers.aimed(request, answer, "#builder", "innerHTML")


def _elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    if not answers.wants_part(request):
        return redirect(address)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = address
    return answer


def _gone(request: HttpRequest, template: PlanTemplate, at: datetime) -> HttpResponse:
    title = _("Change an exercise that is no longer in the template")
    return _conflict(request, template, at, title, again=False)


def _conflict(
    request: HttpRequest,
    template: PlanTemplate,
    at: datetime,
    title: str,
    lines: Sequence[str] = (),
    *,
    again: bool = True,
) -> HttpResponse:
    """409: the template as it is now beside what was tried. Nothing was overwritten, nothing that was typed is lost."""
    template.refresh_from_db()
    shown = {
        "template": template,
        "offer": offers.of_templates(PlanTemplate.objects.filter(pk=template.pk).prefetch_related(ITEMS))[0],
        "attempt": answers.Attempt(title, lines),
        "again": again and template.archived_at is None,
        "sent": answers.sent_again(request),
        "action": request.get_full_path(),
        "last": template.steps.select_related("by").first(),
        "nav": "templates",
    }
    if not answers.wants_part(request):
        return render(request, "plans/builder/template_conflict.html", shown, status=409)
    answer = render(request, "plans/builder/_template_conflict.html", shown, status=409)
    return answers.aimed(request, answer, "#builder", "innerHTML")


def _context(
    request: HttpRequest,
    template: PlanTemplate,
    at: datetime,
    *,
    bound: ItemForm | None = None,
    days: DaysForm | None = None,
) -> dict[str, Any]:
    """Everything the page and its parts show. `bound` and `days` are forms that could not be saved."""
    draft = template_draft.read(template, bound)
    last = template.steps.select_related("by").first()
    assert template.clinic is not None
    shelf = shelves.read_for_template(template, answers.shelf_query(request), doors.user(request), at)
    sent = pieces.sent(request, shelf.query, template.lock)
    return {
        "template": template,
        "draft": draft,
        "shelf": shelf,
        "checks": pieces.checks(draft.checks, ""),
        "totals": pieces.totals(draft.totals),
        "undo": pieces.undo(sent, address_of("template_undo", template.pk), last.what if last else ""),
        "last": last,
        "saved": last.at.astimezone(ZoneInfo(template.clinic.time_zone)) if last else None,
        "days": pieces.days(
            sent, address_of("template_days", template.pk), draft.days, differ=draft.days_differ, refused=days
        ),
        "nav": "templates",
    }


def _item(request: HttpRequest, template: PlanTemplate, item_id: UUID) -> TemplateItem | None:
    """The exercise of this template, or None when somebody else took it out since the page was shown."""
    item = template_draft.items_of(template).filter(pk=item_id).first()
    if item is None and lock_of(request) == template.lock:
        raise Http404
    return item
