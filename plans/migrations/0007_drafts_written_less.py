"""A changed dose of a draft: no line of history for its lock alone, and no checks of what did not change."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from accounts.migrating import AddTrigger


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0006_days_and_patients_filled'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='planversion',
            name='stays_in_its_plan',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='planversion',
            name='changed_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='prescription',
            name='exercise_of_own_library',
        ),
        AddTrigger(
            model_name='planversion',
            trigger=pgtrigger.compiler.Trigger(name='stays_in_its_plan', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND NEW.plan_id <> OLD.plan_id THEN\n                        RAISE EXCEPTION 'a version stays in its plan'\n                            USING ERRCODE = '23514', CONSTRAINT = 'planversion_stays_in_its_plan';\n                    END IF;\n                    IF NEW.based_on_id IS NOT NULL AND NEW.plan_id IS DISTINCT FROM\n                       (SELECT v.plan_id FROM plans_planversion v WHERE v.id = NEW.based_on_id) THEN\n                        RAISE EXCEPTION 'a version is based on a version of the same plan'\n                            USING ERRCODE = '23514', CONSTRAINT = 'planversion_based_on_own';\n                    END IF;\n                    RETURN NEW;\n                ", hash='84b6755ccebb27d4b2bec236bfefba4490e0c3ab', operation='INSERT OR UPDATE OF "plan_id", "based_on_id"', pgid='pgtrigger_stays_in_its_plan_c0b28', table='plans_planversion', when='BEFORE')),
        ),
        AddTrigger(
            model_name='planversion',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."activated_at" IS DISTINCT FROM (NEW."activated_at") OR OLD."activated_by_id" IS DISTINCT FROM (NEW."activated_by_id") OR OLD."based_on_id" IS DISTINCT FROM (NEW."based_on_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."why" IS DISTINCT FROM (NEW."why"))', func='INSERT INTO "plans_planversionhistory" ("activated_at", "activated_by_id", "based_on_id", "id", "lock", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "saved_at", "state", "why") VALUES (OLD."activated_at", OLD."activated_by_id", OLD."based_on_id", OLD."id", OLD."lock", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'changed\', OLD."id", OLD."plan_id", OLD."saved_at", OLD."state", OLD."why"); RETURN NULL;', hash='527225c54d51bb0fefbd34ea5c69009aeceb7787', operation='UPDATE', pgid='pgtrigger_changed_update_b866f', table='plans_planversion', when='AFTER')),
        ),
        AddTrigger(
            model_name='prescription',
            trigger=pgtrigger.compiler.Trigger(name='exercise_of_own_library', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM exercises_exerciseversion ev\n                        JOIN exercises_exercise e ON e.id = ev.exercise_id\n                        JOIN plans_planversion v ON v.id = NEW.version_id\n                        JOIN plans_plan p ON p.id = v.plan_id\n                        JOIN accounts_patient pt ON pt.id = p.patient_id\n                        WHERE ev.id = NEW.exercise_version_id AND ev.state = 'published'\n                        AND (e.clinic_id IS NULL OR e.clinic_id = pt.clinic_id)) THEN\n                        RAISE EXCEPTION 'only published exercises of the shared or the own library can be prescribed'\n                            USING ERRCODE = '23514', CONSTRAINT = 'prescription_exercise_of_own_library';\n                    END IF;\n                    RETURN NEW;\n                ", hash='a921608e5cbcb96898991a89ba23f4d8bf4a2638', operation='INSERT OR UPDATE OF "version_id", "exercise_version_id"', pgid='pgtrigger_exercise_of_own_library_e12a0', table='plans_prescription', when='BEFORE')),
        ),
    ]
