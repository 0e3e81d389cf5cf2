"""Pictures and videos as those see them who read an exercise."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from exercises.models import ExerciseVersion, Media
from exercises.uploads.captions import spoken

Address = Callable[[Media, str], str]


def staff_address(media: Media, what: str) -> str:
    """Where staff find the "file" or the "captions" of an item."""
    return reverse(f"media_{what}", args=[media.pk])


@dataclass(frozen=True)
class Shown:
    """One item for exercises/_media_shown.html. `said` is what is said in a video, without times."""

    kind: str
    src: str
    captions_src: str
    timed: bool
    said: str
    alt: str
    width: int
    height: int
    attribution: str
    licence: str


def shown(version: ExerciseVersion, address: Address) -> list[Shown]:
    """The items of a version that can be shown. `address(media, what)` gives the URL of its "file" or "captions"."""
    return [
        Shown(
            kind=media.kind,
            src=address(media, "file"),
            captions_src=address(media, "captions"),
            timed=media.has_timed_captions,
            said=spoken(media.captions),
            alt=media.alt_text,
            width=media.width or 0,
            height=media.height or 0,
            attribution=media.attribution,
            licence=media.licence,
        )
        for media in version.media.exclude(state=Media.State.FAILED)
    ]
