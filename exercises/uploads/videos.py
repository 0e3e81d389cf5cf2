"""Videos are not encoded anew: their container is walked, and what is no part of the film is blanked in place."""

import os
from pathlib import Path

from exercises.uploads import limits, mp4, webm
from exercises.uploads.faults import Fault

Size = tuple[int, int]


def keep(job: str, source: Path, target: Path) -> Size:
    """Write a cleaned copy of an MP4 or WebM (`job`); (width, height) in pixels as the film is shown."""
    data = bytearray(source.read_bytes())
    width, height = (mp4.clean if job == "mp4" else webm.clean)(data)
    if not (0 < width <= limits.VIDEO_SIDE and 0 < height <= limits.VIDEO_SIDE):
        raise Fault("video_side")
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return width, height
