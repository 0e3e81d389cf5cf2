"""R3 of everybody in one go: whose stored flags or level may differ from what all their scores say?

Some thousand patients at a time: one statement puts the scores of each body site together, plans/pain_in_bulk.py judges
them side by side, and what it says is compared with what is stored. Whoever is not plain (a threshold of their own, a
new baseline, a close call, any difference) is judged by plans/pain.py. Who differs then is suspected:
`reconcile.differences` has the last word, under the patient's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isnan
from struct import iter_unpack
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from accounts.compiled import ask, compiled
from accounts.models import Patient
from plans import pain, rules
from plans.actions.episodes import Finding, match
from plans.actions.facts import as_pain_decision, as_setting
from plans.models import Decision, Flag, Threshold
from plans.thresholds import Thresholds

CHUNK = 4_000
# What a row that nobody expected can raise: it concerns one patient and holds up no other.
BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DatabaseError)
R3 = Flag.Rule.R3
CLOSE = 1e-9  # points; the stored number was added up in another order
# A day is counted from here on, and stands together with its score in one number.
FIRST_DAY = date(1, 1, 1)
DAY_UNIT = 1_000

# Who waits for an evaluation differs for a known reason, and is left out. A number that is none can equal no other.
# The ids are said of every table, so that each is read for these patients alone; the scores come from an index, in its
# order (painscore_by_patient_and_day).
SITES = """
    SELECT s.id, s.patient_id, p.clinic_id, w.evaluated_on, {usual}, {spread},
           w.state -> ('R3:' || s.id) -> 'ready' = 'true', x.scores
    FROM plans_bodysite s
    JOIN accounts_patient p ON p.id = s.patient_id
    JOIN plans_painwatch w ON w.patient_id = s.patient_id
    LEFT JOIN (
        SELECT site_id, string_agg(int4send((local_date - '{first}'::date) * {unit} + (value * 10)::int), '') AS scores
        FROM plans_painscore
        WHERE patient_id BETWEEN %s AND %s AND moment IN ('before', 'daily') AND value IS NOT NULL
          AND superseded_by_id IS NULL
        GROUP BY patient_id, site_id
    ) x ON x.site_id = s.id
    WHERE s.patient_id BETWEEN %s AND %s AND p.id BETWEEN %s AND %s AND w.patient_id BETWEEN %s AND %s
      AND p.status = 'active' AND w.evaluated_on IS NOT NULL AND w.dirty_since IS NULL AND w.quarantined_at IS NULL
"""
NUMBER = """
    CASE coalesce(jsonb_typeof(w.state -> ('R3:' || s.id) -> '{name}'), 'null')
         WHEN 'number' THEN (w.state -> ('R3:' || s.id) -> '{name}')::float8
         WHEN 'null' THEN 'NaN' ELSE 'Infinity' END
