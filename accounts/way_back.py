"""Where a form leads back to: a page of ours."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, target: str, otherwise: str) -> str:
    """`target` if it is an address of ours from the root, else `otherwise`.

    Words that are no address would be taken for the name of a view by `redirect`.
    """
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours and target.startswith("/") else otherwise
