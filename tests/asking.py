"""Asking a server of a test, as a monitor would."""

import contextlib
import http.client


def asked(port: int, path: str) -> tuple[int, str]:
    """Status and body of a page on loopback that needs no login; status 0 while nobody answers."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
    return 0, ""
