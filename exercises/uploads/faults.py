"""What can be wrong with an uploaded file, as codes. `wording.py` has the sentences."""

CODES = frozenset(
    {
        "animated",
        "busy",
        "codec",
        "damaged",
        "document",
        "empty",
        "extra",
        "fragments",
        "gif",
        "heic",
        "incomplete",
        "matroska",
        "missing",
        "mov",
        "no_picture_track",
        "other",
        "picture_bytes",
        "pixels",
        "slow",
        "small",
        "svg",
        "video_bytes",
        "video_side",
    }
)


class Fault(Exception):
    """The file is not taken. `code` is one of CODES."""

    def __init__(self, code: str) -> None:
        assert code in CODES, code
        super().__init__(code)
        self.code = code
