"""What all pages of the clinic share: the row of views, and the clinic itself."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic, Role
from plans.views import doors

FOR_EVERYBODY = ("clinic_hours", "clinic_leave", "clinic_records")


def clinic_of(request: HttpRequest) -> Clinic:
    """The clinic worked in now, for views with the policies `lead` and `clinical`."""
    return cast(Clinic, doors.actor(request).clinic)


def is_lead(request: HttpRequest) -> bool:
    """Whether the person leads the clinic worked in now."""
    return Role.LEAD in doors.actor(request).roles


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """Context of every page: `tabs`, `leads`, `nav`. Clinicians get the views that they may read."""
    words = {
        "clinic": _("The clinic"),
        "clinic_staff": _("Staff"),
        "clinic_hours": _("Hours"),
        "clinic_leave": _("Leave"),
        "clinic_records": _("Records"),
        "clinic_care": _("Intervals"),
        "clinic_thresholds": _("Thresholds"),
        "clinic_rules": _("Flags by rule"),
        "clinic_trials": _("Replay"),
        "clinic_history": _("History"),
        "clinic_looks": _("Who looked"),
        "clinic_privacy": _("Erasure"),
        "clinic_sample": _("Sample"),
    }
    lead = is_lead(request)
    tabs = [
        {"url": reverse(name), "label": label, "count": None, "current": name == current}
        for name, label in words.items()
        if lead or name in FOR_EVERYBODY
    ]
    return {"tabs": tabs, "leads": lead, "nav": "clinic"}
