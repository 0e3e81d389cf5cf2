"""What 0005 added, filled for the rows that were there: some thousands at a time, so that no log waits for long."""

from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 2_000
REEVALUATIONS = """
    UPDATE plans_reevaluation SET plan_id = plan_id WHERE id = ANY (ARRAY(
        SELECT id FROM plans_reevaluation WHERE id > %s AND patient_id IS NULL ORDER BY id LIMIT %s
    )) RETURNING id
"""
# Greatest, because whoever logs meanwhile has told it already.
WATCHES = """
    UPDATE plans_painwatch w SET last_day = greatest(
        w.last_day,
        (SELECT max(s.local_date) FROM plans_session s WHERE s.patient_id = w.patient_id),
        (SELECT max(p.local_date) FROM plans_painscore p WHERE p.patient_id = w.patient_id
         AND p.value IS NOT NULL AND p.superseded_by_id IS NULL)
    ) WHERE patient_id = ANY (ARRAY(
        SELECT patient_id FROM plans_painwatch WHERE patient_id > %s ORDER BY patient_id LIMIT %s
    )) RETURNING patient_id
"""


def fill(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Each statement is a transaction of its own."""
    with editor.connection.cursor() as cursor:
        for statement in (REEVALUATIONS, WATCHES):
            done: list[tuple[UUID]] = [(UUID(int=0),)]
            while done:
                cursor.execute(statement, [max(done)[0], AT_ONCE])
                done = cursor.fetchall()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("plans", "0005_of_patients_by_day"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="reevaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(patient__isnull=False), name="reevaluation_has_its_patient"
            ),
        ),
    ]
