"""`manage.py evaluate_diaries FILE.csv`: what rule R3 says of the diaries in a file. Needs no database."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plans.diaries import Diary, DiaryError, parse_diary, read_diary
from plans.pain import Episode, episodes

BAD_ROWS = 1
UNUSABLE = 2


class Command(BaseCommand):
    help = (
        "Say, one JSON object a line, when pain was lastingly above each person's usual level. "
        "Exit status: 0, or 1 if rows were refused (told on stderr), or 2 if the file cannot be used."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV with the columns subject,date,pain; - reads standard input")
        parser.add_argument("--measure", help="which one to read, where a file holds several")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            diary = _read(options["file"], options["measure"])
        except DiaryError as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        for line, reason in diary.refused:
            self.stderr.write(f"line {line}: {reason}")
        for line, reason in diary.noted:
            self.stderr.write(f"line {line}, kept: {reason}")
        try:
            for report in evaluate(diary):
                self.stdout.write(json.dumps(report))
            self.stdout.flush()
        except BrokenPipeError:
            # The reader (head, less) has what it wanted; Python would complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if diary.refused:
            sys.exit(BAD_ROWS)


def evaluate(diary: Diary) -> Iterator[dict[str, Any]]:
    """One report for each subject, in the order of their first rows: `{"subject", "alerts"}`."""
    scores: dict[str, list[tuple[date | int, Decimal | None]]] = {}
    for row in diary.rows:
        scores.setdefault(row.subject, []).append((row.day, row.value))
    for subject, answers in scores.items():
        yield {"subject": subject, "alerts": [_alert(episode) for episode in episodes(answers)]}


def _read(file: str, measure: str | None) -> Diary:
    if file == "-":
        diary = parse_diary(sys.stdin.buffer.read(), "standard input", measure)
    else:
        diary = read_diary(file, measure)
    if measure is None and len(diary.measures) > 1:
        names = ", ".join(diary.measures)
        raise DiaryError(f"The file holds several measures; choose one with --measure: {names}.")
    return diary


def _alert(episode: Episode[date | int]) -> dict[str, Any]:
    return {
        "raised_on": _plain(episode.raised_on),
        "since_on": _plain(episode.since_on),
        "closed_on": _plain(episode.closed_on),
        "usual": episode.usual,
        "mean": episode.mean,
        "rise": episode.rise,
        "logged_days": episode.logged_days,
        "severity": episode.severity_highest,
    }


def _plain(day: date | int | None) -> str | int | None:
    return day.isoformat() if isinstance(day, date) else day
