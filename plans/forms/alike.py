"""Fields made from others: a form of twenty is made for every log, and most are never drawn."""

from copy import copy
from typing import Any, TypeVar

from django import forms

F = TypeVar("F", bound=forms.Field)


def alike(field: F, **other: Any) -> F:
    """A field of its own, to draw and to change, with the other attributes that are given (`label`, `required`).

    Its widget too is its own, but for the choices: those are given anew and never changed.
    """
    made: F = _again(field)
    made.widget = _again(field.widget)
    made.widget.attrs = dict(field.widget.attrs)
    made.error_messages = dict(field.error_messages)
    vars(made).update(other)
    made.widget.is_required = made.required
    return made


class Same(dict[str, forms.Field]):
    """The fields of a form's class, of which Django makes those of a form with `deepcopy`, in case one alters a field;
    for forms that alter none: every one has the very same. A form may leave fields out.
    """

    def __deepcopy__(self, _memo: Any) -> dict[str, forms.Field]:
        return dict(self)


class Alike(dict[str, forms.Field]):
    """The same for forms that alter theirs: each has its own."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {name: alike(field) for name, field in self.items()}


def _again(one: Any) -> Any:
    """A second one with the same attributes, without asking it how: `copy` takes six times as long."""
    if hasattr(one, "__slots__"):
        return copy(one)
    made = object.__new__(type(one))
    vars(made).update(vars(one))
    return made
