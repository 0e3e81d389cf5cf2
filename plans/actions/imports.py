"""Diaries that were kept elsewhere come in as patients with daily scores: all of a file, or nothing.

A subject is the patient with the clinic number "import:<subject>"; what was measured is the body site. Ids follow
from clinic, subject, site, day and place in the day, so that importing again changes nothing. A value that the file
has changed since becomes an amendment; days that the file does not name are left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Clinic, Patient, User
from plans.actions.bell import ring_after_commit
from plans.actions.history import note_event
from plans.actions.patients import PatientInput, register
from plans.actions.sessions import mark_dirty
from plans.diaries import DiaryRow, Remark
from plans.models import BodySite, PainScore, Session
from plans.schedule import local_date

NAMESPACE = UUID("6f1c2d0e-6c0b-5f0e-9a55-3d1f0a7c9b42")
PREFIX = "import:"
SUBJECT_LENGTH = 40 - len(PREFIX)
SITE_LENGTH = 60
SITES_MOST = 3
EARLIEST = date(1900, 1, 1)
TENTH = Decimal("0.1")
UNKNOWN_SITE = "Pain"


@dataclass(frozen=True, slots=True)
class Entry:
    """One score of the file: where it stands, whose it is, its local date, 0-10 or None (not answered)."""

    line: int
    subject: str
    site: str
    on: date
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one entry: new, same, or changed from `was`. An entry without line is one the file lost."""

    kind: str
    entry: Entry
    was: Decimal | None = None
    stored: PainScore | None = None


@dataclass(slots=True)
class SubjectReport:
    """One subject and body site: `patient` is None when the patient is still to be made."""

    subject: str
    site: str
    patient: Patient | None
    outcomes: list[Outcome] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    @property
    def days(self) -> list[date]:
        """The local dates in the file, in order."""
        return sorted({outcome.entry.on for outcome in self.outcomes if outcome.entry.line})


@dataclass(slots=True)
class ImportReport:
    """Everything about one file; `written` says whether it is stored now."""

    subjects: list[SubjectReport]
    refused: list[Remark]
    noted: list[Remark]
    written: bool = False

    def count(self, kind: str) -> int:
        return sum(len(subject.of_kind(kind)) for subject in self.subjects)


def import_diary(
    *,
    clinic: Clinic,
    rows: Sequence[DiaryRow],
    refused: Sequence[Remark],
    start_on: date | None,
    birth_on: date,
    time_zone: str,
    source_name: str,
    apply: bool,
    skip_refused: bool,
    by: User,
    at: datetime,
) -> ImportReport:
    """Compare a diary with what is stored and, with `apply`, write the difference in one transaction.

    `start_on` is the date of day number 0. With a refused row nothing is written, unless `skip_refused`. Patients
    who are still to be made get `birth_on` and `time_zone`, and `by` as the responsible clinician. Flags are left to
    the ordinary evaluation: the patients' watch rows are marked.
    """
    with transaction.atomic():
        if apply:
            # Imports of one clinic queue here, so that two of them cannot both make the same patient.
            Clinic.objects.select_for_update().get(pk=clinic.pk)
        report = ImportReport([], list(refused), [])
        entries = list(_entries(rows, start_on, local_date(at, time_zone), report))
        known = {
            patient.clinic_number: patient
            for patient in Patient.objects.in_clinic(clinic).filter(
                clinic_number__in={PREFIX + entry.subject for entry in entries}
            )
        }
        grouped: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            grouped[entry.subject, entry.site].append(entry)
        sites = _SiteCounter(known.values())
        for (subject, site), own in grouped.items():
            patient = known.get(PREFIX + subject)
            problem = sites.problem(subject, patient, site)
            if problem:
                report.refused += [Remark(entry.line, problem) for entry in own]
                continue
            found = SubjectReport(subject, site, patient)
            found.outcomes = _outcomes(own, _stored(patient, site))
            report.subjects.append(found)
        report.refused.sort()
        if apply and (skip_refused or not report.refused):
            for found in report.subjects:
                _write(found, clinic, known, birth_on, time_zone, source_name, by, at)
            report.written = True
    return report


def _entries(rows: Iterable[DiaryRow], start_on: date | None, today: date, report: ImportReport) -> Iterable[Entry]:
    """Rows with their local date and one decimal. What cannot be stored is refused with the reason."""
    for row in rows:
        site = row.measure or UNKNOWN_SITE
        try:
            on = _date_of(row.day, start_on)
        except OverflowError:
            on = None
        if on is None or on < EARLIEST:
            reason = _("the day lies before %(day)s, or has no date") % {"day": EARLIEST}
        elif on > today:
            reason = _("the day %(day)s is still to come") % {"day": on}
        elif len(row.subject) > SUBJECT_LENGTH:
            reason = _("the subject has more than %(most)s characters") % {"most": SUBJECT_LENGTH}
        elif len(site) > SITE_LENGTH:
            reason = _("what was measured has more than %(most)s characters") % {"most": SITE_LENGTH}
        else:
            value = None if row.value is None else row.value.quantize(TENTH, ROUND_HALF_UP)
            if value != row.value:
                told = {"was": row.value, "now": value}
                report.noted.append(Remark(row.line, _("%(was)s is stored as %(now)s: one decimal is kept") % told))
            yield Entry(row.line, row.subject, site, on, value)
            continue
        report.refused.append(Remark(row.line, reason))


def _date_of(day: date | int, start_on: date | None) -> date | None:
    if isinstance(day, date):
        return day
    return None if start_on is None else start_on + timedelta(days=day)


