"""Fills the bench's database and says how to come in: `python -m tests.bench.world FILE`, run with its environment.

The seed is `seed_demo`, whose diaries are written with COPY and judged by the ordinary rules; the rest are its copies
(tests/bench/multiplied.py). FILE gets the sign-ins and what is to be asked, as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "painplan.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import BooleanField, ExpressionWrapper, Q  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Clinic, Membership, Patient, User, new_id  # noqa: E402
from plans.actions import plans  # noqa: E402
from plans.demo import seeding  # noqa: E402
from plans.demo.clinics import DEMO_SLUG  # noqa: E402
from plans.models import BodySite, Flag, PainScore, Plan, PlanVersion, Session  # noqa: E402
from tests.bench import multiplied  # noqa: E402
from tests.bench.bare import TABLE  # noqa: E402
from tests.chaos.people import sign_in_many  # noqa: E402

SEEDS, DAYS = 24, 60
OPEN_FLAGS, EXERCISES = 60, 5_000


def main(file: Path, total: int, logs: int, in_a_clinic: int, every_flag: bool) -> None:
    at, began, took = timezone.now(), time.monotonic(), {}
    seeding.seed_demo(patients=SEEDS, days=DAYS, seed="1", at=at, tell=lambda _words: None)
    took["the seed, judged by the rules"] = time.monotonic() - began
    url = os.environ["BENCH_SUPERUSER_URL"]
    with psycopg.connect(url) as connection, psycopg.connect(url) as beside:
        for each in (connection, beside):
            each.execute("SET session_replication_role = replica")
            each.commit()
        connection.execute(f"CREATE TABLE {TABLE} (id uuid PRIMARY KEY, user_id uuid NOT NULL, value text NOT NULL)")
        connection.execute(f"GRANT SELECT, INSERT ON {TABLE} TO painplan_app")
        with multiplied.without_indexes(connection, beside):
            multiplied.patients(connection, DEMO_SLUG, total=total, in_a_clinic=in_a_clinic, beside=beside)
            if every_flag:
                multiplied.what_the_rules_found(connection, total=total, in_a_clinic=in_a_clinic)
            else:
                multiplied.flags(connection, total=OPEN_FLAGS)
            multiplied.exercises(connection, total=EXERCISES)
    took["its copies"] = time.monotonic() - began - sum(took.values())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    took["vacuum, statistics"] = time.monotonic() - began - sum(took.values())
    told = _told(logs)
    took["all"] = sum(took.values())
    told["seconds"] = {name: round(seconds, 1) for name, seconds in took.items()}
    file.write_text(json.dumps(told, default=str))


def _told(logs: int) -> dict[str, Any]:
    clinic = Clinic.objects.get(slug=DEMO_SLUG)
    clinician = Membership.objects.get(clinic=clinic, user__full_name="Tom Brennan").user
    joan = Patient.objects.get(clinic=clinic, full_name="Joan Whitfield")
    assert joan.user is not None
    draft = plans.revise(plan=Plan.objects.get(patient=joan), by=clinician, at=timezone.now())
    row = draft.prescriptions.order_by("section", "position").first()
    assert row is not None
    return {
        "counts": {
            "patients": Patient.objects.count(),
            "of the clinic": Patient.objects.filter(clinic=clinic).count(),
            "sessions": Session.objects.count(),
            "scores": PainScore.objects.count(),
            "open flags": Flag.objects.open().filter(patient__clinic=clinic).count(),
        },
        "clinician": _sign_in(clinician),
        "patient": _sign_in(joan.user),
        "record": str(joan.pk),
        "joan": joan.first_name,
        "draft": str(draft.pk),
        "lock": PlanVersion.objects.get(pk=draft.pk).lock,
        "prescription": str(row.pk),
        "dose": _dose(row),
        "logs": _logs(clinic, logs, without=joan),
    }


def _sign_in(user: User) -> dict[str, str]:
    """Headers of somebody who is signed in, by the ordinary session."""
    client, secret = Client(), _get_new_csrf_string()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}"
    return {"Cookie": cookie, "X-CSRFToken": secret}


def _logs(clinic: Clinic, number: int, *, without: Patient) -> list[dict[str, Any]]:
    """What so many patients send, each to log today's session; those of this clinic first."""
    plans_of = Plan.objects.filter(status=Plan.Status.ACTIVE, active_version__isnull=False)
    versions = dict(plans_of.values_list("patient", "active_version"))
    others = Patient.objects.filter(pk__in=plans_of.values("patient")).exclude(pk=without.pk).select_related("user")
    here_first = others.annotate(here=ExpressionWrapper(Q(clinic=clinic), BooleanField())).order_by("-here", "pk")
    found = list(here_first.prefetch_related("sites")[:number])
    headers = _several_signed_in([patient.user for patient in found if patient.user is not None])
    return [
        {"headers": own, "fields": _fields(patient.sites.all()[0], versions[patient.pk])}
        for patient, own in zip(found, headers, strict=True)
    ]


def _several_signed_in(users: Sequence[User]) -> list[dict[str, str]]:
    secret = _get_new_csrf_string()
    names = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    return [
        {"Cookie": f"{names[0]}={session}; {names[1]}={secret}", "X-CSRFToken": secret}
        for session in sign_in_many(users)
    ]


def _fields(main: BodySite, version: UUID) -> dict[str, str]:
    return {
        "entry": str(new_id()), "opened": timezone.now().isoformat(), "version": str(version), "time_zone": "",
        f"before_{main.pk.hex}": "4", f"after_{main.pk.hex}": "5", "what": "all", "effort": "3", "on": "today",
        "note": "", "again": "on",
    }  # fmt: skip


def _dose(row: Any) -> dict[str, Any]:
    names = (
        "section", "repetitions", "hold_seconds", "duration_minutes", "distance_metres", "effort", "rest_seconds",
        "weekdays", "times_a_week", "note", "pain_guidance", "override_reason",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    whole = {"full": "1", **{name: "" if value is None else value for name, value in told.items()}}
    return whole | ({"per_side": "on"} if row.per_side else {})


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5]), every_flag=sys.argv[5] == "every")
