"""A patient's own copy of everything: one JSON document, and tables of scores and sessions for a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Model, Prefetch
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from exercises.models import Condition
from exercises.transfer.csv_file import write_table
from plans.models import ExerciseLog, PainScore, Session
from plans.reports.copy_catalogue import ACCOUNT_WITHOUT, LEFT_OUT, TABLES, Table
from plans.wording import dose_in_words

FORMAT, VERSION = "painplan-my-data", 1


class CopyEncoder(DjangoJSONEncoder):
    """Times with their seconds and zone, numbers as they are stored."""


def everything(patient: Patient, *, at: datetime) -> dict[str, Any]:
    """The whole copy as plain values (dates and decimals are left to `CopyEncoder`). About one query a table."""
    people: dict[Any, str] = dict(User.objects.values_list("pk", "full_name").filter(pk__in=_people(patient)))
    tables = {name: list(_rows(name, table, patient, people)) for name, table in TABLES.items()}
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": at,
        "about": _("Everything that Painplan keeps about you in this clinic, table by table. Times are in UTC."),
        "account": _account(patient.user) if patient.user else None,
        "tables": tables,
        "not_in_this_copy": _left_out(),
    }


def scores_csv(patient: Patient) -> bytes:
    """One line a pain score, the oldest first. An empty score was asked and not answered; a corrected one stays."""
    head = [_("Day"), _("Time"), _("Place"), _("When"), _("Pain (0-10)"), _("Note"), _("Corrected later")]
    rows = PainScore.objects.of(patient).select_related("site").order_by("occurred_at", "id")
    return write_table([head, *(_score_row(row) for row in rows)])


def sessions_csv(patient: Patient) -> bytes:
    """One line an exercise of a session, the oldest first; a session without exercises has a line of its own."""
    head = [
        _("Day"), _("Began"), _("Ended"), _("State"), _("Exercise"), _("Planned"), _("How it went"),
        _("Why not"), _("Sets"), _("Times"), _("Minutes"), _("Pain with it (0-10)"), _("Effort (0-10)"), _("Note"),
    ]  # fmt: skip
    logs = ExerciseLog.objects.select_related("prescription__exercise_version").order_by("prescription__position", "id")
    rows = Session.objects.of(patient).prefetch_related(Prefetch("logs", queryset=logs))
    lines = [line for session in rows.order_by("started_at", "id") for line in _session_rows(session)]
    return write_table([head, *lines])


def columns(table: Table, model: type[Model]) -> list["Field[Any, Any]"]:
    """The stored columns of a table that go into the copy."""
    return [field for field in model._meta.concrete_fields if field.name not in table.without]


def _rows(name: str, table: Table, patient: Patient, people: dict[Any, str]) -> Iterator[dict[str, Any]]:
    model = apps.get_model(name)
    fields = columns(table, model)
    names = {field.name for field in fields if field.related_model is User}
    shown = [field.name for field in fields]
    beside = {key: F(path) for key, path in table.also.items()}
    found = model._default_manager.filter(table.of(patient.pk)).order_by("pk")
    many = {field.name: _many(field.name, model, patient) for field in model._meta.many_to_many}
    for row in found.values(*shown, **beside).iterator(chunk_size=2000):
        yield {key: people.get(value) if key in names else value for key, value in row.items()} | many


def _many(name: str, model: type[Model], patient: Patient) -> list[str]:
    """The words behind a list: only the profile has one, of conditions."""
    rows = Condition.objects.filter(pk__in=model._default_manager.filter(patient=patient).values(name))
    return list(rows.names().values())


def _people(patient: Patient) -> Iterator[Any]:
    """The ids of everybody whose name stands in one of the rows."""
    for name, table in TABLES.items():
        model = apps.get_model(name)
        keys = [field.name for field in columns(table, model) if field.related_model is User]
        if keys:
            found = model._default_manager.filter(table.of(patient.pk)).order_by()
            for row in found.values_list(*keys).distinct():
                yield from (value for value in row if value is not None)


def _account(user: User) -> dict[str, Any]:
    fields = [field.name for field in User._meta.concrete_fields if field.name not in ACCOUNT_WITHOUT]
    return {name: getattr(user, name) for name in fields}


def _left_out() -> list[dict[str, str]]:
    """What is not in the copy, in words."""
    said = [{"what": name, "why": str(why)} for name, why in LEFT_OUT.items()]
    for name, table in TABLES.items():
        if table.why:
            said.append({"what": name, "why": str(table.why)})
        said += [{"what": f"{name}.{column}", "why": str(why)} for column, why in table.without.items()]
    return said + [{"what": f"accounts.User.{name}", "why": str(why)} for name, why in ACCOUNT_WITHOUT.items()]


def _score_row(row: PainScore) -> list[str]:
    there = row.occurred_at.astimezone(ZoneInfo(row.time_zone))
    return [
        row.local_date.isoformat(), f"{there:%H:%M}", row.site.name, str(row.get_moment_display()),
        "" if row.value is None else f"{row.value.normalize():f}", row.note, _("yes") if row.superseded_by_id else "",
    ]  # fmt: skip


def _session_rows(session: Session) -> Iterator[list[str]]:
    zone = ZoneInfo(session.time_zone)
    ended = f"{session.finished_at.astimezone(zone):%H:%M}" if session.finished_at else ""
    first = [session.local_date.isoformat(), f"{session.started_at.astimezone(zone):%H:%M}", ended]
    first.append(str(session.get_state_display()))
    last = ["" if session.effort is None else str(session.effort), session.note]
    logs = list(session.logs.all())
    for log in logs:
        amounts = (log.sets_done, log.repetitions_done, log.duration_minutes_done, log.pain)
        did = ["" if amount is None else f"{amount}" for amount in amounts]
        why = str(log.get_skip_reason_display()) if log.skip_reason else ""
        said = [
            log.prescription.exercise_version.said.name,
            dose_in_words(log.prescription),
            str(log.get_state_display()),
            why,
        ]
        yield [*first, *said, *did, *last]
    if not logs:
        yield [*first, *[""] * 8, *last]
