"""docs/asvs.md is true: the tests it names are there, and the settings it speaks of are set."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| (?P<numbers>[\d., -]+) \| (?P<asked>[^|]+) \| (?P<state>[^|]+) \| (?P<how>[^|]*) \|$")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def rows():
    return [match for line in TEXT.splitlines() if (match := ROW.match(line))]


def test_every_named_test_is_there():
    missing = []
    for file, name in TEST.findall(TEXT):
        path = ROOT / file
        if not path.exists() or (name and f"def {name}(" not in path.read_text("utf-8")):
            missing.append(f"{file}::{name}")
    assert missing == []


def test_every_row_says_how_it_stands():
    assert len(rows()) > 100
    assert {row["state"] for row in rows()} <= {"Met", "Partly", "Not met", "Operator"}
    without = [row["numbers"] for row in rows() if row["state"] == "Met" and not TEST.search(row["how"])]
    assert without == [], "what is met names the test that would fail"


def test_no_requirement_stands_twice():
    numbers = [number.strip() for row in rows() for number in row["numbers"].split(",")]
    assert len(numbers) == len(set(numbers))
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and re.match(r"\| \d", line)]
    assert len(lines) == len(rows()), "a row that this test cannot read"


def test_production_settings_are_closed():
    """Read as a production server reads them, in a process of its own."""
    wanted = {
        "DEBUG": False,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_REDIRECT_EXEMPT": ["^health/", "^metrics$"],
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "USE_X_FORWARDED_HOST": False,
        "SESSION_COOKIE_AGE": 60 * 60 * 24 * 30,
        "STAFF_IDLE_SECONDS": 60 * 15,
        "STAFF_SESSION_SECONDS": 60 * 60 * 12,
        "SESSION_ENGINE": "accounts.session_store",
    }
    code = (
        "import json, sys; from django.conf import settings; found = {n: getattr(settings, n) for n in"
        " json.loads(sys.argv[1])}; print(json.dumps(found | {'hasher': settings.PASSWORD_HASHERS[0]}))"
    )
    environ = {key: value for key, value in os.environ.items() if key not in ("PAINPLAN_DEV", "PAINPLAN_DEMO")}
    environ |= {
        "DJANGO_SETTINGS_MODULE": "painplan.settings",
        "SECRET_KEY": "x" * 60,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "ALLOWED_HOSTS": "painplan.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(list(wanted))],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == wanted | {"hasher": "django.contrib.auth.hashers.Argon2PasswordHasher"}


@pytest.mark.parametrize(
    "password", ["short", "password1234", "quillfeather1", "qwerty123456", "Painplan-2026!!", "clinic.patient"]
)
def test_weak_passwords_are_refused(password):
    user = User(email="quillfeather1@example.org", full_name="Anna Quillfeather")
    with pytest.raises(ValidationError):
        validate_password(password, user)
    for fine in (
        "walk uphill slowly",
        "a plan of herons",
        "318 204 776 551",
        "ünïcödé wörds hëre",
        "x" * 11 + "Y" * 117,
        "  spaces around it  ",
    ):
        validate_password(fine, user)
