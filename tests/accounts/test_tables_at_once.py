"""The operation that makes all tables of an application in one go; its SQL is collected, not run."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from accounts.migrating import AtOnce


def tree() -> migrations.Migration:
    """A leaf that hangs on a branch made after it, a table between the two, and a model without a table."""
    key = ("id", models.AutoField(primary_key=True))
    made = migrations.Migration("0001_initial", "accounts")
    made.operations = [
        AtOnce(
            operations=[
                migrations.CreateModel("Leaf", [key, ("name", models.TextField())]),
                migrations.CreateModel("Branch", [key, ("leaves", models.ManyToManyField("accounts.leaf"))]),
                migrations.CreateModel("Shade", [], options={"proxy": True}, bases=("accounts.leaf",)),
                migrations.AddField("Leaf", "branch", models.ForeignKey("accounts.branch", models.PROTECT)),
                migrations.AddIndex("Leaf", models.Index(fields=["name"], name="leaf_name")),
                migrations.AddConstraint(
                    "Leaf", models.CheckConstraint(condition=~models.Q(name=""), name="leaf_has_a_name")
                ),
            ]
        )
    ]
    return made


@pytest.fixture
def collected(db):
    """SQL forwards, SQL backwards."""
    with connection.schema_editor(collect_sql=True) as forwards:
        tree().apply(ProjectState(), forwards, collect_sql=True)
    with connection.schema_editor(collect_sql=True) as backwards:
        tree().unapply(ProjectState(), backwards, collect_sql=True)
    return ["\n".join(editor.collected_sql) for editor in (forwards, backwards)]


def test_each_table_is_made_once_in_its_last_shape(collected):
    forwards, _ = collected
    assert forwards.count("CREATE TABLE") == 3, "leaf, branch and what is between; a proxy has none"
    leaf = forwards[forwards.index('CREATE TABLE "accounts_leaf"') :].split(";")[0]
    assert '"branch_id" integer NOT NULL' in leaf
    assert '"leaf_has_a_name" CHECK' in leaf
    assert "ADD COLUMN" not in forwards
    assert 'CREATE INDEX "leaf_name"' in forwards


def test_keys_wait_until_both_tables_are_there(collected):
    forwards, _ = collected
    assert forwards.index('CREATE TABLE "accounts_branch"') < forwards.index('FOREIGN KEY ("branch_id")')


def test_the_way_back_takes_every_table_away(collected):
    _, backwards = collected
    assert backwards.count("DROP TABLE") == 3
