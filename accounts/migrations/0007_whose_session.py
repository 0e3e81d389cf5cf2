"""Whom a session belongs to, beside its data: one column of the table of django.contrib.sessions, empty in its rows.

Whoever is signed in stays so, whichever release answers: the one before neither reads the column nor fills it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_patients_in_order"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE django_session ADD COLUMN IF NOT EXISTS user_id uuid",
            "ALTER TABLE django_session DROP COLUMN IF EXISTS user_id",
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("user_id", models.UUIDField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "django_session",
                "abstract": False,
                "managed": False,
            },
        ),
    ]
