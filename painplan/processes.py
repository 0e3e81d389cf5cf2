"""Start a server process that cannot outlive us, and stop it by its process id.

Used by the demo, the tests and the benches. No Django here.
"""

import contextlib
import ctypes
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PR_SET_CHILD_SUBREAPER = 36


class EmbeddedError(Exception):
    """A server could not be started or stopped; the message is one sentence that says what to do."""


def _dies_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Linux can signal a child when the thread that started it ends, even by SIGKILL; others cannot."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent went away before the line above
            os._exit(1)

    return before_exec


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    death_signal: signal.Signals = signal.SIGTERM,
    account: pwd.struct_passwd | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    given: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C in the terminal reaches only us.

    `log` is the file for its output (None: ours). `given` is text for its standard input. On Linux the child
    gets `death_signal` when the calling thread ends: call this from a thread that lives as long as the child.
    """
    out = log.open("ab") if log else None
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_dies_with_parent(death_signal),  # one system call, nothing that could lock
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as problem:
        raise EmbeddedError(f"{command[0]} could not be started: {problem.strerror}.") from problem
    finally:
        if out:
            out.close()
    if given is not None:
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once; the caller reads its log
            child.stdin.write(given.encode())
            child.stdin.close()
    return child


def stop_child(child: subprocess.Popen[bytes], signals: Sequence[signal.Signals], *, wait_seconds: float) -> None:
    """Send the signals one after another, each with `wait_seconds` to take effect, then SIGKILL."""
    for each in (*signals, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(each)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(wait_seconds)


def free_port() -> int:
    """A TCP port on the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def command_line(pid: int) -> str:
    """The command line of a running process, empty when there is none."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    if Path("/proc/self").exists():
        return ""
    try:  # macOS has no /proc
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True)
    except OSError:
        return ""
    return shown.stdout.decode(errors="replace")


def running_pid(pid_file: Path, mark: str) -> int | None:
    """The process id in the first line of `pid_file`, if that process runs and its command line holds `mark`.

    A file left by a crash may name a process that has nothing to do with us by now.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if pid > 1 and mark in command_line(pid) else None


def stop_pid(pid: int, signals: Sequence[signal.Signals], *, wait_seconds: float = 10) -> None:
    """Stop a process that is not our child: each signal in turn, then SIGKILL."""
    for each in (*signals, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, each)
        until = time.monotonic() + wait_seconds
        while time.monotonic() < until:
            if not command_line(pid):
                return
            time.sleep(0.05)


def last_line(log: Path) -> str:
    """For an error message: the last line of a log that speaks of an error, else its last line."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return "it left no log"
    telling = [line for line in lines[-50:] if re.search(r"error\b|fatal|panic|no space left", line, re.I)]
    return (telling or lines or ["it left no log"])[-1]


def adopt_orphans() -> None:
    """On Linux, become the parent of every descendant whose own parent dies, so that none gets lost."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(*, wait_seconds: float = 5) -> None:
    """Terminate, then kill, and reap whatever children we have left (see adopt_orphans)."""
    until = time.monotonic() + wait_seconds
    while children := _children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM if time.monotonic() < until else signal.SIGKILL)
        time.sleep(0.05)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _children() -> list[int]:
    with contextlib.suppress(OSError):
        return [int(pid) for pid in Path("/proc/self/task", str(os.getpid()), "children").read_text().split()]
    return []
