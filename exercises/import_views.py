"""Importing and exporting: choose a file, look at the dry run, decide, apply. Nothing is saved until Apply."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.policy import curator
from exercises import import_report as report
from exercises.actions import import_applying, imports
from exercises.actions.refusals import Refused
from exercises.import_forms import ExportForm, ImportForm, libraries
from exercises.import_words import file_sentence
from exercises.models import ImportBatch
from exercises.transfer import csv_file, own_json, stored, xlsx_file
from exercises.transfer.values import MOST_BYTES, FileRefused

PAGE = 20
RECENT = 8
State = ImportBatch.State
WRITERS = {
    "csv": (csv_file.write, "text/csv; charset=utf-8", "csv"),
    "xlsx": (xlsx_file.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "own-json": (own_json.write, "application/json", "json"),
}


@curator
@require_http_methods(["GET", "HEAD", "POST"])
def import_start(request: HttpRequest) -> HttpResponse:
    """The page of imports and exports; POST reads a file and begins to check it."""
    user, at = _user(request), timezone.now()
    form, status = ImportForm(None, user=user, at=at), 200
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, user=user, at=at)
        if getattr(request, "files_too_large", False):
            form.add_error("file", file_sentence(FileRefused("too_big", most_megabytes=MOST_BYTES // 1024**2)))
        if form.is_valid():
            given = form.cleaned_data
            try:
                batch = imports.start(
                    clinic=given["library"], file_name=given["file"].name, data=given["file"].read(),
                    format=given["format"], source=given["source"], licence=given["licence"], by=user, at=at,
                )  # fmt: skip
            except FileRefused as refused:
                form.add_error("file", file_sentence(refused))
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("import_report", batch.pk)
        status = 422
    recent = ImportBatch.objects.writable_by(user, at).defer("content", "report", "decisions").select_related("by")
    context = {
        "form": form,
        "export_form": ExportForm(None, user=user, at=at, auto_id="export_%s"),
        "recent": recent[:RECENT],
        "none_to_write": not libraries(user, at),
        "nav": "review",
    }
    return render(request, "exercises/import/start.html", context, status=status)


@curator
@require_safe
def import_report(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """How far the checking or the applying is, and then the report. While one goes on the page asks again by itself."""
    batch = _batch(request, batch_id)
    waiting = batch.state in (State.WAITING, State.CHECKING, State.APPLYING)
    if waiting:
        so_long = report.so_long(batch, timezone.now())
        context = {"batch": batch, "so_long": so_long, "nav": "review"}
        fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
        name = "_progress" if fragment else "progress"
        return render(request, f"exercises/import/{name}.html", context)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "exercises/import/report.html", _report_context(request, batch, request.GET))


@curator
@require_POST
def import_decide(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Keeps the choices of one page of rows; "rest" is one choice for all undecided rows of a kind."""
    batch = _batch(request, batch_id)
    try:
        _keep_choices(request, batch)
    except Refused as refused:
        messages.error(request, str(refused))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('import_report', args=[batch.pk])}?{_place(request.POST)}")
    batch.refresh_from_db()
    return render(request, "exercises/import/_changed.html", _report_context(request, batch, request.POST))


@curator
@require_POST
def import_apply(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Keeps the choices of the page, then writes all that is to be taken, all or nothing; many rows as a task."""
    batch, user, at = _batch(request, batch_id), _user(request), timezone.now()
    try:
        _keep_choices(request, batch)
        counts = import_applying.ask(batch=batch, by=user, at=at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('import_report', args=[batch.pk])}?{_place(request.POST)}")
    if counts is not None:
        taken = sum(counts.values())
        messages.success(
            request, ngettext("%(n)d row applied as a draft", "%(n)d rows applied as drafts", taken) % {"n": taken}
        )
    return redirect("import_report", batch.pk)


@curator
@require_POST
def import_again(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Compares the rows with the library of now."""
    batch = _batch(request, batch_id)
    try:
        imports.check_again(batch=batch, by=_user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("import_report", batch.pk)


@curator
@require_POST
def import_cancel(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Gives the import up; nothing was saved."""
    batch = _batch(request, batch_id)
    try:
        imports.cancel(batch=batch, by=_user(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("import_report", batch.pk)
    messages.success(request, _("Import cancelled. Nothing was saved."))
    return redirect("import_start")


@curator
@require_safe
def import_rows(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The whole report as a CSV file, every row with its reasons and what happens to it."""
    batch = _batch(request, batch_id)
    table = csv_file.write_table(report.table(batch))
    return _file(table, "text/csv; charset=utf-8", f"import-report-{batch.started_at:%Y-%m-%d}.csv")


@curator
@require_safe
def library_export(request: HttpRequest) -> HttpResponse:
    """One library as a file: what is published, and the drafts of what is not published yet."""
    form = ExportForm(request.GET, user=_user(request), at=timezone.now())
    if not form.is_valid():
        messages.error(request, _("Choose a library and a format."))
        return redirect("import_start")
    clinic = form.cleaned_data["library"]
    write, content_type, ending = WRITERS[form.cleaned_data["format"]]
    try:
        data = write(stored.to_export(clinic))
    except FileRefused as refused:
        messages.error(request, file_sentence(refused))
        return redirect("import_start")
    return _file(data, content_type, f"painplan-{clinic.slug if clinic else 'shared'}-library.{ending}")


def _report_context(request: HttpRequest, batch: ImportBatch, place: Mapping[str, Any]) -> dict[str, Any]:
    totals = imports.totals(batch)
    kind = report.chosen_kind(str(place.get("kind", "")), totals, done=batch.state != State.CHECKED)
    rows = report.rows_of(batch, kind)
    page = Paginator(rows, PAGE).get_page(place.get("page"))
    return {
        "batch": batch,
        "totals": totals,
        "kind": kind,
        "kinds": report.kinds(totals, kind),
        "bar": report.bar(totals),
        "bar_words": report.bar_words(totals, batch.total),
        "page": page,
        "rows": [report.shown(row, batch) for row in page.object_list],
        "rest": report.rest(batch, kind),
        "open": batch.state == State.CHECKED,
        "heading": report.heading(kind, len(rows), totals),
        "format_word": report.format_word(batch.format),
        "format_note": report.format_note(batch.format),
        "nav": "review",
    }


def _keep_choices(request: HttpRequest, batch: ImportBatch) -> None:
    user, at = _user(request), timezone.now()
    kind, _colon, decision = request.POST.get("rest", "").partition(":")
    if kind:
        imports.decide_rest(batch=batch, kind=kind, decision=decision, by=user, at=at)
        return
    changed = report.changed_choices(batch, request.POST)
    if changed:
        imports.decide(batch=batch, decisions=changed, by=user, at=at)


def _place(query: Mapping[str, Any]) -> str:
    """Where in the report the curator is, for coming back to it."""
    place = QueryDict(mutable=True)
    for name in ("kind", "page"):
        if query.get(name):
            place[name] = str(query[name])[:20]
    return place.urlencode()


def _batch(request: HttpRequest, batch_id: UUID) -> ImportBatch:
    """An import into a library that this curator writes, or 404."""
    rows = ImportBatch.objects.writable_by(_user(request), timezone.now())
    return get_object_or_404(rows.defer("content").select_related("clinic", "by"), pk=batch_id)


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition or ""})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
