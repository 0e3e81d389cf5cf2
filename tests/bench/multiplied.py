"""Makes a large clinic of the demo's: each patient of a seed many times over, with everything that is theirs.

In SQL, with triggers and foreign keys at rest (as a restore works): 100,000 patients are a matter of minutes. The n-th
copy of a row gets the id md5(id, n), and so do the keys that point to it; a copy beyond the size of a clinic goes to
another clinic, which has copies of the staff. Ids are not in order of time then, which indexes like less than those
of real life.
"""

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import models
from psycopg import sql

from accounts.models import CareAssignment, Clinic, Membership, Patient, User
from exercises.models import Caution, Exercise, ExerciseVersion
from plans.models import (
    BodySite,
    CheckIn,
    ClinicalProfile,
    Decision,
    ExerciseLog,
    Flag,
    PainScore,
    PainWatch,
    Plan,
    PlanVersion,
    Prescription,
    Reevaluation,
    Screening,
    Session,
)

Model = type[models.Model]
OF_A_PATIENT: dict[Model, str] = {
    User: "t.id IN (SELECT user_id FROM seed)",
    Patient: "t.id IN (SELECT id FROM seed)",
    **dict.fromkeys(
        [CareAssignment, ClinicalProfile, BodySite, PainWatch, Screening, Plan, Session, PainScore, CheckIn],
        "t.patient_id IN (SELECT id FROM seed)",
    ),
    PlanVersion: "t.plan_id IN (SELECT p.id FROM plans_plan p JOIN seed ON seed.id = p.patient_id)",
    Reevaluation: "t.patient_id IN (SELECT id FROM seed)",
    Prescription: "t.version_id IN (SELECT v.id FROM plans_planversion v JOIN plans_plan p ON p.id = v.plan_id"
    " JOIN seed ON seed.id = p.patient_id)",
    ExerciseLog: "t.session_id IN (SELECT s.id FROM plans_session s JOIN seed ON seed.id = s.patient_id)",
}
OF_THE_LIBRARY: dict[Model, str] = {Exercise: "t.clinic_id IS NULL", ExerciseVersion: "true", Caution: "true"}
INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND NOT i.indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
SAME, NUMBERED = "{column}", "{column} || ' ' || n"
CHANGED = {
    (User, "email"): "n || '.' || {column}",
    (User, "full_name"): NUMBERED,
    (Patient, "full_name"): NUMBERED,
    (Patient, "name_key"): NUMBERED,
    (Patient, "email"): "n || '.' || {column}",
    (Patient, "clinic_number"): "{column} || '-' || n",
    (Exercise, "slug"): "{column} || '-' || n",
    (ExerciseVersion, "name"): NUMBERED,
    # What the rules know of a site stands under the site's id.
    (PainWatch, "state"): "(SELECT coalesce(jsonb_object_agg(CASE WHEN key LIKE '%%:%%-%%-%%-%%-%%' THEN"
    " split_part(key, ':', 1) || ':' || md5(split_part(key, ':', 2) || n)::uuid ELSE key END, value), '{{}}')"
    " FROM jsonb_each({column}))",
}


