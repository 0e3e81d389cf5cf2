"""Another clock for some of the processes: libfaketime, whose offset changes while they run."""

import os
from pathlib import Path

PLACES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
)
LIBRARY = next((place for place in PLACES if os.path.exists(place)), "")
# libfaketime 0.9.10 leaves monotonic time alone, but refuses the system call behind time.sleep (EINVAL) when it does.
SLEEP = """
import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


class Clock:
    """The clock on the wall of every process that is given `environ`; monotonic time goes on as it is."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.file = folder, folder / "offset"
        (folder / "sitecustomize.py").write_text(SLEEP)
        self.jump(days=0)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_RESET": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(self.folder),
        }

    def jump(self, *, days: int) -> None:
        """From now on so many days away from the real time."""
        fresh = self.folder / "offset.new"
        fresh.write_text(f"{days:+d}d\n")
        fresh.rename(self.file)
