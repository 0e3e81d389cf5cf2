"""The demo data: the same rows for the same seed, every pattern, nothing that the database would refuse."""

from collections import Counter
from datetime import timedelta
from random import Random
from statistics import correlation, mean, pstdev

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Clinic, Membership, Patient, User
from plans import pain
from plans.actions import flags
from plans.actions.plans import missing_for_activation
from plans.demo import joan
from plans.demo.courses import PATTERNS, course, point
from plans.demo.people import NAMED, roster
from plans.models import (
    ExerciseLog,
    Flag,
    PainScore,
    PainWatch,
    Plan,
    PlanEvent,
    PlanRead,
    PlanVersion,
    Prescription,
    Reevaluation,
    Session,
)
from tests.cast import NOON, TODAY

LOGINS = {f"{who}@demo.example" for who in ("clinician", "lead", "curator", "curator2", "patient", "hill")}


def seed(*arguments: str, now: str = NOON.isoformat()) -> None:
    call_command("seed_demo", "--now", now, *arguments, stdout=None, stderr=None)


@pytest.fixture
def demo(db):
    """The demo as it comes, and every deferred key checked."""
    seed()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return Clinic.objects.get(slug="demo")


def everything() -> dict[str, list]:
    """All rows that the seed decides, as plain values; those that actions made without their ids."""
    by_patient = {
        Flag: ["patient", "site", "rule", "severity", "state", "since_on", "raised_at", "evidence", "note"],
        Reevaluation: ["plan", "due_on", "why", "state", "decision", "note", "created_at", "done_at", "done_by__email"],
    }
    whole = [Patient, Plan, PlanVersion, Prescription, Session, ExerciseLog, PainScore]
    skipped = {"clinic", "created_by", "owner", "activated_by", "recorded_by", "user", "discharged_by"}
    found = {}
    for model in whole:
        names = [f.name for f in model._meta.concrete_fields if f.name not in skipped]
        found[model.__name__] = list(model.objects.order_by("pk").values_list(*names))
    for model, names in by_patient.items():
        found[model.__name__] = sorted(map(str, model.objects.values_list(*names)))
    return found


def test_the_same_seed_and_now_give_the_same_rows(db):
    seen = []
    for arguments in (["--seed", "7"], ["--seed", "7"], ["--seed", "8"]):
        with transaction.atomic():
            seed("--patients", "6", *arguments)
            seen.append(everything())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert seen[0]["PainScore"] != seen[2]["PainScore"]


def test_once_changes_nothing_when_the_demo_is_there(db, capsys):
    seed("--patients", "2")
    before = everything()
    call_command("seed_demo", "--once", "--patients", "9")
    assert "nothing was changed" in capsys.readouterr().out
    assert everything() == before


def test_a_second_demo_is_refused(db):
    seed("--patients", "0")
    with pytest.raises(CommandError, match="short name demo already"):
        seed("--patients", "0")


def test_another_clinic_called_hill_is_left_alone(hill):
    with pytest.raises(CommandError, match="short name hill already"):
        call_command("seed_demo", "--once")
    assert not Clinic.objects.filter(slug="demo").exists()


def test_production_refuses(db, settings):
    settings.DEV = settings.DEMO = False
    with pytest.raises(CommandError, match="PAINPLAN_DEMO=1"):
        seed()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["--patients", "-1"], ["--days", "0"], ["--days", "5000"], ["--now", "yesterday"]]
)
def test_bad_options_are_refused(db, arguments):
    with pytest.raises(CommandError):
        call_command("seed_demo", *arguments)
    assert not Clinic.objects.exists()


def test_the_logins_and_their_roles(demo, client):
    usable = {user.email for user in User.objects.all() if user.has_usable_password()}
    assert usable == LOGINS
    assert all(User.objects.get(email=email).check_password("painplan-demo") for email in ("patient@demo.example",))
    roles = Counter(Membership.objects.filter(clinic=demo).values_list("role", flat=True))
    assert roles == {"clinician": 1, "lead": 1, "curator": 2}
    assert User.objects.filter(curates_shared_library=True).count() == 2
    assert (demo.time_zone, demo.phone[:8]) == ("Europe/London", "01632 96")
    assert demo.phone in demo.emergency_text


