"""How many questions a page asks the database: within its limit, and the same for few rows and for many.

Everything counts that a signed-in request asks: session, person, the numbers in the frame, the line in the access log.
What does not: the words with which a transaction begins and ends, which ask nothing.
"""

import os
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Patient
from plans.actions import plans
from plans.demo import seeding
from plans.demo.clinics import DEMO_SLUG
from plans.models import Plan, PlanVersion
from plans.models.draft import KEPT_STEPS
from tests.cast import NOON
from tests.plans.test_builder import dose_of
from tests.plans.test_patient_logging import session_data

# Patients of the clinic, and days of their diaries.
FEW, MANY = (8, 10), (30, 14)
if os.environ.get("PAINPLAN_FULL"):
    FEW, MANY = (8, 10), (1_000, 60)

LIMITS = {
    "today": 5,
    "log a session": 3,
    "library": 3,
    "library search": 3,
    "inbox": 3,
    "inbox of the clinic": 3,
    "caseload": 5,
    "caseload by week": 5,
    "record": 4,
    "builder, one dose": 4,
}
MARK = re.compile(r"(^|; )(BEGIN|COMMIT|SAVEPOINT|RELEASE SAVEPOINT)\b[^;]*$")


class World:
    """The demo's clinic in a size, seen by a clinician and by a patient."""

    def __init__(self, patients: int, days: int) -> None:
        seeding.seed_demo(patients=patients, days=days, seed="1", at=NOON, tell=lambda _words: None)
        here = Membership.objects.filter(clinic__slug=DEMO_SLUG)
        self.clinician = here.get(user__full_name="Tom Brennan").user
        self.joan = Patient.objects.get(clinic__slug=DEMO_SLUG, full_name="Joan Whitfield")
        self.desk, self.phone = Client(), Client()
        self.desk.force_login(self.clinician)
        self.phone.force_login(self.joan.user)

    def counts(self) -> dict[str, int]:
        """By page, what the second visit asks: the first one fills what a process keeps, and begins the session."""
        desk = {
            "library": (reverse("library"), {}),
            "library search": (reverse("library"), {"q": "bridge"}),
            "inbox": (reverse("inbox"), {"tab": "mine"}),
            "inbox of the clinic": (reverse("inbox"), {"tab": "clinic"}),
            "caseload": (reverse("caseload"), {}),
            "caseload by week": (reverse("caseload"), {"sort": "week"}),
            "record": (reverse("patient", args=[self.joan.pk]), {}),
        }
        found = {name: _visit(self.desk, *page) for name, page in desk.items()}
        found["today"] = _visit(self.phone, reverse("today"), {})
        return found | {"log a session": self._log(), "builder, one dose": self._dose()}

    def _log(self) -> int:
        version = Plan.objects.get(patient=self.joan).active_version
        for _time in range(2):
            data = session_data(self.phone, self.joan, version)
            later = {name: "not-now" for name in data if name.startswith("after_")}
            with CaptureQueriesContext(connection) as asked:
                answer = self.phone.post(reverse("log_session"), data | later | {"again": "on"})
            assert answer.status_code == 302, answer.content.decode()
        return _questions(asked)

    def _dose(self) -> int:
        plan = Plan.objects.get(patient=self.joan)
        draft = plans.revise(plan=plan, by=self.clinician, at=NOON)
        row = draft.prescriptions.first()
        here = f"http://testserver{reverse('plan_builder', args=[draft.pk])}"
        headers = {"HX-Request": "true", "HX-Current-URL": here}
        for lock in range(KEPT_STEPS + 2):  # so many that the first ones cannot be undone any more
            assert PlanVersion.objects.get(pk=draft.pk).lock == lock
            data = dose_of(row, sets=4 + lock % 2, lock=lock)
            with CaptureQueriesContext(connection) as asked:
                answer = self.desk.post(reverse("builder_dose", args=[draft.pk, row.pk]), data, headers=headers)
            assert answer.status_code == 200, answer.content.decode()
        assert draft.steps.count() == KEPT_STEPS
        return _questions(asked)


def _visit(client: Client, path: str, query: dict[str, Any]) -> int:
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path, query)
        assert answer.status_code == 200
    return _questions(asked)


def _questions(asked: CaptureQueriesContext) -> int:
    return sum(not MARK.search(query["sql"]) for query in asked.captured_queries)


@pytest.fixture
def counted(db) -> dict[str, dict[str, int]]:
    """The counts of a small clinic, and of a large one."""
    found = {}
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        for name, size in (("few", FEW), ("many", MANY)):
            with transaction.atomic():
                found[name] = World(*size).counts()
                transaction.set_rollback(True)
    return found


def test_a_page_asks_no_more_for_many_rows_than_for_few(counted):
    few, many = counted["few"], counted["many"]
    assert few == many
    over = {name: number for name, number in many.items() if number > LIMITS[name]}
    assert not over, f"more questions than allowed: {over}"
    assert set(many) == set(LIMITS)
