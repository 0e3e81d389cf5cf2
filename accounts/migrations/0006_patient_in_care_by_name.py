"""Patients in care by name: a page of the caseload reads its own lines instead of sorting the clinic."""

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
    ]
