"""The template database of a test run: all tables, the starter library, the plan templates.

Making it takes a dozen seconds, so what was made is kept as a dump in var/tests, named by everything it is made from;
the next run that finds its name restores it in about a second.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from painplan import embedded

ROOT = Path(__file__).resolve().parent.parent
NAME = "painplan_template"
MADE_FROM = (
    "*/migrations/*.py",
    "*/models/*.py",
    "*/management/commands/load_*.py",
    "exercises/library/**/*",
    "exercises/content*.py",
    "exercises/families.py",
    "exercises/actions/shipping.py",
    "plans/starter/*",
    "plans/actions/template_shipping.py",
    "plans/actions/plans.py",
    "painplan/embedded.py",
    "requirements.lock",
)


def build(engine: embedded.Postgres) -> str:
    """Make the template database in a fresh engine; returns its name."""
    embedded.prepare_roles(engine, NAME)
    kept = ROOT / "var" / "tests" / f"template-{_key()}.sql"
    if kept.exists():
        _program(engine, "psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={kept}")
        return NAME
    owner, app = embedded.OWNER_ROLE, embedded.APP_ROLE
    _manage(engine, owner, "migrate", "-v0")
    _manage(engine, app, "load_library")
    _manage(engine, app, "load_templates")
    kept.parent.mkdir(parents=True, exist_ok=True)
    for older in kept.parent.glob("template-*.sql"):
        older.unlink(missing_ok=True)
    # Whole or not at all: another run may be looking for it.
    fresh = kept.with_suffix(f".{os.getpid()}")
    _program(engine, "pg_dump", f"--file={fresh}")
    fresh.rename(kept)
    return NAME


def _key() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file() and "node_modules" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:24]


def _manage(engine: embedded.Postgres, role: str, *command: str) -> None:
    environ = {**os.environ, "DATABASE_URL": engine.url(NAME, role)}
    _run([sys.executable, "manage.py", *command], environ)


def _program(engine: embedded.Postgres, program: str, *options: str) -> None:
    environ = {**os.environ, "PGPASSWORD": engine.passwords[embedded.SUPERUSER]}
    at = [f"--host={engine.host}", f"--port={engine.port}", f"--username={embedded.SUPERUSER}", f"--dbname={NAME}"]
    _run([str(engine.bin_path / program), *at, "--no-password", *options], environ)


def _run(command: list[str], environ: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
