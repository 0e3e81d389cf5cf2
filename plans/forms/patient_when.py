"""When it happened, as a person says it: today, or a day of the last two weeks, in the time zone where they are.

The form carries an id and the moment it was opened. Both are made once, so that a form sent twice says the same
thing twice: a clock read at each sending would make a repeat look like other content.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Patient, new_id
from plans.actions.sessions import BACKDATE_DAYS
from plans.forms.alike import Alike
from plans.models import Session
from plans.models.session import CLOCK_TOLERANCE
from plans.schedule import local_date
from plans.wording import day_in_words

TODAY = "today"


@dataclass(frozen=True)
class When:
    """The local date, the moment (aware) that stands for it, the IANA zone, and how it was logged."""

    day: date
    occurred_at: datetime
    time_zone: str
    source: str


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: object, fallback: str) -> str:
    """The time zone a browser sent, or the fallback when there is no such zone."""
    return name if isinstance(name, str) and name in _zones() else fallback


class WhenForm(forms.Form):
    """Hidden id, moment of opening and browser's time zone, and the day. After cleaning: `entry_id` and `when`."""

    entry = forms.CharField(widget=forms.HiddenInput, required=False)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    time_zone = forms.CharField(
        widget=forms.HiddenInput(attrs={"data-time-zone": "", "autocomplete": "off"}), required=False
    )
    on = forms.CharField(label=gettext_lazy("Which day?"), widget=forms.Select, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        patient: Patient,
        zone: str,
        at: datetime,
        stored: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """`zone` counts when the browser sends none; `stored`: this very form has arrived before."""
        first = {"entry": str(new_id()), "opened": at.isoformat(), "on": TODAY}
        self.base_fields = Alike(self.base_fields)  # type: ignore[misc]  # of this form
        super().__init__(data, initial=first | (initial or {}))
        self.patient, self.at, self.stored = patient, at, stored
        self.zone = known_zone(data.get("time_zone"), zone) if data is not None else zone
        self.entry_id = _uuid(data.get("entry")) if data is not None else UUID(str(self.initial["entry"]))
        self._offer_days(local_date(at, self.zone), named_today=False)

    def clean_time_zone(self) -> str:
        return self.zone

    def clean_opened(self) -> datetime:
        """The moment of opening; a missing or impossible one is the moment of sending."""
        try:
            opened = datetime.fromisoformat(self.cleaned_data["opened"])
        except ValueError:
            return self.at
        if opened.tzinfo is None or not self.at - timedelta(days=BACKDATE_DAYS) <= opened <= self.at + CLOCK_TOLERANCE:
            return self.at
        return opened

    def clean_on(self) -> date:
        given = self.cleaned_data["on"]
        opened: datetime = self.cleaned_data.get("opened", self.at)
        today, opened_day = local_date(self.at, self.zone), local_date(opened, self.zone)
        if given in (TODAY, ""):
            if opened_day != today and not self.stored:
                self._offer_days(today, named_today=True)
                raise ValidationError(_("A new day has begun since you opened this page. Choose the day you mean."))
            if given == TODAY or self.stored:
                return opened_day
            raise ValidationError(_("Choose the day you mean."))
        try:
            day = date.fromisoformat(given)
        except ValueError as error:
            raise ValidationError(_("Choose today or one of the last 14 days.")) from error
        if day > today:
            raise ValidationError(_("That day is still to come. Choose today or an earlier day."))
        if day < today - timedelta(days=BACKDATE_DAYS) and not self.stored:
            raise ValidationError(_("That is more than 14 days ago. Tell your clinician about it instead."))
        if day == today:
            self._offer_days(today, named_today=True)
        return day

    @property
    def when(self) -> When:
        """What was said about the time. Only of a valid form."""
        day: date = self.cleaned_data["on"]
        opened: datetime = self.cleaned_data["opened"]
        opened_day = local_date(opened, self.zone)
        if day == opened_day:
            moment = opened
        else:
            # Nobody asked for the hour of an earlier day: noon stands for it. A day that began after the page was
            # opened is represented by its first moment, which is surely not in the future.
            hour = time(12) if day < opened_day else time(0)
            moment = datetime.combine(day, hour, ZoneInfo(self.zone))
        source = Session.Source.BACKDATED if day < opened_day else Session.Source.QUICK
        return When(day, moment, self.zone, source)

    @property
    def earlier_day(self) -> bool:
        """Whether the day has to be seen: something other than today was chosen, or it is wrong."""
        return bool(self.errors.get("on")) or str(self["on"].value() or TODAY) != TODAY

    def renew(self) -> None:
        """Give the form a new id, keeping every input: the old one belongs to something else."""
        self.entry_id = new_id()
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["entry"] = str(self.entry_id)  # type: ignore[index]

    def _offer_days(self, today: date, *, named_today: bool) -> None:
        # Put in words when they are drawn: most forms that are sent are stored, and never drawn again.
        days = partial(_days_in_words, today, named_today=named_today)
        self.fields["on"].widget.choices = days  # type: ignore[attr-defined]


def _days_in_words(today: date, *, named_today: bool) -> list[tuple[str, str]]:
    """The days to choose from: today, or the demand to choose one, and the two weeks before."""
    yesterday = today - timedelta(days=1)
    earlier = [today - timedelta(days=back) for back in range(1, BACKDATE_DAYS + 1)]
    names = {yesterday: _("Yesterday, %(day)s") % {"day": day_in_words(yesterday, weekday=True)}}
    days = [(day.isoformat(), names.get(day, day_in_words(day, weekday=True))) for day in earlier]
    if named_today:
        words = _("Today, %(day)s") % {"day": day_in_words(today, weekday=True)}
        head = [("", _("Choose the day")), (today.isoformat(), words)]
    else:
        head = [(TODAY, _("Today"))]
    return [*head, *days]


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return new_id()
