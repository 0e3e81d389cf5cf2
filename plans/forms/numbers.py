"""Numbers as people write them: "3.5" and "3,5" are the same, whatever language the page is in."""

from typing import Any

from django import forms


def _with_a_point(value: Any) -> Any:
    return value.replace(",", ".") if isinstance(value, str) and value.count(",") == 1 and "." not in value else value


class DecimalField(forms.DecimalField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_with_a_point(value))


class FloatField(forms.FloatField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_with_a_point(value))
