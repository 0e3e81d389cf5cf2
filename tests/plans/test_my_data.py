"""A patient's own copy: every table that reaches them is in it, or named with the reason."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model
from django.urls import reverse
from django.utils import timezone

from accounts import reauth
from accounts.models import AccessLog, Patient, User, new_id
from plans.actions import calendars, goals, messages, notes, sessions
from plans.models import PainScore, PlanEvent, PlanVersion, Session
from plans.reports import copy, copy_catalogue
from tests.access_rows import rows_of
from tests.cast import NOON, TODAY, log_days

OURS = ("accounts", "plans", "exercises")


def reaching_a_patient() -> set[type[Model]]:
    """Every stored table with a chain of foreign keys to a patient, found from the models alone."""
    models = {model for label in OURS for model in apps.get_app_config(label).get_models()}
    # Tables that triggers keep for the audit repeat the others; a proxy is a second name of a table.
    models = {model for model in models if not hasattr(model, "pgh_tracked_model") and not model._meta.proxy}
    found: set[type[Model]] = {Patient}
    grown = True
    while grown:
        near = {
            model
            for model in models - found
            for field in model._meta.concrete_fields
            if (isinstance(field, ForeignKey) and field.related_model in found) or field.name == "patients"
        }
        found |= near
        grown = bool(near)
    return found


def test_every_table_that_reaches_a_patient_is_in_the_copy_or_has_a_reason():
    named = set(copy_catalogue.TABLES) | set(copy_catalogue.LEFT_OUT)
    assert {model._meta.label for model in reaching_a_patient()} == named
    assert not set(copy_catalogue.TABLES) & set(copy_catalogue.LEFT_OUT)


def test_every_column_left_out_exists_and_says_why():
    for name, table in copy_catalogue.TABLES.items():
        columns = {field.name for field in apps.get_model(name)._meta.concrete_fields}
        assert set(table.without) <= columns, name
        assert all(str(why) for why in table.without.values())
        assert len(copy.columns(table, apps.get_model(name))) + len(table.without) == len(columns)
    account = {field.name for field in User._meta.get_fields() if not field.auto_created}
    assert set(copy_catalogue.ACCOUNT_WITHOUT) <= account
    assert all(str(why) for why in copy_catalogue.LEFT_OUT.values())


@pytest.fixture
def confirmed(client, anna):
    client.force_login(anna.user)
    session = client.session
    session[reauth.CONFIRMED] = timezone.now().timestamp()
    session.save()
    return client


@pytest.fixture
def lived(anna, alice, ben, bob) -> dict:
    """Anna with a row of nearly every kind, and Ben beside her with the same."""
    rows = rows_of(anna, alice)
    rows_of(ben, bob)
    goal = goals.add(patient=anna, text="Walk to the shop", by=alice, at=NOON)
    goals.rate(goal=goal, closeness=4, time_zone="Europe/London", by=anna.user, at=NOON)
    messages.write(patient=anna, message_id=new_id(), text="=1+1 is this right?", by=anna.user, at=NOON)
    calendars.make(patient=anna, by=anna.user, at=NOON)
    notes.write(patient=anna, note_id=new_id(), text="Between us", is_shared=False, by=alice, at=NOON)
    notes.write(patient=anna, note_id=new_id(), text="For you", is_shared=True, by=alice, at=NOON)
    return rows


def test_the_whole_copy_holds_what_is_hers_and_nothing_of_anybody_else(confirmed, anna, ben, lived):
    stored = {
        name: apps.get_model(name)._default_manager.filter(table.of(anna.pk)).count()
        for name, table in copy_catalogue.TABLES.items()
    }
    answer = confirmed.get(reverse("my_data_json"))
    found = json.loads(answer.content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert {name: len(rows) for name, rows in found["tables"].items()} == stored
    assert len(found["tables"]["plans.PainScore"]) == PainScore.objects.of(anna).count() > 40
    text = answer.content.decode()
    assert str(ben.pk) not in text
    assert ben.full_name not in text
    assert "Between us" not in text
    assert "For you" in text
    assert found["account"]["email"] == anna.user.email
    assert "password" not in found["account"]
    states = {row["state"] for row in found["tables"]["plans.PlanVersion"]}
    assert "draft" not in states
    assert PlanVersion.objects.of(anna).filter(state="draft").exists()
    left_out = {row["what"]: row["why"] for row in found["not_in_this_copy"]}
    assert "plans.CalendarFeed.token_hash" in left_out
    assert "Your clinic" in left_out["plans.Note"]


def test_people_are_named_and_not_numbered(confirmed, anna, alice, lived):
    found = json.loads(confirmed.get(reverse("my_data_json")).content)
    assert found["tables"]["accounts.CareAssignment"][0]["clinician"] == alice.full_name
    assert {row["recorded_by"] for row in found["tables"]["plans.PainScore"]} == {anna.full_name}


def test_taking_a_copy_stands_in_the_history(confirmed, anna):
    confirmed.get(reverse("my_data_scores"))
    confirmed.head(reverse("my_data_sessions"))
    events = PlanEvent.objects.of(anna).filter(verb="data taken along")
    assert list(events.values_list("detail", flat=True)) == [{"what": "scores"}]


def lines_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_scores_as_a_table_keep_corrections_and_unanswered_ones(confirmed, anna):
    log_days(anna, [4, 5])
    wrong = PainScore.objects.of(anna).order_by("occurred_at").first()
    sessions.amend_score(score=wrong, value=Decimal("2"), by=anna.user, at=NOON)
    PainScore.objects.create(
        patient=anna, site=anna.sites.first(), moment="daily", occurred_at=NOON, local_date=TODAY, received_at=NOON,
        time_zone="Asia/Kathmandu", source="quick", recorded_by=anna.user, note="=2+5",
    )  # fmt: skip
    head, *rows = lines_of(confirmed.get(reverse("my_data_scores")))
    assert head[:5] == ["Day", "Time", "Place", "When", "Pain (0-10)"]
    assert sorted(row[4] for row in rows) == ["", "2", "4", "5"]
    assert [row[4] for row in rows if row[6] == "yes"] == ["4"]
    unanswered = next(row for row in rows if row[4] == "")
    assert unanswered[1] == "17:45", "the clock of the place where it was logged"
    assert unanswered[5].startswith("'="), "a spreadsheet runs nothing"


def test_sessions_as_a_table(confirmed, anna, annas_plan):
    row = Session.objects.create(
        patient=anna, plan_version=annas_plan, source="quick", started_at=NOON, finished_at=NOON, local_date=TODAY,
        time_zone="Europe/London", received_at=NOON, recorded_by=anna.user, effort=3, note="Went well",
    )  # fmt: skip
    first, second = annas_plan.prescriptions.in_order()
    row.logs.create(prescription=first, state="done", pain=4)
    row.logs.create(prescription=second, state="skipped", skip_reason="tired")
    _head, one, two = lines_of(confirmed.get(reverse("my_data_sessions")))
    assert one[4] == first.exercise_version.name
    assert (one[6], one[11], one[12], one[13]) == ("Done", "4", "3", "Went well")
    assert two[7]
    assert len(one) == len(two) == len(_head)


@pytest.mark.parametrize("with_plan", [True, False])
def test_the_summary_is_a_pdf(request, confirmed, anna, with_plan):
    if with_plan:
        request.getfixturevalue("annas_plan")
        log_days(anna, [4, 4, 5, 4, 4, 5, 4] * 4)
    answer = confirmed.get(reverse("my_data_pdf"))
    assert answer.content.startswith(b"%PDF-")
    assert anna.full_name not in answer.headers["Content-Disposition"]


def test_the_page_opens_the_copies_after_the_password_only(client, anna):
    client.force_login(anna.user)
    assert reverse("my_data_json") not in client.get(reverse("my_data")).content.decode()
    session = client.session
    session[reauth.CONFIRMED] = timezone.now().timestamp()
    session.save()
    assert reverse("my_data_json") in client.get(reverse("my_data")).content.decode()


def test_who_looked_is_told_by_person_and_day(client, anna, alice, bob, time_machine):
    for minutes, user, route in (
        (0, alice, "patient"), (9, alice, "plan_version"), (12, alice, "patient"), (30, bob, "patient_messages"),
    ):  # fmt: skip
        AccessLog.objects.create(at=NOON + timedelta(minutes=minutes), user=user, patient=anna, route=route)
    AccessLog.objects.create(at=NOON - timedelta(days=3), user=alice, patient=anna, route="flag_resolve")
    client.force_login(anna.user)
    visits = client.get(reverse("my_looks")).context["visits"]
    assert [(v.who, v.role, v.pages, v.times) for v in visits] == [
        (bob.full_name, "Clinician", "Messages with you", 1),
        (alice.full_name, "Clinician", "Your record and your plan", 3),
        (alice.full_name, "Clinician", "What Painplan noticed", 1),
    ]
    assert (visits[1].first, visits[1].last) == (NOON, NOON + timedelta(minutes=12))


def test_the_role_is_the_one_of_that_day_and_many_looks_have_pages(client, anna, alice, lena):
    alice.memberships.update(valid_until=NOON + timedelta(days=1))
    for day in range(25):
        at = NOON - timedelta(days=day)
        AccessLog.objects.create(at=at, user=alice if day % 2 else lena, patient=anna, route="patient")
    client.force_login(anna.user)
    first, second = (client.get(reverse("my_looks"), {"page": n}).context["visits"] for n in (1, 2))
    assert (len(first), len(second)) == (20, 5)
    assert {v.role for v in first} == {"Clinician", "Clinic lead"}
