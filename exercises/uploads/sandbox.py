"""Starts the worker for one file and understands its answer."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from exercises.uploads import limits
from exercises.uploads.faults import CODES, Fault

WORKER = Path(__file__).with_name("worker.py")
_places = threading.BoundedSemaphore(limits.SANDBOXES_AT_ONCE)


@dataclass(frozen=True)
class Made:
    """What the worker wrote: pixels, bytes, and the most memory that it held (kB)."""

    width: int
    height: int
    size_bytes: int
    peak_kb: int


def run(job: str, source: Path, target: Path) -> Made:
    """Let the worker write `target` from `source`. Raises Fault, and then `target` is not there.

    `job` is picture, thumbnail, mp4 or webm.
    """
    if not _places.acquire(timeout=limits.SANDBOX_WAIT_SECONDS):
        raise Fault("busy")
    try:
        return _run(job, source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        _places.release()


def _run(job: str, source: Path, target: Path) -> Made:
    most = (limits.SANDBOX_MEMORY_BYTES, limits.SANDBOX_CPU_SECONDS, limits.SANDBOX_OUT_BYTES)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", str(WORKER), job, str(source), str(target), *map(str, most)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            cwd=source.parent,
            timeout=limits.SANDBOX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Fault("slow") from None
    if done.returncode != 0:
        raise Fault("damaged")
    answer = json.loads(done.stdout)
    fault = answer.get("fault")
    if fault is not None:
        raise Fault(fault if fault in CODES else "damaged")
    return Made(answer["width"], answer["height"], target.stat().st_size, answer["peak_kb"])
