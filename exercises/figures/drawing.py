"""From a figure to its documents."""

from exercises.figures.colours import THEMES, painted
from exercises.figures.figure import Figure
from exercises.figures.moving import moving
from exercises.figures.people import person_for
from exercises.figures.scene import Stage, stage
from exercises.figures.svg import PANEL, ROW, TILE, pair, still

# The kinds of files of a figure. "row" is made for 72 px, "tile" for 160, "pair" for two panels of 156 to 366.
KINDS = ("row", "tile", "pair", "move")
# The other side of the body, for exercises that are done on each side. Every panel is mirrored by itself: start stays
# left.
MIRRORED = ("pair_mirror", "move_mirror")


def stages(figure: Figure, mirrored: bool = False) -> list[Stage]:
    """The pictures of a figure: one stage for a movement, one for each still of a transition."""
    return [stage(each, mirrored) for each in figure.stills or (figure,)]


def unpainted(chosen: list[Stage], kind: str) -> str:
    """The SVG text of one kind, its colours still open (colours.painted)."""
    telling = chosen[-(len(chosen) // 2) - 1] if len(chosen) > 1 else chosen[0]
    if kind == "row":
        return still(telling, ROW)
    if kind == "tile":
        return still(telling, TILE)
    return pair(chosen, PANEL) if kind == "pair" else moving(chosen)


def documents(figure: Figure, kind: str) -> dict[str, str]:
    """Theme -> SVG text of this kind."""
    plain = kind.removesuffix("_mirror")
    text, person = unpainted(stages(figure, mirrored=plain != kind), plain), person_for(figure.id, figure.person)
    return {theme: painted(text, theme, person) for theme in THEMES}
