"""`manage.py check` refuses a view that does not say who may come in."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
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
            hint="Decorate it with a policy of accounts.policy: signed_in, clinical, staff, curator, lead, patient ..",
            id="painplan.E001",
        )
        for address, route in routes(get_resolver())
        if not getattr(route.callback, "policy", None)
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
