"""The files of a figure: named by what they are drawn from, so that they can be cached for ever."""

import gzip
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from exercises.figures.checks import complaints
from exercises.figures.colours import THEMES
from exercises.figures.drawing import KINDS, MIRRORED, documents
from exercises.figures.figure import Figure
from exercises.figures.reading import ids, raw, read

_DIGEST_LENGTH = 16
# What a pose file says to authors and checks only.
_NOT_SHOWN = frozenset({"expect", "note", "contacts", "support", "start"})


@cache
def mark() -> str:
    """Changes when anything about the drawing itself does."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:10]


def digest_of(data: Mapping[str, Any]) -> str:
    """What a pose says, as 16 hex digits: the same for the same figure, however its file is written."""
    shown = {key: value for key, value in data.items() if key not in _NOT_SHOWN}
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


@cache
def library() -> dict[str, str]:
    """Figure id -> digest, of all poses that come with this release."""
    return {figure_id: digest_of(raw(figure_id)) for figure_id in ids()}


def name_of(digest: str, kind: str, theme: str) -> str:
    return f"{digest}-{kind}-{theme}.svg"


def target(folder: Path, digest: str, kind: str, theme: str) -> Path:
    """Where the gzipped file stands below `folder`."""
    return folder / mark() / f"{name_of(digest, kind, theme)}.gz"


def write_kind(figure: Figure, digest: str, kind: str, folder: Path) -> None:
    """Draws one kind in both themes."""
    for theme, text in documents(figure, kind).items():
        _put(target(folder, digest, kind, theme), gzip.compress(text.encode(), 6, mtime=0))


def kinds(sides: bool) -> tuple[str, ...]:
    """The kinds that are drawn beforehand; with both `sides` the mirrored ones too."""
    return (*KINDS, *MIRRORED) if sides else KINDS


def missing(folder: Path, digest: str, sides: bool = False) -> bool:
    """Is a file of this figure not drawn yet?"""
    if not (folder / mark() / f"{digest}-checks.json").exists():
        return True
    return any(not target(folder, digest, kind, theme).exists() for kind in kinds(sides) for theme in THEMES)


def write_all(data: Mapping[str, Any], folder: Path, sides: bool = False) -> str:
    """Draws every file of a figure from the merged data of its pose, with both `sides` the mirrored ones too. Raises
    PoseError. Returns the figure's id.
    """
    figure, digest = read(data), digest_of(data)
    for kind in kinds(sides):
        write_kind(figure, digest, kind, folder)
    _put(folder / mark() / f"{digest}-checks.json", json.dumps(complaints(figure)).encode())
    return figure.id


def checked(folder: Path, digest: str) -> list[str]:
    """What the checks said when the figure was drawn; [] when it has not been drawn."""
    path = folder / mark() / f"{digest}-checks.json"
    return list(json.loads(path.read_bytes())) if path.exists() else []


def _put(path: Path, content: bytes) -> None:
    """Nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    part.write_bytes(content)
    part.replace(path)
