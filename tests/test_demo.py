"""`make run`, for real: the whole product comes up in a folder of its own, answers, and goes away whole."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from painplan.embedded import remove_data
from painplan.engine import data_folder
from painplan.processes import command_line, free_port, running_pid

ROOT = Path(__file__).resolve().parent.parent


class Demo:
    """`python -m painplan.demo` on a free port; `text` is everything it has printed so far."""

    def __init__(self, var: Path, *, port: int | None = None, arguments: tuple[str, ...] = ()) -> None:
        self.port = free_port() if port is None else port
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        environ = kept | {"PORT": str(self.port), "PAINPLAN_VAR": str(var)}
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "painplan.demo", *arguments],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def wait_until_ready(self, seconds: float) -> float:
        """Seconds from start to the printed address."""
        while time.monotonic() - self.began < seconds:
            if f"http://localhost:{self.port}" in self.text:
                return time.monotonic() - self.began
            assert self.process.poll() is None, self.text
            time.sleep(0.05)
        raise AssertionError(f"not ready in {seconds} s:\n{self.text}")

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sent)
        code = self.process.wait(timeout=120)
        self.reader.join(timeout=120)
        return code

    def get(self, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
        connection = http.client.HTTPConnection(host, self.port, timeout=120)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body


def processes_with(mark: str) -> list[str]:
    """Command lines of all running processes whose environment or command line holds `mark`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in said and int(process.name) != os.getpid():
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture
def var(tmp_path):
    folder = tmp_path / "var"
    yield folder
    remove_data(folder / "postgres")


def test_the_demo_comes_up_answers_and_goes_away_twice(var):
    first = Demo(var)
    try:
        first.wait_until_ready(180)
        for host in ("127.0.0.1", "localhost"):
            assert first.get("/health/live", host)[0] == 200
        status, page = first.get("/sign-in/")
        assert status == 200
        assert 'type="password"' in page
        stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert stylesheet and first.get(stylesheet[1])[0] == 200
        for login in ("clinician", "lead", "curator", "curator2", "patient"):
            assert f"{login}@demo.example" in first.text
        running = " ".join(processes_with(str(var)))
        for part in ("gunicorn", " worker ", " beat ", "safety_sweep"):
            assert part in running
        broker = running_pid(var / "redis" / "redis.pid", "-server")
        assert broker is not None
        assert "bin/postgres" in " ".join(processes_with(str(data_folder(var / "postgres"))))
        assert "already runs" in sentence_of_a_refused_start(var, free_port())
    finally:
        code = first.stop()
    assert code == 0, first.text
    assert processes_with(str(var)) == []
    assert processes_with(str(data_folder(var / "postgres"))) == []
    assert command_line(broker) == ""
    assert "Traceback" not in first.text, first.text

    second = Demo(var)
    try:
        second.wait_until_ready(180)
        assert second.get("/health/live")[0] == 200
    finally:
        assert second.stop(signal.SIGINT) == 0
    assert processes_with(str(var)) == []

    removed = Demo(var, arguments=("--remove",))
    assert removed.process.wait(timeout=120) == 0
    assert not var.exists()
    assert not data_folder(var / "postgres").exists()


def sentence_of_a_refused_start(var: Path, port: int) -> str:
    demo = Demo(var, port=port)
    assert demo.process.wait(timeout=120) == 1
    demo.reader.join(timeout=120)
    said = demo.text.strip()
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    return said


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = sentence_of_a_refused_start(tmp_path / "var", port)
    assert f"Port {port} is taken" in said
    assert "PORT=" in said


@pytest.mark.parametrize("port", [0, 65536])
def test_a_number_that_is_no_port_is_one_sentence(tmp_path, port):
    assert "is not a port" in sentence_of_a_refused_start(tmp_path / "var", port)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = sentence_of_a_refused_start(tmp_path / "file" / "var", free_port())
    assert "cannot be written to" in said


def test_removing_where_nothing_is(tmp_path):
    demo = Demo(tmp_path / "var", arguments=("--remove",))
    assert demo.process.wait(timeout=120) == 0
    demo.reader.join(timeout=120)
    assert "no demo data" in demo.text


def test_the_demos_mail_lies_in_its_own_folder(tmp_path):
    environ = os.environ | {"PAINPLAN_DEMO": "1", "PAINPLAN_VAR": str(tmp_path)}
    environ.pop("EMAIL_URL", None)
    asked = "from painplan import settings; print(settings.EMAIL_FILE_PATH)"
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == str(tmp_path / "mail")
