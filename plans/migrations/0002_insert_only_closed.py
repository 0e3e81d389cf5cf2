"""The insert-only tables of this application may be read and added to, by everybody but their owner."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("accounts", "0002_attempts_and_privileged_functions")]

    operations = [migrations.RunSQL("SELECT painplan_close_insert_only();", migrations.RunSQL.noop)]
