"""Contact sheets for authors: HTML with the pictures of figures, and PNG through a browser."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from exercises.figures.colours import THEMES, painted
from exercises.figures.drawing import stages, unpainted
from exercises.figures.figure import Figure
from exercises.figures.svg import PANEL, still

_PAGE = {"light": ("#faf7f2", "#1d2b2f"), "dark": ("#141b1d", "#f0efe9")}
STRIP = (0.0, 0.25, 0.5, 0.75, 1.0)


def _sized(svg: str, width: float, height: float) -> str:
    head, rest = svg.split(">", 1)
    head = head[: head.index(" width=")]
    return f'{head} width="{width:.0f}" height="{height:.0f}">{rest}'


def _page(rows: Sequence[str], theme: str) -> str:
    ground, ink = _PAGE[theme]
    return (
        f'<meta charset="utf-8"><body style="margin:8px;font:13px sans-serif;background:{ground};color:{ink}">'
        + "".join(rows)
    )


def _pair_height(figure: Figure, width: float) -> float:
    count = max(2, len(figure.stills))
    across = count if count < 4 else -(-count // 2)
    rows = -(-count // across)
    return width * (rows * 1248 - 48) / (across * 1648 - 48)


def full(figures: Sequence[Figure], theme: str) -> tuple[str, int, int]:
    """Each figure: the pair at 600 px, the tile at 160, the row at 72, and the strip of the movement."""
    rows, height = [], 16.0
    for figure in figures:
        chosen = stages(figure)
        paint = partial(painted, theme=theme, person=chosen[0].style.person)
        tall = _pair_height(figure, 600)
        parts = [_sized(paint(unpainted(chosen, "pair")), 600, tall)]
        parts.append(_sized(paint(unpainted(chosen, "tile")), 160, 120))
        parts.append(_sized(paint(unpainted(chosen, "row")), 72, 54))
        parts += [_sized(paint(still(chosen[0], PANEL, t, arrow=False)), 150, 113) for t in STRIP if len(chosen) == 1]
        rows.append(f'<div style="display:flex;gap:8px;align-items:start;height:{tall:.0f}px">{"".join(parts)}</div>')
        rows.append(
            f'<div style="height:24px">{figure.id} – {figure.name} ({figure.rig}, {chosen[0].style.person.id})</div>'
        )
        height += tall + 24
    return _page(rows, theme), 1680, int(height)


def overview(figures: Sequence[Figure], theme: str, columns: int = 4) -> tuple[str, int, int]:
    """Pairs only, many on a page."""
    cells = []
    for figure in figures:
        chosen = stages(figure)
        drawn = painted(unpainted(chosen, "pair"), theme, chosen[0].style.person)
        svg = _sized(drawn, 340, min(_pair_height(figure, 340), 128))
        cells.append(f'<div style="width:340px;height:150px">{svg}<div>{figure.id}</div></div>')
    rows = -(-len(figures) // columns)
    grid = f'<div style="display:grid;grid-template-columns:repeat({columns},340px);gap:10px">{"".join(cells)}</div>'
    return _page([grid], theme), columns * 350 + 16, rows * 160 + 16


def png(page: tuple[str, int, int], target: Path) -> None:
    """Renders a page with Chromium. Raises RuntimeError if there is none or it fails."""
    html, width, height = page
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise RuntimeError("No Chromium was found. Install it, or open the HTML that --html writes.")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sheet.html"
        source.write_text(html, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}"]
        flags += [f"--user-data-dir={folder}/profile", f"--screenshot={target.resolve()}", source.as_uri()]
        done = subprocess.run([browser, *flags], capture_output=True, check=False, timeout=120)
    if not target.exists():
        raise RuntimeError(f"Chromium wrote no picture: {done.stderr.decode(errors='replace')[-300:]}")


def themes(asked: str) -> list[str]:
    """The themes meant by "light", "dark" or "both"."""
    return list(THEMES) if asked == "both" else [asked]
