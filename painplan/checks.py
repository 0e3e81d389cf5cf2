"""`manage.py check` refuses a view that does not say who may come in."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

# The admin guards itself: superusers only (`is_staff` is set for nobody else).
GUARDED_ELSEWHERE = {"admin"}


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route below a resolver with its whole address, the admin's left out."""
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace not in GUARDED_ELSEWHERE:
                yield from routes(entry, address)
        else:
            yield address, entry


@register()
def every_view_declares_a_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The view of /{address} declares no policy.",
            hint="Decorate it with one of accounts.policy: public, signed_in, clinical, staff, curator, lead, patient.",
            id="painplan.E001",
        )
        for address, route in routes(get_resolver())
        if not getattr(route.callback, "policy", None)
    ]
