"""The application that the bench serves: Painplan, and below /bench/ the bare pages it is compared with."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from painplan.wsgi import application as _painplan
from tests.bench import BARE

_of_painplan = settings.MIDDLEWARE
from tests.bench.bare import MIDDLEWARE  # noqa: E402  # models can be imported only now

settings.MIDDLEWARE = MIDDLEWARE
_bare = WSGIHandler()  # reads the setting once, here
settings.MIDDLEWARE = _of_painplan


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = _bare if environ["PATH_INFO"].startswith(BARE) else _painplan
    return handler(environ, start_response)
