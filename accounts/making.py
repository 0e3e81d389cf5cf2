"""Models made of the rows of a query, as Django makes them, in a third of its time.

Django asks of every row anew how each field is set, what was left out and who wants to know of a new object. Here that
is asked once for a query: where a model does nothing of its own when it is made, its columns are its attributes.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.files import FileDescriptor
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import RelatedPopulator, get_related_populators
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql.compiler import SQLCompiler

Row = Sequence[Any]
Make = Callable[[Row], Any]

PLAIN = {DeferredAttribute, ForeignKeyDeferredAttribute, FileDescriptor}
"""Attributes that a new object takes as they are."""


def models_of(compiler: SQLCompiler) -> Callable[[list[Any]], list[Any]]:
    """What makes models of the rows of a query, with what is selected beside them and added to them."""
    select, kinds, added = compiler.select, compiler.klass_info, compiler.annotation_col_map
    assert select is not None and kinds is not None
    places = kinds["select_fields"]
    start, end = places[0], places[-1] + 1
    make = maker(kinds["model"], [column[0].target.attname for column in select[start:end]])
    beside = [_with(one) for one in get_related_populators(kinds, select, DEFAULT_DB_ALIAS)]  # type: ignore[call-arg]  # of a later Django
    others = list((added or {}).items())

    def read(rows: list[Any]) -> list[Any]:
        made = []
        for row in rows:
            each = make(row[start:end])
            for put in beside:
                put(row, each)
            for name, place in others:
                setattr(each, name, row[place])
            made.append(each)
        return made

    return read


def maker(model: type[Model], names: list[str]) -> Make:
    """What makes a model of the values of these fields; the others are left out, as Django's `defer` does."""
    if not _is_plain(model):
        return partial(model.from_db, DEFAULT_DB_ALIAS, names)
    new = model.__new__

    def make(values: Row) -> Any:
        made: Any = new(model)
        state: Any = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        made.__dict__ = {"_state": state, **dict(zip(names, values, strict=True))}
        return made

    return make


def _is_plain(model: type[Model]) -> bool:
    """Whether making one does nothing but to set its fields. Nobody listens for new objects: the house has no signals,
    and tests/accounts/test_making.py sees to it that no library has any for these.
    """
    own = model.__init__ is not Model.__init__ or model.from_db.__func__ is not Model.from_db.__func__  # type: ignore[attr-defined]
    kinds = {type(getattr(model, field.attname)) for field in model._meta.concrete_fields}
    return not own and kinds <= PLAIN and model.__setattr__ is object.__setattr__


def _with(beside: RelatedPopulator) -> Callable[[Row, Any], None]:
    """As `populate` of Django's: what was selected beside an object is put to it, or that there is none."""
    if beside.reorder_for_init:
        return beside.populate
    start, end, key = beside.cols_start, beside.cols_end, beside.cols_start + beside.pk_idx
    make = maker(beside.model_cls, beside.init_list)
    put_here, put_there = beside.local_setter, beside.remote_setter
    further = [_with(one) for one in beside.related_populators]

    def put(row: Row, here: Any) -> None:
        if row[key] is None:
            put_here(here, None)
            return
        made = make(row[start:end])
        for one in further:
            one(row, made)
        put_here(here, made)
        put_there(made, here)

    return put
