"""One patient whose evaluation always fails: set apart and shown; nobody else waits."""

import contextlib
import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
from django.urls import reverse
from django.utils import timezone
from psycopg import sql

from accounts.models import User
from plans.models import Flag, PainWatch
from tests.chaos.house import DATABASE, House, until
from tests.chaos.people import make_clinic, make_people, month_of, sign_in_many
from tests.chaos.test_redis_away import last_logs
from tests.chaos.visitor import ask, send_pain

REFUSE = """
    CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.patient_id = {} THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER poison BEFORE INSERT ON plans_flag FOR EACH ROW EXECUTE FUNCTION poison()
"""


@contextlib.contextmanager
def poison(house: House, patient: UUID) -> Iterator[None]:
    """Nothing can be raised about this patient: the evaluation fails in every process alike."""
    with psycopg.connect(house.engine.superuser_url(DATABASE), autocommit=True) as owner:
        owner.execute(sql.SQL(REFUSE).format(sql.Literal(str(patient))))
        try:
            yield
        finally:
            owner.execute("DROP FUNCTION poison() CASCADE")


def test_poison_is_set_apart_shown_and_tried_again(house, sizes, figures):
    clinic, clinician, _lead = make_clinic("Poison")
    people = make_people(sizes.poison_others + 1, clinic=clinic, clinician=clinician)
    month_of(people, timezone.now().date())
    victim, others = people[0].patient, [person.patient.pk for person in people[1:]]
    ruler = User.objects.create_superuser(f"ruler-{victim.pk}@example.org", "!", full_name="Root Ruler")
    [cookie] = sign_in_many([ruler])
    port, opened = house.ports["web"], timezone.now().isoformat()
    if sizes.quarantine_most_seconds is None:  # not judged by the clock: then quicker
        house.sweep_every_seconds = 1
        house.again("sweep")
    assert house.safety()["quarantined"] == 0
    with poison(house, victim.pk):
        began = time.monotonic()
        for log in last_logs(people):
            send_pain(port, log, reverse("log_pain"), opened)
        flags = Flag.objects.filter(patient_id__in=others)
        until(lambda: flags.count() == len(others), "the others have theirs", seconds=sizes.patience_seconds)
        others_seconds = time.monotonic() - began
        until(lambda: house.safety()["quarantined"] == 1, "one is set apart", seconds=sizes.patience_seconds)
        shown_seconds = time.monotonic() - began
        safety = house.safety()
        assert safety["code"] == 503 and "quarantined" in safety["breaches"]
        page = ask(port, "GET", reverse("operator"), cookie=cookie)
        assert page.status == 200 and str(victim.pk) in page.body
        assert victim.full_name not in page.body
        watch = PainWatch.objects.get(pk=victim.pk)
        assert watch.last_error.endswith("Error"), "the class alone"
    figures.note(
        "poison", others=len(others), others_flagged_after_seconds=others_seconds, shown_after_seconds=shown_seconds
    )
    again = ask(port, "POST", reverse("operator_evaluate_again"), cookie=cookie, form={"patient": str(victim.pk)})
    assert again.status == 302
    until(lambda: Flag.objects.filter(patient=victim).exists(), "the flag comes", seconds=sizes.patience_seconds)
    assert house.safety()["quarantined"] == 0
    assert not Flag.objects.filter(patient_id__in=others).exclude(rule="R4").exists()
    assert flags.count() == len(others)
    house.sweep_every_seconds = 5
    if sizes.quarantine_most_seconds:
        assert shown_seconds <= sizes.quarantine_most_seconds
