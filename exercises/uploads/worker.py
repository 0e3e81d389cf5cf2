"""The process that opens uploaded files: no Django, no secrets in its environment, hard limits on what it may take.

    python -I worker.py JOB SOURCE TARGET

prints one line of JSON: {"width", "height", "peak_kb"} or {"fault": code}. Any other end means: damaged.
"""

import json
import resource
import sys
from pathlib import Path


def limit() -> None:
    """Memory, processor time, size of what is written, no core dump: for good, before anything is opened."""
    from exercises.uploads import limits

    for what, most in (
        (resource.RLIMIT_AS, limits.SANDBOX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, limits.SANDBOX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, limits.SANDBOX_OUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if what == resource.RLIMIT_AS and sys.platform == "darwin":
            continue  # macOS refuses this limit; the others, and the limit on pixels, hold there too
        resource.setrlimit(what, (bound, bound))


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
    limit()
    answer = main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    answer["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(answer))
