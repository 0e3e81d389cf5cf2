"""The scores of a patient by day, from an index alone: it also knows which ones a correction has replaced.

The new index is made before the old one goes, and neither holds up who logs.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('plans', '0007_drafts_written_less'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='painscore',
            index=models.Index(fields=['patient', '-local_date'], include=('value', 'moment', 'site', 'superseded_by'), name='painscore_by_patient_and_day'),
        ),
        RemoveIndexConcurrently(
            model_name='painscore',
            name='painscore_patient_day',
        ),
    ]
