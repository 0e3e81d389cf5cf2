"""What an address or a form names, read without trust: an id, a day."""

from datetime import date
from uuid import UUID

from django.http import Http404


def uuid_of(text: str | None) -> UUID | None:
    """The id, or None for what is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def uuid_or_404(text: str | None) -> UUID:
    """The id; a page with another word in its place is not there."""
    found = uuid_of(text)
    if found is None:
        raise Http404
    return found


def day_of(text: str) -> date | None:
    """The date as the browser writes it (2026-11-19), or None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