def test_joan_has_the_course_of_the_pictures(demo):
    patient = Patient.objects.get(user__email="patient@demo.example")
    assert (patient.full_name, patient.age_on(TODAY)) == ("Joan Whitfield", 61)
    assert [site.name for site in patient.sites.all()] == ["Low back", "Right knee"]
    flag = Flag.objects.get(patient=patient)
    assert (flag.rule, flag.state, flag.severity, flag.site.name) == ("R3", "open", "important", "Low back")
    assert flag.since_on == TODAY - timedelta(days=10)
    assert flag.first_alert_on == TODAY - timedelta(days=2)
    assert flag.raised_at.date() == flag.first_alert_on
    numbers = flag.evidence
    assert [round(numbers[name], 1) for name in ("usual", "mean", "rise")] == [4.3, 6.4, 2.1]
    assert numbers["logged_days"] == 8
    assert list(patient.plans.get().versions.order_by("number").values_list("state", flat=True)) == [
        "superseded",
        "superseded",
        "active",
    ]
    assert patient.sessions.count() == len(joan.DONE | joan.PARTLY)
    due = Reevaluation.objects.get(plan__patient=patient, state="open")
    assert (due.due_on, due.why) == (TODAY + timedelta(days=1), "flag")


def test_joan_has_a_session_today_and_a_morning_question(demo):
    patient = Patient.objects.get(user__email="patient@demo.example")
    planned = patient.plans.get().active_version.prescriptions.first()
    assert planned.is_planned_on(TODAY)
    assert not patient.sessions.filter(local_date=TODAY).exists()
    yesterday = patient.sessions.get(local_date=TODAY - timedelta(days=1))
    assert not yesterday.scores.filter(moment="next morning").exists()


def test_flags_are_what_the_rules_say_and_evaluating_again_changes_nothing(demo):
    def told() -> list:
        return list(Flag.objects.order_by("pk").values_list("pk", "state", "evidence", "severity"))

    before = told()
    assert Counter(state for _pk, state, _evidence, _severity in before)["open"] >= 3
    assert {"open", "acknowledged", "resolved"} <= {state for _pk, state, _evidence, _severity in before}
    for pk in PainWatch.objects.values_list("pk", flat=True):
        flags.evaluate(patient_id=pk, at=NOON)
    assert told() == before
    assert not PainWatch.objects.dirty().exists()
    assert not PainWatch.objects.filter(attempts__gt=0).exists()


def test_open_flags_agree_with_a_replay_of_the_stored_scores(demo):
    for flag in Flag.objects.open().filter(rule="R3").select_related("site"):
        replay = flags.r3_replay(flag.site)
        assert replay.episodes[-1].last_alert_on == flag.last_alert_on
        assert replay.episodes[-1].mean == flag.evidence["mean"]


def test_every_pattern_is_there_and_looks_like_itself(demo):
    people = {person.name: person for person in NAMED if person.kind == "usual"}
    assert {person.pattern for person in people.values()} == set(PATTERNS)
    for name, person in people.items():
        site = Patient.objects.get(full_name=name).sites.get(is_main=True)
        scores = PainScore.objects.filter(site=site).answered().values_list("local_date", "moment", "value")
        days = pain.day_values(scores)
        first = mean(value for day, value in days if day < TODAY - timedelta(days=60))
        last = [value for day, value in days if day > TODAY - timedelta(days=7)]
        match person.pattern:
            case "improving":
                assert mean(last) < first - 1, name
            case "drifting" | "stepping" | "flaring":
                assert mean(last) > first + 1, name
            case "spiking":
                assert max(value for _day, value in days) >= first + 3, name
            case "sparse":
                assert len(days) < 45, name
            case "silent":
                assert days[-1][0] <= TODAY - timedelta(days=15), name
            case _:
                assert len(days) > 60, name


