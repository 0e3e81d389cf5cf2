"""The safety questions in words: as the patient is asked, and as the clinician reads a yes. Own wording.

Source: docs/clinical-rules.md, section 5. The slugs: plans.rules.SAFETY_QUESTIONS.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

QUESTIONS: dict[str, Promise] = {
    "groin-bladder-bowel": _("New numbness around the groin, or trouble holding or passing water or stool?"),
    "leg-weakness": _("Weakness in a leg that is new or getting worse?"),
    "fever-unwell": _("Fever, or feeling very unwell along with the pain?"),
    "fall-injury": _("A fall or an injury since your last session?"),
    "chest-faint": _("Chest pain, fainting, or short of breath while resting?"),
    "swollen-calf": _("A calf that is swollen and hot?"),
}
FINDINGS: dict[str, Promise] = {
    "groin-bladder-bowel": _("new numbness around the groin, or loss of bladder or bowel control"),
    "leg-weakness": _("new or worsening leg weakness"),
    "fever-unwell": _("fever or feeling very unwell with the pain"),
    "fall-injury": _("a fall or injury"),
    "chest-faint": _("chest pain, fainting or breathlessness at rest"),
    "swollen-calf": _("a swollen, hot calf"),
}


def question(slug: str) -> str:
    """What the patient is asked, to be answered with yes or no."""
    return str(QUESTIONS[slug])


def finding(slug: str) -> str:
    """What a yes means, in the clinician's words; the slug itself for a question that is no longer asked."""
    return str(FINDINGS.get(slug, slug))
