"""Every field of every form, fed with what no person types: it says what is wrong and never falls over.

The forms are found, not listed. Fields are asked one by one as their form declares them, since many forms want a
patient or a plan to be made; forms that want nothing are asked as a whole. tests/test_hostile_requests.py sends pages.
"""

import importlib
import inspect
import pkgutil
from contextlib import suppress

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PACKAGES = ("accounts", "exercises", "plans")


def found() -> dict[str, type[forms.BaseForm]]:
    """Form classes by name, from every module that has forms."""
    classes = {}
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "forms" not in module.name or "migrations" in module.name:
                continue
            for kind in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(kind) and issubclass(kind, forms.BaseForm) and kind.__module__.startswith(name):
                    classes[f"{kind.__module__}.{kind.__name__}"] = kind
    return classes


FORMS = found()
FIELDS = {f"{name}.{field}": kind.base_fields[field] for name, kind in FORMS.items() for field in kind.base_fields}
HOSTILE = (
    None, "", " ", "\x00", "a\x00b", "\ud800", "\udfff1", "NaN", "-Infinity", "1e400", "9" * 400, str(2**63), "-1",
    "0x10", "1_000", "٣", "½", "1,5", "1.5.5", "--1", "on", "true", "null", "[]", "{}", "{" * 3000, '{"a":' * 500,
    "2026-02-30", "0000-00-00", "99999-12-31", "24:61", "2026-11-22T25:00",
    "'; DROP TABLE plans_session; --", "<script>", "%00", "%s", "{0}",
    "../../etc/passwd", "\u202etxt", "🦵" * 2000, "\N{COMBINING ACUTE ACCENT}" * 5000,
    "a@" + "b" * 400 + ".example",
    "00000000-0000-0000-0000-000000000000", "not-a-uuid", "A" * 200_000, "\r\n" * 50, "Europe/../London", "\x7f\x1b[2J",
)  # fmt: skip
# A list where one value is expected, and the other way round, comes with every request that somebody builds by hand.
ANYTHING = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(), max_size=60),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(str),
)


def says(field: forms.Field, values: list[str | None]) -> None:
    """As a form asks a field: the widget reads what was sent, the field cleans it. Only a ValidationError may come."""
    sent: MultiValueDict = MultiValueDict({"x": [value for value in values if value is not None]})
    for part in ("x_0", "x_1", "x_year", "x_month", "x_day"):
        sent.setlist(part, values)
    given = field.widget.value_from_datadict(sent, MultiValueDict(), "x")
    with suppress(ValidationError):
        field.clean(given, None) if isinstance(field, forms.FileField) else field.clean(given)


def test_the_forms_are_found():
    assert len(FORMS) > 60 and len(FIELDS) > 150


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_field_says_what_is_wrong_and_never_falls_over(db, name):
    for field in FORMS[name].base_fields.values():
        for value in HOSTILE:
            says(field, [value])
        says(field, [])
        says(field, list(HOSTILE[1:8]))


@given(st.sampled_from(sorted(FIELDS)), st.lists(ANYTHING, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_can_be_sent_makes_a_field_fall_over(db, name, values):
    says(FIELDS[name], values)


def alone() -> list[str]:
    """The forms that are made of nothing but what was sent."""
    return [name for name, kind in FORMS.items() if not needed(kind)]


def needed(kind: type[forms.BaseForm]) -> list[str]:
    """What must be given to make one, and forms that take anything and pick out what they need."""
    parameters = [p for p in inspect.signature(kind).parameters.values() if p.name != "self"]
    own = "__init__" in vars(kind) or any(
        "__init__" in vars(base) for base in kind.__mro__ if base.__module__[:6] != "django"
    )
    loose = own and any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)] + (
        ["whatever it picks"] if loose else []
    )


@pytest.mark.parametrize("name", sorted(alone()))
def test_a_whole_form_says_what_is_wrong(db, name):
    kind = FORMS[name]
    for value in HOSTILE:
        sent = QueryDict(mutable=True)
        for field in kind.base_fields:
            sent.setlist(field, [] if value is None else [value, value])
        form = (
            kind(data=sent, files=MultiValueDict())
            if "files" in inspect.signature(kind).parameters
            else kind(data=sent)
        )
        assert form.is_valid() or form.errors
