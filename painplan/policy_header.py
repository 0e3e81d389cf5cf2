"""The header that says what a page may load, worked out once: the same for all of them."""

from functools import cache

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class PolicyHeaderMiddleware(MiddlewareMixin):
    """django-csp's own works it out anew, 0.1 ms of each page, for views that change it; none here does. Nothing is
    allowed by a nonce either.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, policy())
        return response


@cache
def policy() -> str:
    """As the setting CONTENT_SECURITY_POLICY has it."""
    return build_policy()