def test_the_other_kinds_of_patients(demo):
    status = Counter(Patient.objects.in_clinic(demo).values_list("status", flat=True))
    assert status == {"active": 23, "invited": 1, "discharged": 1}
    assert Patient.objects.in_clinic(demo).filter(plans=None, status="active").count() == 2
    assert Patient.objects.filter(clinic__slug="hill").count() == 2
    tom, bronwen = (User.objects.get(email=f"{who}@demo.example") for who in ("clinician", "hill"))
    assert not Patient.objects.visible_to(tom, NOON).filter(clinic__slug="hill").exists()
    assert not Patient.objects.visible_to(bronwen, NOON).filter(clinic=demo).exists()


def test_what_the_database_does_not_know_holds_too(demo):
    assert not PainScore.objects.filter(occurred_at__gt=NOON).exists()
    assert not Session.objects.filter(finished_at__gt=NOON).exists()
    for session in Session.objects.select_related("plan_version"):
        assert session.plan_version.activated_at <= session.started_at
        assert session.local_date.isoweekday() in session.plan_version.prescriptions.first().weekdays
    for version in PlanVersion.objects.select_related("plan__patient").exclude(plan__status="ended"):
        assert missing_for_activation(version, NOON) == []
    assert set(ExerciseLog.objects.values_list("state", flat=True)) == {"done", "partly", "skipped"}
    moments = set(PainScore.objects.values_list("moment", flat=True))
    assert moments == {"before", "after", "next morning", "daily"}


def test_reevaluations_are_due_today_soon_and_later_and_some_are_done(demo):
    due = sorted(Reevaluation.objects.open().values_list("due_on", flat=True))
    assert TODAY in due
    assert any(TODAY < day <= TODAY + timedelta(days=3) for day in due)
    assert due[-1] > TODAY + timedelta(days=14)
    assert Reevaluation.objects.filter(state="done").count() > 20
    for plan in Plan.objects.current():
        assert plan.reevaluations.open().count() == 1
        chain = list(plan.reevaluations.filter(state="done").order_by("done_at"))
        assert all(row.next is not None and row.next.created_at == row.done_at for row in chain)


def test_short_diaries_and_odd_hours_work(db):
    for now in ("2026-03-29T00:30:00+00:00", "2026-10-25T01:30:00+01:00"):
        with transaction.atomic():
            seed("--patients", "24", "--days", "1", now=now)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert Flag.objects.open().filter(patient__user__email="patient@demo.example").count() == 1
            transaction.set_rollback(True)


def test_courses_vary_as_people_do():
    rng = Random(3)
    levels = course("stable", 20_000, 5.0, rng).levels
    values = [point(level) for level in levels]
    assert pstdev(values) == pytest.approx(1.2, abs=0.1)
    assert correlation(values[:-1], values[1:]) == pytest.approx(0.3, abs=0.05)
    noisy = [point(level) for level in course("noisy", 5000, 5.0, rng).levels]
    assert pstdev(noisy) > 1.6
    with pytest.raises(ValueError, match="no such pattern"):
        course("odd", 10, 5.0, rng)


def test_made_up_people_come_with_every_pattern():
    people = list(roster(120, Random(1)))
    assert {person.pattern for person in people[24:]} == set(PATTERNS)
    assert {person.kind for person in people[24:]} == {"usual", "new", "invited", "discharged", "no plan"}
    assert len({person.name for person in people}) > 90


def test_all_but_one_have_read_what_changed_in_their_plan(demo):
    revised = PlanVersion.objects.filter(based_on__isnull=False)
    assert revised.exclude(read=None).count() == revised.count() - 1 > 10
    unread = revised.get(read=None)
    assert unread.plan.active_version == unread
    assert unread.activated_at == max(revised.exclude(plan__patient=joans()).values_list("activated_at", flat=True))
    for read in PlanRead.objects.select_related("version__plan__patient"):
        assert read.version.activated_at <= read.at <= NOON
        assert read.by.full_name == read.version.plan.patient.full_name
    assert PlanEvent.objects.filter(verb="plan read").count() == PlanRead.objects.count()


def joans() -> Patient:
    return Patient.objects.get(full_name=joan.PERSON.name)
