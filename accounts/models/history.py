"""What a row was before: written by the database itself, whoever changes it and however."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models
from pghistory.models import Event

from accounts.models.base import no_truncate

M = TypeVar("M", bound=type[models.Model])


class History(Event):
    """One earlier state of a row. `pgh_context` says who changed it and why: the id of the user, of the request and
    the name of the page, or the name of the job; it is empty for work at the command line.
    """

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def keeps_history(*, inserts: bool = False, without: Iterable[str] = (), quiet: Iterable[str] = ()) -> Callable[[M], M]:
    """Give a model a table of its earlier rows, `<model>history`: insert-only, kept by triggers.

    A change or a removal keeps the row as it was ("changed", "removed"); with `inserts` a new row is kept as well
    ("added"), for tables that say who may see whom. Columns named in `without` are not copied (secrets, sign-ins);
    those in `quiet` are copied, but a change of them alone is not written (what a rule computes anew each day).
    """

    def decorator(model: M) -> M:
        left_out = {*without}
        watched = [f.name for f in model._meta.local_fields if f.name not in left_out and f.name not in {*quiet}]
        trackers: list[pghistory.Tracker] = [
            pghistory.UpdateEvent("changed", row=pghistory.Old, condition=pgtrigger.AnyChange(*watched)),
            pghistory.DeleteEvent("removed"),
        ]
        if inserts:
            trackers.append(pghistory.InsertEvent("added"))
        pghistory.track(
            *trackers,
            exclude=sorted(left_out),
            append_only=True,
            base_model=History,
            model_name=f"{model.__name__}History",
            meta={"triggers": [no_truncate()], "default_permissions": ()},
        )(model)
        return model

    return decorator


def keeps_history_of_choices(proxy: M) -> M:
    """The same for a proxy of the table behind a many-to-many field: what was chosen and what was taken away."""
    table = proxy._meta.concrete_model
    pghistory.track(
        pghistory.InsertEvent("added"),
        pghistory.DeleteEvent("removed"),
        obj_field=None,
        append_only=True,
        base_model=History,
        model_name=f"{table.__name__ if table else proxy.__name__}History",
        meta={"triggers": [no_truncate()], "default_permissions": ()},
    )(proxy)
    return proxy
