"""The check of migrations bites where a table would be locked or the old code would break, and nowhere else."""

import pytest

from tools import migrations

FRAME = """from django.db import migrations, models
class Migration(migrations.Migration):
    {attributes}
    operations = [{operations}]
"""


def faults(operations: str, attributes: str = "dependencies = []") -> list[str]:
    return list(migrations.faults(FRAME.format(operations=operations, attributes=attributes)))


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("migrations.AddField(model_name='goal', name='a', field=models.IntegerField())", "db_default"),
        ("migrations.AddField(model_name='goal', name='a', field=models.IntegerField(default=3))", "db_default"),
        ("migrations.RemoveField(model_name='goal', name='a')", "old code"),
        ("migrations.DeleteModel(name='Goal')", "old code"),
        ("migrations.RenameField(model_name='goal', old_name='a', new_name='b')", "old code"),
        ("migrations.RenameModel('Goal', 'Aim')", "old code"),
        ("migrations.AddIndex(model_name='painscore', index=models.Index(fields=['a'], name='b'))", "Concurrently"),
        ("migrations.AddConstraint(model_name='session', constraint=models.CheckConstraint())", "NotValid"),
        ("migrations.AddConstraint(model_name='flagevent', constraint=models.CheckConstraint())", "big table"),
        ("migrations.AlterField(model_name='painscore', name='a', field=models.TextField())", "big table"),
        ("AddIndexConcurrently(model_name='painscore', index=models.Index(fields=['a'], name='b'))", "atomic = False"),
        ("migrations.RunSQL('CREATE INDEX a ON plans_painscore (value)')", "CONCURRENTLY"),
        ("migrations.RunSQL(sql='ALTER TABLE plans_goal RENAME COLUMN a TO b')", "renames"),
        ("migrations.RunSQL('ALTER TABLE plans_goal ALTER COLUMN a SET NOT NULL')", "under a lock"),
        ("migrations.RunSQL('ALTER TABLE plans_goal DROP COLUMN a')", "takes away"),
        ("migrations.RunSQL('ALTER TABLE plans_goal ADD COLUMN a int NOT NULL')", "cannot fill"),
        ("migrations.RunSQL('ALTER TABLE plans_goal ADD CONSTRAINT a CHECK (b > 0)')", "NOT VALID"),
        ("migrations.RunSQL('LOCK TABLE plans_goal')", "locks"),
    ],
)
def test_what_locks_or_breaks_is_found(operation, words):
    (fault,) = faults(operation)
    assert words in fault


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.AddField(model_name='goal', name='a', field=models.IntegerField(null=True))",
        "migrations.AddField(model_name='goal', name='a', field=models.IntegerField(db_default=3))",
        "migrations.AddField(model_name='goal', name='a', field=models.ManyToManyField('plans.Plan'))",
        "migrations.AddIndex(model_name='goal', index=models.Index(fields=['a'], name='b'))",
        "AddConstraintNotValid(model_name='session', constraint=models.CheckConstraint())",
        "migrations.CreateModel(name='New'), migrations.AddField(model_name='new', name='a', field=models.TextField())",
        "migrations.RunSQL('CREATE INDEX CONCURRENTLY a ON plans_painscore (value)')",
        "migrations.RunSQL('ALTER TABLE plans_goal ADD COLUMN a int NOT NULL DEFAULT 3')",
        "migrations.RunSQL('ALTER TABLE plans_goal ADD CONSTRAINT a CHECK (b > 0) NOT VALID')",
        "migrations.RunSQL('CREATE TABLE new (a int NOT NULL); CREATE INDEX b ON new (a)')",
        "migrations.RunSQL('UPDATE plans_goal SET a = 1', 'ALTER TABLE plans_goal DROP COLUMN a')",
    ],
)
def test_what_is_harmless_passes(operation):
    assert faults(operation) == []


def test_an_index_may_be_made_beside_the_work():
    operation = "AddIndexConcurrently(model_name='painscore', index=models.Index(fields=['a'], name='b'))"
    assert faults(operation, "atomic = False") == []


def test_only_what_comes_after_the_first_release_is_looked_at(tmp_path, monkeypatch):
    folder = tmp_path / "plans" / "migrations"
    folder.mkdir(parents=True)
    bad = FRAME.format(operations="migrations.DeleteModel(name='Goal')", attributes="dependencies = []")
    last = migrations.BEFORE_THE_FIRST_RELEASE["plans"]
    (folder / f"{last:04}_old.py").write_text(bad)
    assert migrations.found(tmp_path) == []
    (folder / f"{last + 1:04}_new.py").write_text(bad)
    (line,) = migrations.found(tmp_path)
    assert line.startswith(f"plans.{last + 1:04}_new: DeleteModel of goal")
    monkeypatch.setitem(migrations.ALLOWED, f"plans.{last + 1:04}_new", "written since 0.1.0, read by nobody")
    assert migrations.found(tmp_path) == []


def test_the_migrations_of_today_pass():
    assert migrations.found() == []
