"""The main job, played in a real browser on the running product: web, worker, sweep, Redis, PostgreSQL.

A clinician adds a patient and builds a plan; the patient logs on a phone; the worker raises the flag; the clinician
reads the numbers, acknowledges, and completes the re-evaluation.
"""

from datetime import date, timedelta

from playwright.sync_api import expect

from accounts.models import Patient
from tests.browser import clinician_steps as clinic
from tests.browser import patient_steps as phone
from tests.browser import people
from tests.browser.conftest import NARROW, WIDE, SignIn
from tests.browser.stack import Stack

# Rule R3 on the people below: 28 quiet days with a mean of 30/7, then three days of 8, the last one today.
# No 9 and no session above the ceiling: those are flags of other rules (R4, R1), at once.
MEAN, RISE, USUAL = "8.0", "3.7 points", "4.3"


def what_the_flag_says(since: date) -> str:
    day = f"{since.day} {since:%b}"
    return f"Since {day} (3 logged days) pain has averaged {MEAN}, which is {RISE} above the usual {USUAL}."


def test_the_main_job(in_stack: Stack, sign_in: SignIn):
    name, today = "Wilma Thornbury", people.today()
    clinician = sign_in("clinician", width=WIDE)
    clinic.add_patient(clinician, name)
    clinic.record_screening(clinician)
    clinic.build_plan(clinician, today)
    clinic.activate_plan(clinician)
    clinic.sees_reevaluation_on(clinician, today + timedelta(days=14))

    wilma = Patient.objects.get(full_name=name)
    email = people.give_login(wilma)
    people.log_until(wilma, people.QUIET_WEEK * 5, days_ago=3)
    patient = sign_in(email, width=NARROW)
    # Without the sweep only the bell and the worker can be what raises the flag.
    with in_stack.without("sweep"):
        phone.log_session(patient, before=8, after=6)
        phone.log_pain(patient, 8, days_ago=1)
        in_stack.nothing_waits()
        assert not clinic.in_inbox(clinician, name).count(), "two bad days have raised a flag"
        phone.log_pain(patient, 8, days_ago=2)
        seconds = clinic.wait_for_flag(clinician, name)
    print(f"flag in the inbox {seconds:.1f} s after the log")

    clinic.read_flag(clinician, name, what_the_flag_says(today - timedelta(days=2)))
    clinic.acknowledge(clinician)
    clinic.complete_reevaluation(clinician, today)
    phone.correct_todays_score(patient, was=8, to=7)
    in_stack.nothing_waits()


def test_the_core_of_it_without_javascript(in_stack: Stack, sign_in: SignIn):
    name, today = "Nora Quillfeather", people.today()
    email = people.new_patient(name, plan=True)
    people.log_until(Patient.objects.get(full_name=name), [*people.QUIET_WEEK * 5, 8, 8], days_ago=1)
    patient = sign_in(email, width=NARROW, script=False)
    clinician = sign_in("clinician", width=WIDE, script=False)
    in_stack.nothing_waits()
    assert not clinic.in_inbox(clinician, name).count()
    phone.log_pain(patient, 8)
    clinic.wait_for_flag(clinician, name)
    clinic.read_flag(clinician, name, what_the_flag_says(today - timedelta(days=2)))
    clinic.acknowledge(clinician)
    clinic.complete_reevaluation(clinician, today)


def test_the_ledger_without_the_bell(in_stack: Stack, sign_in: SignIn):
    """With the worker gone the log is stored all the same, and one sweep finds what nobody was told of."""
    name = "Ludo Marchbank"
    email = people.new_patient(name)
    people.log_until(Patient.objects.get(full_name=name), [*people.QUIET_WEEK * 5, 8, 8], days_ago=1)
    patient, clinician = sign_in(email, width=NARROW), sign_in("clinician", width=WIDE)
    in_stack.nothing_waits()
    with in_stack.without("worker", "sweep"):
        phone.log_pain(patient, 8)
        assert in_stack.safety()["waiting"] == 1
        assert not clinic.in_inbox(clinician, name).count()
        assert ", 0 failed" in in_stack.manage("safety_sweep", "--once")  # others may be due by the clock as well
        assert in_stack.safety()["waiting"] == 0
        expect(clinic.in_inbox(clinician, name)).to_be_visible()
