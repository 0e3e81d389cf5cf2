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
    """Context of every page: `tabs`, `views` of the one that is open, `leads`, `nav`.

    Clinicians get what they may read; a tab with one view has its name.
    """
    lead = is_lead(request)
    tabs, beside = [], []
    for group, words in _groups():
        found = [(name, label) for name, label in words.items() if lead or name in FOR_EVERYBODY]
        views = [{"url": reverse(name), "label": label, "on": name == current} for name, label in found]
        if not views:
            continue
        here = any(view["on"] for view in views)
        label = group if len(views) > 1 else views[0]["label"]
        tabs.append({"url": views[0]["url"], "label": label, "count": None, "current": here})
        if here and len(views) > 1:
            beside = views
    return {"tabs": tabs, "views": beside, "leads": lead, "nav": "clinic"}


def _groups() -> list[tuple[str, dict[str, str]]]:
    """The tabs, and the views of each by the name of their route."""
    return [
        (
            _("Settings"),
            {
                "clinic": _("The clinic"),
                "clinic_hours": _("Hours"),
                "clinic_care": _("Intervals"),
                "clinic_sample": _("Sample"),
            },
        ),
        (_("People"), {"clinic_staff": _("Staff"), "clinic_leave": _("Leave")}),
        (
            _("Rules"),
            {"clinic_thresholds": _("Thresholds"), "clinic_rules": _("Flags by rule"), "clinic_trials": _("Replay")},
        ),
        (
            _("Records"),
            {
                "clinic_records": _("Who may open records"),
                "clinic_looks": _("Who looked"),
                "clinic_privacy": _("Erasure"),
            },
        ),
        (_("History"), {"clinic_history": _("History")}),
    ]
