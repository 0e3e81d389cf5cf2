"""`manage.py import_diary FILE.csv --clinic SLUG`: brings a pain diary in as patients with daily scores."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Clinic, Membership, User
from plans.actions.imports import ImportReport, Outcome, SubjectReport, import_diary
from plans.diaries import Diary, DiaryError, read_diary

BAD_ROWS = 1
UNUSABLE = 2
# A diary knows no date of birth. One that nobody can take for real is safer than a likely one.
UNKNOWN_BIRTH = date(1900, 1, 1)
LINES_NAMED = 10


class Command(BaseCommand):
    help = (
        "Shows what a diary (columns subject,date,pain, and the other shapes that evaluate_diaries reads) would bring"
        " into a clinic; with --apply brings it in, all of it or nothing. Importing again changes nothing."
        " Exit status: 0, or 1 if rows were refused, or 2 if the file or an option cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the CSV file")
        parser.add_argument("--clinic", required=True, metavar="SLUG", help="short name of the clinic")
        parser.add_argument("--apply", action="store_true", help="write it; without this nothing is written")
        parser.add_argument("--skip-refused", action="store_true", help="with --apply: write the rest, too")
        parser.add_argument("--measure", help="which one to import, where a file holds several")
        parser.add_argument("--start", metavar="YYYY-MM-DD", help="the date of day 0, where days are numbers")
        parser.add_argument("--time-zone", metavar="NAME", help="of new patients (that of the clinic)")
        parser.add_argument(
            "--birth-date",
            metavar="YYYY-MM-DD",
            help=f"of new patients ({UNKNOWN_BIRTH}, which means not known: put it right on the patient's page)",
        )
        parser.add_argument("--by", metavar="EMAIL", help="the clinician who imports (the first one of the clinic)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            known = ", ".join(Clinic.objects.values_list("slug", flat=True)) or "none"
            raise _unusable(f"There is no clinic {options['clinic']!r}. Known ones: {known}.")
        by = _clinician(clinic, options["by"], at)
        diary = _read(options["file"], options["measure"], options["start"])
        time_zone = options["time_zone"] or clinic.time_zone
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise _unusable(f"There is no time zone {time_zone!r}. Write it like Europe/London.") from error
        birth_on = _day(options["birth_date"], "--birth-date") or UNKNOWN_BIRTH
        if not UNKNOWN_BIRTH <= birth_on <= at.date():
            raise _unusable(f"--birth-date {birth_on} is not between {UNKNOWN_BIRTH} and today.")
        report = import_diary(
            clinic=clinic,
            rows=diary.rows,
            refused=diary.refused,
            start_on=_day(options["start"], "--start"),
            birth_on=birth_on,
            time_zone=time_zone,
            source_name=options["file"].rpartition("/")[2],
            apply=options["apply"],
            skip_refused=options["skip_refused"],
            by=by,
            at=at,
        )
        self._tell(report, diary, every_row=options["verbosity"] > 1)
        self._end(report, options)

    def _tell(self, report: ImportReport, diary: Diary, *, every_row: bool) -> None:
        for subject in report.subjects:
            self.stdout.write(_summary(subject))
            for outcome in sorted(subject.outcomes, key=lambda each: (each.entry.line, each.entry.on)):
                if every_row or outcome.kind == "changed":
                    self.stdout.write(f"  {_told(outcome)}")
        for line, reason in sorted([*diary.noted, *report.noted]):
            self.stdout.write(f"line {line}, kept: {reason}")
        for line, reason in report.refused:
            self.stdout.write(f"line {line}, refused: {reason}")
        counts = ", ".join(f"{report.count(kind)} {kind}" for kind in ("new", "changed", "same"))
        people = len({subject.subject for subject in report.subjects})
        self.stdout.write(f"{people} {'subject' if people == 1 else 'subjects'}; scores: {counts};"
                          f" rows refused: {len(report.refused)}")  # fmt: skip

    def _end(self, report: ImportReport, options: dict[str, Any]) -> None:
        if report.written and not report.count("new") + report.count("changed"):
            self.stdout.write("Everything is there already; nothing was changed.")
        elif report.written:
            self.stdout.write("Written. The flags follow within seconds where the safety sweep runs.")
        elif not options["apply"]:
            self.stdout.write("Nothing was written. Run it again with --apply to write it.")
        if report.refused:
            lines = ", ".join(str(line) for line, _reason in report.refused[:LINES_NAMED])
            more = ", ..." if len(report.refused) > LINES_NAMED else ""
            what = "The rest was written." if report.written else "Nothing was written."
            advice = "" if report.written else " Correct them, or leave them out with --apply --skip-refused."
            raise CommandError(f"Rows refused: line {lines}{more}. {what}{advice}", returncode=BAD_ROWS)


def _read(file: str, measure: str | None, start: str | None) -> Diary:
    try:
        diary = read_diary(file, measure)
    except DiaryError as error:
        raise _unusable(str(error)) from error
    if measure is None and len(diary.measures) > 1:
        names = ", ".join(diary.measures)
        raise _unusable(f"The file holds several measures; choose one with --measure: {names}.")
    if start is None and any(isinstance(row.day, int) for row in diary.rows):
        raise _unusable("The file counts days by number. Say which date day 0 was, with --start YYYY-MM-DD.")
    return diary


def _clinician(clinic: Clinic, email: str | None, at: Any) -> User:
    """Who imports: somebody who may see the clinic's patients."""
    working = Membership.objects.open(at).clinical().filter(clinic=clinic, user__is_active=True)
    if email:
        working = working.filter(user__email__iexact=email.strip())
    found = working.select_related("user").order_by("valid_from", "role", "user__email").first()
    if found is None:
        who = f"{email} is no clinician or lead" if email else "There is no clinician or lead"
        raise _unusable(f"{who} of {clinic.name}; name one with --by EMAIL.")
    return found.user


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _unusable(f"{option} {text} is no date. Write it like 2026-03-09.") from error


def _summary(subject: SubjectReport) -> str:
    days = subject.days
    span = f"{days[0]} to {days[-1]}" if days else "no days"
    who = "new patient" if subject.patient is None else "known patient"
    counts = ", ".join(f"{len(subject.of_kind(kind))} {kind}" for kind in ("new", "changed", "same"))
    return f"{subject.subject} ({subject.site}), {who}: {len(days)} days from {span}; scores: {counts}"


def _told(outcome: Outcome) -> str:
    entry = outcome.entry
    if not entry.line:
        return f"{entry.on}: {_score(outcome.was)} is no longer in the file, taken back"
    was = f" (was {_score(outcome.was)})" if outcome.kind == "changed" else ""
    return f"line {entry.line}: {entry.on} {_score(entry.value)}, {outcome.kind}{was}"


def _score(value: Decimal | None) -> str:
    return "not answered" if value is None else str(value)


def _unusable(message: str) -> CommandError:
    return CommandError(message, returncode=UNUSABLE)
