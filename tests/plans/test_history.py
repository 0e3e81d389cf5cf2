"""Every table that can change keeps what was, or says why it need not; nobody changes what was kept."""

from decimal import Decimal

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from accounts.audit_chain import sources
from accounts.models import Clinic, History, Membership, Patient, User
from exercises.models import Condition
from painplan.celery import app
from plans.actions import jobs
from plans.models import Flag, Goal
from plans.models.profile import ProfileCondition
from tests.cast import NOON, TODAY, make_member, make_patient

OURS = ("accounts", "exercises", "plans")

# Tables without a history, and why that is right. A row here is a decision: a new table fails until it has one.
ONE_MARK = "Written once; a trigger lets one mark be set, and the mark says itself who and when."
WITHOUT = {
    "plans_painscore": "Written once; a trigger lets only its amendment be named, and that has who and when.",
    "plans_checkin": "Written once, like a pain score.",
    "plans_message": ONE_MARK,
    "plans_note": ONE_MARK,
    "accounts_breakglass": ONE_MARK,
    "plans_painwatch": "The ledger of the safety sweep, written each minute: its results are flags and events.",
    "plans_notification": "The ledger of mail, written by a sweep: no words about health, and no row is removed.",
    "plans_jobrun": "How the jobs went; no patient.",
    "plans_ruletrial": "A calculation that is shown and thrown away; it changes nobody's record.",
    "plans_draftstep": "The undo list of a draft: itself a history, and the draft's rows have theirs.",
    "plans_templatestep": "The undo list of a template, like that of a draft.",
    "exercises_exerciseversion": "No patient. Published ones are immutable; curation events tell of drafts.",
    "exercises_media": "No patient. A file is never exchanged in place; curation events say who added and removed it.",
    "exercises_importbatch": "No patient. Its report is the history of an import.",
    "exercises_merge": "No patient. A merge row says who merged and who undid it.",
    "exercises_notduplicate": "No patient; written once.",
    "plans_savedfilter": "No patient: how somebody likes to see a list, kept by themself.",
    "exercises_proposal": "No patient. Says itself who decided, and when.",
    "exercises_librarychange": "No patient. A queue of what the plans still have to hear of.",
    "exercises_bodyregion": "Vocabulary, changed only with a release.",
    "exercises_condition": "Vocabulary, changed only with a release.",
    "exercises_equipment": "Vocabulary, changed only with a release.",
    "django_session": "Who is signed in now: gone when they sign out. The list of browsers says where.",
    "accounts_user_groups": "Not used: what somebody may do follows from memberships.",
    "accounts_user_user_permissions": "Not used, like the groups.",
}  # fmt: skip


def our_tables():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS and not issubclass(model, History):
            yield model._meta.db_table


def closed_tables(cursor) -> set[str]:
    """Tables whose triggers refuse every change."""
    cursor.execute(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger\\_no\\_update\\_%'"
        " OR tgname LIKE 'pgtrigger\\_append\\_only\\_%'"
    )
    return {row[0] for row in cursor.fetchall()}


def kept(model) -> str:
    return f"{model}history"


def test_every_table_has_a_history_or_is_insert_only_or_says_why(db):
    with connection.cursor() as cursor:
        closed = closed_tables(cursor)
    tables = set(our_tables())
    with_history = {table for table in tables if kept(table) in closed}
    undecided = tables - with_history - closed - set(WITHOUT)
    assert undecided == set(), "decorate the model with keeps_history(), make it append_only(), or say why not"
    assert set(WITHOUT) & (with_history | closed) == set()
    assert set(WITHOUT) <= tables


def test_the_app_may_only_read_and_add_to_what_is_insert_only(db):
    """A new insert-only table needs `SELECT painplan_close_insert_only();` in its migration."""
    with connection.cursor() as cursor:
        closed = closed_tables(cursor)
        assert {"accounts_accesslog", "plans_planevent", "plans_flaghistory", "accounts_auditlink"} <= closed
        assert set(sources()) <= closed
        open_to = []
        for table in sorted(closed):
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE'),"
                " has_table_privilege(%s, 'TRUNCATE'), has_table_privilege(%s, 'SELECT, INSERT')",
                [table] * 4,
            )
            if cursor.fetchone() != (False, False, False, True):
                open_to.append(table)
    assert open_to == []


