"""How much memory each process holds for itself, and whether it grows."""

from collections.abc import Iterable
from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and all that it has started, itself first."""
    found = [pid]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def own_kb(pid: int) -> int:
    """Memory that no other process shares and no file stands behind (Linux: RssAnon), in kB; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def floor_of(points: list[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    """The least of each stretch of so many seconds: what is held between two requests, without what one needs."""
    least: dict[int, tuple[float, float]] = {}
    for at, held in points:
        stretch = int(at // seconds)
        if stretch not in least or held < least[stretch][1]:
            least[stretch] = (at, held)
    return list(least.values())


def together(processes: Iterable[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """What several processes held in sum, at each of the moments (seconds) at which they were looked at."""
    held: dict[float, float] = {}
    for points in processes:
        for at, each in points:
            held[at] = held.get(at, 0.0) + each
    return sorted(held.items())


def slope_percent_an_hour(points: list[tuple[float, float]]) -> float:
    """The least-squares line through (seconds, kB): its rise in an hour, in percent of its middle."""
    count = len(points)
    if count < 3:
        return 0.0
    middle_x = sum(x for x, _ in points) / count
    middle_y = sum(y for _, y in points) / count
    across = sum((x - middle_x) ** 2 for x, _ in points)
    rise = sum((x - middle_x) * (y - middle_y) for x, y in points) / across
    return 100 * rise * 3600 / middle_y if middle_y else 0.0
