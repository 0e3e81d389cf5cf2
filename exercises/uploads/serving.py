"""A stored file as an answer: fixed type, no guessing, no scripts, and parts of a video when they are asked for."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from exercises.models import Media
from exercises.uploads import storage
from exercises.uploads.captions import is_timed
from exercises.uploads.kinds import BY_EXTENSION

CHUNK_BYTES = 65_536
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
PUBLISHED_CACHE = "private, max-age=31536000, immutable"


def media_response(request: HttpRequest, media: Media, *, thumbnail: bool = False) -> HttpResponseBase:
    """The file, or its thumbnail: 200, 206 for one range, 304, 416; Http404 when there is none.

    Who may see it is decided before. The version of `media` must be loaded with it.
    """
    name = media.thumbnail if thumbnail else media.file
    file = storage.opened(name) if name else None
    if file is None:
        raise Http404
    extension = name.rpartition(".")[2]
    tag = f'"{name.partition(".")[0]}"'
    size = file.seek(0, 2)
    start, end, status = 0, size, 200
    if _known(request, tag):
        status, end = 304, 0
    else:
        wanted = _range(request, tag, size)
        if wanted is not None:
            start, end, status = (*wanted, 206) if wanted[0] < wanted[1] else (0, 0, 416)
    answer = StreamingHttpResponse(_bytes(file, start, end), status=status)
    answer._resource_closers.append(file.close)  # type: ignore[attr-defined]
    if status != 304:
        answer["Content-Type"] = BY_EXTENSION[extension].content_type
        answer["Content-Length"] = str(end - start)
    if status == 206:
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if status == 416:
        answer["Content-Range"] = f"bytes */{size}"
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    return _guarded(answer, media, f"{media.kind}.{extension}")


def captions_response(media: Media) -> HttpResponseBase:
    """The timed captions as WebVTT; Http404 when there are none with times."""
    if not is_timed(media.captions):
        raise Http404
    return _guarded(HttpResponse(media.captions, content_type="text/vtt; charset=utf-8"), media, "captions.vtt")


def _guarded(answer: HttpResponseBase, media: Media, file_name: str) -> HttpResponseBase:
    published = media.version.state == media.version.State.PUBLISHED
    answer["Cache-Control"] = PUBLISHED_CACHE if published else "no-store"
    answer["Content-Disposition"] = f'inline; filename="{file_name}"'
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _known(request: HttpRequest, tag: str) -> bool:
    return tag in parse_etags(request.headers.get("If-None-Match", "")[:1000])


def _range(request: HttpRequest, tag: str, size: int) -> tuple[int, int] | None:
    """(start, end) asked for, empty when it cannot be satisfied; None for the whole (RFC 9110, 14.2)."""
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = asked.groups()
    if not first:
        return (max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return min(int(first), size), min(int(last) + 1, size) if last else size


def _bytes(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    left = end - start
    while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk
