"""The patients that a question for what waits is about, as the kinds of items name them: they are looked for once."""

from django.db.models.expressions import RawSQL

from accounts.models import Patient

SEEN = Patient.objects.filter(pk__in=RawSQL("SELECT seen.patient_id FROM seen", ()))  # nosec B611  # no value in it
"""A question begins with who is seen. Every kind names them."""

EVERY = RawSQL("SELECT every.key FROM every", ())  # nosec B611  # no value in it
LISTED = "every (key) AS MATERIALIZED (SELECT ARRAY(SELECT patient_id FROM seen))"
"""Their keys as one list (accounts.keys.listed), for kinds that have an index by patient. It comes after `seen`."""
