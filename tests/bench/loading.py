"""Sends requests and tells what they cost: answers a second, and processor time of web and database together."""

import http.client
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

TICK = os.sysconf("SC_CLK_TCK")
WRK = shutil.which("wrk")


class Ask(NamedTuple):
    """One request; `fields` make it a POST."""

    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Cost:
    """Of one stretch of load: how many were answered, in how many seconds, for how much processor time (ms each)."""

    answered: int
    seconds: float
    cpu_ms: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


def processor_seconds(roots: list[int]) -> float:
    """User and system time of these processes and all their children, those that have ended included."""
    times: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            # The ticks know of threads that have ended as well.
            own = max(_of_threads(folder), sum(map(int, fields[11:13])) / TICK)
        except OSError:
            continue
        times[int(folder.name)] = int(fields[1]), own + sum(map(int, fields[13:15])) / TICK
    found, waiting = 0.0, list(roots)
    while waiting:
        pid = waiting.pop()
        found += times.get(pid, (0, 0.0))[1]
        waiting += [child for child, (parent, _used) in times.items() if parent == pid]
    return found


def _of_threads(process: Path) -> float:
    """The time of a process by the scheduler's clock, in nanoseconds and not in hundredths of a second: a stretch of
    load is a third of a second, shared by a dozen processes. 0 where the kernel keeps none.
    """
    try:
        return sum(int((each / "schedstat").read_text().split()[0]) for each in (process / "task").iterdir()) / 1e9
    except FileNotFoundError:
        return 0.0


def asked(port: int, ask: Ask, connection: http.client.HTTPConnection | None = None) -> tuple[int, str]:
    """Status and text of one answer."""
    here = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = None if ask.fields is None else urlencode(ask.fields, doseq=True)
    headers = dict(ask.headers) | {"Host": f"localhost:{port}"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    here.request("GET" if body is None else "POST", ask.path, body, headers)
    answer = here.getresponse()
    text = answer.read().decode(errors="replace")
    if connection is None:
        here.close()
    return answer.status, text


def answers_per_second(port: int, ask: Ask, *, seconds: float, connections: int) -> float | None:
    """How many answers wrk gets in a second; None where it is not installed."""
    if WRK is None:
        return None
    command = [WRK, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "60s"]
    for name, value in {**ask.headers, "Host": f"localhost:{port}"}.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}{ask.path}"], capture_output=True, text=True, check=True)
    counted = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if counted is None or "Non-2xx" in done.stdout:
        raise AssertionError(f"{ask.path} was not answered as it should be:\n{done.stdout}{done.stderr}")
    return float(counted[1])


def load(
    port: int, asks: Iterator[Ask], connections: int, cost_of: list[int], expected: Callable[[int], bool] | None = None
) -> Cost:
    """Each of `asks` once, over so many connections, until the last is answered: what is counted is what was paid for.

    Raises AssertionError for an answer that is not expected.
    """
    lock, wrong = threading.Lock(), []
    counted = 0

    def client() -> None:
        nonlocal counted
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not wrong:
            with lock:
                ask = next(asks, None)
            if ask is None:
                break
            status, text = asked(port, ask, line)
            if not (expected or (lambda code: code == 200))(status):
                wrong.append((status, ask.path, text[:2000]))
            with lock:
                counted += 1
        line.close()

    before, began = processor_seconds(cost_of), time.perf_counter()
    threads = [threading.Thread(target=client) for _number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used = time.perf_counter() - began, processor_seconds(cost_of) - before
    assert not wrong, f"not answered as it should be: {wrong[0]}"
    return Cost(counted, took, 1000 * used / max(counted, 1))