def patients(
    connection: psycopg.Connection,
    clinic: str,
    *,
    total: int,
    in_a_clinic: int,
    beside: psycopg.Connection | None = None,
) -> int:
    """Copies until about `total` patients are there, at most `in_a_clinic` in each clinic. Returns how many.

    With `beside` the scores, half of everything, come over that connection meanwhile; both then commit.
    """
    seeds = _seed(connection, clinic)
    copies = max(total // seeds - 1, 0)
    block = in_a_clinic // seeds
    _copy(connection, Clinic, f"t.slug = '{clinic}'", copies // block, {Clinic}, block)
    of_clinic = f"clinic_id = (SELECT id FROM accounts_clinic WHERE slug = '{clinic}')"
    _copy(
        connection, User, f"t.id IN (SELECT user_id FROM accounts_membership WHERE {of_clinic})", copies // block, (), 1
    )
    _copy(connection, Membership, f"t.{of_clinic}", copies // block, (), 1)
    owned = set(OF_A_PATIENT)
    if beside is None:
        for model, rows in OF_A_PATIENT.items():
            _copy(connection, model, rows, copies, owned, block)
        return seeds * (copies + 1)
    _seed(beside, clinic)
    with ThreadPoolExecutor(1) as pool:
        scores = pool.submit(_copy, beside, PainScore, OF_A_PATIENT[PainScore], copies, owned, block)
        for model, rows in OF_A_PATIENT.items():
            if model is not PainScore:
                _copy(connection, model, rows, copies, owned, block)
        scores.result()
    connection.commit()
    beside.commit()
    return seeds * (copies + 1)


def _seed(connection: psycopg.Connection, clinic: str) -> int:
    seeds = connection.execute(
        "CREATE TEMP TABLE seed AS SELECT p.id, p.user_id FROM accounts_patient p JOIN accounts_clinic c"
        " ON c.id = p.clinic_id WHERE c.slug = %s AND p.status = 'active' AND p.user_id IS NOT NULL",
        [clinic],
    ).rowcount
    connection.execute("ANALYZE seed")
    return seeds


@contextlib.contextmanager
def without_indexes(connection: psycopg.Connection, beside: psycopg.Connection) -> Iterator[None]:
    """Indexes that no rule of the data rests on are made anew afterwards, in one go: half of the time, all told."""
    found = connection.execute(INDEXES).fetchall()
    for name, _definition in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    connection.commit()  # or the other connection would wait for it
    yield
    connection.commit()
    waiting = deque(sorted((definition for _name, definition in found), key=_of_scores, reverse=True))
    with ThreadPoolExecutor(2) as pool:
        for made in [pool.submit(_made, each, waiting) for each in (connection, beside)]:
            made.result()


def _of_scores(definition: str) -> bool:
    return "plans_painscore" in definition


def _made(connection: psycopg.Connection, waiting: deque[str]) -> None:
    connection.execute("SET maintenance_work_mem = '512MB'")
    with contextlib.suppress(IndexError):
        while True:
            connection.execute(waiting.popleft())
            connection.commit()


def what_the_rules_found(connection: psycopg.Connection, *, total: int, in_a_clinic: int) -> None:
    """Every flag and decision of the seeds for each of their copies, so that all agree with their scores."""
    row = connection.execute("SELECT count(*) FROM seed").fetchone()
    seeds = row[0] if row else 1
    for model in (Flag, Decision):
        rows, owned = "t.patient_id IN (SELECT id FROM seed)", {Flag, Decision, *OF_A_PATIENT}
        _copy(connection, model, rows, max(total // seeds - 1, 0), owned, in_a_clinic // seeds)


def flags(connection: psycopg.Connection, *, total: int) -> None:
    """Open flags of the seeds' copies, until the first clinic has `total`."""
    there = connection.execute(
        "SELECT count(*) FROM plans_flag WHERE state IN ('open', 'acknowledged')"
        " AND patient_id IN (SELECT id FROM seed)"
    ).fetchone()
    more = total - (there[0] if there else 0)
    if more > 0:
        rows = "t.state IN ('open', 'acknowledged') AND t.patient_id IN (SELECT id FROM seed)"
        _copy(connection, Flag, rows, more, {Flag, *OF_A_PATIENT}, more + 1, limit=more)


def exercises(connection: psycopg.Connection, *, total: int) -> None:
    """Copies of the starter library until about `total` exercises are there."""
    there = connection.execute("SELECT count(*) FROM exercises_exercise").fetchone()
    copies = total // (there[0] if there else 1) - 1
    for model, rows in OF_THE_LIBRARY.items():
        _copy(connection, model, rows, copies, set(OF_THE_LIBRARY), copies + 1)


def _copy(
    connection: psycopg.Connection,
    model: Model,
    rows: str,
    copies: int,
    owned: Iterable[Model],
    block: int,
    limit: int = 0,
) -> None:
    if copies < 1:
        return
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.AutoField):
            columns.append(sql.Identifier(str(field.column)))
            values.append(sql.SQL(_value(model, field, set(owned), block)))
    statement = sql.SQL(
        # One copy after the other, as the loop runs: to sort them would take longer than to make them.
        "INSERT INTO {table} ({columns}) WITH own AS MATERIALIZED (SELECT * FROM {table} t WHERE {rows})"
        " SELECT {values} FROM generate_series(1, {n}) n CROSS JOIN LATERAL (SELECT * FROM own OFFSET 0 * n) t {limit}"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(columns),
        values=sql.SQL(", ").join(values),
        n=sql.Literal(copies),
        rows=sql.SQL(rows),
        limit=sql.SQL(f"LIMIT {limit}" if limit else ""),
    )
    connection.execute(statement)


def _value(model: Model, field: "models.Field[object, object]", owned: set[Model], block: int) -> str:
    column = f't."{field.column}"'
    if (model, field.name) in CHANGED:
        return CHANGED[model, field.name].format(column=column)
    if field.is_relation and field.related_model is Clinic:
        return f"CASE WHEN n < {block} THEN {column} ELSE md5({column}::text || (n / {block}))::uuid END"
    if model is Clinic and field.name == "slug":
        return f"{column} || n"
    if field.related_model is User:
        own, same = f"md5({column}::text || n)::uuid", f"md5({column}::text || (n / {block}))::uuid"
        patient = f"{column} IN (SELECT user_id FROM seed)"
        return f"CASE WHEN {patient} THEN {own} WHEN n < {block} THEN {column} ELSE {same} END"
    if field.related_model in owned or (field.primary_key and not field.is_relation):
        return f"md5({column}::text || n)::uuid"
    return column
