"""What the numbers beside the caseload's filters ask of plans and of what is due, answered by the indexes alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_patients_in_order"),
        ("plans", "0003_saved_filters"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(fields=["patient"], include=["status", "id"], name="plan_of_patient"),
        ),
        migrations.AddIndex(
            model_name="reevaluation",
            index=models.Index(
                fields=["plan"], include=["due_on"], condition=Q(state="open"), name="reevaluation_of_plan"
            ),
        ),
    ]
