"""Which lists of patients somebody saw: insert-only, found by the ids of the patients in them."""

import accounts.migrating
import accounts.models.base
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_staff_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListLook',
            fields=[
                ('id', models.UUIDField(default=accounts.models.base.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('route', models.CharField(max_length=100, verbose_name='page')),
                ('patients', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None, verbose_name='patients')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.clinic')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['patients'], name='listlook_patients'), models.Index(fields=['clinic', '-at'], name='listlook_clinic_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('patients__len__gt', 0)), name='listlook_of_somebody')],
            },
        ),
        accounts.migrating.AddTrigger(
            model_name='listlook',
            trigger=pgtrigger.compiler.Trigger(name='no_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7a1a474985e6de2e4beed355fee73ed818e57527', operation='UPDATE', pgid='pgtrigger_no_update_d67f7', table='accounts_listlook', when='BEFORE')),
        ),
        accounts.migrating.AddTrigger(
            model_name='listlook',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e44fd74d6c06ca54e265eb153bcdf6ea07170798', operation='DELETE', pgid='pgtrigger_no_delete_af092', table='accounts_listlook', when='BEFORE')),
        ),
        accounts.migrating.AddTrigger(
            model_name='listlook',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table cannot be truncated' USING ERRCODE = '23514';", hash='d62d8228cbf5446397327b9da068ca29f4993a7e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_24a83', table='accounts_listlook', when='BEFORE')),
        ),
        migrations.RunSQL('SELECT painplan_close_insert_only();', migrations.RunSQL.noop),
    ]
