"""What a lead changes about the staff is an event of the clinic: one more choice, no change of the tables."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_attempts_and_privileged_functions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='clinicevent',
            name='what',
            field=models.CharField(choices=[('details', "The clinic's name, contact or emergency wording"), ('hours', 'Working hours'), ('care', 'Re-evaluations and escalation'), ('holiday added', 'Holiday added'), ('holiday removed', 'Holiday removed'), ('leave', 'Leave written down'), ('leave cancelled', 'Leave cancelled'), ('record access', 'Who may open records'), ('staff', 'Who works here'), ('threshold', 'When Painplan speaks up')], max_length=20, verbose_name='what'),
        ),
    ]
