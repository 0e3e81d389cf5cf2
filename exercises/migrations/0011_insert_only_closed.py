"""The insert-only tables of this application may be read and added to, by everybody but their owner."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exercises", "0010_history"), ("accounts", "0010_privileged_functions")]

    operations = [migrations.RunSQL("SELECT painplan_close_insert_only();", migrations.RunSQL.noop)]
