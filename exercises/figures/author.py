"""For authors of poses: `python -m exercises.figures.author ID...` prints the checks and draws contact sheets."""

import argparse
import sys
from pathlib import Path

from exercises.figures import sheets
from exercises.figures.checks import complaints
from exercises.figures.figure import Figure
from exercises.figures.reading import PoseError, ids, load, pose_files
from exercises.figures.words import sentences


def _chosen(asked: list[str]) -> list[str]:
    """Ids as they are; the name of a folder means all poses in it; nothing means all."""
    files = pose_files()
    out: list[str] = []
    for name in asked or ids():
        folder = [pose for pose, path in files.items() if path.parent.name == name]
        out += folder or [name]
    return out


def main(arguments: list[str] | None = None) -> int:
    """Returns how many figures have complaints or cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m exercises.figures.author", description=__doc__)
    parser.add_argument("id", nargs="*", help="poses, or folders of poses; all when left out")
    parser.add_argument("-o", "--out", type=Path, help="draw: one PNG (several when there are more than 8 poses)")
    parser.add_argument("--theme", choices=["light", "dark", "both"], default="light")
    parser.add_argument("--overview", action="store_true", help="pairs only, many on a page")
    parser.add_argument("--html", action="store_true", help="write HTML instead of PNG")
    parser.add_argument("--points", metavar="T", type=float, help="print the solved points and angles at this time")
    parser.add_argument("--words", action="store_true", help="print the text for those who do not see the picture")
    asked = parser.parse_args(arguments)
    figures: list[Figure] = []
    bad = 0
    for figure_id in _chosen(asked.id):
        try:
            figure = load(figure_id)
        except PoseError as error:
            print(f"{figure_id}: CANNOT BE READ\n    {error}")
            bad += 1
            continue
        try:
            found = complaints(figure)
        except (KeyError, ValueError) as error:
            print(f"{figure_id}: CANNOT BE DRAWN: there is no {error}")
            bad += 1
            continue
        print(f"{figure_id}: {'ok' if not found else f'{len(found)} to look at'}")
        for line in found:
            print("   ", line)
        bad += bool(found)
        figures.append(figure)
        if asked.words:
            print("    “" + " ".join(sentences(figure)) + "”")
        if asked.points is not None:
            _print_points(figure, asked.points)
    if asked.out and figures:
        _draw(figures, asked)
    return bad


def _print_points(figure: Figure, t: float) -> None:
    solved = figure.solved_at(t)
    for name, (x, y, z) in sorted(solved.points.items()):
        print(f"    {name:12} {x:7.1f} {y:7.1f} {z:7.1f}")
    for name, angles in sorted(solved.angles.items()):
        print(f"    {name:12} " + "  ".join(f"{key} {value:.0f}" for key, value in angles.items()))


def _draw(figures: list[Figure], asked: argparse.Namespace) -> None:
    at_once = 48 if asked.overview else 8
    for theme in sheets.themes(asked.theme):
        for start in range(0, len(figures), at_once):
            some = figures[start : start + at_once]
            page = (sheets.overview if asked.overview else sheets.full)(some, theme)
            number = f"-{start // at_once + 1}" if len(figures) > at_once else ""
            name = f"{asked.out.stem}{number}{'-dark' if theme == 'dark' and asked.theme == 'both' else ''}"
            target = asked.out.with_name(name + (".html" if asked.html else ".png"))
            target.parent.mkdir(parents=True, exist_ok=True)
            if asked.html:
                target.write_text(page[0], encoding="utf-8")
            else:
                sheets.png(page, target)
            print("wrote", target)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
