"""How an exercise of a draft grows, as its row shows it: the last test, the pace, the picture of the coming weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient
from plans import pacing
from plans.forms.builder_growth import GrowthForm, TestForm
from plans.growth_bars import WEEKS, Picture, picture
from plans.models import BaselineTest, Measure, Prescription, Quota
from plans.wording import day_in_words, minutes_in_words


@dataclass(frozen=True)
class Growth:
    """`summary` is one line about the pace, `tested` one about the last test (empty without), `coming` the picture in
    words. `unit` is what the exercise is counted in. Its forms are made when they are drawn; `bound` is one that could
    not be saved.
    """

    prescription: Prescription
    today: date
    bound: TestForm | GrowthForm | None

    summary: str
    tested: str
    unit: str
    quota: Quota | None
    picture: Picture | None
    coming: str

    @cached_property
    def test_form(self) -> TestForm:
        return self.bound if isinstance(self.bound, TestForm) else TestForm(self.prescription, self.today)

    @cached_property
    def form(self) -> GrowthForm:
        return self.bound if isinstance(self.bound, GrowthForm) else GrowthForm(self.prescription, self.quota)

    @property
    def has_errors(self) -> bool:
        return bool(self.test_form.errors or self.form.errors)


def last_tests(patient: Patient, exercise_ids: Sequence[UUID]) -> dict[UUID, BaselineTest]:
    """The latest test of each of these exercises. One query."""
    rows = BaselineTest.objects.of(patient).filter(exercise__in=exercise_ids)
    latest = rows.order_by("exercise_id", "-on", "-at").distinct("exercise_id")
    return {row.exercise_id: row for row in latest}


def growth(
    row: Prescription, tests: Mapping[UUID, BaselineTest], today: date, bound: TestForm | GrowthForm | None
) -> Growth:
    """What the row shows. `bound` is a form of this exercise that could not be saved."""
    quota: Quota | None = getattr(row, "quota", None)
    test = tests.get(row.exercise_version.exercise_id)
    drawn, coming = None, ""
    if quota is not None:
        pace = pacing.Pace(quota.measure, quota.start, quota.step_percent, quota.ceiling)
        drawn = picture(pacing.coming_weeks(pace, WEEKS), quota.ceiling)
        coming = _coming(drawn, quota)
    return Growth(
        prescription=row,
        today=today,
        bound=bound,
        summary=pace_in_words(quota) if quota else "",
        tested=_tested(test) if test else "",
        unit=str(Measure(row.main_measure).label),
        quota=quota,
        picture=drawn,
        coming=coming,
    )


def pace_in_words(quota: Quota) -> str:
    """ "Grows by 10 %, at most once a week, up to 20 minutes. You approve each step." """
    words = _("Grows by %(percent)d %%, at most once a week, up to %(ceiling)s.") % {
        "percent": quota.step_percent,
        "ceiling": amount_in_words(quota.ceiling, quota.measure),
    }
    approval = _("Every step is approved in advance.") if quota.approved_ahead else _("You approve each step.")
    return f"{words} {approval}"


def amount_in_words(amount: Decimal, measure: str) -> str:
    """An amount with its unit: "8 minutes", "120 metres", "6 times", "20 seconds"."""
    if measure == Measure.MINUTES:
        return minutes_in_words(amount)
    n = int(amount)
    said = {
        Measure.METRES: ngettext("%(n)s metre", "%(n)s metres", n),
        Measure.REPETITIONS: ngettext("%(n)s time", "%(n)s times", n),
        Measure.HOLD: ngettext("%(n)s second", "%(n)s seconds", n),
    }[Measure(measure)]
    return said % {"n": number_format(n)}


def _tested(test: BaselineTest) -> str:
    words = _("Tested on %(day)s: pain rose after %(amount)s.")
    value = test.value if test.measure == Measure.MINUTES else test.value.to_integral_value()
    return words % {"day": day_in_words(test.on), "amount": amount_in_words(value, test.measure)}


def _coming(drawn: Picture, quota: Quota) -> str:
    last = drawn.bars[-1]
    facts = {
        "start": amount_in_words(quota.start, quota.measure),
        "end": amount_in_words(last.amount, quota.measure),
        "week": drawn.full_week or last.week,
    }
    if drawn.full_week == 1:
        return _("It starts at its ceiling, %(start)s, so it does not grow.") % facts
    return _("If every step is taken: %(start)s in week 1, %(end)s by week %(week)d.") % facts
