"""How PostgreSQL answers the questions asked most: by an index, never by reading all scores or all sessions.

The questions are those that the pages really ask, taken from a visit, in a database with enough rows that a plan
chosen by cost is the plan of a large clinic. An index that goes missing is noticed: the last part takes each away.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import sql

from accounts.models import Clinic, Patient, User
from plans.actions import flags, reconcile_pain, reevaluations, watching
from plans.models import PainScore, Reevaluation, Session
from tests.bench import multiplied
from tests.cast import NOON, log_days, make_active_plan, make_member, make_patient
from tests.chaos.house import until
from tests.plans.test_patient_pages import do_session

SCORES = 1_000_000 if os.environ.get("PAINPLAN_FULL") else 200_000
IN_A_CLINIC = 100
BY_DAY = "painscore_by_patient_and_day"
OF_A_SITE = "plans_painscore_site_id"  # and a mark that Django gives
BY_INDEX_ALONE = ["accounts_patient", "plans_plan", "plans_reevaluation", "plans_painwatch", "plans_painscore"]
NEVER_WHOLE = {"plans_painscore", "plans_session"}


@dataclass(frozen=True)
class Plan:
    """Of one question: the indexes that its plan uses, and the tables that it reads from end to end."""

    indexes: frozenset[str]
    whole: frozenset[str]


def plan_of(database: psycopg.Connection, question: str) -> Plan:
    (found,) = database.execute(f"EXPLAIN (FORMAT JSON) {question}").fetchone()
    nodes = list(_nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))
    return Plan(
        frozenset(node["Index Name"] for node in nodes if "Index Name" in node),
        frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
    )


def _nodes(node: dict) -> Iterator[dict]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def complaints(database: psycopg.Connection, questions: list[str], *indexes: str) -> list[str]:
    """What is wrong with the plans: a table read as a whole, or none of the indexes that are there for this is used."""
    plans = [plan_of(database, question) for question in questions]
    wrong = [
        f"reads the whole of {', '.join(plan.whole & NEVER_WHOLE)}: {question[:300]}"
        for plan, question in zip(plans, questions, strict=True)
        if plan.whole & NEVER_WHOLE
    ]
    if not any(used.startswith(indexes) for plan in plans for used in plan.indexes):
        wrong.append(f"{' or '.join(indexes)} is not used")
    return wrong


def asked(visit: Callable[[], object]) -> list[str]:
    """What a visit asks the database, as it can be explained, which does nothing of it: WITH may write who looked."""
    with CaptureQueriesContext(connection) as captured:
        visit()
    texts = [re.sub(r"^SELECT set_config\(.*', true\); ", "", each["sql"], flags=re.DOTALL) for each in captured]
    return [text for text in texts if re.match(r"\s*\(*SELECT|UPDATE|WITH", text) and "plans_" in text]


@pytest.fixture
def large(engine, committed_db) -> Iterator[psycopg.Connection]:
    """A database with many clinics of a hundred patients, made of one; yields a connection that may do anything."""
    clinic = Clinic.objects.create(name="Harbour Clinic", slug="harbour", emergency_text="Call 999.")
    alice = make_member("Alice Archer", clinic)
    anna = make_patient("Anna Anders", clinic, alice)
    version = make_active_plan(anna, alice)
    for back in range(20):
        do_session(anna, version, at=NOON - timedelta(days=3 * back + 1))
    log_days(anna, [4.0] * 48 + [8.0] * 12, last=(NOON - timedelta(days=1)).date())
    [open_one] = Reevaluation.objects.filter(plan=version.plan)
    reevaluations.complete(
        reevaluation=open_one, decision="continue", note="Fine.", next_due_on=None, by=alice, at=NOON
    )
    flags.evaluate(patient_id=anna.pk, at=NOON)
    each = PainScore.objects.count()
    with psycopg.connect(engine.superuser_url(committed_db.rpartition("/")[2]), autocommit=True) as database:
        database.execute("SET session_replication_role = replica")
        multiplied.patients(database, "harbour", total=SCORES // each, in_a_clinic=IN_A_CLINIC)
        multiplied.flags(database, total=SCORES // each)
        database.execute("UPDATE plans_reevaluation SET due_on = due_on + (random() * 80)::int")
        database.execute(
            "UPDATE plans_painwatch SET dirty_since = %s WHERE patient_id IN"
            " (SELECT patient_id FROM plans_painwatch ORDER BY patient_id LIMIT 20)",
            [NOON],
        )
        database.execute("ANALYZE")
        until(lambda: answers_of_an_index_alone(database), "PostgreSQL knows these rows to be visible to everybody")
        yield database


def answers_of_an_index_alone(database: psycopg.Connection) -> bool:
    """Whether they can be had: not while anybody, PostgreSQL's own autovacuum too, began to read before the rows were
    written.
    """
    database.execute(f"VACUUM {', '.join(BY_INDEX_ALONE)}")
    pages = "SELECT min(relallvisible::float / greatest(relpages, 1)) FROM pg_class WHERE relname = ANY(%s)"
    found = database.execute(pages, [BY_INDEX_ALONE]).fetchone()
    return found is not None and found[0] > 0.9


def test_the_hot_questions_are_answered_by_an_index(large):
    assert PainScore.objects.count() > SCORES * 0.95 and Session.objects.count() > SCORES / 6
    hot = questions()
    assert any(question.startswith("WITH") for question in hot["record"][0]), "who looked is not explained"
    wrong = {name: said for name, (found, *indexes) in hot.items() if (said := complaints(large, found, *indexes))}
    assert wrong == {}
    [counts] = [question for question in hot["caseload"][0] if "SELECT counted" in question]
    of_others = {"plans_plan", "plans_reevaluation"} | NEVER_WHOLE
    assert not plan_of(large, counts).whole & of_others, "the filters' numbers read what other clinics have"
    for name, (found, *indexes) in hot.items():
        with large.transaction(force_rollback=True):
            drop_indexes(large, *indexes)
            assert complaints(large, found, *indexes), f"{name}: nobody would notice that {indexes} are gone"
    for index in ("patient_of_clinic", "plan_of_patient", "reevaluation_of_patient"):
        assert not complaints(large, [counts], index)
    anna = Patient.objects.get(full_name="Anna Anders")
    judging = asked(lambda: flags.evaluate(patient_id=anna.pk, at=NOON + timedelta(minutes=1)))
    assert any("done_at" in question for question in judging)
    whole = {question[:300] for question in judging if plan_of(large, question).whole & of_others}
    assert whole == set(), "who judges one patient reads what others have"
    [lines] = [question for question in hot["caseload"][0] if "WITH ORDINALITY" in question]
    assert not complaints(large, [lines], "patient_in_care_by_name")
    with large.transaction(force_rollback=True):
        drop_indexes(large, "plans_painscore", "painscore", "plans_session", "session")
        for name in ("Today", "own scores", "caseload", "record"):
            assert any("reads the whole" in said for said in complaints(large, *hot[name])), name


def questions() -> dict[str, tuple[Any, ...]]:
    """By name: what is asked, and the indexes of which one has to serve it (how their names begin)."""
    anna, alice = Patient.objects.get(full_name="Anna Anders"), User.objects.get(full_name="Alice Archer")
    phone, desk = Client(), Client()
    phone.force_login(anna.user)
    desk.force_login(alice)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        pages = {
            # Of a few sessions in all it is the same by which of the two they are found.
            "Today": (phone, reverse("today"), "session_patient_day", "plans_session_patient_id"),
            "own scores": (phone, reverse("progress"), OF_A_SITE),
            "inbox": (desk, reverse("inbox"), "painwatch_dirty"),
            "caseload": (desk, reverse("caseload"), BY_DAY),
            "record": (desk, reverse("patient", args=[anna.pk]), BY_DAY),
        }
        found = {
            name: (asked(lambda client=client, path=path: client.get(path)), *indexes)
            for name, (client, path, *indexes) in pages.items()
        }
        found["dirty sweep"] = asked(lambda: watching.sweep(at=NOON, limit=1)), "painwatch_dirty"
        nightly = partial(reconcile_pain.look, after=None, most=IN_A_CLINIC)
        found["nightly count"] = asked(nightly), BY_DAY
    return found


def drop_indexes(database: psycopg.Connection, *beginnings: str) -> None:
    """All with such names, but not those that a constraint needs."""
    rows = database.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relname ^@ ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint x WHERE x.conindid = c.oid)",
        [list(beginnings)],
    ).fetchall()
    assert rows
    for (name,) in rows:
        database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
