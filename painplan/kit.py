"""What the style page shows where a part draws numbers: Joan's twelve weeks in the design (docs/clinical-rules.md)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator

from plans import charts

TODAY = date(2026, 11, 19)
USUAL, SPREAD = 4.3, 1.1
# One value a day up to today, none where nothing was logged; 0 is a real zero.
VALUES: list[float | None] = [
    3, 3, 4.5, 6, 4, 4.5, 5, 6, 3, None, None, 4, 5, None, 6, 2.5, None, 3, 4.5, 5, None, None, 2.5, 3.5, 2.5, 2.5,
    None, 5, 3, None, 4, 5.5, 2.5, 3.5, None, 0, 4.5, 6.5, 3.5, 3.5, 3, None, None, 4.5, 4.5, 2.5, 3.5, 2.5, None,
    7.5, None, None, 6, 5, 6.5, 5.5, 8.5, 6.5, None, 5.5,
]  # fmt: skip
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLAN_DAYS = ("Monday", "Wednesday", "Thursday", "Saturday")
SESSIONS = ("done", "done", "part", "done", "missed", "done")


@dataclass(frozen=True)
class Rise:
    """The episode that the chart shows."""

    since_on: date = date(2026, 11, 9)
    raised_on: date = date(2026, 11, 17)
    last_alert_on: date = TODAY
    mean: float = 6.4


def context() -> dict[str, Any]:
    """The chart in both widths, sparklines of three kinds, a page of a list, chips, facts."""
    first = TODAY - timedelta(days=len(VALUES) - 1)
    days = [(first + timedelta(days=n), value) for n, value in enumerate(VALUES) if value is not None]
    sessions = [(first + timedelta(days=n * 2), SESSIONS[n % 6]) for n in range(len(VALUES) // 2)]
    wide, narrow = (
        charts.pain_chart(
            days=days, usual=USUAL, spread=SPREAD, first=first, last=TODAY, width=width, height=300, sessions=sessions,
            versions=[(first, "v2"), (date(2026, 10, 26), "v3")], episodes=[Rise()],
        )
        for width in (700, 342)
    )  # fmt: skip
    month = TODAY - timedelta(days=27)

    def spark(shown: list[tuple[date, float]], usual: float | None, since: date | None = None) -> charts.Sparkline:
        return charts.sparkline(days=shown, usual=usual, spread=SPREAD, first=month, last=TODAY, since=since)

    return {
        "chart": wide,
        "narrow": narrow,
        "sparks": [
            ("Above usual", spark(days, USUAL, Rise().since_on)),
            ("Still learning", spark(days[-9:], None)),
            ("Silent", spark([day for day in days if day[0] < date(2026, 11, 4)], USUAL)),
        ],
        "page": Paginator(range(120), 50).get_page(2),
        "chips": [
            {"url": "#main", "label": "Everybody, 46", "on": False},
            {"url": "#main", "label": "Mine, 31", "on": True},
            {"url": "#main", "label": "Open flag, 7", "on": False},
        ],
        "week": [{"short": name[:2], "name": name, "on": name in PLAN_DAYS} for name in WEEK],
        "facts": [("Usual level", "4.3, range 3.2 to 5.4"), ("Sessions", "12 of 14 in 4 weeks")],
        "strip": [("Pain, last 7 days", "6.3", "usual 4.3"), ("Sessions, 4 weeks", "12 of 14", "86 %")],
    }
