"""A diary comes in: dry run first, all or nothing, the same again changes nothing, and the sweep raises the flags."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import CareAssignment, Patient
from plans import pain
from plans.actions import patients, sessions, watching
from plans.diaries import read_diary
from plans.models import Flag, PainScore, PainWatch, PlanEvent
from tests.cast import NOON, TODAY

STEADY_THEN_WORSE = [4, 4, 5, 4, 4, 5, 4] * 5 + [7, 7, 7.5, 7, 7, 7, 7]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def write(tmp_path: Path):
    def write(*lines: str, header: str = "subject,date,pain", name: str = "diary.csv") -> Path:
        file = tmp_path / name
        file.write_text("\n".join([header, *lines]) + "\n")
        return file

    return write


def import_diary(file: Path, *options: str, clinic: str = "harbour") -> None:
    call_command("import_diary", str(file), "--clinic", clinic, *options)


def scores(name: str) -> list[tuple[date, Decimal | None]]:
    found = PainScore.objects.current().filter(patient__full_name=name).order_by("local_date", "value")
    return list(found.values_list("local_date", "value"))


def refused(file: Path, *options: str, clinic: str = "harbour") -> CommandError:
    with pytest.raises(CommandError) as caught:
        import_diary(file, *options, clinic=clinic)
    return caught.value


def test_a_dry_run_says_what_would_come_and_writes_nothing(alice, write, capsys):
    import_diary(write("P1,2026-11-01,4", "P1,2026-11-03,5.5", "P2,2026-11-02,0"))
    told = capsys.readouterr().out
    assert "P1 (Pain), new patient: 2 days from 2026-11-01 to 2026-11-03; scores: 2 new, 0 changed, 0 same" in told
    assert "2 subjects; scores: 3 new, 0 changed, 0 same; rows refused: 0" in told
    assert "--apply" in told
    assert not Patient.objects.exists()
    assert not PainScore.objects.exists()


def test_every_row_is_told_when_asked(alice, write, capsys):
    import_diary(write("P1,2026-11-01,4", "P1,2026-11-03,"), "--verbosity", "2")
    told = capsys.readouterr().out
    assert "line 2: 2026-11-01 4.0, new" in told
    assert "line 3: 2026-11-03 not answered, new" in told


def test_apply_makes_patients_with_daily_scores(alice, write):
    import_diary(write("P1,2026-11-03,5.5", "P1,2026-11-01,4", "P1,2026-11-03,6", "P1,2026-11-04,"), "--apply")
    patient = Patient.objects.get(full_name="P1")
    assert (patient.clinic_number, patient.birth_on, patient.status) == ("import:P1", date(1900, 1, 1), "active")
    assert CareAssignment.objects.get(patient=patient).clinician == alice
    assert [site.name for site in patient.sites.all()] == ["Pain"]
    assert scores("P1") == [
        (date(2026, 11, 1), Decimal("4.0")),
        (date(2026, 11, 3), Decimal("5.5")),
        (date(2026, 11, 3), Decimal("6.0")),
        (date(2026, 11, 4), None),
    ]
    score = PainScore.objects.filter(patient=patient).order_by("local_date").first()
    assert (score.moment, score.source, score.recorded_by, score.received_at) == ("daily", "import", alice, NOON)
    assert score.occurred_at.astimezone(ZoneInfo("Europe/London")).isoformat() == "2026-11-01T12:00:00+00:00"
    assert PainWatch.objects.get(patient=patient).dirty_since == NOON
    event = PlanEvent.objects.get(verb="diary imported")
    assert (event.by, event.detail["new"], event.detail["file"]) == (alice, 4, "diary.csv")


def test_importing_again_changes_nothing_whatever_the_order(alice, write, capsys):
    lines = ["P1,2026-11-01,4", "P1,2026-11-01,6", "P1,2026-11-02,", "P1,2026-11-01,4"]
    import_diary(write(*lines), "--apply")
    before = list(PainScore.objects.order_by("pk").values())
    watching.sweep(at=NOON)
    import_diary(write(*reversed(lines)), "--apply")
    assert "0 new, 0 changed, 4 same" in capsys.readouterr().out
    assert list(PainScore.objects.order_by("pk").values()) == before
    assert PlanEvent.objects.filter(verb="diary imported").count() == 1
    assert not PainWatch.objects.dirty().exists()


def test_ids_follow_from_the_content(alice, write):
    lines = ["P1,2026-11-01,4", "P1,2026-11-01,6", "P2,2026-11-01,6"]
    seen = []
    for _attempt in range(2):
        with transaction.atomic():
            import_diary(write(*lines), "--apply")
            seen.append(set(PainScore.objects.values_list("pk", "local_date", "value")))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3


def test_a_changed_value_becomes_an_amendment(alice, write, capsys):
    import_diary(write("P1,2026-11-01,4", "P1,2026-11-02,5", "P1,2026-11-02,7"), "--apply")
    import_diary(write("P1,2026-11-01,4.5", "P1,2026-11-02,7", "P1,2026-11-03,3"), "--apply")
    told = capsys.readouterr().out
    assert "line 2: 2026-11-01 4.5, changed (was 4.0)" in told
    assert "2026-11-02: 5.0 is no longer in the file, taken back" in told
    assert scores("P1") == [
        (date(2026, 11, 1), Decimal("4.5")),
        (date(2026, 11, 2), Decimal("7.0")),
        (date(2026, 11, 2), None),
        (date(2026, 11, 3), Decimal("3.0")),
    ]
    old = PainScore.objects.get(local_date=date(2026, 11, 1), value=4)
    assert old.superseded_by.value == Decimal("4.5")
    # And back again: every step stays in the history.
    import_diary(write("P1,2026-11-01,4", "P1,2026-11-02,5", "P1,2026-11-02,7", "P1,2026-11-03,3"), "--apply")
    assert scores("P1")[:3] == [
        (date(2026, 11, 1), Decimal("4.0")),
        (date(2026, 11, 2), Decimal("5.0")),
        (date(2026, 11, 2), Decimal("7.0")),
    ]
    assert PainScore.objects.filter(local_date=date(2026, 11, 1)).count() == 3


def test_a_correction_by_hand_is_kept_until_the_file_changes(alice, write):
    file = write("P1,2026-11-01,4")
    import_diary(file, "--apply")
    sessions.amend_score(score=PainScore.objects.get(), value=Decimal("6"), by=alice, at=NOON)
    import_diary(file, "--apply")
    assert scores("P1") == [(date(2026, 11, 1), Decimal("6.0"))]
    import_diary(write("P1,2026-11-01,3"), "--apply")
    assert scores("P1") == [(date(2026, 11, 1), Decimal("3.0"))]


def test_one_bad_row_refuses_all_of_the_file(alice, write, capsys):
    file = write("P1,2026-11-01,4", "P1,2026-11-02,11", "P1,2026-13-01,4", "P2,2026-11-30,4", "P2,2026-11-03,4")
    error = refused(file, "--apply")
    assert error.returncode == 1
    assert "line 3, 4, 5. Nothing was written" in str(error)
    told = capsys.readouterr().out
    assert "line 3, refused: pain 11 is off the scale" in told
    assert "line 4, refused: there is no day 2026-13-01" in told
    assert "line 5, refused: the day 2026-11-30 is still to come" in told
    assert not Patient.objects.exists()


def test_the_rest_can_be_written_in_spite_of_refused_rows(alice, write):
    error = refused(write("P1,2026-11-01,4", "P1,2026-11-02,11"), "--apply", "--skip-refused")
    assert error.returncode == 1
    assert "The rest was written" in str(error)
    assert scores("P1") == [(date(2026, 11, 1), Decimal("4.0"))]


def test_a_dry_run_with_bad_rows_ends_with_status_1(alice, write):
    assert refused(write("P1,2026-11-01,4", "P1,2026-11-02,x")).returncode == 1


def test_a_failure_half_way_leaves_nothing(alice, write, monkeypatch):
    def broken(**_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("plans.actions.imports.note_event", broken)
    with pytest.raises(RuntimeError):
        import_diary(write("P1,2026-11-01,4", "P2,2026-11-01,4"), "--apply")
    assert not Patient.objects.exists()
    assert not PainScore.objects.exists()


def test_what_cannot_be_used_ends_with_status_2(alice, write, tmp_path):
    good = write("P1,2026-11-01,4")
    wrong = [
        (refused(good, clinic="nowhere"), "There is no clinic 'nowhere'. Known ones: harbour"),
        (refused(good, "--by", "nobody@example.org"), "nobody@example.org is no clinician or lead of Harbour Clinic"),
        (refused(good, "--time-zone", "Europe/Atlantis"), "no time zone 'Europe/Atlantis'"),
        (refused(good, "--birth-date", "soon"), "--birth-date soon is no date"),
        (refused(good, "--birth-date", "2030-01-01"), "is not between"),
        (refused(tmp_path / "missing.csv"), "cannot be read"),
        (refused(write("P1,3,4")), "Say which date day 0 was, with --start"),
        (refused(write("P1,3,4"), "--start", "x"), "--start x is no date"),
    ]
    for error, words in wrong:
        assert words in str(error)
        assert error.returncode == 2
    assert not Patient.objects.exists()


def test_somebody_of_another_clinic_cannot_import(harbour, charlie, write):
    assert "There is no clinician or lead of Harbour Clinic" in str(refused(write("P1,2026-11-01,4"), "--apply"))
    assert charlie.email in str(refused(write("P1,2026-11-01,4"), "--apply", "--by", charlie.email))


def test_the_same_subject_in_two_clinics_is_two_people(alice, charlie, write):
    file = write("P1,2026-11-01,4")
    import_diary(file, "--apply")
    import_diary(file, "--apply", clinic="hill")
    assert Patient.objects.filter(clinic_number="import:P1").count() == 2
    assert len(set(PainScore.objects.values_list("pk", flat=True))) == 2


def test_day_numbers_count_from_the_start(alice, write):
    import_diary(
        write("x,P1,0,4,1", "x,P1,30,5,1", header="dataset,subject,day,value,n_logs"),
        "--apply",
        "--start",
        "2026-10-01",
        "--time-zone",
        "Asia/Tokyo",
        "--birth-date",
        "1961-05-04",
    )
    assert scores("P1") == [(date(2026, 10, 1), Decimal("4.0")), (date(2026, 10, 31), Decimal("5.0"))]
    patient = Patient.objects.get()
    assert (patient.time_zone, patient.birth_on) == ("Asia/Tokyo", date(1961, 5, 4))


def test_impossible_day_numbers_are_refused_with_their_line(alice, write, capsys):
    file = write("P1,-99999,4", "P1,99999,4", "P1,1,4")
    assert "line 2, 3" in str(refused(file, "--start", "2026-10-01"))
    assert "line 3, refused: the day 2300" in capsys.readouterr().out


def test_one_measure_of_several_is_chosen_and_names_the_site(alice, write):
    header = "name,startday,startmonth,startyear,intensity,date"
    lines = [
        '"Knee Pain",12,8,2019,8,"2019-08-13 02:07:55"',
        'happiness,12,8,2019,2,"2019-08-13 02:08:09"',
        '"Knee Pain",13,8,2019,4.5,"2019-08-14 00:51:50"',
        '"Hip Pain",13,8,2019,3,"2019-08-14 00:52:50"',
    ]
    file = write(*lines, header=header, name="Participant8.csv")
    assert "choose one with --measure: Knee Pain, happiness, Hip Pain" in str(refused(file))
    import_diary(file, "--apply", "--measure", "knee pain")
    import_diary(file, "--apply", "--measure", "Hip Pain")
    # Another file may write the name in another case: it is the same place.
    file.write_text(file.read_text().replace("Hip Pain", "hip pain"))
    import_diary(file, "--apply", "--measure", "hip pain")
    patient = Patient.objects.get(clinic_number="import:Participant8")
    assert [(site.name, site.is_main) for site in patient.sites.all()] == [("Knee Pain", True), ("Hip Pain", False)]
    assert PainScore.objects.filter(site__name="Hip Pain").count() == 1
    knee = PainScore.objects.filter(site__name="Knee Pain").order_by("local_date")
    # The day that is meant, not the one after it on which it was entered.
    assert [score.local_date for score in knee] == [date(2019, 8, 12), date(2019, 8, 13)]


def test_blank_years_and_months_repeat_those_above(alice, write):
    file = write(
        "2015,11,25,Knees,,5.7", ",,25,Hands,,3", ",,26,Knees,,5", header="year,month,day,region,side,intensity"
    )
    import_diary(file, "--apply", "--measure", "Knees")
    assert scores("diary") == [(date(2015, 11, 25), Decimal("5.7")), (date(2015, 11, 26), Decimal("5.0"))]


def test_a_fourth_body_site_is_refused(alice, write):
    header = "year,month,day,region,side,intensity"
    file = write(*(f"2015,11,25,{site},,3" for site in ("A", "B", "C", "D")), header=header)
    for measure in ("A", "B", "C"):
        import_diary(file, "--apply", "--measure", measure)
    assert "line 5" in str(refused(file, "--apply", "--measure", "D"))
    assert Patient.objects.get().sites.count() == 3


def test_long_names_and_discharged_patients_are_refused(alice, write, capsys):
    refused(write(f"{'x' * 34},2026-11-01,4"))
    assert "line 2, refused: the subject has more than 33 characters" in capsys.readouterr().out
    import_diary(write("P1,2026-11-01,4"), "--apply")
    patients.discharge(patient=Patient.objects.get(), note="", by=alice, at=NOON)
    refused(write("P1,2026-11-02,4"), "--apply")
    assert "P1 is a discharged patient; readmit them first" in capsys.readouterr().out


def test_more_than_one_decimal_is_rounded_and_said(alice, write, capsys):
    import_diary(write("P1,2026-11-01,3.25"), "--apply")
    assert "line 2, kept: 3.25 is stored as 3.3" in capsys.readouterr().out
    assert scores("P1") == [(date(2026, 11, 1), Decimal("3.3"))]


def test_a_score_of_this_morning_is_not_in_the_future(alice, write):
    with time_machine.travel(NOON - timedelta(hours=5), tick=False):
        import_diary(write(f"P1,{TODAY},4"), "--apply")
    assert PainScore.objects.get().occurred_at == NOON - timedelta(hours=5)


def test_the_sweep_raises_the_flags_that_the_rule_finds_in_the_file(alice, write):
    first = TODAY - timedelta(days=len(STEADY_THEN_WORSE) - 1)
    lines = [f"worse,{first + timedelta(days=n)},{value}" for n, value in enumerate(STEADY_THEN_WORSE)]
    lines += [f"steady,{first + timedelta(days=n)},{4 + n % 2}" for n in range(40)]
    lines += [f"worse,{TODAY},6"]
    file = write(*reversed(lines))
    import_diary(file, "--apply")
    assert not Flag.objects.exists()

    assert watching.sweep(at=NOON) == {"evaluated": 2, "failed": 0}

    expected = {
        subject: pain.episodes([(row.day, row.value) for row in read_diary(file).rows if row.subject == subject])
        for subject in ("worse", "steady")
    }
    (episode,) = expected["worse"]
    assert expected["steady"] == ()
    flag = Flag.objects.get()
    assert flag.patient.full_name == "worse"
    assert (flag.since_on, flag.first_alert_on, flag.last_alert_on) == (
        episode.since_on,
        episode.raised_on,
        episode.last_alert_on,
    )
    assert (flag.evidence["usual"], flag.evidence["mean"]) == (episode.usual, episode.mean)
    assert (flag.evidence["logged_days"], flag.severity) == (episode.logged_days, episode.severity_highest)
