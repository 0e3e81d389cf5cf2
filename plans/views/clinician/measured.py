"""Before and now, since the last re-evaluation: pain by moment, daily life, sleep, confidence, mood."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _

from accounts.models import Patient
from plans.measures import mood, peg
from plans.models import BodySite, CheckIn, PainScore
from plans.views.clinician import pain_days
from plans.wording_flags import points, rounded, short_day

SAME_POINTS = 1
NOTICED_POINTS = 2
PEG_POINTS = 1  # Krebs 2009: about one point


@dataclass(frozen=True)
class Measure:
    """A number before and now. For pain "before" is the usual level; None: not known, not asked or not answered.

    `matters` is the change from which on it is marked; `up_is_worse` says which way. `says` is what counts as a real
    change, in words.
    """

    key: str
    name: str
    before: float | None
    now: float | None
    answers: int
    says: str
    matters: Decimal = Decimal(SAME_POINTS)
    up_is_worse: bool = True
    whole: bool = False

    @property
    def change(self) -> Decimal | None:
        if self.before is None or self.now is None:
            return None
        return rounded(self.now) - rounded(self.before)

    @property
    def size(self) -> Decimal:
        return abs(self.change or Decimal(0))

    @property
    def is_up(self) -> bool:
        return self.change is not None and self.change > 0

    @property
    def is_same(self) -> bool:
        """No difference, or for pain less than a point."""
        return self.change is not None and (self.change == 0 or (self.is_pain and self.size < SAME_POINTS))

    @property
    def is_worse(self) -> bool:
        return self.change is not None and self.size >= self.matters and self.is_up == self.up_is_worse

    @property
    def is_better(self) -> bool:
        return self.change is not None and self.size >= self.matters and self.is_up != self.up_is_worse

    @property
    def is_pain(self) -> bool:
        return self.key in ("days", "before", "after", "morning", "since")


def pain_measures(
    patient: Patient, site: BodySite, level: pain_days.Level | None, since: tuple[date, float] | None,
    first: date, last: date,
) -> list[Measure]:  # fmt: skip
    """Mean pain of the main place on all days, before and after sessions, and on the mornings after. One query.

    `since` is an open rise: its first day and its mean.
    """
    moment = PainScore.Moment
    groups = {
        "days": (_("Pain on all days"), Q(moment__in=[moment.BEFORE, moment.DAILY])),
        "before": (_("Before sessions"), Q(moment=moment.BEFORE)),
        "after": (_("During or after sessions"), Q(moment__in=[moment.DURING, moment.AFTER])),
        "morning": (_("Next mornings"), Q(moment=moment.NEXT_MORNING)),
    }
    asked: dict[str, Avg | Count] = {f"{key}_mean": Avg("value", filter=q) for key, (_name, q) in groups.items()}
    asked |= {f"{key}_n": Count("value", filter=q) for key, (_name, q) in groups.items()}
    rows = PainScore.objects.of(patient).current().answered().filter(site=site, local_date__range=(first, last))
    found = rows.aggregate(**asked)
    usual = level.usual if level else None
    says = _("The usual level is being learned")
    if level is not None and level.low is not None and level.high is not None:
        says = _("Usual range %(low)s to %(high)s") % {"low": points(level.low), "high": points(level.high)}
    measures = []
    if since is not None:
        name = _("Pain, mean since %(day)s") % {"day": short_day(since[0])}
        measures.append(Measure("since", name, usual, since[1], 0, says))
    for key, (name, _q) in groups.items():
        mean = found[f"{key}_mean"]
        measures.append(
            Measure(
                key,
                name,
                usual,
                None if mean is None else float(mean),
                found[f"{key}_n"],
                says if key == "days" else _("About 2 points"),
            )
        )
    return measures


def checkin_measures(patient: Patient, first: date, last: date) -> list[Measure]:
    """Daily life (PEG), sleep, confidence, mood and worry: the last answer up to `first` (else the first one), and the
    last one up to `last`. One query."""
    rows = list(
        CheckIn.objects.filter(patient=patient, local_date__lte=last).current().order_by("local_date", "answered_at")
    )
    agreed = _("No agreed number")
    screen = _("From 3 on, ask more")
    one, two = Decimal(PEG_POINTS), Decimal(NOTICED_POINTS)
    kind = CheckIn.Kind

    def row(
        key: str, name: str, of: str, read: Callable[[CheckIn], float | None], says: str, **more: object
    ) -> Measure:
        before, now, answers = _ends(((each, read(each)) for each in rows if each.kind == of), first)
        return Measure(key, name, before, now, answers, says, **more)  # type: ignore[arg-type]

    return [
        row("peg", _("Daily life (PEG)"), kind.PEG, lambda c: peg(c.items), _("About 1 point"), matters=one),
        row("sleep", _("Sleep disturbed"), kind.SLEEP, _one("sleep"), agreed, matters=two, whole=True),
        row(
            "confidence", _("Confidence in the plan"), kind.CONFIDENCE, _one("confidence"), agreed,
            matters=two, up_is_worse=False, whole=True,
        ),
        row("phq2", _("Low mood (PHQ-2)"), kind.PHQ4, lambda c: mood(c.items).phq2, screen, matters=two, whole=True),
        row("gad2", _("Worry (GAD-2)"), kind.PHQ4, lambda c: mood(c.items).gad2, screen, matters=two, whole=True),
    ]  # fmt: skip


def _one(item: str) -> Callable[[CheckIn], float | None]:
    def read(checkin: CheckIn) -> float | None:
        answer = checkin.items.get(item)
        return None if answer is None else float(answer)

    return read


def _ends(answers: Iterable[tuple[CheckIn, float | None]], first: date) -> tuple[float | None, float | None, int]:
    """Before, now, and how many complete answers in the time; incomplete ones give no result."""
    known = [(checkin.local_date, value) for checkin, value in answers if value is not None]
    earlier = [value for day, value in known if day <= first]
    inside = [value for day, value in known if day > first]
    before = earlier[-1] if earlier else inside[0] if len(inside) > 1 else None
    return before, inside[-1] if inside else None, len(inside)
