"""`manage.py check` refuses a view that does not say who may come in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import URLResolver, get_resolver

# The admin guards itself: superusers only (`is_staff` is set for nobody else).
GUARDED_ELSEWHERE = {"admin"}


@dataclass(frozen=True)
class Route:
    """One address of the URLconf: its pattern from the root, its name, the ids in it, and who may come in."""

    name: str
    address: str
    keys: tuple[str, ...]
    policy: str
    namespace: str
    view: Callable[..., Any]


def routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    """Every route below a resolver. One without a name is called by its address."""
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address, entry.namespace or namespace)
            continue
        found = set(entry.pattern.converters) | set(entry.pattern.regex.groupindex)
        keys = tuple(sorted(found, key=address.index))
        policy = namespace if namespace in GUARDED_ELSEWHERE else str(getattr(entry.callback, "policy", ""))
        name = f"{namespace}:{entry.name}" if namespace and entry.name else entry.name
        yield Route(name or f"/{address}", address, keys, policy, namespace, entry.callback)


@register()
def every_view_declares_a_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The view of /{route.address} declares no policy.",
            hint="Decorate it with a policy of accounts.policy: signed_in, clinical, staff, curator, lead, patient ..",
            id="painplan.E001",
        )
        for route in routes(get_resolver())
        if not route.policy
    ]


@register(Tags.security, deploy=True)
def mail_reaches_people(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production, mail that is printed to the console tells nobody of an urgent flag."""
    if settings.EMAIL_BACKEND != "django.core.mail.backends.console.EmailBackend":
        return []
    return [
        Warning(
            "E-mail is printed to the console and reaches nobody.",
            hint="Set EMAIL_URL to your mail server; see .env.example.",
            id="painplan.W001",
        )
    ]


@register(Tags.security, deploy=True)
def staff_need_a_second_step(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production a password alone must not open other people's health data."""
    if settings.REQUIRE_MFA:
        return []
    return [
        Warning(
            "Staff sign in without a second step.",
            hint="Take PAINPLAN_REQUIRE_MFA=0 out of the environment.",
            id="painplan.W002",
        )
    ]
