"""What happens to a picture or video after it was taken in: thumbnails, second tries, and cleaning up.

The ledger is `Media.state`; the task is a doorbell, and `prepare_waiting` finds what it missed. Everything here can
run twice or side by side: the first to finish counts.
"""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from exercises.actions.bell import ring_after_commit
from exercises.actions.media import PREPARE_TASK, discard_unless_named
from exercises.models import Media
from exercises.uploads import sandbox, storage
from exercises.uploads.faults import Fault

# The bell has this long before the sweep does its work for it.
PATIENCE = timedelta(seconds=30)
AT_ONCE = 10
ORPHAN_AGE = timedelta(days=1)


def prepare(*, media_id: UUID, at: datetime) -> str:
    """Bring a waiting item to ready or failed and return its state; empty when there is no such row any more."""
    media = Media.objects.filter(pk=media_id).first()
    if media is None or media.state != Media.State.WAITING:
        return media.state if media else ""
    thumbnail, error = "", ""
    try:
        thumbnail = _finished(media)
    except Fault as fault:
        error = fault.code
    if error == "busy":
        return media.state  # the sweep comes again
    state = Media.State.FAILED if error else Media.State.READY
    mine = Media.objects.filter(pk=media_id, state=Media.State.WAITING)
    if not mine.update(state=state, thumbnail=thumbnail, error=error) and thumbnail:
        discard_unless_named(thumbnail)
    return state


def prepare_waiting(*, at: datetime) -> dict[str, int]:
    """Prepare what still waits though the bell had its time; counts of ready and failed."""
    counts = {"ready": 0, "failed": 0}
    late = Media.objects.filter(state=Media.State.WAITING, uploaded_at__lte=at - PATIENCE)
    for media_id in list(late.order_by("uploaded_at").values_list("pk", flat=True)[:AT_ONCE]):
        state = prepare(media_id=media_id, at=at)
        if state in counts:
            counts[state] += 1
    return counts


def try_again(*, media: Media, by: User, at: datetime) -> None:
    """Put a failed item back in the queue."""
    if Media.objects.filter(pk=media.pk, state=Media.State.FAILED).update(state=Media.State.WAITING, error=""):
        ring_after_commit(PREPARE_TASK, media.pk)


def clean(*, at: datetime, pretend: bool = False) -> dict[str, int]:
    """Remove files that no row names and that have not changed for a day; counts of removed and kept.

    `pretend` only counts.
    """
    counts = {"removed": 0, "kept": 0}
    for path in storage.older_than((at - ORPHAN_AGE).timestamp()):
        named = Media.objects.filter(file=path.name).exists() or Media.objects.filter(thumbnail=path.name).exists()
        counts["kept" if named else "removed"] += 1
        if not named and not pretend:
            path.unlink(missing_ok=True)
    return counts


def _finished(media: Media) -> str:
    """See that the file is whole and in its place; make the thumbnail of a picture and return its name."""
    if not storage.settle(media.file):
        raise Fault("missing")
    file = storage.place(media.file)
    if file.stat().st_size != media.size_bytes:
        raise Fault("damaged")
    if media.kind == Media.Kind.VIDEO:
        return ""
    name = storage.new_name("webp")
    sandbox.run("thumbnail", file, storage.incoming(name))
    storage.settle(name)
    return name