@pytest.mark.committed
def test_the_owner_of_the_tables_is_refused_as_well(committed_db, engine):
    clinic = Clinic.objects.create(name="Pier", slug="pier", emergency_text="Call.")
    patient = make_patient("Pia Pier", clinic, make_member("Rita Race", clinic))
    patient.assignments.update(valid_until=NOON)  # leaves a row of history
    name = committed_db.rsplit("/", 1)[1]
    with psycopg.connect(engine.url(name, "painplan_owner"), autocommit=True) as owner:
        with owner.cursor() as cursor:
            closed = closed_tables(cursor)
        for table in sorted(closed):
            with pytest.raises(psycopg.Error, match="cannot be truncated"):
                owner.execute(f"TRUNCATE {table} CASCADE")
        for table, change in {
            "accounts_careassignmenthistory": "kind = 'cover'",
            "accounts_patienthistory": "full_name = 'Somebody'",
            "plans_planevent": "verb = 'nothing'",
        }.items():
            assert owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            with pytest.raises(psycopg.Error, match="Cannot update"):
                owner.execute(f"UPDATE {table} SET {change}")
            with pytest.raises(psycopg.Error, match=r"Cannot (update or )?delete"):
                owner.execute(f"DELETE FROM {table}")


# A value of each type, for a row that nothing but its triggers protects.
OF_TYPE = {
    "uuid": "gen_random_uuid()", "jsonb": "'{}'", "boolean": "false", "bytea": "''", "ARRAY": "'{}'",
    "timestamp with time zone": "now()", "date": "now()", "time without time zone": "'09:00'", "numeric": "1",
    "integer": "1", "bigint": "1", "smallint": "1",
}  # fmt: skip


@pytest.mark.committed
def test_no_statement_changes_or_removes_a_row_of_any_of_them(committed_db, engine):
    """UPDATE and DELETE by the owner of the tables, on a row in each: put there past every key and check."""
    taken, tried = [], 0
    with psycopg.connect(engine.superuser_url(committed_db.rsplit("/", 1)[1]), autocommit=True) as root:
        with root.cursor() as cursor:
            closed = closed_tables(cursor)
        for table in sorted(closed):
            columns = root.execute(
                "SELECT quote_ident(column_name), data_type FROM information_schema.columns WHERE table_name = %s"
                " AND is_nullable = 'NO' AND is_generated = 'NEVER' AND is_identity = 'NO'",
                [table],
            ).fetchall()
            given = {name: OF_TYPE.get(kind, "'x'") for name, kind in columns}
            for statement in (f"UPDATE {table} SET {columns[0][0]} = {columns[0][0]}", f"DELETE FROM {table}"):
                tried += 1
                with root.transaction(force_rollback=True):
                    put_in(root, table, given)
                    root.execute("SET LOCAL ROLE painplan_owner")
                    try:
                        with root.transaction():
                            done = root.execute(statement).rowcount
                        taken.append(f"{statement}: {done} rows")
                    except psycopg.Error as error:
                        if not str(error).startswith("pgtrigger: Cannot"):
                            taken.append(f"{statement}: refused for another reason: {error}")
    assert taken == []
    assert tried > 80


def put_in(root: psycopg.Connection, table: str, given: dict[str, str]) -> None:
    """A row with these values; checks are dropped and triggers asleep for as long as it takes, in this transaction."""
    checks = root.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", [table]
    ).fetchall()
    for (name,) in checks:
        root.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    root.execute("SET LOCAL session_replication_role = replica")
    root.execute(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join(given.values())})")
    root.execute("SET LOCAL session_replication_role = origin")


def test_what_a_row_was_is_kept_however_it_is_changed(anna, alice):
    goal = Goal.objects.create(patient=anna, text="Garden", made_at=NOON, made_by=alice)
    goal.text = "Garden every day"
    goal.save()
    Goal.objects.filter(pk=goal.pk).update(text="Walk")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE plans_goal SET text = 'Swim' WHERE id = %s", [goal.pk])
    history = Goal.pgh_event_model.objects.filter(pgh_obj=goal).order_by("pgh_id")
    assert [(row.pgh_label, row.text) for row in history] == [
        ("changed", "Garden"),
        ("changed", "Garden every day"),
        ("changed", "Walk"),
    ]
    goal.refresh_from_db()
    goal.save()
    assert history.count() == 3  # nothing changed, nothing is written


