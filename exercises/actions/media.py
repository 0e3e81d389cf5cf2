"""Pictures and videos of a draft: added, described, put in order, removed; carried over to the next version.

A file and its row come and go together: the file is written first, aside, and takes its place when the row is stored
(exercises/uploads/storage.py). Published versions are immutable, and so are their media.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from exercises.actions.bell import ring_after_commit
from exercises.actions.events import note_event
from exercises.actions.refusals import Refused
from exercises.models import ExerciseVersion, Media
from exercises.uploads import limits, sandbox, storage
from exercises.uploads.faults import Fault
from exercises.uploads.kinds import Kind, recognise
from exercises.uploads.wording import sentence

PREPARE_TASK = "exercises.prepare_media"


class FileRefused(Refused):
    """The file itself is not taken; `code` is one of exercises/uploads/faults.py."""

    def __init__(self, code: str) -> None:
        super().__init__(sentence(code))
        self.code = code


@dataclass(frozen=True)
class Words:
    """What a person writes about a picture or video. Captions are as `captions.normal` makes them."""

    alt_text: str
    attribution: str
    licence: str
    captions: str = ""


def add_media(*, version: ExerciseVersion, upload: UploadedFile, words: Words, by: User, at: datetime) -> Media:
    """Check a file, write it anew and add it to a draft as its last item. Refused leaves nothing behind."""
    with transaction.atomic():
        _room(version)
    kind, name, made = _written(upload)
    try:
        with transaction.atomic():
            draft = _draft(version)
            _room(draft)
            last = draft.media.aggregate(last=Max("position"))["last"]
            media = Media.objects.create(
                version=draft,
                kind=kind.media,
                position=0 if last is None else last + 1,
                file=name,
                content_type=kind.content_type,
                width=made.width,
                height=made.height,
                size_bytes=made.size_bytes,
                uploaded_at=at,
                uploaded_by=by,
                **asdict(words),
            )
            _note(draft, "media_added", media, by, at)
            ring_after_commit(PREPARE_TASK, media.pk)
            _after_commit(storage.settle, name)
    except BaseException:
        storage.discard(name)
        raise
    return media


def change_words(*, media: Media, words: Words, by: User, at: datetime) -> None:
    """Change what is written about an item of a draft."""
    with _locked(media) as row:
        if asdict(words) == {name: getattr(row, name) for name in asdict(words)}:
            return
        for name, value in asdict(words).items():
            setattr(row, name, value)
        row.save(update_fields=list(asdict(words)))
        _note(row.version, "media_described", row, by, at)


def move_media(*, media: Media, down: bool, by: User, at: datetime) -> None:
    """Change places with the item before or, `down`, after it; nothing happens at the ends."""
    with _locked(media) as row:
        items = list(row.version.media.all())
        here = items.index(row)
        there = here + (1 if down else -1)
        if not 0 <= there < len(items):
            return
        items[here], items[there] = items[there], items[here]
        for position, item in enumerate(items):
            item.position = position
        Media.objects.bulk_update(items, ["position"])
        _note(row.version, "media_moved", row, by, at)


def remove_media(*, media: Media, by: User, at: datetime) -> None:
    """Take an item out of a draft. Its file goes too, unless another version shows it."""
    with _locked(media) as row:
        names = [name for name in (row.file, row.thumbnail) if name]
        _note(row.version, "media_removed", row, by, at)
        row.delete()
        for name in names:
            _after_commit(discard_unless_named, name)


def drop_media(*, version: ExerciseVersion) -> int:
    """Take every item out of a draft that is thrown away, before the draft itself goes; how many."""
    with transaction.atomic():
        draft = _draft(version)
        names = [name for pair in draft.media.values_list("file", "thumbnail") for name in pair if name]
        count = draft.media.all().delete()[0]
        for name in names:
            _after_commit(discard_unless_named, name)
    return count


def copy_media(*, from_version: ExerciseVersion, to_version: ExerciseVersion) -> int:
    """Give a new draft the items of the version it starts from; how many. The files are shared."""
    copies = []
    for media in from_version.media.all():
        values = {field.attname: getattr(media, field.attname) for field in Media._meta.concrete_fields}
        values |= {"version_id": to_version.pk}
        del values["id"]
        copies.append(Media(**values))
    return len(Media.objects.bulk_create(copies))


def discard_unless_named(name: str) -> bool:
    """Remove a file that no row names; whether it went."""
    if Media.objects.filter(file=name).exists() or Media.objects.filter(thumbnail=name).exists():
        return False
    storage.discard(name)
    return True


def _written(upload: UploadedFile) -> tuple[Kind, str, sandbox.Made]:
    """The kind of an upload, the name under which its cleaned copy waits, and what was written."""
    try:
        with storage.received(upload, limits.VIDEO_BYTES) as (source, head):
            kind = recognise(head)
            if kind.media == "picture" and source.stat().st_size > limits.PICTURE_BYTES:
                raise Fault("picture_bytes")
            name = storage.new_name(kind.extension)
            return kind, name, sandbox.run(kind.job, source, storage.incoming(name))
    except Fault as fault:
        raise FileRefused(fault.code) from None


def _draft(version: ExerciseVersion) -> ExerciseVersion:
    """The version, locked until the end of the transaction, when it may still be changed."""
    row = ExerciseVersion.objects.select_for_update(of=("self",)).select_related("exercise").get(pk=version.pk)
    if row.state != ExerciseVersion.State.DRAFT:
        raise Refused(_("Pictures and videos can be changed in a draft only. Start a new version to change them."))
    return row


def _room(version: ExerciseVersion) -> None:
    if _draft(version).media.count() >= limits.ITEMS_A_VERSION:
        raise Refused(
            _("An exercise has room for %(most)s pictures and videos. Remove one before you add another.")
            % {"most": limits.ITEMS_A_VERSION}
        )


@contextmanager
def _locked(media: Media) -> Iterator[Media]:
    """The item as it is now, its draft locked; Refused when somebody else removed it meanwhile."""
    with transaction.atomic():
        version = _draft(media.version)
        row = version.media.filter(pk=media.pk).first()
        if row is None:
            raise Refused(_("Somebody else removed this item in the meantime. Nothing was changed."))
        row.version = version
        yield row


def _note(version: ExerciseVersion, verb: str, media: Media, by: User, at: datetime) -> None:
    """Write it into the history, and make the person the author: they answer for the draft, somebody else publishes."""
    number = f"v{version.number}"
    note_event(exercise=version.exercise, verb=verb, by=by, at=at, note=f"{number}: {media.alt_text}")
    if version.author_id != by.pk:
        note_event(exercise=version.exercise, verb="taken over", by=by, at=at, note=number)
    ExerciseVersion.objects.filter(pk=version.pk).update(author=by, saved_at=at)


def _after_commit(work: Callable[[str], object], name: str) -> None:
    def do() -> None:
        work(name)

    transaction.on_commit(do, robust=True)
