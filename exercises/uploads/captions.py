"""What is said in a video: WebVTT, or plain text to read beside it. Pure."""

import re
from dataclasses import dataclass
from html import escape, unescape

TIME = re.compile(r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)[.,](\d{3})")
CUE = re.compile(r"^\s*(\S+)\s+-->\s+(\S+)(?:\s.*)?$")
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<[\d:.]+>")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class CaptionFault(ValueError):
    """The timed text cannot be read; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True)
class Cue:
    start_ms: int
    end_ms: int
    words: str


def normal(text: str) -> str:
    """Captions as they are kept: WebVTT (SRT becomes it) without styles, notes and tags, or plain text.

    Raises CaptionFault when there are times but they make no sense.
    """
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not is_timed(text):
        return text
    blocks = [f"{_time(cue.start_ms)} --> {_time(cue.end_ms)}\n{cue.words}" for cue in _cues(text)]
    return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"


def is_timed(text: str) -> bool:
    """Whether these captions have times: then a video player shows them, else they stand beside it."""
    return text.startswith("WEBVTT") or any(CUE.match(line) for line in text.splitlines())


def spoken(kept: str) -> str:
    """Kept captions as plain text to read: without times."""
    if not is_timed(kept):
        return kept
    return unescape("\n".join(cue.words for cue in _cues(kept)))


def _cues(text: str) -> list[Cue]:
    cues: list[Cue] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        found = CUE.match(lines[at])
        at += 1
        if not found:
            continue
        start, end = _ms(found[1], at), _ms(found[2], at)
        words = []
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            words.append(escape(unescape(TAG.sub("", lines[at])).strip(), quote=False))
            at += 1
        if end <= start or (cues and start < cues[-1].start_ms):
            raise CaptionFault(at - len(words))
        if any(words):
            cues.append(Cue(start, end, "\n".join(words)))
    if not cues:
        raise CaptionFault(1)
    return cues


def _ms(text: str, line: int) -> int:
    found = TIME.fullmatch(text)
    if not found:
        raise CaptionFault(line)
    hours, minutes, seconds, ms = (int(part or 0) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _time(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