"""
ASKED = SITES.format(
    usual=NUMBER.format(name="usual"), spread=NUMBER.format(name="spread"), first=FIRST_DAY, unit=DAY_UNIT
)


class Site(NamedTuple):
    """A row of SITES: what is stored of one body site, and its scores, packed."""

    id: UUID
    patient: UUID
    clinic: UUID
    evaluated_on: date
    usual: float
    spread: float
    ready: bool | None
    scores: bytes | None

    @property
    def days(self) -> list[tuple[date, float]]:
        packed = (number for (number,) in iter_unpack("!i", self.scores or b""))
        return [(date.fromordinal(1 + number // DAY_UNIT), number % DAY_UNIT / 10) for number in packed]


@dataclass(frozen=True)
class Looked:
    """Some patients in the order of their ids: how many, how many of them were left out, the last, who is suspected."""

    patients: int
    skipped: int = 0
    last: UUID | None = None
    suspected: Sequence[UUID] = ()


@dataclass
class Stored:
    """What else is stored of these patients about R3, by site, clinic or patient."""

    flags: dict[UUID, list[Flag]] = field(default_factory=dict)
    decisions: dict[UUID, list[pain.Decision[date]]] = field(default_factory=dict)
    thresholds: dict[UUID, list[Threshold]] = field(default_factory=dict)

    def is_plain(self, site: Site) -> bool:
        """Whether the judgement in bulk knows what was set and decided."""
        if site.clinic in self.thresholds or site.patient in self.thresholds:
            return False
        decided = self.decisions.get(site.id)
        return decided is None or (all(map(_is_usual, decided)) and len({each.on for each in decided}) == len(decided))

    def numbers_of(self, site: Site) -> list[Threshold]:
        return [*self.thresholds.get(site.clinic, ()), *self.thresholds.get(site.patient, ())]


def look(*, after: UUID | None, most: int) -> Looked:
    """The next active patients after that id, and whom of them R3 as it stands would give other flags or levels."""
    active = Patient.objects.filter(status=Patient.Status.ACTIVE).order_by("pk")
    ids = list((active if after is None else active.filter(pk__gt=after)).values_list("pk", flat=True)[:most])
    if not ids:
        return Looked(0)
    sites = _sites(ids[0], ids[-1])
    stored = _stored(ids[0], ids[-1], sites)
    suspected = {site.patient for site in _not_as_in_bulk(sites, stored) if _differs(site, stored)}
    judged = {site.patient for site in sites}
    skipped = _with_sites([patient for patient in ids if patient not in judged])
    return Looked(len(ids), skipped, ids[-1], sorted(suspected))


def _with_sites(patients: Sequence[UUID]) -> int:
    """How many of them have a body site: there is nothing to judge of the others."""
    return Patient.objects.filter(pk__in=patients, sites__isnull=False).order_by().distinct().count() if patients else 0


def _sites(first: UUID, last: UUID) -> list[Site]:
    return [Site._make(row) for row in ask(ASKED, [first, last] * 4)]


def _stored(first: UUID, last: UUID, sites: Sequence[Site]) -> Stored:
    found = Stored()
    these = Q(patient__gte=first, patient__lte=last)
    for flag in _flags(first=first, last=last):
        if flag.site_id is not None:
            found.flags.setdefault(flag.site_id, []).append(flag)
    for decision in _decisions(first=first, last=last):
        if decision.site_id is not None:
            found.decisions.setdefault(decision.site_id, []).append(as_pain_decision(decision))
    concerned = these | Q(clinic__in={site.clinic for site in sites})
    for row in Threshold.objects.filter(concerned, rule=R3):
        found.thresholds.setdefault(row.clinic_id or row.patient_id, []).append(row)  # type: ignore[arg-type]
    return found


@compiled
def _flags(*, first: UUID, last: UUID) -> QuerySet[Flag, Flag]:
    """With what the rules decide about them, and no more: a quarter of all patients have one."""
    rows = Flag.objects.filter(patient__gte=first, patient__lte=last, rule=R3).order_by("first_alert_on", "id")
    return rows.only(
        "site", "rule", "rule_version", "severity", "state", "since_on", "first_alert_on", "last_alert_on", "evidence"
    )


@compiled
def _decisions(*, first: UUID, last: UUID) -> QuerySet[Decision, Decision]:
    rows = Decision.objects.filter(patient__gte=first, patient__lte=last, rule=R3).order_by()
    return rows.only("site", "kind", "on", "since_on", "until_on")


def _is_usual(decision: pain.Decision[date]) -> bool:
    if isinstance(decision, pain.Accept):
        return decision.since <= decision.until <= decision.on
    return isinstance(decision, pain.Resolve)


def _not_as_in_bulk(sites: Sequence[Site], stored: Stored) -> list[Site]:
    """Those whose stored flags and level are not plainly what the judgement in bulk says."""
    plain = [stored.is_plain(site) for site in sites]
    same, said = _in_bulk(sites, stored, plain)
    left = []
    for number, site in enumerate(sites):
        fits, flags = plain[number] and same[number], stored.flags.get(site.id, ())
        if fits and (number in said or flags):
            fits = _is_said(flags, said.get(number, ()), site)
        if not fits:
            left.append(site)
    return left


def _in_bulk(
    sites: Sequence[Site], stored: Stored, plain: Sequence[bool]
) -> tuple[list[bool], dict[int, Sequence[rules.Episode]]]:
    """Of each site whether its level is surely as stored; and by the site's number the episodes of those that have any.

    What it says of those that are not `plain` is of no use.
    """
    # Here, not above: numpy takes 25 MB and a tenth of a second, and no other part of Painplan needs it.
    import numpy as np

    from plans import pain_in_bulk as bulk

    packed = np.frombuffer(b"".join(site.scores or b"" for site in sites), dtype=">i4").astype(np.int64)
    lengths = np.array([len(site.scores or b"") // 4 for site in sites], dtype=np.int64)
    decided = [
        (number, *_days(decision))
        for number, site in enumerate(sites)
        if plain[number] and site.id in stored.decisions
        for decision in stored.decisions[site.id]
    ]
    decisions = bulk.Decisions(*np.array(decided, dtype=np.int64).reshape(-1, 4).T)
    judged, every = bulk.judge(lengths, packed // DAY_UNIT, packed % DAY_UNIT, decisions)
    usual, spread = (np.array([getattr(site, name) for site in sites], dtype=float) for name in ("usual", "spread"))
    ready = np.array([site.ready is True for site in sites])
    same = (np.abs(usual - judged.usual) < CLOSE) | (np.isnan(usual) & np.isnan(judged.usual))
    same &= (np.abs(spread - judged.spread) < CLOSE) & (ready == judged.ready) & ~judged.unsure
    risen: dict[int, list[pain.Episode[date]]] = {}
    for number, *one in zip(*(column.tolist() for column in every), strict=True):
        risen.setdefault(number, []).append(_episode(*one))
    return same.tolist(), {
        number: rules.as_sustained(
            episodes,
            spread=float(judged.spread[number]),
            last_log=_day(int(judged.last[number])),
            until=sites[number].evaluated_on,
        )
        for number, episodes in risen.items()
    }


def _day(number: int) -> date:
    return date.fromordinal(1 + number)


def _number(day: date) -> int:
    return day.toordinal() - 1


def _days(decision: pain.Decision[date]) -> tuple[int, int, int]:
    """On which day, and from when until when a level was accepted, as pain_in_bulk.Decisions has it."""
    if isinstance(decision, pain.Accept):
        return _number(decision.on), _number(decision.since), _number(decision.until)
    return _number(decision.on), 1, 0


def _episode(
    since: int, raised: int, last_alert: int, usual: float, mean: float, rise: float, logged: int, quiet: int,
    important: bool, closed: int, settled: int,
) -> pain.Episode[date]:  # fmt: skip
    """One of pain_in_bulk.Episodes in the shape of the rule."""
    severity: pain.Severity = "important" if important else "watch"
    return pain.Episode(
        since_on=_day(since),
        raised_on=_day(raised),
        last_alert_on=_day(last_alert),
        closed_on=_day(closed) if closed >= 0 else None,
        settled_on=_day(settled) if settled >= 0 else None,
        usual=usual,
        mean=mean,
        rise=rise,
        logged_days=logged,
        quiet_logged_days=quiet,
        severity=severity,
        severity_highest=severity,
    )


def _differs(site: Site, stored: Stored) -> bool:
    """What plans/pain.py says of the site, against what is stored."""
    try:
        return not _is_as_replayed(site, stored)
    except BROKEN:
        return True  # told by whoever has the last word


def _is_as_replayed(site: Site, stored: Stored) -> bool:
    thresholds = Thresholds([as_setting(row) for row in _in_order(stored.numbers_of(site))])
    replayed = pain.replay(
        pain.day_means(site.days),
        stored.decisions.get(site.id, ()),
        numbers=[(on, rules.r3_numbers(thresholds, on)) for on in thresholds.changes(R3)],
    )
    level = float("nan") if replayed.usual is None else replayed.usual
    same = _close(site.usual, level) and _close(site.spread, replayed.spread) and site.ready == replayed.ready
    episodes = rules.sustained(replayed, until=site.evaluated_on)
    return same and _is_said(stored.flags.get(site.id, []), episodes, site)


def _in_order(rows: Sequence[Threshold]) -> list[Threshold]:
    return sorted(rows, key=lambda row: (row.effective_on, row.at, row.pk))


def _is_said(flags: Sequence[Flag], episodes: Sequence[rules.Episode], site: Site) -> bool:
    """Whether the stored flags of the site are what the episodes say, as `reconcile.differences` compares them."""
    if any(episode.last_alert_on > site.evaluated_on for episode in episodes):
        return False  # a traveller's day is ahead of the evaluation: looked at one by one
    findings, gone = match(episodes, flags)
    if any(flag.last_alert_on < site.evaluated_on for flag in gone):
        return False
    return all(finding.flag is not None and not finding.holds_again and _same(finding) for finding in findings)


def _same(finding: Finding) -> bool:
    return all(_alike(getattr(finding.flag, name), value) for name, value in finding.fields().items())


def _alike(stored: Any, said: Any) -> bool:
    if isinstance(said, dict):
        return (
            isinstance(stored, dict) and stored.keys() == said.keys() and all(_alike(stored[k], said[k]) for k in said)
        )
    if isinstance(said, float):
        return isinstance(stored, int | float) and _close(stored, said)
    return bool(stored == said)


def _close(stored: float, said: float) -> bool:
    return abs(stored - said) < CLOSE or (isnan(stored) and isnan(said))
