"""The process that opens uploaded files: no Django, no secrets in its environment, hard limits on what it may take.

    python -I worker.py JOB SOURCE TARGET MEMORY_BYTES CPU_SECONDS OUT_BYTES

prints one line of JSON: {"width", "height", "peak_kb"} or {"fault": code}. Any other end means: damaged.
"""

import json
import resource
import sys
from pathlib import Path


def limit(memory_bytes: int, cpu_seconds: int, out_bytes: int) -> None:
    """Memory, processor time, size of what is written, no core dump: for good, before anything is opened."""
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, out_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if what == resource.RLIMIT_AS and sys.platform == "darwin":
            continue  # macOS refuses this limit; the others, and the limit on pixels, hold there too
        resource.setrlimit(what, (bound, bound))


def peak_kb() -> int:
    """The most memory held so far, in kB. Where there is /proc: without what the parent held when it forked."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(job: str, source: Path, target: Path) -> dict[str, int | str]:
    from exercises.uploads.faults import Fault

    try:
        if job in ("picture", "thumbnail"):
            from exercises.uploads import pictures

            width, height = (pictures.keep if job == "picture" else pictures.thumbnail)(source, target)
        else:
            from exercises.uploads import videos

            width, height = videos.keep(job, source, target)
    except Fault as fault:
        return {"fault": fault.code}
    return {"width": width, "height": height}


if __name__ == "__main__":
    # Isolated mode leaves the project out of the path; nothing but these modules is imported from it.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    limit(*map(int, sys.argv[4:7]))
    answer = main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    answer["peak_kb"] = peak_kb()
    print(json.dumps(answer))
