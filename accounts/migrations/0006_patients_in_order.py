"""Two orders of a clinic's patients for the caseload: by name, for its lines, and by key, for its counts."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0005_sample_clinic"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                fields=["clinic", "name_key", "id"],
                condition=~Q(status="discharged") & Q(locked_at__isnull=True),
                name="patient_in_care_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                fields=["clinic", "id"],
                include=["status", "created_at", "user"],
                condition=Q(locked_at__isnull=True),
                name="patient_of_clinic",
            ),
        ),
    ]
