"""The drawn figure of an exercise for pages: its addresses in both themes, and its words."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from exercises.figures.drawing import MIRRORED, documents
from exercises.figures.files import library, mark, name_of
from exercises.figures.reading import PoseError, raw, read
from exercises.figures.words import sentences

_SIDE_SHOWN = {"r": gettext_lazy("The right side is shown."), "l": gettext_lazy("The left side is shown.")}


@dataclass(frozen=True)
class Drawn:
    """Names the pictures of a figure. Every attribute but `alt` and `panels` is an address; `_dark` for dark pages.

    `mirrored`: as the other side of the body does it (pair and movement only). `side`, l or r, when it is said which.
    """

    figure: str
    digest: str
    mirrored: bool = False
    side: str = ""

    def address(self, kind: str, theme: str) -> str:
        """Where the picture of this kind is: row, tile, pair or move."""
        if self.mirrored and f"{kind}_mirror" in MIRRORED:
            kind = f"{kind}_mirror"
        name = name_of(self.digest, kind, theme).removesuffix(".svg")
        return reverse("figure_file", kwargs={"mark": mark(), "name": name})

    @property
    def row(self) -> str:
        return self.address("row", "light")

    @property
    def row_dark(self) -> str:
        return self.address("row", "dark")

    @property
    def tile(self) -> str:
        return self.address("tile", "light")

    @property
    def tile_dark(self) -> str:
        return self.address("tile", "dark")

    @property
    def pair(self) -> str:
        return self.address("pair", "light")

    @property
    def pair_dark(self) -> str:
        return self.address("pair", "dark")

    @property
    def move(self) -> str:
        return self.address("move", "light")

    @property
    def move_dark(self) -> str:
        return self.address("move", "dark")

    def pair_svg(self) -> str:
        """The pair in the light theme as SVG text, for paper; "" when it cannot be drawn."""
        data = pose_data(self.figure, self.digest)
        try:
            return documents(read(data), "pair")["light"] if data else ""
        except PoseError:
            return ""

    @property
    def panels(self) -> int:
        """How many pictures stand in the pair: two, or one for each still."""
        return _told(self.figure, self.digest).panels

    @property
    def pair_width(self) -> int:
        """Of the pair in CSS pixels: pictures of 400 with gaps of 12."""
        across = self.panels if self.panels < 4 else -(-self.panels // 2)
        return across * 412 - 12

    @property
    def pair_height(self) -> int:
        return 300 if self.panels < 4 else 612

    @property
    def alt(self) -> str:
        """Position and movement in the reader's language."""
        language = (get_language() or "en").partition("-")[0]
        said = [gettext(sentence) for sentence in _told(self.figure, self.digest, language, self.mirrored).sentences]
        return " ".join([str(_SIDE_SHOWN[self.side]), *said] if self.side else said)

    @property
    def right(self) -> "Drawn":
        """As the right side does it."""
        return replace(self, mirrored=_told(self.figure, self.digest).shown_side == "l", side="r")

    @property
    def left(self) -> "Drawn":
        """As the left side does it."""
        return replace(self, mirrored=_told(self.figure, self.digest).shown_side != "l", side="l")


def current_digest(figure: str) -> str:
    """What this release draws the figure from; "" when it has no such pose."""
    return library().get(figure, "")


def drawn_of(figure: str, digest: str = "") -> Drawn | None:
    """The figure as kept under `digest`, else as this release draws it; None when there is none."""
    digest = digest or current_digest(figure)
    return Drawn(figure, digest) if digest else None


def pose_data(figure: str, digest: str) -> dict[str, Any] | None:
    """What a figure is drawn from: the pose of this release, or the one that was kept; None for an unknown digest."""
    if digest and current_digest(figure) == digest:
        return raw(figure)
    known = {kept: name for name, kept in library().items()}
    if digest in known:
        return raw(known[digest])
    # models.version needs this module, so its own table is looked up by name.
    kept = apps.get_model("exercises", "FigurePose").objects.filter(pk=digest).first()
    return kept.data if kept else None


class _Told(NamedTuple):
    """What a figure says of itself. `shown_side`: the one that works when it is not mirrored, l or r."""

    panels: int = 2
    sentences: tuple[str, ...] = ()
    shown_side: str = "r"


@lru_cache(maxsize=4096)
def _told(figure: str, digest: str, language: str = "en", mirrored: bool = False) -> _Told:
    data = pose_data(figure, digest)
    if data is None:
        return _Told()
    try:
        found = read(data)
    except PoseError:  # kept by a release that knew something this one does not
        return _Told()
    return _Told(max(2, len(found.stills)), tuple(sentences(found, language, mirrored)), found.shown_side)
