"""What was measured: kept in var/chaos as JSON, and printed as a table."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.chaos.sizes import IS_FULL

FOLDER = Path(__file__).resolve().parents[2] / "var" / "chaos"


class Figures:
    """Scenario, then what, then how much; written after each scenario, so that a failure leaves the others."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}

    def note(self, scenario: str, **measured: Any) -> None:
        said = {name: round(each, 2) if isinstance(each, float) else each for name, each in measured.items()}
        self.found.setdefault(scenario, {}).update(said)
        print(f"{scenario}: " + ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in said.items()))
        self.write()

    def write(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        about = {
            "size": "full" if IS_FULL else "short",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "processors": os.cpu_count(),
        }
        file = FOLDER / f"{about['size']}.json"
        file.write_text(json.dumps({**about, "scenarios": self.found}, indent=1) + "\n")

    def table(self) -> list[str]:
        rows = []
        for scenario, measured in self.found.items():
            for number, (name, each) in enumerate(measured.items()):
                rows.append(f"{scenario if number == 0 else '':<34}{name.replace('_', ' '):<40}{each}")
        return rows


def share(values: list[float], part: float) -> float:
    """The value below which that part of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(part * len(ordered)) - 1))]
