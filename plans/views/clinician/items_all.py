"""Every kind of item that waits for a clinician. A new one is added here."""

from plans.views.clinician.items_flags import FLAGS
from plans.views.clinician.items_left import LEFT
from plans.views.clinician.items_library import NOTICES
from plans.views.clinician.items_messages import MESSAGES
from plans.views.clinician.items_opened import OPENED
from plans.views.clinician.items_reevaluations import REEVALUATIONS
from plans.views.clinician.items_steps import STEPS

KINDS = (FLAGS, REEVALUATIONS, MESSAGES, NOTICES, LEFT, OPENED, STEPS)
