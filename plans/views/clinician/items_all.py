"""Every kind of item that waits for a clinician. A new one is added here."""

from plans.views.clinician.items_flags import FLAGS
from plans.views.clinician.items_library import NOTICES
from plans.views.clinician.items_messages import MESSAGES
from plans.views.clinician.items_reevaluations import REEVALUATIONS

KINDS = (FLAGS, REEVALUATIONS, MESSAGES, NOTICES)
