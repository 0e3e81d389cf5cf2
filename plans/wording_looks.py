"""The pages of the access log in the lead's words. The patient's own list says it in theirs."""

from django.utils.translation import gettext as _

# By how the name of the route begins; the first that fits counts.
STARTS = (
    ("patient_messages", "messages"),
    ("patient_note", "notes"),
    ("note", "notes"),
    ("flag", "flag"),
    ("reevaluation", "reevaluation"),
    ("patient_log", "writing"),
    ("patient_score", "writing"),
    ("screening", "writing"),
    ("patient_edit", "writing"),
    ("patient_goals", "writing"),
    ("goal", "writing"),
    ("patient_erase", "privacy"),
    ("patient_hold", "privacy"),
    ("patient_thresholds", "thresholds"),
    ("plan", "plan"),
    ("prescription", "plan"),
    ("builder", "plan"),
    ("version", "plan"),
    ("step", "plan"),
    ("quota", "plan"),
    ("draft", "plan"),
)


def page_in_words(route: str) -> str:
    """ "Plan", "Messages": the kind of page behind the name of a route."""
    words = {
        "messages": _("Messages"),
        "notes": _("Notes"),
        "flag": _("Flag"),
        "reevaluation": _("Re-evaluation"),
        "writing": _("Wrote something down"),
        "privacy": _("Erasure and holds"),
        "thresholds": _("Thresholds"),
        "plan": _("Plan"),
        "record": _("Record"),
    }
    return words[next((kind for start, kind in STARTS if route.startswith(start)), "record")]