def test_who_may_see_whom_is_kept_from_the_first_row(harbour, bob):
    Membership.objects.filter(user=bob).update(valid_until=NOON)
    rows = Membership.pgh_event_model.objects.filter(user=bob).order_by("pgh_id")
    assert [(row.pgh_label, row.valid_until) for row in rows] == [("added", None), ("changed", None)]


def test_the_conditions_of_somebody_are_kept(anna):
    first, second = Condition.objects.order_by("slug")[:2]
    anna.profile.conditions.set([first])
    anna.profile.conditions.set([second])
    said = (
        ProfileCondition.pgh_event_models["added"]
        .objects.filter(clinicalprofile=anna.profile)
        .order_by("pgh_id")
        .values_list("pgh_label", "condition")
    )
    assert sorted(said) == sorted([("added", first.pk), ("removed", first.pk), ("added", second.pk)])


def test_history_says_who_and_on_which_page(client, anna, alice):
    client.force_login(alice)
    client.post(reverse("patient_discharge", args=[anna.pk]), {"note": "Moved away", "confirm": "on"})
    row = Patient.pgh_event_model.objects.filter(pgh_obj=anna, pgh_label="changed").latest("pgh_id")
    assert row.status == "active"
    assert row.pgh_context["user"] == str(alice.pk)
    assert row.pgh_context["route"] == "patient_discharge"
    assert set(row.pgh_context) == {"user", "request", "route"}
    assert row.pgh_context_id is not None


def test_history_says_which_job_it_was(anna, alice):
    goal = Goal.objects.create(patient=anna, text="Garden", made_at=NOON, made_by=alice)

    def work(*, at):
        return Goal.objects.filter(pk=goal.pk).update(text="Walk")

    jobs.run(name="a job", work=work, clock=lambda: NOON)
    row = Goal.pgh_event_model.objects.get(pgh_obj=goal)
    assert row.pgh_context == {"job": "a job"}


def test_tasks_name_themselves(anna, alice):
    goal = Goal.objects.create(patient=anna, text="Garden", made_at=NOON, made_by=alice)

    @app.task(name="tests.change_a_goal", shared=False)
    def change():
        Goal.objects.filter(pk=goal.pk).update(text="Walk")

    try:
        change()
    finally:
        app.tasks.unregister("tests.change_a_goal")
    assert Goal.pgh_event_model.objects.get(pgh_obj=goal).pgh_context == {"job": "tests.change_a_goal"}


def test_secrets_are_not_copied(alice):
    fields = {field.name for field in User.pgh_event_model._meta.fields}
    assert not fields & {"password", "last_login"}
    User.objects.filter(pk=alice.pk).update(last_login=NOON, password="!other")
    assert not User.pgh_event_model.objects.filter(pgh_obj=alice, pgh_label="changed").exists()
    secret = [
        (model.__name__, field.name)
        for model in apps.get_models()
        if issubclass(model, History)
        for field in model._meta.fields
        if any(word in field.name for word in ("hash", "token", "password", "secret"))
    ]
    assert secret == []


def test_what_a_rule_computes_anew_each_day_makes_no_history(anna):
    flag = Flag.objects.create(
        patient=anna, rule="R5", rule_version=1, severity="watch", since_on=TODAY, first_alert_on=TODAY,
        last_alert_on=TODAY, raised_at=NOON,
    )  # fmt: skip
    Flag.objects.filter(pk=flag.pk).update(evidence={"days": 4})
    assert not Flag.pgh_event_model.objects.filter(pgh_obj=flag).exists()
    Flag.objects.filter(pk=flag.pk).update(severity="important", evidence={"days": 5})
    assert Flag.pgh_event_model.objects.get(pgh_obj=flag).evidence == {"days": 4}


def test_a_clinics_settings_keep_what_was(harbour):
    Clinic.objects.filter(pk=harbour.pk).update(urgent_hours=5)
    assert Clinic.pgh_event_model.objects.get(pgh_obj=harbour).urgent_hours == 4
    assert Decimal(Clinic.objects.get(pk=harbour.pk).urgent_hours) == 5
