"""Changing a clinic's template: the optimistic lock, and the last changes kept so that they can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from plans.actions.drafts_stored import DOSE_FIELDS
from plans.actions.refusals import DraftChanged, Refused
from plans.models import PlanTemplate, TemplateItem, TemplateStep
from plans.models.draft import KEPT_STEPS

WORDS = ["name", "meant_for", "note"]
_KEPT = [*DOSE_FIELDS, "position"]


@contextmanager
def changing_template(template: PlanTemplate, lock: int, *, what: str, by: User, at: datetime) -> Iterator[None]:
    """One transaction around a change of a clinic's template: takes the lock, keeps what was before for `undo`.

    Raises DraftChanged when somebody changed it since it was shown; Refused for one that is shared by all clinics,
    or put away. A change that alters nothing is not kept. Plans made from the template are not touched.
    """
    with transaction.atomic():
        take(template, lock)
        before = snapshot(template)
        yield
        if snapshot(template) == before:
            return
        TemplateStep.objects.create(template=template, lock=lock + 1, what=what[:200], before=before, at=at, by=by)
        old = template.steps.order_by("-lock").values_list("pk", flat=True)[KEPT_STEPS:]
        TemplateStep.objects.filter(pk__in=list(old)).delete()


def take(template: PlanTemplate, lock: int) -> None:
    """Take the template's optimistic lock, in the caller's transaction."""
    if template.clinic_id is None:
        raise Refused(_("This template is shared by all clinics. Copy it, and change the copy."))
    # Names are judged by what else the clinic has: one change of a clinic's templates at a time.
    Clinic.objects.select_for_update().get(pk=template.clinic_id)
    taken = PlanTemplate.objects.filter(pk=template.pk, lock=lock).update(lock=F("lock") + 1)
    template.refresh_from_db()
    if not taken:
        raise DraftChanged(_("Somebody else changed this template meanwhile. Look at it again. Nothing was lost."))
    if template.archived_at is not None:
        raise Refused(_("This template has been put away. Bring it back first, or choose another."))


def undo(*, template: PlanTemplate, lock: int, by: User, at: datetime) -> str:
    """Take the last change back: words, exercises, doses and order as they were. Returns what was undone, in words.

    Raises Refused when there is nothing to take back or its old name is taken, DraftChanged when it moved on.
    """
    with transaction.atomic():
        take(template, lock)
        step = template.steps.order_by("-lock").first()
        if step is None:
            raise Refused(_("There is nothing to undo."))
        refuse_taken(template.clinic, step.before["name"], template)
        _restore(template, step.before)
        step.delete()
    return step.what


def refuse_taken(clinic: Clinic | None, name: str, template: PlanTemplate | None) -> None:
    """Two templates in use never share a name in one clinic. The caller holds the clinic."""
    rows = PlanTemplate.objects.in_use().filter(clinic=clinic, name__iexact=name)
    if (rows.exclude(pk=template.pk) if template else rows).exists():
        raise Refused(_("Your clinic has a template of this name. Give it another name."))


def snapshot(template: PlanTemplate) -> dict[str, Any]:
    """Words and dosed exercises of a template as plain JSON values. Two queries."""
    words: dict[str, Any] = PlanTemplate.objects.values(*WORDS).get(pk=template.pk)
    return words | {"items": [_plain(row) for row in template.items.order_by("pk")]}


def _plain(row: TemplateItem) -> dict[str, Any]:
    held = {name: getattr(row, name) for name in _KEPT}
    if row.duration_minutes is not None:
        held["duration_minutes"] = format(row.duration_minutes.normalize(), "f")
    return {"id": str(row.pk), "exercise": str(row.exercise_id), **held}


def _restore(template: PlanTemplate, before: dict[str, Any]) -> None:
    """Items keep their ids, so that an address goes on meaning the same exercise."""
    for name in WORDS:
        setattr(template, name, before[name])
    template.save(update_fields=WORDS)
    rows = before["items"]
    template.items.exclude(pk__in=[UUID(row["id"]) for row in rows]).delete()
    for row in rows:
        fields = {name: row[name] for name in _KEPT} | {"exercise_id": UUID(row["exercise"])}
        TemplateItem.objects.update_or_create(pk=UUID(row["id"]), template=template, defaults=fields)
