"""What must never be stored is refused by PostgreSQL itself, whoever asks: people, profiles, decisions, events."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import AccessLog, Clinic, Membership, Patient, User
from plans.models import (
    BodySite,
    ClinicalProfile,
    Decision,
    PlanEvent,
    Screening,
)
from tests.cast import NOON, TODAY
from tests.plans.constraint_rows import delete, refused, score_of

DAY = timedelta(days=1)


def test_people(harbour, alice, anna):
    refused(
        "user_email_unique_in_any_case",
        lambda: User.objects.bulk_create([User(email="ALICE.archer@example.org", full_name="X")]),
    )
    refused("clinic_has_emergency_text", lambda: Clinic.objects.create(name="C", slug="c", emergency_text=""))
    for days in (0, 85):
        refused(
            "clinic_reevaluation_within_12_weeks",
            lambda days=days: Clinic.objects.filter(pk=harbour.pk).update(reevaluation_days=days),
        )
    again = {"user": alice, "clinic": harbour, "role": "clinician", "valid_from": NOON}
    refused("membership_one_open_per_role", lambda: Membership.objects.create(**again))
    refused("membership_ends_after_it_starts", lambda: Membership.objects.create(**again, valid_until=NOON - DAY))
    refused("membership_role_known", lambda: Membership.objects.create(**(again | {"role": "king"})))


def test_patients(harbour, alice, anna, ben):
    def change(patient, **values):
        Patient.objects.filter(pk=patient.pk).update(**values)

    change(anna, clinic_number="7")
    refused("patient_number_unique_in_clinic", lambda: change(ben, clinic_number="7"))
    refused("patient_one_per_user_and_clinic", lambda: change(ben, user=anna.user))
    refused("patient_number_empty_is_null", lambda: change(ben, clinic_number=""))
    refused("patient_discharged_at_and_by", lambda: change(ben, status="discharged", discharged_at=NOON))
    refused("patient_discharged_has_a_date", lambda: change(ben, status="discharged"))
    refused("assignment_one_responsible_per_patient", lambda: anna.assignments.create(clinician=alice, valid_from=NOON))
    refused("Cannot delete", lambda: delete(Patient.objects.filter(pk=anna.pk)))


def test_looks_are_insert_only(anna, alice):
    AccessLog.objects.create(at=NOON, user=alice, patient=anna, route="patient")
    refused("Cannot update", lambda: AccessLog.objects.update(route="nothing"))
    refused("Cannot delete", lambda: delete(AccessLog.objects.all()))
    refused("permission denied", lambda: connection.cursor().execute("TRUNCATE accounts_accesslog"))


def test_profile(anna, ben, alice):
    refused(
        "profile_usual_pain_0_to_10",
        lambda: ClinicalProfile.objects.filter(patient=anna).update(usual_pain_at_intake=Decimal("10.5")),
    )
    refused("bodysite_one_main", lambda: BodySite.objects.filter(patient=anna).update(is_main=True))
    refused("bodysite_at_most_three", lambda: anna.sites.create(name="Fourth", position=4))
    refused("bodysite_name_unique", lambda: anna.sites.create(name="Lower back", position=3))
    refused("Cannot update", lambda: BodySite.objects.filter(patient=anna, is_main=False).update(patient=ben))
    screening = {"patient": anna, "tool": "Form", "done_on": TODAY, "done_by": alice}
    for expires in (TODAY + 367 * DAY, TODAY):
        refused(
            "screening_expires_within_366_days",
            lambda expires=expires: Screening.objects.create(**screening, expires_on=expires),
        )


def test_decisions_and_events_are_insert_only(anna, ben, alice, annas_plan):
    decision = {"patient": anna, "site": anna.sites.first(), "rule": "R3", "on": TODAY, "at": NOON, "by": alice}
    refused("decision_accepted_names_the_days", lambda: Decision.objects.create(**decision, kind="accepted"))
    refused(
        "decision_on_own_site",
        lambda: Decision.objects.create(**(decision | {"site": ben.sites.first()}), kind="resolved"),
    )
    Decision.objects.create(**decision, kind="resolved")
    refused("Cannot update", lambda: Decision.objects.update(on=TODAY - DAY))
    refused("Cannot update", lambda: PlanEvent.objects.update(verb="nothing"))
    refused("Cannot delete", lambda: delete(PlanEvent.objects.all()))
    refused(
        "planevent_same_patient",
        lambda: PlanEvent.objects.create(patient=ben, plan=annas_plan.plan, at=NOON, verb="x"),
    )


def test_the_app_can_neither_truncate_nor_change_tables(db):
    for statement in (
        "TRUNCATE plans_painscore CASCADE",
        "DROP TABLE plans_flag",
        "CREATE TABLE t (i int)",
        "ALTER TABLE plans_flag DISABLE TRIGGER ALL",
    ):
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)


def test_integrity_errors_are_what_django_raises(anna):
    with pytest.raises(IntegrityError):
        score_of(anna, value=Decimal(11)).save(force_insert=True)