class _SiteCounter:
    """Keeps count of body sites: a patient has at most three, also within one file."""

    def __init__(self, known: Iterable[Patient]) -> None:
        self._names: dict[str, set[str]] = defaultdict(set)
        patients = {patient.pk: (patient.clinic_number or "").removeprefix(PREFIX) for patient in known}
        for site in BodySite.objects.filter(patient__in=patients):
            self._names[patients[site.patient_id]].add(site.name.casefold())

    def problem(self, subject: str, patient: Patient | None, site: str) -> str:
        """Why this subject cannot have scores of this site; empty when it can."""
        if patient is not None and patient.status == Patient.Status.DISCHARGED:
            return _("%(subject)s is a discharged patient; readmit them first") % {"subject": subject}
        names = self._names[subject]
        if site.casefold() not in names and len(names) >= SITES_MOST:
            return _("%(subject)s has three body sites already") % {"subject": subject}
        names.add(site.casefold())
        return ""


def _stored(patient: Patient | None, site: str) -> dict[date, list[tuple[PainScore, Decimal | None]]]:
    """By day, the current imported scores, each with what a file said last (a person may have corrected it since)."""
    if patient is None:
        return {}
    scores = list(
        PainScore.objects.filter(
            patient=patient, site__name__iexact=site, moment=PainScore.Moment.DAILY, source=Session.Source.IMPORT
        )
    )
    before = {score.superseded_by_id: score for score in scores if score.superseded_by_id}
    found: dict[date, list[tuple[PainScore, Decimal | None]]] = defaultdict(list)
    for current in scores:
        if current.superseded_by_id is None:
            said = current
            # Only imports make ids of version 5.
            while said.pk.version != NAMESPACE.version and said.pk in before:
                said = before[said.pk]
            found[current.local_date].append((current, said.value))
    return found


def _outcomes(entries: Iterable[Entry], stored: dict[date, list[tuple[PainScore, Decimal | None]]]) -> list[Outcome]:
    """Pair the file's scores of each day with the stored ones; equal values first, whatever their order."""
    days: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        days[entry.on].append(entry)
    found = []
    for on, several in days.items():
        left, unpaired = list(stored.get(on, [])), []
        for entry in several:
            equal = next((pair for pair in left if pair[1] == entry.value), None)
            if equal is None:
                unpaired.append(entry)
            else:
                left.remove(equal)
                found.append(Outcome("same", entry, stored=equal[0]))
        for entry in unpaired:
            if left:
                current, _said = left.pop(0)
                found.append(Outcome("changed", entry, current.value, current))
            else:
                found.append(Outcome("new", entry))
        for current, said in left:
            if said is not None:
                gone = Entry(0, several[0].subject, several[0].site, on, None)
                found.append(Outcome("changed", gone, current.value, current))
    return found


def _write(
    found: SubjectReport,
    clinic: Clinic,
    known: dict[str | None, Patient],
    birth_on: date,
    time_zone: str,
    source_name: str,
    by: User,
    at: datetime,
) -> None:
    number = PREFIX + found.subject
    patient = known.get(number)
    new, changed = found.of_kind("new"), found.of_kind("changed")
    if patient is None:
        given = PatientInput(
            full_name=found.subject, birth_on=birth_on, sites=[found.site], clinic_number=number, time_zone=time_zone
        )
        patient = known[number] = register(clinic=clinic, given=given, by=by, at=at)
    elif not (new or changed):
        return
    mark_dirty(patient_id=patient.pk, at=at)
    site = _site(patient, found.site)
    zone = ZoneInfo(patient.time_zone)
    places: dict[date, int] = defaultdict(int)
    for outcome in found.outcomes:
        places[outcome.entry.on] += outcome.stored is not None
    scores = []
    for outcome in new:
        on = outcome.entry.on
        key = f"{clinic.pk}/{found.subject}/{found.site.casefold()}/{on}/{places[on]}"
        places[on] += 1
        noon = datetime.combine(on, time(12), zone)
        scores.append(_score(uuid5(NAMESPACE, key), patient, site, outcome.entry, min(noon, at), by, at))
    replaced = []
    for outcome in changed:
        was = outcome.stored
        if was is not None:
            key = f"{was.pk}/{outcome.entry.value}"
            amended = _score(uuid5(NAMESPACE, key), patient, site, outcome.entry, was.occurred_at, by, at)
            was.superseded_by_id = amended.pk
            replaced.append(was)
            scores.append(amended)
    # The old rows step aside first; the key is checked at the end of the transaction.
    PainScore.objects.bulk_update(replaced, ["superseded_by"], batch_size=500)
    PainScore.objects.bulk_create(scores, batch_size=1000)
    note_event(
        patient=patient,
        verb="diary imported",
        at=at,
        by=by,
        file=source_name,
        site=found.site,
        new=len(new),
        changed=len(changed),
    )
    ring_after_commit(patient.pk)


def _site(patient: Patient, name: str) -> BodySite:
    """The body site of that name, added as the next one when it is missing."""
    sites = list(patient.sites.all())
    for site in sites:
        if site.name.casefold() == name.casefold():
            return site
    position = next(place for place in range(1, SITES_MOST + 1) if all(s.position != place for s in sites))
    return BodySite.objects.create(patient=patient, name=name, position=position, is_main=not sites)


def _score(
    score_id: UUID, patient: Patient, site: BodySite, entry: Entry, occurred_at: datetime, by: User, at: datetime
) -> PainScore:
    return PainScore(
        id=score_id,
        patient=patient,
        site=site,
        moment=PainScore.Moment.DAILY,
        value=entry.value,
        occurred_at=occurred_at,
        local_date=entry.on,
        time_zone=patient.time_zone,
        received_at=at,
        source=Session.Source.IMPORT,
        recorded_by=by,
    )
