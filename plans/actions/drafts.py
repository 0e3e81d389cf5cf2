"""Changing a draft: the optimistic lock, and the last ten changes kept so that they can be undone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from plans.actions import drafts_stored
from plans.actions.drafts_stored import DOSE_FIELDS, Step
from plans.actions.refusals import DraftChanged, Refused
from plans.models import PlanVersion, Prescription, Quota

_KEPT = [*DOSE_FIELDS, "position", "override_reason"]
_QUOTA = ["measure", "start", "step_percent", "ceiling", "approved_ahead"]


def change_draft(version: PlanVersion, lock: int, at: datetime) -> None:
    """Take the draft's optimistic lock, in the caller's transaction.

    The change counts only if nobody changed the draft since it was shown; else raises DraftChanged.
    """
    if not drafts_stored.take_lock(version.pk, lock, at):
        raise _moved_on()


@contextmanager
def changing(
    version: PlanVersion,
    lock: int,
    *,
    what: str,
    by: User,
    at: datetime,
    known: Sequence[Prescription] | None = None,
) -> Iterator[None]:
    """One transaction around a change of a draft: takes the lock, and keeps what was before for `undo`.

    `what` says the change in words ("Bridge moved up"). A change that alters nothing is not kept. Once it is stored
    `version` has the lock that the next change is to name.

    `known` are all exercises of the draft with their quotas, read after `version` was, when the change alters the
    very same objects. Nobody changes exercises without the lock: if it can still be taken, they are as they were read.
    """
    taken_as_read = known is not None and version.lock == lock
    with transaction.atomic():
        change_draft(version, lock, at)
        before = _plainly(known) if known is not None and taken_as_read else snapshot(version)
        yield
        after = _plainly(known) if known is not None and taken_as_read else snapshot(version)
        if after != before:
            step = Step(what[:200], before, by.pk, at)
            drafts_stored.keep(version.pk, step)
            version.last_change = step.what
    version.lock, version.saved_at = lock + 1, at


def undo(*, version: PlanVersion, lock: int, by: User, at: datetime) -> str:
    """Take the last change back: exercises, doses, order and quotas as they were. Returns what was undone, in words.

    Raises Refused when there is nothing to take back, DraftChanged when the draft moved on since it was shown.
    """
    with transaction.atomic():
        change_draft(version, lock, at)
        step = version.steps.order_by("-lock").first()
        if step is None:
            raise Refused(_("There is nothing to undo."))
        _restore(version, step.before)
        step.delete()
    return step.what


def dose_known(
    row: Prescription,
    changes: Mapping[str, Any],
    lock: int,
    *,
    what: str,
    by: User,
    at: datetime,
    known: Sequence[Prescription],
) -> bool:
    """Change the dose of one of these, all exercises of the draft as `changing` takes them, with one statement. False,
    and nothing is done, when more than this one row would change, or nothing. Raises DraftChanged.
    """
    version, before = row.version, _plainly(known)
    was = next(each for each in before if each["id"] == str(row.pk))
    dosed = was | {name: _json(value) for name, value in changes.items()}
    quota = was["quota"]
    follows = quota is not None and str(dosed[quota["measure"]]) != quota["start"]
    if version.lock != lock or dosed == was or dosed["section"] != was["section"] or follows:
        return False
    step = Step(what[:200], before, by.pk, at)
    if not drafts_stored.dose(version.pk, lock, row.pk, dosed, step):
        raise _moved_on()
    for name, value in changes.items():
        setattr(row, name, value)
    version.lock, version.saved_at, version.last_change = lock + 1, at, step.what
    return True


def _moved_on() -> DraftChanged:
    return DraftChanged(_("Somebody else changed this plan while you were working on it. Nothing was overwritten."))


def snapshot(version: PlanVersion) -> list[dict[str, Any]]:
    """The exercises of a version with doses and quotas, as plain JSON values. One query."""
    return _plainly(version.prescriptions.select_related("quota"))


def _plainly(rows: Iterable[Prescription]) -> list[dict[str, Any]]:
    return [_plain(row) for row in sorted(rows, key=lambda row: row.pk)]


def _plain(row: Prescription) -> dict[str, Any]:
    quota: Quota | None = getattr(row, "quota", None)
    held = {name: _json(getattr(row, name)) for name in _KEPT}
    grows = None if quota is None else {name: _json(getattr(quota, name)) for name in _QUOTA}
    return {"id": str(row.pk), "exercise_version": str(row.exercise_version_id), **held, "quota": grows}


def _json(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def _restore(version: PlanVersion, before: list[dict[str, Any]]) -> None:
    """Rows keep their ids, so that an address or a quota goes on meaning the same exercise."""
    ids = [UUID(row["id"]) for row in before]
    version.prescriptions.exclude(pk__in=ids).delete()
    there = {row.pk: row for row in version.prescriptions.select_related("quota")}
    for row in before:
        pk = UUID(row["id"])
        fields = {name: row[name] for name in _KEPT} | {"exercise_version_id": UUID(row["exercise_version"])}
        Prescription.objects.update_or_create(pk=pk, version=version, defaults=fields)
        quota: Quota | None = getattr(there.get(pk), "quota", None)
        if row["quota"] is not None:
            Quota.objects.update_or_create(prescription_id=pk, defaults=row["quota"])
        elif quota is not None:
            quota.delete()
