"""The pages of the access log in the lead's words. The patient's own list says it in theirs."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

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


def list_in_words(route: str) -> str:
    """ "Inbox", "Caseload": the list behind the name of a route."""
    words = {
        "caseload": _("Caseload"),
        "inbox": _("Inbox"),
        "inbox_print": _("Inbox on paper"),
        "reevaluations": _("Re-evaluations"),
        "find": pgettext("a list", "Search"),
        "record_find": _("Search for a closed record"),
        "clinic_records": _("Records opened with a reason"),
        "clinic_records_save": _("Records opened with a reason"),
        "clinic_privacy": _("Erasure and holds"),
        "rule_trial": _("Replay of a rule"),
    }
    return words.get(route, _("Who looked"))
