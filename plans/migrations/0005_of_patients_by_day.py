"""A re-evaluation knows its patient, and the ledger the last day with a log: a clinic's are counted at once."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from accounts.migrating import AddTrigger


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_patients_in_order'),
        ('plans', '0004_caseload_counts'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='reevaluation',
            name='changed_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reevaluation',
            name='removed_delete',
        ),
        migrations.RemoveIndex(
            model_name='reevaluation',
            name='reevaluation_of_plan',
        ),
        migrations.AddField(
            model_name='painwatch',
            name='last_day',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='last day with a log'),
        ),
        migrations.AddField(
            model_name='reevaluation',
            name='patient',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reevaluations', to='accounts.patient'),
        ),
        migrations.AddField(
            model_name='reevaluationhistory',
            name='patient',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.patient'),
        ),
        migrations.AddIndex(
            model_name='reevaluation',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['patient'], include=('due_on', 'id', 'created_at'), name='reevaluation_of_patient'),
        ),
        AddTrigger(
            model_name='painscore',
            trigger=pgtrigger.compiler.Trigger(name='tells_its_day', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                UPDATE plans_painwatch w SET last_day = latest.day\n                FROM (SELECT patient_id, max(local_date) AS day FROM new_rows WHERE value IS NOT NULL GROUP BY patient_id) latest\n                WHERE w.patient_id = latest.patient_id AND (w.last_day IS NULL OR w.last_day < latest.day);\n                RETURN NULL;\n            ', hash='13512acf857b2bcab547694220c9adac4ac07eea', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tells_its_day_316f8', referencing='REFERENCING NEW TABLE AS new_rows ', table='plans_painscore', when='AFTER')),
        ),
        AddTrigger(
            model_name='painscore',
            trigger=pgtrigger.compiler.Trigger(name='tells_the_day_left', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."superseded_by_id" IS DISTINCT FROM (NEW."superseded_by_id"))', func='\n                UPDATE plans_painwatch w SET last_day = greatest(\n                    (SELECT max(s.local_date) FROM plans_session s WHERE s.patient_id = w.patient_id),\n                    (SELECT max(p.local_date) FROM plans_painscore p WHERE p.patient_id = w.patient_id\n                     AND p.value IS NOT NULL AND p.superseded_by_id IS NULL)\n                ) WHERE w.patient_id = NEW.patient_id;\n                RETURN NULL;\n            ', hash='471fd728c6de9f8f6b8234948d63d8c151ed6c81', operation='UPDATE', pgid='pgtrigger_tells_the_day_left_5ad65', table='plans_painscore', when='AFTER')),
        ),
        AddTrigger(
            model_name='reevaluation',
            trigger=pgtrigger.compiler.Trigger(name='of_its_plans_patient', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.patient_id IS NULL THEN\n                        NEW.patient_id = (SELECT p.patient_id FROM plans_plan p WHERE p.id = NEW.plan_id);\n                    ELSIF NEW.patient_id <> (SELECT p.patient_id FROM plans_plan p WHERE p.id = NEW.plan_id) THEN\n                        RAISE EXCEPTION 'the plan of a re-evaluation belongs to another patient'\n                            USING ERRCODE = '23514', CONSTRAINT = 'reevaluation_of_its_plans_patient';\n                    END IF;\n                    RETURN NEW;\n                ", hash='6ef01e0f644cfd3ccf10b395fa7b569d6f451c5c', operation='INSERT OR UPDATE OF "plan_id", "patient_id"', pgid='pgtrigger_of_its_plans_patient_92bec', table='plans_reevaluation', when='BEFORE')),
        ),
        AddTrigger(
            model_name='reevaluation',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."next_id" IS DISTINCT FROM (NEW."next_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."why" IS DISTINCT FROM (NEW."why"))', func='INSERT INTO "plans_reevaluationhistory" ("created_at", "decision", "done_at", "done_by_id", "due_on", "id", "next_id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "state", "why") VALUES (OLD."created_at", OLD."decision", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."id", OLD."next_id", OLD."note", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', OLD."id", OLD."plan_id", OLD."state", OLD."why"); RETURN NULL;', hash='4c529ec788b5a17a01bc4c9283a47bc85480fc86', operation='UPDATE', pgid='pgtrigger_changed_update_e6017', table='plans_reevaluation', when='AFTER')),
        ),
        AddTrigger(
            model_name='reevaluation',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "plans_reevaluationhistory" ("created_at", "decision", "done_at", "done_by_id", "due_on", "id", "next_id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "state", "why") VALUES (OLD."created_at", OLD."decision", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."id", OLD."next_id", OLD."note", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'removed\', OLD."id", OLD."plan_id", OLD."state", OLD."why"); RETURN NULL;', hash='1561e9db2aefa49c8512332583a08e76c06e5ab2', operation='DELETE', pgid='pgtrigger_removed_delete_4a244', table='plans_reevaluation', when='AFTER')),
        ),
        AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='tells_its_day', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                UPDATE plans_painwatch w SET last_day = latest.day\n                FROM (SELECT patient_id, max(local_date) AS day FROM new_rows WHERE true GROUP BY patient_id) latest\n                WHERE w.patient_id = latest.patient_id AND (w.last_day IS NULL OR w.last_day < latest.day);\n                RETURN NULL;\n            ', hash='6789cb6a7a66e36db9c9d91dda1a7c0e7d226b9c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tells_its_day_80037', referencing='REFERENCING NEW TABLE AS new_rows ', table='plans_session', when='AFTER')),
        ),
        AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='tells_the_day_left', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."local_date" IS DISTINCT FROM (NEW."local_date"))', func='\n                UPDATE plans_painwatch w SET last_day = greatest(\n                    (SELECT max(s.local_date) FROM plans_session s WHERE s.patient_id = w.patient_id),\n                    (SELECT max(p.local_date) FROM plans_painscore p WHERE p.patient_id = w.patient_id\n                     AND p.value IS NOT NULL AND p.superseded_by_id IS NULL)\n                ) WHERE w.patient_id = NEW.patient_id;\n                RETURN NULL;\n            ', hash='5efc8453ee17f3832fc22b2e56d195ccced66421', operation='UPDATE', pgid='pgtrigger_tells_the_day_left_a7ca7', table='plans_session', when='AFTER')),
        ),
    ]
